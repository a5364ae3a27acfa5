/* password_fixture_test.h - for unit tests of the actions on passwords: users, and rows run as the dispatcher runs them, look,
 * reserve, prepare and apply, one after the other.
 *
 * Like fixture_call, row_call holds every action to its promise: what succeeds leaves one event, what is refused none.
 */
#ifndef ARGALI_PASSWORD_PASSWORD_FIXTURE_TEST_H
#define ARGALI_PASSWORD_PASSWORD_FIXTURE_TEST_H

#include "account/fixture_test.h"
#include "attempt/attempt_waiters.h"
#include "password/password_means.h"
#include "password/password_policy.h"
#include "user/user_api.h"

#define UPN(name) STR(name "@1234567890123456.onaliyun.com")
#define YES       ((opt_bool){ true, true })
#define NO        ((opt_bool){ false, true })

typedef struct {
    call_fn look, reserve, prepare, apply;
} row_functions;

typedef struct {
    call *call;
    call_fn fn;
} row_step;

FIXTURE_FN status row_step_run(store_tx *tx, void *self, err *e)
{
    row_step *s = self;
    s->call->tx = tx;
    const status outcome = s->fn(s->call, e);
    s->call->tx = NULL;
    return outcome;
}

FIXTURE_FN status row_apply_run(store_tx *tx, void *self, err *e)
{
    row_step *s = self;
    reply_restart(s->call->reply, str_from_c(s->call->context.request_id));
    TRY(row_step_run(tx, self, e));
    return s->call->refusal == ST_OK ? reply_end(s->call->reply) : ST_OK;
}

FIXTURE_FN status row_run(fixture *f, call *c, const row_functions *row, err *e)
{
    const uint64_t account = c->who->account;
    if (row->look != NULL)
        TRY(store_read_now(f->store, account, row_step_run, &(row_step){ c, row->look }, e));
    if (row->reserve != NULL)
        TRY(store_apply_now(f->store, account, row_step_run, &(row_step){ c, row->reserve }, e));
    if (row->prepare != NULL)
        TRY(row->prepare(c, e));
    TRY(store_apply_now(f->store, account, row_apply_run, &(row_step){ c, row->apply }, e));
    if (c->refusal == ST_OK)
        return ST_OK;
    *e = c->refusal_why;
    return c->refusal;
}

static uint64_t row_inner_events; /* of calls that a step made itself; reset by row_call */

/* The outcome is in f->status, f->err and f->json. */
FIXTURE_FN void row_call(fixture *f, const caller *who, const row_functions *row, unsigned action, const void *request)
{
    CLEANUP(arena_free_at) arena *a = arena_new(16 * 1024, 16 * 1024 * 1024);
    const password_means means = { .usual = { 64, 1, 1 } }; /* how slow a hash is, is not tested here */
    attempt_waiters *waiters = NULL;
    reply r = { 0 };
    f->err = (err){ 0 };
    assert_int_equal(attempt_waiters_new(&f->world, 8, &waiters, &f->err), ST_OK);
    call c = {
        .shape = catalogue_get(action),
        .who = who,
        .request = request,
        .world = &f->world,
        .vault = f->vault,
        .quota = &f->quota,
        .domain_suffix = STR("onaliyun.com"),
        .public_url = STR("https://ram.example.org"),
        .arena = a,
        .reply = &r,
        .passwords = &means,
        .waiters = waiters,
        .context = { .now_s = f->now_s, .user_agent = STR("unit-test"), .request_id = "0E1A0D1C-5B7F-4F0A-8D0E-0123456789AB" },
    };
    json_decref(f->json);
    f->json = NULL;
    const uint64_t before = fixture_events(f, who->account);
    row_inner_events = 0;
    reply_begin(&r, c.shape, REPLY_JSON, str_from_c(c.context.request_id));
    f->status = row_run(f, &c, row, &f->err);
    assert_int_equal(fixture_events(f, who->account), before + row_inner_events + (f->status == ST_OK ? 1 : 0));
    if (f->status == ST_OK) {
        f->json = json_loadb((const char *)r.out.p, r.out.n, JSON_REJECT_DUPLICATES, NULL);
        assert_non_null(f->json);
    }
    if (c.clean != NULL)
        c.clean(&c);
    reply_done(&r);
    attempt_waiters_free(waiters);
}

#define ROW(f, who, row, action_name, ACTION, ...) row_call((f), (who), &(row), ACTION, &(action_name##_request){ __VA_ARGS__ })

FIXTURE_FN caller make_user(fixture *f, const char *name)
{
    caller who = { .kind = CALLER_USER, .proof = PROOF_ACS3, .account = FIXTURE_ACCOUNT };
    APPLY(f, &f->root, ram_create_user, RAM_CREATE_USER, .user_name = str_from_c(name));
    assert_ok(f);
    assert_int_equal(str_to_u64(str_from_c(text_at(f, "User.UserId")), 1, UINT64_MAX, &who.id), ST_OK);
    (void)snprintf(who.name, sizeof who.name, "%s", name);
    return who;
}

FIXTURE_FN status put_policy(store_tx *tx, void *self, err *e)
{
    return store_password_policy_put(tx, self, e);
}

FIXTURE_FN void set_policy(fixture *f, password_policy_record p)
{
    assert_int_equal(store_apply_now(f->store, FIXTURE_ACCOUNT, put_policy, &p, &f->err), ST_OK);
}

/* What the store holds of a user's password. */
typedef struct {
    uint64_t user;
    bool has_profile;
    login_profile_record profile; /* without its texts */
    size_t scheme_n, history_n;
    attempt_record attempts;
} stored_state;

FIXTURE_FN status read_stored(store_tx *tx, void *self, err *e)
{
    stored_state *s = self;
    CLEANUP(arena_free_at) arena *a = arena_new(4096, 1024 * 1024);
    password_history_record *old = NULL;
    status found = store_login_profile_get(tx, a, s->user, &s->profile, e);
    s->has_profile = found == ST_OK;
    s->scheme_n = found == ST_OK ? s->profile.scheme.n : 0;
    s->profile.scheme = s->profile.parameters = (str){ NULL, 0 };
    TRY(store_password_history_list(tx, a, s->user, 100, &old, &s->history_n, e));
    found = store_attempt_get(tx, s->user, 0, &s->attempts, e);
    if (found == ST_NOT_FOUND)
        s->attempts = (attempt_record){ 0 };
    return ST_OK;
}

FIXTURE_FN stored_state stored(fixture *f, uint64_t user)
{
    stored_state s = { .user = user };
    err e = { 0 };
    assert_int_equal(store_read_now(f->store, FIXTURE_ACCOUNT, read_stored, &s, &e), ST_OK);
    return s;
}

#endif
