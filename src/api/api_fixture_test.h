/* api_fixture_test.h - for the unit tests of the dispatcher: a dispatcher on a real store, vault and nonce table, and signed calls
 * that reach it without HTTP: the exchange of the shell is the one below. Include it in one file of a program.
 */
#ifndef ARGALI_API_API_FIXTURE_TEST_H
#define ARGALI_API_API_FIXTURE_TEST_H

#include "account/fixture_test.h"

#include <pthread.h>
#include <stdatomic.h>

#include "access_key/access_key_api.h"
#include "api/flight.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "base/timestamp.h"
#include "role/assume_role_api.h"
#include "role/role_api.h"
#include "user/user_api.h"

/* --- the shell ---------------------------------------------------------------------------------------------------- */

struct http_exchange {
    arena *arena;
    pthread_mutex_t lock;
    pthread_cond_t answered;
    bool is_answered;
    unsigned status;
    buf body;
};

arena *http_arena(http_exchange *x)
{
    return x->arena;
}

/* From whatever thread ended the call. */
void http_reply(http_exchange *x, http_response *r)
{
    pthread_mutex_lock(&x->lock);
    assert_false(x->is_answered);
    x->status = r->status;
    x->body = r->body;
    r->body = (buf){ 0 };
    x->is_answered = true;
    pthread_cond_signal(&x->answered);
    pthread_mutex_unlock(&x->lock);
}

str http_header_get(const http_request *rq, str name)
{
    for (size_t i = 0; i < rq->header_n; i++)
        if (str_eq_nocase(rq->headers[i].name, name))
            return rq->headers[i].value;
    return (str){ NULL, 0 };
}

/* --- the dispatcher ----------------------------------------------------------------------------------------------- */

typedef struct {
    fixture f;
    _Atomic int64_t now_s; /* the clock, in step with f.now_s */
    nonces *nonces;
    auditor *auditor;
    hash_pool *hashing;
    attempt_waiters *waiters;
    password_means passwords;
    api *api;
    unsigned calls;  /* so far: each has a nonce of its own */
    unsigned status; /* of the last answer; its body is in f.json */
} api_fixture;

FIXTURE_FN int64_t api_fixture_now_ms(void *self)
{
    return atomic_load(&((api_fixture *)self)->now_s) * 1000;
}

FIXTURE_FN void api_fixture_set_now(api_fixture *x, int64_t now_s)
{
    x->f.now_s = now_s;
    atomic_store(&x->now_s, now_s);
}

FIXTURE_FN void api_fixture_init(api_fixture *x)
{
    fixture *f = &x->f;
    char path[96];
    x->calls = 0;
    fixture_init(f);
    f->world = (world){ api_fixture_now_ms, api_fixture_now_ms, fixture_random, x };
    api_fixture_set_now(x, FIXTURE_NOW_S);
    (void)snprintf(path, sizeof path, "%s/nonces", f->dir);
    const nonces_options n = { .path = path, .calls_per_second = 1, .world = &f->world, .boot_id = "a-boot" };
    assert_int_equal(nonces_open(&n, &x->nonces, &f->err), ST_OK);
    x->auditor = auditor_new(f->store, f->vault, &f->world);
    assert_non_null(x->auditor);
    x->passwords = (password_means){ .usual = { 64, 1, 1 } };
    const hash_pool_options hashing = { .threads = 1, .queue_max = 8, .memory_max_kib = 1024, .usual = x->passwords.usual };
    assert_int_equal(hash_pool_new(&hashing, &x->hashing, &f->err), ST_OK);
    assert_int_equal(attempt_waiters_new(&f->world, 16, &x->waiters, &f->err), ST_OK);
    const api_options o = {
        .hashing = x->hashing,
        .waiters = x->waiters,
        .passwords = &x->passwords,
        .store = f->store,
        .vault = f->vault,
        .nonces = x->nonces,
        .auditor = x->auditor,
        .world = &f->world,
        .quota = f->quota,
        .domain_suffix = STR("onaliyun.com"),
        .accepts_v1 = true,
        .blocking_threads = 1,
        .cached_callers = 64,
    };
    assert_int_equal(api_new(&o, &x->api, &f->err), ST_OK);
    f->policies = x->api->policies;
}

