/* call.h - what one row of the action table is, and what its functions get.
 *
 * A row has up to four functions (DESIGN: "Running an action"); no thread waits for another:
 *   answer   on the event loop: memory only. ST_UNAVAILABLE with err.code empty and c->is_miss set means MISS: go on with read.
 *   prepare  on the blocking pool: computes or calls out, holds no transaction.
 *   read     on a reader thread, in one snapshot (c->tx may only be read).
 *   apply    on the store thread, in a savepoint, perhaps twice: everything it keeps goes into c->reply or the arena.
 * The zero value of every cell refuses: authorized_as NULL refuses every caller, class 0 is no class, no function is
 * NotImplemented.
 */
#ifndef ARGALI_CATALOGUE_CALL_H
#define ARGALI_CATALOGUE_CALL_H

#include "base/arena.h"
#include "base/world.h"
#include "catalogue/caller.h"
#include "catalogue/field.h"
#include "catalogue/reply.h"

typedef struct store_tx store_tx; /* src/store/store.h */
typedef struct vault vault;       /* src/vault/vault.h */
typedef struct quotas quotas;     /* src/account/quotas.h */

typedef enum {
    CLASS_NONE = 0,
    CLASS_PLAIN,
    CLASS_SENSITIVE,           /* asks a console user again, with 15 minutes of grace */
    CLASS_CRITICAL,            /* asks for this very operation */
    CLASS_CRITICAL_FOR_OTHERS, /* critical when it concerns someone else, sensitive for oneself */
} action_class;

/* Which resource an action is authorized on, and which parameter names it. RES_NONE (0) refuses. */
typedef enum {
    RES_NONE = 0,
    RES_NOTHING,         /* NO_PERMISSION_NEEDED goes with it */
    RES_ACCOUNT,         /* acs:ram::<account>:* */
    RES_USER_ALL,        /* acs:ram::<account>:user/{any} */
    RES_USER,            /* acs:ram::<account>:user/<name>, the user that the request names (or the caller) */
    RES_USER_AND_POLICY, /* both */
    RES_POLICY_ALL,
    RES_POLICY,
    RES_GROUP_ALL,
    RES_GROUP,
    RES_GROUP_AND_USER,
    RES_GROUP_AND_POLICY,
    RES_ROLE_ALL,
    RES_ROLE,
    RES_ROLE_AND_POLICY,
    RES_ROLE_ARN,  /* the role of any account that RoleArn names */
    RES_TAGGED,    /* what ResourceType and its names name: users, roles or policies; of many: all of that type */
    RES_PRINCIPAL, /* the user or role that the request names (ExplainDecision) */
    RES_MFA_ALL,
    RES_MFA,
} resource_kind;

#define NO_PERMISSION_NEEDED "-"

typedef struct {
    ip_addr source;
    bool is_secure;      /* the request came over TLS */
    str user_agent;      /* as sent, cut at 256 bytes; may hold anything printable */
    char request_id[37]; /* upper-case UUID */
    int64_t now_s;       /* one time for the whole call */
} call_context;

typedef struct call {
    const struct action_row *row;
    const action_shape *shape;
    const caller *who;
    const void *request; /* the generated request struct of row->action */
    const world *world;
    vault *vault;
    const quotas *quota;
    str domain_suffix; /* what default domains end in: "onaliyun.com" unless configured otherwise */
    arena *arena;
    store_tx *tx; /* NULL in answer and prepare */
    reply *reply; /* begun; the dispatcher ends it */
    call_context context;
    str allowed_by;                /* the policy that allowed it, "root", "self-service"; for the audit */
    struct policy_cache *policies; /* src/policy/policy_cache.h */
    void *prepared;                /* what prepare leaves for read or apply, in the arena */
    bool is_miss;
    /* Of a NoPermission that the function itself decided, by a trust policy: */
    uint8_t denied_layer;      /* its policy_layer; 0: none */
    bool is_denied_explicitly; /* by a Deny in it, not for want of an Allow */
} call;

typedef status (*call_fn)(call *c, err *e);

typedef struct action_row {
    uint16_t action;           /* enum action */
    const char *authorized_as; /* "ram:CreateUser"; NO_PERMISSION_NEEDED; NULL refuses */
    resource_kind on;
    self_switch self; /* opens the action for a user on itself */
    action_class class;
    call_fn answer, prepare, read, apply;
} action_row;

#endif
