/* daily.c - see daily.h. RAM: "Delete a RAM user", "Delete an AccessKey pair", SetSecurityPreference (MaxIdleDays). */
#include "access_key/daily.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "audit/audit.h"
#include "base/log.h"
#include "store/directory.h"
#include "store/records.h"
#include "user/recycled_user.h"

enum { DAY_S = 86400, ARENA_FIRST = 64 * 1024, ARENA_MAX = 16 * 1024 * 1024 };

typedef enum { DUE_USERS, DUE_KEYS, IDLE_KEYS, IDLE_USERS, WORK_COUNT } work;

typedef struct {
    uint64_t id;                     /* of a user */
    char key[ACCESS_KEY_ID_MAX + 1]; /* of a pair */
    int64_t updated_s;               /* when the pair was changed last, as it was found */
} item;

struct daily {
    store *store;
    const world *world;
    pthread_mutex_t lock; /* guards the next two */
    pthread_cond_t stopped;
    bool is_running, is_stopping;
    int64_t next_s; /* the main thread's, and of who ends a round: when the next one is due */
    store_job job;  /* from here on: the round's */
    int64_t now_s;
    uint64_t account; /* 0: the next one is to be found, after `last_account` */
    uint64_t last_account;
    work work;
    char after[ACCESS_KEY_ID_MAX + USER_NAME_MAX]; /* where the search goes on: a key's id, or a user's folded name */
    size_t after_n;
    item found[DAILY_BATCH];
    size_t found_n;
    bool has_more, is_last;
    uint64_t done[WORK_COUNT]; /* in this round, for the log */
};

/* --- what is due -------------------------------------------------------------------------------------------------- */

static item *next_item(daily *d)
{
    item *i = &d->found[d->found_n++];
    *i = (item){ 0 };
    return i;
}

static void note_text(char *to, size_t size, size_t *ret_n, str text)
{
    *ret_n = text.n < size ? text.n : size - 1;
    memcpy(to, text.p, *ret_n);
    to[*ret_n] = '\0';
}

static void add_key(daily *d, const access_key_record *k)
{
    size_t n;
    item *i = next_item(d);
    note_text(i->key, sizeof i->key, &n, k->id);
    i->updated_s = k->updated_s;
}

static status find_due_users(daily *d, store_tx *tx, arena *a, err *e)
{
    recycled_user_record *users = NULL;
    size_t n = 0;
    TRY(store_recycled_user_list_due(tx, a, d->now_s, DAILY_BATCH, &users, &n, e));
    for (size_t i = 0; i < n; i++)
        next_item(d)->id = users[i].user.id;
    d->has_more = n == DAILY_BATCH;
    return ST_OK;
}

static status find_due_keys(daily *d, store_tx *tx, arena *a, err *e)
{
    recycled_key_record *keys = NULL;
    size_t n = 0;
    TRY(store_recycled_key_list_due(tx, a, d->now_s, DAILY_BATCH, &keys, &n, e));
    for (size_t i = 0; i < n; i++)
        add_key(d, &keys[i].key);
    d->has_more = n == DAILY_BATCH;
    return ST_OK;
}

/* What was last used before then is idle; false: the rule is off. */
static status idle_before(const daily *d, store_tx *tx, arena *a, bool *ret_is_on, int64_t *ret_s, err *e)
{
    preference_record p;
    TRY(store_preference_get(tx, a, &p, e));
    const uint32_t days = d->work == IDLE_KEYS ? p.max_idle_days_for_access_keys : p.max_idle_days_for_users;
    *ret_is_on = days > 0;
    *ret_s = d->now_s - (int64_t)days * DAY_S;
    return ST_OK;
}

