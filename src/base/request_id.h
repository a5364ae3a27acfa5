/* request_id.h - RequestIds: version 4 UUIDs (RFC 9562 5.4) in upper case, as the official service writes them.
 *
 * They name a request in answers and logs and are no secret; nothing may rest on their being unguessable. Each thread has a
 * generator of its own, seeded once from the world's random, so that no call after the first asks the system for anything:
 * every request needs one. It therefore cannot fail either; should the seeding fail, the clocks keep ids apart.
 * Threads: any. Not to be used by both sides of a fork.
 */
#ifndef ARGALI_BASE_REQUEST_ID_H
#define ARGALI_BASE_REQUEST_ID_H

#include "base/world.h"

enum { REQUEST_ID_SIZE = 37 }; /* 36 characters and a NUL */

void request_id_new(const world *w, char ret[REQUEST_ID_SIZE]); /* `w` seeds the thread's generator when it is first used */

#endif