FIXTURE_FN void api_fixture_done(api_fixture *x)
{
    char path[96];
    (void)snprintf(path, sizeof path, "%s/nonces", x->f.dir);
    store_close(x->f.store);
    x->f.store = NULL;
    api_free(x->api);
    hash_pool_free(x->hashing);
    attempt_waiters_free(x->waiters);
    auditor_free(x->auditor);
    nonces_close(x->nonces);
    (void)unlink(path);
    fixture_done(&x->f);
}

/* --- AccessKeys --------------------------------------------------------------------------------------------------- */

typedef struct {
    char id[ACCESS_KEY_ID_MAX + 1], secret[64], token[SESSION_TOKEN_MAX + 8]; /* an empty token: none is sent */
} api_key;

FIXTURE_FN void api_fixture_keep_key(const fixture *f, const char *object, api_key *ret)
{
    const json_t *k = fixture_at(f, object);
    (void)snprintf(ret->id, sizeof ret->id, "%s", json_string_value(json_object_get(k, "AccessKeyId")));
    (void)snprintf(ret->secret, sizeof ret->secret, "%s", json_string_value(json_object_get(k, "AccessKeySecret")));
    const char *token = json_string_value(json_object_get(k, "SecurityToken"));
    (void)snprintf(ret->token, sizeof ret->token, "%s", token != NULL ? token : "");
}

FIXTURE_FN caller api_fixture_user(fixture *f, const caller *root, const char *name, api_key *ret)
{
    caller who = { .kind = CALLER_USER, .proof = PROOF_ACS3, .account = root->account, .is_key_active = true };
    APPLY(f, root, ram_create_user, RAM_CREATE_USER, .user_name = str_from_c(name));
    assert_ok(f);
    assert_int_equal(str_to_u64(str_from_c(text_at(f, "User.UserId")), 1, UINT64_MAX, &who.id), ST_OK);
    APPLY(f, root, ram_create_access_key, RAM_CREATE_ACCESS_KEY, .user_name = str_from_c(name));
    assert_ok(f);
    api_fixture_keep_key(f, "AccessKey", ret);
    (void)snprintf(who.name, sizeof who.name, "%s", name);
    (void)snprintf(who.access_key_id, sizeof who.access_key_id, "%s", ret->id);
    return who;
}

FIXTURE_FN void api_fixture_role(fixture *f, const caller *root, const char *name, const char *trust)
{
    APPLY(f, root, ram_create_role, RAM_CREATE_ROLE, .role_name = str_from_c(name),
          .assume_role_policy_document = str_from_c(trust));
    assert_ok(f);
}

FIXTURE_FN void api_fixture_session(fixture *f, const caller *who, const char *role_arn, int64_t duration_s, api_key *ret)
{
    APPLY(f, who, sts_assume_role, STS_ASSUME_ROLE, .role_arn = str_from_c(role_arn), .role_session_name = STR("session"),
          .duration_seconds = { duration_s, true });
    assert_ok(f);
    api_fixture_keep_key(f, "Credentials", ret);
}

/* --- calls -------------------------------------------------------------------------------------------------------- */

typedef struct {
    scheme scheme; /* SCHEME_ACS3 or SCHEME_V1 */
    const char *version, *action;
    const char *query;       /* encoded parameters; NULL: none */
    const api_key *key;      /* whose id and secret; its token is sent where it has one */
    const char *other_token; /* sent in the place of the key's */
} api_ask;

