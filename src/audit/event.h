/* event.h - the JSON of an audit event, after the documented ActionTrail envelope. Inside src/audit only.
 *
 * The builder never fails one by one: event_end tells. Members are written in the order of the calls; absent texts are
 * left out.
 */
#ifndef ARGALI_AUDIT_EVENT_H
#define ARGALI_AUDIT_EVENT_H

#include "audit/audit.h"

typedef struct {
    buf out;
    bool wants_comma;
} event;

/* Opens the object and writes what every event has: eventId, eventVersion, eventName, eventType, eventCategory,
 * eventTime. */
void event_begin(event *ev, const world *w, str name, const char *type, int64_t at_s);
void event_str(event *ev, const char *name, str value);
void event_number(event *ev, const char *name, uint64_t value);
void event_id(event *ev, const char *name, uint64_t id); /* as text: 18 digits do not fit a JSON number everywhere */
void event_time(event *ev, const char *name, int64_t at_s);
void event_address(event *ev, const char *name, const ip_addr *value);
void event_open(event *ev, const char *name); /* an object */
void event_close(event *ev);
MUST_USE status event_end(event *ev, str *ret); /* borrowed until event_done. ST_LIMIT: longer than AUDIT_BODY_MAX */
void event_done(event *ev);

#endif