static status find_idle_keys(daily *d, store_tx *tx, arena *a, int64_t before_s, err *e)
{
    access_key_record *keys = NULL;
    size_t n = 0;
    TRY(store_access_key_list_idle(tx, a, before_s, (str){ d->after, d->after_n }, DAILY_BATCH, &keys, &n, e));
    for (size_t i = 0; i < n; i++)
        add_key(d, &keys[i]);
    d->has_more = n == DAILY_BATCH;
    if (n > 0)
        note_text(d->after, sizeof d->after, &d->after_n, keys[n - 1].id);
    return ST_OK;
}

/* *ret: has an active console logon that nobody has used or set since. */
static status find_idle_logon(store_tx *tx, arena *a, const user_record *u, int64_t before_s, login_profile_record *ret_profile,
                              bool *ret, err *e)
{
    login_profile_record p = { 0 };
    status s = store_login_profile_get(tx, a, u->id, &p, e);
    *ret = s == ST_OK && p.is_active && u->last_login_s < before_s && p.created_s < before_s && p.updated_s < before_s &&
           p.password_set_s < before_s;
    *ret_profile = p;
    return s == ST_NOT_FOUND ? ST_OK : s;
}

static status find_idle_users(daily *d, store_tx *tx, arena *a, int64_t before_s, err *e)
{
    user_record *users = NULL;
    size_t n = 0;
    const str after = { d->after_n > 0 ? d->after : NULL, d->after_n };
    TRY(store_user_list(tx, a, after, DAILY_BATCH, (user_filter){ .active = true, .frozen = true }, &users, &n, e));
    for (size_t i = 0; i < n; i++) {
        login_profile_record profile;
        bool is_idle;
        TRY(find_idle_logon(tx, a, &users[i], before_s, &profile, &is_idle, e));
        if (is_idle)
            next_item(d)->id = users[i].id;
    }
    d->has_more = n == DAILY_BATCH;
    if (n > 0)
        note_text(d->after, sizeof d->after, &d->after_n, users[n - 1].name);
    return ST_OK;
}

static status find_account(daily *d, store_tx *tx, err *e)
{
    size_t n = 0;
    if (d->account != 0)
        return ST_OK;
    TRY(directory_list_accounts(tx, d->last_account, &d->account, 1, &n, e));
    d->is_last = n == 0;
    return ST_OK;
}

static status find_idle(daily *d, store_tx *tx, arena *a, err *e)
{
    bool is_on;
    int64_t before_s;
    TRY(idle_before(d, tx, a, &is_on, &before_s, e));
    if (!is_on)
        return ST_OK;
    return d->work == IDLE_KEYS ? find_idle_keys(d, tx, a, before_s, e) : find_idle_users(d, tx, a, before_s, e);
}

static status run_find(store_tx *tx, void *self, err *e)
{
    daily *d = self;
    CLEANUP(arena_free_at) arena *a = arena_new(ARENA_FIRST, ARENA_MAX);
    if (a == NULL)
        return ST_NO_MEMORY;
    d->found_n = 0;
    d->has_more = false;
    TRY(find_account(d, tx, e));
    if (d->is_last)
        return ST_OK;
    directory_enter(tx, d->account);
    switch (d->work) {
    case DUE_USERS:
        return find_due_users(d, tx, a, e);
    case DUE_KEYS:
        return find_due_keys(d, tx, a, e);
    case IDLE_KEYS:
    case IDLE_USERS:
        return find_idle(d, tx, a, e);
    case WORK_COUNT:
        break;
    }
    return ST_BUG;
}

/* --- doing it: looked at again, as a user may have been restored and a key used since ------------------------------ */

static status purge_user(const daily *d, store_tx *tx, arena *a, const item *i, err *e)
{
    recycled_user_record u;
    TRY(store_recycled_user_get(tx, a, i->id, &u, e));
    if (u.purge_s > d->now_s)
        return ST_NOT_FOUND;
    TRY(recycled_user_purge(tx, a, i->id, e));
    return audit_write_internal(tx, d->world, "UserPurged", STR("ACS::RAM::User"), u.user.name, e);
}

