/* drive.h - sends prepared requests over keep-alive connections and reads the answers.
 *
 * Closed loop (rate 0): each connection sends its next request when it has the answer to the last. Open loop: request i is
 * due i / rate seconds after the start, whether or not earlier ones are answered, and its latency counts from then: a
 * server that stops for a while is charged with everybody who would have waited.
 * One thread, which never sleeps while it drives, and so needs a core of its own; a connection holds one request at a time.
 */
#ifndef ARGALI_BENCH_DRIVE_H
#define ARGALI_BENCH_DRIVE_H

#include <netinet/in.h>
#include <sys/types.h>

#include "histogram.h"
#include "requests.h"

enum { CONNECTIONS_MAX = 4096, OTHER_CODE_MAX = 63 };

typedef struct {
    struct sockaddr_in address;
    pid_t pid; /* the server's, whose processor time is measured; 0: not measured */
} drive_target;

typedef struct {
    const requests *requests;
    uint64_t warm; /* the first requests, which are sent but not measured */
    uint32_t connections;
    uint32_t rate; /* per second; 0: closed loop */
} drive_plan;

typedef struct {
    uint64_t ok, other; /* answers with status 200, and with any other, measured or not */
    uint64_t measured;
    unsigned other_status;               /* the last of those, */
    char other_code[OTHER_CODE_MAX + 1]; /* and the Code in its body; empty: none was found */
    double seconds, server_cpu_seconds, load_cpu_seconds;
    histogram latency;
} drive_result;

/* ST_UNAVAILABLE: cannot connect, a connection closed, or what came is no answer that this reads (it knows Content-Length
 * only). */
MUST_USE status drive(const drive_target *to, const drive_plan *plan, drive_result *ret, err *e);

#endif
