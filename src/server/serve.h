/* serve.h - `argali serve`: the life of the server process, from the folder to the last answer.
 *
 * Order of a start: folder, privileges and sandbox (before the first thread and the first request byte), first account where
 * the folder is empty, vault and store, nonces, audit, listeners, API, control socket. Then the main thread waits for signals
 * and does what is due each second.
 *   SIGTERM, SIGINT  no new connections, requests under way end within DRAIN_MS, everything is written, exit 0; a second one
 *                    exits at once
 *   SIGHUP           reads certificate and settings again; settings that need a restart are named in the log
 */
#ifndef ARGALI_SERVER_SERVE_H
#define ARGALI_SERVER_SERVE_H

#include "server/settings.h"

enum { DRAIN_MS = 5000 };

/* Returns when the server has stopped; `again` loads the settings anew. */
MUST_USE status serve_run(const settings *s, const settings_input *again, err *e);

#endif