static status purge_key(const daily *d, store_tx *tx, arena *a, const item *i, err *e)
{
    recycled_key_record k;
    TRY(store_recycled_key_get(tx, a, str_from_c(i->key), &k, e));
    if (k.purge_s > d->now_s)
        return ST_NOT_FOUND;
    TRY(store_recycled_key_purge(tx, k.key.id, e));
    return audit_write_internal(tx, d->world, "AccessKeyPurged", STR("ACS::RAM::AccessKey"), k.key.id, e);
}

static status disable_key(const daily *d, store_tx *tx, arena *a, const item *i, err *e)
{
    access_key_record k;
    bool is_on;
    int64_t before_s;
    TRY(idle_before(d, tx, a, &is_on, &before_s, e));
    TRY(store_access_key_get(tx, a, str_from_c(i->key), &k, e));
    if (!is_on || !k.is_active || k.last_used_s >= before_s || k.updated_s != i->updated_s)
        return ST_NOT_FOUND;
    TRY(store_access_key_set_status(tx, k.id, false, d->now_s, e));
    store_touch(tx, epoch_of_access_key(k.id));
    return audit_write_internal(tx, d->world, "IdleAccessKeyDisabled", STR("ACS::RAM::AccessKey"), k.id, e);
}

static status disable_logon(const daily *d, store_tx *tx, arena *a, const item *i, err *e)
{
    user_record u;
    login_profile_record profile;
    bool is_on, is_idle;
    int64_t before_s;
    TRY(idle_before(d, tx, a, &is_on, &before_s, e));
    TRY(store_user_get(tx, a, i->id, &u, e));
    TRY(find_idle_logon(tx, a, &u, before_s, &profile, &is_idle, e));
    if (!is_on || !is_idle)
        return ST_NOT_FOUND;
    profile.is_active = false;
    profile.updated_s = d->now_s;
    TRY(store_login_profile_put(tx, &profile, e));
    store_touch(tx, epoch_of_principal(u.id));
    return audit_write_internal(tx, d->world, "IdleConsoleLogonDisabled", STR("ACS::RAM::User"), u.name, e);
}

static status run_work(store_tx *tx, void *self, err *e)
{
    static status (*const jobs[WORK_COUNT])(const daily *d, store_tx *tx, arena *a, const item *i, err *e) = {
        [DUE_USERS] = purge_user, [DUE_KEYS] = purge_key, [IDLE_KEYS] = disable_key, [IDLE_USERS] = disable_logon
    };
    daily *d = self;
    CLEANUP(arena_free_at) arena *a = arena_new(ARENA_FIRST, ARENA_MAX);
    if (a == NULL)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < d->found_n; i++) {
        status s = jobs[d->work](d, tx, a, &d->found[i], e);
        if (s != ST_OK && s != ST_NOT_FOUND) /* somebody else was there first */
            return s;
    }
    return ST_OK;
}

/* --- the round ---------------------------------------------------------------------------------------------------- */

/* After the found was done, or there was nothing. */
static void advance(daily *d)
{
    d->done[d->work] += d->found_n;
    d->found_n = 0;
    if (d->has_more)
        return;
    d->after_n = 0;
    d->work++;
    if (d->work < WORK_COUNT)
        return;
    d->work = DUE_USERS;
    d->last_account = d->account;
    d->account = 0;
}

static void begin(daily *d)
{
    d->now_s = world_now_s(d->world);
    d->next_s = (d->now_s / DAY_S + 1) * DAY_S;
    d->account = d->last_account = 0;
    d->work = DUE_USERS;
    d->after_n = d->found_n = 0;
    d->is_last = false;
    memset(d->done, 0, sizeof d->done);
}

