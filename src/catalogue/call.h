/* call.h - what one row of the action table is, and what its functions get.
 *
 * A row has up to six functions (DESIGN: "Running an action"), run in this order; no thread waits for another:
 *   answer   on the event loop: memory only. ST_UNAVAILABLE with err.code empty and c->is_miss set means MISS: go on with read.
 *   look     on a reader thread, in one snapshot, before prepare: what prepare has to know (c->tx may only be read).
 *   reserve  on the store thread, in a commit of its own, before prepare: what has to be durable before a secret is checked (the
 *            attempt ledger). It says ST_UNAVAILABLE with err.code empty and c->must_wait set when it has to be tried again.
 *   prepare  on the pool that `pool` names; holds no transaction. POOL_BLOCKING computes or calls out, POOL_HASH hashes passwords.
 *   read     on a reader thread, in one snapshot (c->tx may only be read).
 *   apply    on the store thread, in a savepoint, perhaps twice: everything it keeps goes into c->reply or the arena. To write and
 *            refuse all the same (a wrong password that has to be counted), it fills c->refusal and returns ST_OK.
 * What look and prepare learn they leave in c->looked and c->prepared, in the arena, secrets in memory of their own with a
 * c->clean that wipes them: it is called once, however the call ends.
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

typedef enum { POOL_BLOCKING = 0, POOL_HASH } work_pool;

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
    str public_url;    /* what links begin with: "http://localhost:8080" */
    arena *arena;
    store_tx *tx; /* NULL in answer and prepare */
    reply *reply; /* begun; the dispatcher ends it */
    call_context context;
    str allowed_by;                /* the policy that allowed it, "root", "self-service"; for the audit */
    struct policy_cache *policies; /* src/policy/policy_cache.h */
    void *looked;                  /* what look leaves for the functions behind it */
    void *prepared;                /* what prepare leaves for read or apply, in the arena */
    void (*clean)(struct call *c); /* wipes what look and prepare hold outside the arena; NULL: nothing to wipe */
    status refusal;                /* of a call that was written and is refused all the same; ST_OK: not refused */
    err refusal_why;
    const struct password_means *passwords; /* src/password/password_means.h */
    struct attempt_waiters *waiters;        /* src/attempt/attempt_waiters.h */
    struct attempt *attempt;    /* reserve: what it reserved; a call that ends before its apply is committed abandons it */
    uint64_t attempt_principal; /* reserve: whose ledger this call is in; 0: nobody's */
    uint64_t attempt_seen;      /* reserve: attempt_waiters_seen before the reservation was tried */
    bool must_wait;             /* reserve: at the limit; try again when another attempt was settled */
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
    call_fn answer, look, reserve, prepare, read, apply;
    work_pool pool; /* of prepare */
} action_row;

#endif
