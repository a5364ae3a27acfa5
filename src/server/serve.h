/* serve.h - `argali serve`: the life of the server process, from the folder to the last answer.
 *
 * Order of a start: folder, privileges and sandbox (before the first thread and the first request byte), first account where
 * the folder is empty, vault and store, nonces, audit, listeners, API, control socket. Then the main thread waits for signals
 * and does what is due each second.
 *   SIGTERM, SIGINT  no new connections, requests under way end within DRAIN_MS, everything is written within WRITE_OUT_S,
 *                    exit 0 (exit 1 past that: the disk does not come back); a second one exits at once
 *   SIGHUP           reads certificate and settings again; settings that need a restart are named in the log
 */
#ifndef ARGALI_SERVER_SERVE_H
#define ARGALI_SERVER_SERVE_H

#include "server/settings.h"

enum { DRAIN_MS = 5000, WRITE_OUT_S = 10 /* after the drain: past it the process ends as by kill -9, with exit 1 */ };

/* Returns when the server has stopped; `again` loads the settings anew. */
MUST_USE status serve_run(const settings *s, const settings_input *again, err *e);

#endif