static void log_round(const daily *d)
{
    uint64_t all = 0;
    for (size_t i = 0; i < WORK_COUNT; i++)
        all += d->done[i];
    if (all > 0)
        log_event(LOG_INFO, "daily_round", LOG_N("users_purged", d->done[DUE_USERS]),
                  LOG_N("access_keys_purged", d->done[DUE_KEYS]), LOG_N("access_keys_disabled", d->done[IDLE_KEYS]),
                  LOG_N("logons_disabled", d->done[IDLE_USERS]));
}

/* next_s is written before the lock is let go, and read by the main thread after it took it. */
static void end_round(daily *d, bool is_whole)
{
    if (is_whole)
        log_round(d);
    (void)pthread_mutex_lock(&d->lock);
    if (!is_whole)
        d->next_s = d->now_s + DAILY_RETRY_S;
    d->is_running = false;
    (void)pthread_cond_broadcast(&d->stopped);
    (void)pthread_mutex_unlock(&d->lock);
}

static bool must_stop(daily *d)
{
    (void)pthread_mutex_lock(&d->lock);
    bool is_stopping = d->is_stopping;
    (void)pthread_mutex_unlock(&d->lock);
    return is_stopping;
}

static void find_done(void *self, status s, const err *e);

static void go_on(daily *d)
{
    d->job = (store_job){ .run = run_find, .done = find_done, .self = d };
    if (must_stop(d) || store_read(d->store, &d->job) != ST_OK) /* too busy, or closing */
        end_round(d, false);
}

static void fail(daily *d, status s, const err *e)
{
    log_event(LOG_ERROR, "daily_round_failed", LOG_N("account", d->account), LOG_Z("status", status_name(s)),
              LOG_Z("why", e->log));
    end_round(d, false);
}

static void work_done(void *self, status s, const err *e)
{
    daily *d = self;
    if (s != ST_OK) {
        fail(d, s, e);
        return;
    }
    advance(d);
    go_on(d);
}

static void find_done(void *self, status s, const err *e)
{
    daily *d = self;
    if (s != ST_OK) {
        fail(d, s, e);
        return;
    }
    if (d->is_last) {
        end_round(d, true);
        return;
    }
    if (d->found_n == 0) {
        advance(d);
        go_on(d);
        return;
    }
    d->job = (store_job){ .account = d->account, .run = run_work, .done = work_done, .self = d };
    if (must_stop(d) || store_apply(d->store, &d->job) != ST_OK)
        end_round(d, false);
}

daily *daily_new(store *s, const world *w)
{
    daily *d = calloc(1, sizeof *d);
    if (d == NULL)
        return NULL;
    d->store = s;
    d->world = w;
    (void)pthread_mutex_init(&d->lock, NULL);
    (void)pthread_cond_init(&d->stopped, NULL);
    return d;
}

void daily_tick(daily *d)
{
    (void)pthread_mutex_lock(&d->lock);
    bool begins = !d->is_running && !d->is_stopping && world_now_s(d->world) >= d->next_s;
    d->is_running = d->is_running || begins;
    (void)pthread_mutex_unlock(&d->lock);
    if (!begins)
        return;
    begin(d);
    go_on(d);
}

void daily_stop(daily *d)
{
    if (d == NULL)
        return;
    (void)pthread_mutex_lock(&d->lock);
    d->is_stopping = true;
    while (d->is_running)
        (void)pthread_cond_wait(&d->stopped, &d->lock);
    (void)pthread_mutex_unlock(&d->lock);
}

void daily_free(daily *d)
{
    if (d == NULL)
        return;
    daily_stop(d);
    (void)pthread_cond_destroy(&d->stopped);
    (void)pthread_mutex_destroy(&d->lock);
    free(d);
}

status daily_run_now(daily *d, err *e)
{
    begin(d);
    for (;;) {
        TRY(store_read_now(d->store, 0, run_find, d, e));
        if (d->is_last)
            return ST_OK;
        if (d->found_n > 0)
            TRY(store_apply_now(d->store, d->account, run_work, d, e));
        advance(d);
    }
}