FIXTURE_FN str mac_text(arena *a, digest_hmac alg, const char *key, const char *suffix, str message, bool is_hex)
{
    uint8_t mac[DIGEST_SIZE];
    CLEANUP(buf_done) buf text;
    str ret;
    const size_t n = hmac(alg, bytes_of(str_from_c(key)), bytes_of(str_from_c(suffix)), bytes_of(message), mac);
    buf_init(&text, 128);
    if (is_hex)
        buf_add_hex(&text, (bytes){ mac, n });
    else
        base64_encode((bytes){ mac, n }, &text);
    assert_int_equal(arena_copy(a, buf_str(&text), &ret), ST_OK);
    return ret;
}

#define ACS3_SIGNED "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-security-token;x-acs-signature-nonce;x-acs-version"
#define EMPTY_HASH  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

/* Every part of the request lies in the arena or in `ask`. */
FIXTURE_FN void sign_acs3(arena *a, const api_ask *ask, const char *token, str date, str nonce, http_request *ret)
{
    const bool has_token = token[0] != '\0';
    http_header *h = arena_alloc_n(a, 8, sizeof *h);
    header *signed_by = arena_alloc_n(a, 8, sizeof *signed_by);
    const http_header all[] = {
        { STR("host"), STR("ram.test") },
        { STR("x-acs-action"), str_from_c(ask->action) },
        { STR("x-acs-content-sha256"), STR(EMPTY_HASH) },
        { STR("x-acs-date"), date },
        { STR("x-acs-signature-nonce"), nonce },
        { STR("x-acs-version"), str_from_c(ask->version) },
        { STR("x-acs-security-token"), str_from_c(token) }, /* the last: left out where there is none */
    };
    const size_t n = has_token ? 7 : 6;
    for (size_t i = 0; i < n; i++) {
        h[i] = all[i];
        signed_by[i] = (header){ all[i].name, all[i].value };
    }
    acs3_authorization auth = {
        .algorithm = ACS3_HMAC_SHA256,
        .access_key_id = str_from_c(ask->key->id),
        .signed_headers = has_token
                              ? STR(ACS3_SIGNED)
                              : STR("host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version"),
    };
    signed_request rq = { .method = STR("POST"), .path = STR("/"), .headers = signed_by, .header_n = n };
    str canonical, text, value;
    err e = { 0 };
    assert_int_equal(api_params_parse(ret->query, a, &rq.query, &rq.query_n, &e), ST_OK);
    assert_int_equal(acs3_string_to_sign(&auth, &rq, a, &canonical, &text, &e), ST_OK);
    const str mac = mac_text(a, HMAC_SHA256, ask->key->secret, "", text, true);
    assert_int_equal(arena_printf(a, &value, "ACS3-HMAC-SHA256 Credential=%s,SignedHeaders=" STR_FMT ",Signature=" STR_FMT,
                                  ask->key->id, STR_ARG(auth.signed_headers), STR_ARG(mac)),
                     ST_OK);
    h[n] = (http_header){ STR("authorization"), value };
    ret->headers = h;
    ret->header_n = n + 1;
}

FIXTURE_FN void sign_v1(arena *a, const api_ask *ask, const char *token, str date, str nonce, http_request *ret)
{
    CLEANUP(buf_done) buf query;
    static const http_header host = { STR_INIT("host"), STR_INIT("ram.test") };
    signed_request rq = { .method = STR("POST"), .path = STR("/") };
    str text;
    err e = { 0 };
    buf_init(&query, 64 * 1024);
    buf_addf(&query,
             "AccessKeyId=%s&Action=%s&Version=%s&SignatureMethod=HMAC-SHA1&SignatureVersion=1.0&Format=JSON&Timestamp=",
             ask->key->id, ask->action, ask->version);
    percent_encode_to(date, &query);
    buf_addf(&query, "&SignatureNonce=" STR_FMT, STR_ARG(nonce));
    if (token[0] != '\0') {
        buf_add(&query, STR("&SecurityToken="));
        percent_encode_to(str_from_c(token), &query);
    }
    if (ret->query.n > 0) {
        buf_add_char(&query, '&');
        buf_add(&query, ret->query);
    }
    assert_int_equal(api_params_parse(buf_str(&query), a, &rq.all, &rq.all_n, &e), ST_OK);
    assert_int_equal(v1_string_to_sign(&rq, a, &text, &e), ST_OK);
    buf_add(&query, STR("&Signature="));
    percent_encode_to(mac_text(a, HMAC_SHA1, ask->key->secret, "&", text, false), &query);
    assert_int_equal(arena_copy(a, buf_str(&query), &ret->query), ST_OK);
    ret->headers = &host;
    ret->header_n = 1;
}

