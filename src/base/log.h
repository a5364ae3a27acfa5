/* log.h - one JSON object a line on standard error, for machines and for grep.
 *
 * A line has "time", "level", "event" and the given fields. Values are text and numbers; there is no way to log a secret, as
 * nothing turns a secret into a str. Request targets are never logged. Control characters and invalid UTF-8 are escaped.
 * Threads: any; a line is written with one write(2). Lines longer than LOG_LINE_MAX are cut and marked "cut":true.
 */
#ifndef ARGALI_BASE_LOG_H
#define ARGALI_BASE_LOG_H

#include "base/str.h"

enum { LOG_LINE_MAX = 4096 };

typedef enum { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG } log_level;

typedef struct {
    enum { LOG_FIELD_END = 0, LOG_FIELD_STR, LOG_FIELD_NUM, LOG_FIELD_BOOL } kind;
    const char *name; /* a literal: [a-z_]+ */
    str text;
    int64_t num;
} log_field;

#define LOG_S(name, value) ((log_field){ LOG_FIELD_STR, (name), (value), 0 })
#define LOG_Z(name, value) ((log_field){ LOG_FIELD_STR, (name), str_from_c(value), 0 })
#define LOG_N(name, value) ((log_field){ LOG_FIELD_NUM, (name), { 0, 0 }, (int64_t)(value) })
#define LOG_B(name, value) ((log_field){ LOG_FIELD_BOOL, (name), { 0, 0 }, (value) ? 1 : 0 })

void log_set_level(log_level most); /* what is above it is dropped; start: LOG_INFO */
void log_set_fd(int fd);            /* start: 2; for tests */
bool log_is_on(log_level level);
void log_write(log_level level, const char *event, const log_field *fields); /* ends with a LOG_FIELD_END field */

/* log_event(LOG_INFO, "listening", LOG_S("address", a), LOG_N("port", p)); */
#define log_event(level, event, ...)                                                             \
    do {                                                                                         \
        if (log_is_on(level))                                                                    \
            log_write((level), (event), (const log_field[]){ __VA_ARGS__ __VA_OPT__(, ){ 0 } }); \
    } while (0)

#endif
