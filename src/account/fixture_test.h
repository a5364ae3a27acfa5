/* fixture_test.h - for unit tests of the capabilities: a store, a vault and two accounts in a temporary folder, and handlers
 * called as the dispatcher calls them.
 *
 * fixture_call also holds every handler to what all of them promise: a write that succeeds leaves exactly one event, one that
 * is refused none.
 */
#ifndef ARGALI_ACCOUNT_FIXTURE_TEST_H
#define ARGALI_ACCOUNT_FIXTURE_TEST_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "account/account.h"
#include "account/quotas.h"
#include "catalogue/call.h"
#include "catalogue/catalogue.gen.h"
#include "store/records.h"

#define FIXTURE_FN __attribute__((unused)) static

/* Numbers as an account of each kind has them; the clock stands at 2026-11-24T00:00:00Z until a test moves it. */
enum { FIXTURE_NOW_S = 1795478400 };
static const uint64_t FIXTURE_ACCOUNT = 1234567890123456, FIXTURE_OTHER = 6543210987654321;

typedef struct {
    char dir[64];
    store *store;
    vault *vault;
    world world;
    quotas quota;
    struct policy_cache *policies; /* src/policy/policy_cache.h; a test that needs one sets it */
    int64_t now_s;
    caller root, other_root;
    status status; /* of the last call */
    err err;
    json_t *json; /* its answer, when it is ST_OK */
} fixture;

FIXTURE_FN int64_t fixture_now_ms(void *self)
{
    return ((const fixture *)self)->now_s * 1000;
}

FIXTURE_FN status fixture_random(void *self, uint8_t *ret, size_t n)
{
    (void)self;
    return world_random(world_system(), ret, n);
}

FIXTURE_FN status fixture_open_account(store_tx *tx, void *self, err *e)
{
    const fixture *f = self;
    TRY(account_create(tx, f->now_s, &(account_spec){ .owner_email = STR("owner@example.com") }, e));
    return store_preference_put(tx, &(preference_record){ .mfa_operation_for_login = STR("mandatory") }, e);
}

FIXTURE_FN void fixture_init(fixture *f)
{
    *f = (fixture){ .dir = "/tmp/argali-capability-XXXXXX", .quota = QUOTAS_DEFAULT, .now_s = FIXTURE_NOW_S };
    assert_non_null(mkdtemp(f->dir));
    f->world = (world){ fixture_now_ms, fixture_now_ms, fixture_random, f };
    f->root = (caller){ .kind = CALLER_ROOT, .proof = PROOF_ACS3, .account = FIXTURE_ACCOUNT, .id = FIXTURE_ACCOUNT };
    f->other_root = (caller){ .kind = CALLER_ROOT, .proof = PROOF_ACS3, .account = FIXTURE_OTHER, .id = FIXTURE_OTHER };
    char key[96];
    (void)snprintf(key, sizeof key, "%s/master.key", f->dir);
    assert_int_equal(vault_create_key_file(key, &f->world, &f->err), ST_OK);
    assert_int_equal(vault_open(key, &f->world, &f->vault, &f->err), ST_OK);
    assert_int_equal(store_create(f->dir, &f->err), ST_OK);
    const store_options o = { .dir = f->dir, .readers = 1, .queue_max = 64, .batch_max = 16 };
    assert_int_equal(store_open(&o, &f->store, &f->err), ST_OK);
    assert_int_equal(store_apply_now(f->store, FIXTURE_ACCOUNT, fixture_open_account, f, &f->err), ST_OK);
    assert_int_equal(store_apply_now(f->store, FIXTURE_OTHER, fixture_open_account, f, &f->err), ST_OK);
}

FIXTURE_FN void fixture_done(fixture *f)
{
    static const char *const files[] = { "master.key", "argali.db", "argali.db-wal", "argali.db-shm", "lock", "argali.lock" };
    json_decref(f->json);
    store_close(f->store);
    vault_free(f->vault);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "%s/%s", f->dir, files[i]);
        (void)unlink(path);
    }
    (void)rmdir(f->dir);
}

typedef struct {
    fixture *f;
    call call;
    call_fn fn;
    uint64_t events;
} fixture_job;

FIXTURE_FN status fixture_run(store_tx *tx, void *self, err *e)
{
    fixture_job *j = self;
    j->call.tx = tx;
    reply_begin(j->call.reply, j->call.shape, REPLY_JSON, str_from_c(j->call.context.request_id));
    TRY(j->fn(&j->call, e));
    return reply_end(j->call.reply);
}