typedef struct {
    arena *arena;
    http_exchange exchange;
    http_request rq;
} api_call; /* under way: it may not be moved */

FIXTURE_FN void api_fixture_begin(api_fixture *x, api_ask ask, api_call *ret)
{
    *ret = (api_call){ .arena = arena_new(64 * 1024, 4 * 1024 * 1024) };
    ret->exchange.arena = ret->arena;
    ret->rq = (http_request){ .method = STR("POST"), .target = STR("/"), .path = STR("/"), .query = str_from_c(ask.query) };
    const char *token = ask.other_token != NULL ? ask.other_token : ask.key->token;
    char date[TIMESTAMP_LEN + 1], nonce[24];
    str kept_date, kept_nonce;
    timestamp_format(x->f.now_s, date);
    (void)snprintf(nonce, sizeof nonce, "nonce-%u", x->calls++);
    assert_int_equal(arena_copy(ret->arena, str_from_c(date), &kept_date), ST_OK);
    assert_int_equal(arena_copy(ret->arena, str_from_c(nonce), &kept_nonce), ST_OK);
    (ask.scheme == SCHEME_V1 ? sign_v1 : sign_acs3)(ret->arena, &ask, token, kept_date, kept_nonce, &ret->rq);
    pthread_mutex_init(&ret->exchange.lock, NULL);
    pthread_cond_init(&ret->exchange.answered, NULL);
    api_handle(x->api, &ret->exchange, &ret->rq);
}

/* The answer is in x->status and x->f.json. */
FIXTURE_FN void api_fixture_await(api_fixture *x, api_call *c)
{
    pthread_mutex_lock(&c->exchange.lock);
    while (!c->exchange.is_answered)
        pthread_cond_wait(&c->exchange.answered, &c->exchange.lock);
    pthread_mutex_unlock(&c->exchange.lock);
    pthread_cond_destroy(&c->exchange.answered);
    pthread_mutex_destroy(&c->exchange.lock);
    x->status = c->exchange.status;
    json_decref(x->f.json);
    x->f.json = json_loadb((const char *)c->exchange.body.p, c->exchange.body.n, JSON_REJECT_DUPLICATES, NULL);
    buf_done(&c->exchange.body);
    arena_free(c->arena);
    assert_non_null(x->f.json);
}

FIXTURE_FN void api_fixture_ask(api_fixture *x, api_ask ask)
{
    api_call c;
    api_fixture_begin(x, ask, &c);
    api_fixture_await(x, &c);
}

#define assert_answer(x, want_status, want_code) api_fixture_assert((x), (want_status), (want_code), __FILE__, __LINE__)

/* want_code NULL: there is none. */
FIXTURE_FN void api_fixture_assert(const api_fixture *x, unsigned want_status, const char *want_code, const char *file,
                                   int line)
{
    const char *code = text_at(&x->f, "Code");
    const bool is_code = want_code == NULL ? code == NULL : code != NULL && strcmp(code, want_code) == 0;
    if (x->status != want_status || !is_code) {
        print_error("wanted %u %s, got %u %s\n", want_status, want_code != NULL ? want_code : "", x->status,
                    code != NULL ? code : "");
        _fail(file, line);
    }
}

#endif