FIXTURE_FN status fixture_count_events(store_tx *tx, void *self, err *e)
{
    fixture_job *j = self;
    CLEANUP(arena_free_at) arena *a = arena_new(4096, 16 * 1024 * 1024);
    audit_record *records = NULL;
    size_t n = 0;
    TRY(store_audit_list(tx, a, 0, 100000, &records, &n, e));
    j->events = n;
    return ST_OK;
}

FIXTURE_FN uint64_t fixture_events(fixture *f, account_id account)
{
    fixture_job j = { 0 };
    err e = { 0 };
    assert_int_equal(store_read_now(f->store, account, fixture_count_events, &j, &e), ST_OK);
    return j.events;
}

/* The outcome is in f->status, f->err and f->json. */
FIXTURE_FN void fixture_call(fixture *f, const caller *who, call_fn fn, unsigned action, const void *request, bool is_apply)
{
    CLEANUP(arena_free_at) arena *a = arena_new(16 * 1024, 16 * 1024 * 1024);
    reply r = { 0 };
    fixture_job j = { .f = f, .fn = fn };
    j.call = (call){
        .shape = catalogue_get(action),
        .who = who,
        .request = request,
        .world = &f->world,
        .vault = f->vault,
        .quota = &f->quota,
        .domain_suffix = STR("onaliyun.com"),
        .arena = a,
        .reply = &r,
        .policies = f->policies,
        .context = { .now_s = f->now_s, .user_agent = STR("unit-test"), .request_id = "0E1A0D1C-5B7F-4F0A-8D0E-0123456789AB" },
    };
    json_decref(f->json);
    f->json = NULL;
    f->err = (err){ 0 };
    const uint64_t before = fixture_events(f, who->account);
    f->status = is_apply ? store_apply_now(f->store, who->account, fixture_run, &j, &f->err)
                         : store_read_now(f->store, who->account, fixture_run, &j, &f->err);
    assert_int_equal(fixture_events(f, who->account), before + (is_apply && f->status == ST_OK ? 1 : 0));
    if (f->status == ST_OK) {
        f->json = json_loadb((const char *)r.out.p, r.out.n, JSON_REJECT_DUPLICATES, NULL);
        assert_non_null(f->json);
    }
    reply_done(&r);
}

#define APPLY(f, who, action_name, ACTION, ...) \
    fixture_call((f), (who), action_name##_apply, ACTION, &(action_name##_request){ __VA_ARGS__ }, true)
#define READ(f, who, action_name, ACTION, ...) \
    fixture_call((f), (who), action_name##_read, ACTION, &(action_name##_request){ __VA_ARGS__ }, false)

#define assert_ok(f)                           fixture_assert_ok((f), __FILE__, __LINE__)
#define assert_code(f, want_status, want_code) fixture_assert_code((f), (want_status), (want_code), __FILE__, __LINE__)

FIXTURE_FN void fixture_assert_ok(const fixture *f, const char *file, int line)
{
    if (f->status != ST_OK) {
        print_error("%s %s: %s\n", status_name(f->status), f->err.code, f->err.log);
        _fail(file, line);
    }
}

FIXTURE_FN void fixture_assert_code(const fixture *f, status s, const char *code, const char *file, int line)
{
    if (f->status != s || strcmp(f->err.code, code) != 0) {
        print_error("wanted %s %s, got %s %s: %s\n", status_name(s), code, status_name(f->status), f->err.code, f->err.log);
        _fail(file, line);
    }
}

/* "Users.User.0.UserName" in the last answer; NULL where there is no such member. */
FIXTURE_FN const json_t *fixture_at(const fixture *f, const char *path)
{
    const json_t *at = f->json;
    str rest = str_from_c(path), head, tail;
    while (at != NULL && rest.n > 0) {
        if (!str_split(rest, '.', &head, &tail)) {
            head = rest;
            tail = (str){ NULL, 0 };
        }
        char name[64];
        uint32_t index;
        (void)snprintf(name, sizeof name, STR_FMT, STR_ARG(head));
        if (json_is_array(at))
            at = str_to_u32(head, 0, UINT32_MAX, &index) == ST_OK ? json_array_get(at, index) : NULL;
        else
            at = json_object_get(at, name);
        rest = tail;
    }
    return at;
}

FIXTURE_FN const char *text_at(const fixture *f, const char *path)
{
    return json_string_value(fixture_at(f, path));
}

FIXTURE_FN size_t count_at(const fixture *f, const char *path)
{
    assert_true(json_is_array(fixture_at(f, path)));
    return json_array_size(fixture_at(f, path));
}

#endif
