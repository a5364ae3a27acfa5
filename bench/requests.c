/* requests.c - see requests.h. The headers are those of the official Node SDK. */
#include "requests.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "access_key/signature.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "base/timestamp.h"

enum { REQUEST_MAX = 1536, NONCE_BYTES = 16, NAME_MAX_BYTES = 160, QUERY_MAX = 2, ARENA_BYTES = 8192 };

#define SIGNED_HEADERS \
    "host;x-acs-action;x-acs-content-sha256;x-acs-credentials-provider;x-acs-date;x-acs-signature-nonce;x-acs-version"
#define VERIFY_PATH  "/files/reports/2026/11/24"
#define EMPTY_SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static const struct {
    str name, version;
} actions[LOAD_ACTION_COUNT] = {
    [LOAD_GET_CALLER_IDENTITY] = { STR_INIT("GetCallerIdentity"), STR_INIT("2015-04-01") },
    [LOAD_CREATE_USER] = { STR_INIT("CreateUser"), STR_INIT("2019-08-15") },
    [LOAD_GET_USER] = { STR_INIT("GetUser"), STR_INIT("2019-08-15") },
    [LOAD_LIST_USERS] = { STR_INIT("ListUsers"), STR_INIT("2019-08-15") },
    [LOAD_VERIFY] = { STR_INIT("Verify"), STR_INIT("2026-11-23") },
};

status load_action_parse(str name, load_action *ret)
{
    for (unsigned i = 0; i < LOAD_ACTION_COUNT; i++) {
        if (str_eq(actions[i].name, name)) {
            *ret = (load_action)i;
            return ST_OK;
        }
    }
    return ST_INVALID;
}

typedef struct {
    const request_plan *plan;
    arena *arena;
    char date[TIMESTAMP_LEN + 1];
    char nonce[2 * NONCE_BYTES];
    uint8_t nonce_bytes[NONCE_BYTES]; /* chance, then the number of the request */
    uint64_t dice;
    char user[NAME_MAX_BYTES];
    param query[QUERY_MAX]; /* sorted by name */
    size_t query_n;
} signer;

/* xorshift64*: which user is asked for need not be hard to guess. */
static uint64_t next_chance(signer *s)
{
    s->dice ^= s->dice >> 12;
    s->dice ^= s->dice << 25;
    s->dice ^= s->dice >> 27;
    return s->dice * 0x2545f4914f6cdd1du;
}

static str user_name(signer *s, uint64_t number)
{
    int n = snprintf(s->user, sizeof s->user, "bench-%07" PRIu64 "@" STR_FMT, number, STR_ARG(s->plan->domain));
    return (str){ s->user, n < (int)sizeof s->user ? (size_t)n : sizeof s->user - 1 };
}

static void choose_query(signer *s, uint64_t i)
{
    const request_plan *p = s->plan;
    s->query_n = 0;
    switch (p->action) {
    case LOAD_CREATE_USER:
        s->query[s->query_n++] = (param){ STR("DisplayName"), STR("Bench User") };
        s->query[s->query_n++] = (param){ STR("UserPrincipalName"), user_name(s, p->first_user + i) };
        break;
    case LOAD_GET_USER:
        s->query[s->query_n++] = (param){ STR("UserPrincipalName"), user_name(s, p->first_user + next_chance(s) % p->users) };
        break;
    case LOAD_LIST_USERS:
        s->query[s->query_n++] = (param){ STR("MaxItems"), STR("100") };
        break;
    case LOAD_GET_CALLER_IDENTITY:
    case LOAD_VERIFY:
    case LOAD_ACTION_COUNT:
        break;
    }
}

static void next_nonce(signer *s, uint64_t i)
{
    for (size_t k = 0; k < sizeof i; k++)
        s->nonce_bytes[NONCE_BYTES - 1 - k] = (uint8_t)(i >> (8 * k));
    hex_encode((bytes){ s->nonce_bytes, NONCE_BYTES }, s->nonce);
}

static void add_header(buf *to, header h)
{
    buf_add(to, h.name);
    buf_add(to, STR(": "));
    buf_add(to, h.value);
    buf_add(to, STR("\r\n"));
}

/* The request line and headers of examples/nginx/argali.conf, but for those of the request that is asked about. */
static void add_question(const signer *s, buf *to)
{
    const header asked[] = {
        { STR("Host"), STR("argali") },
        { STR("X-Argali-Verifier"), s->plan->verifier_token },
        { STR("X-Argali-Action"), STR("files:GetObject") },
        { STR("X-Argali-Resource"), STR("acs:files::1234567890123456:reports/2026/11/24") },
        { STR("X-Original-Method"), STR("GET") },
        { STR("X-Original-URI"), STR(VERIFY_PATH) },
        { STR("X-Original-Host"), STR(LOAD_VERIFY_HOST) },
        { STR("X-Original-Scheme"), STR("http") },
        { STR("X-Original-Source-Ip"), STR("127.0.0.1") },
    };
    buf_add(to, STR("POST /verify HTTP/1.1\r\n"));
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++)
        add_header(to, asked[i]);
}

static void add_target(const signer *s, buf *to)
{
    buf_add(to, STR("POST /"));
    for (size_t i = 0; i < s->query_n; i++) {
        buf_add_char(to, i == 0 ? '?' : '&');
        buf_add(to, s->query[i].name);
        buf_add_char(to, '=');
        percent_encode_to(s->query[i].value, to);
    }
    buf_add(to, STR(" HTTP/1.1\r\n"));
}

static status add_request(signer *s, buf *to, err *e)
{
    const bool is_question = s->plan->action == LOAD_VERIFY;
    const header signed_by[] = {
        { STR("host"), is_question ? STR(LOAD_VERIFY_HOST) : STR("127.0.0.1:8080") },
        { STR("x-acs-version"), actions[s->plan->action].version },
        { STR("x-acs-action"), actions[s->plan->action].name },
        { STR("x-acs-date"), { s->date, TIMESTAMP_LEN } },
        { STR("x-acs-signature-nonce"), { s->nonce, sizeof s->nonce } },
        { STR("x-acs-content-sha256"), STR(EMPTY_SHA256) },
        { STR("x-acs-credentials-provider"), STR("static_ak") },
    };
    enum { SIGNED_N = sizeof signed_by / sizeof *signed_by };
    acs3_authorization auth = { .algorithm = ACS3_HMAC_SHA256,
                                .access_key_id = s->plan->access_key_id,
                                .signed_headers = STR(SIGNED_HEADERS) };
    signed_request rq = { .method = is_question ? STR("GET") : STR("POST"),
                          .path = is_question ? STR(VERIFY_PATH) : STR("/"),
                          .query = s->query,
                          .query_n = s->query_n,
                          .headers = signed_by,
                          .header_n = SIGNED_N };
    str canonical, string_to_sign;
    uint8_t mac[DIGEST_SIZE];
    TRY(acs3_string_to_sign(&auth, &rq, s->arena, &canonical, &string_to_sign, e));
    (void)hmac(HMAC_SHA256, bytes_of(s->plan->access_key_secret), (bytes){ NULL, 0 }, bytes_of(string_to_sign), mac);

    if (is_question)
        add_question(s, to);
    else
        add_target(s, to);
    for (size_t i = is_question ? 1 : 0; i < SIGNED_N; i++) /* the first is the Host */
        add_header(to, signed_by[i]);
    add_header(to, (header){ STR("user-agent"), STR("AlibabaCloud (linux; x64) Node.js/v18.19.0 Core/1.0.1 TeaDSL/1") });
    add_header(to, (header){ STR("accept"), STR("application/json") });
    buf_addf(to, "Authorization: ACS3-HMAC-SHA256 Credential=" STR_FMT ",SignedHeaders=" SIGNED_HEADERS ",Signature=",
             STR_ARG(s->plan->access_key_id));
    buf_add_hex(to, (bytes){ mac, sizeof mac });
    buf_add(to, STR("\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n"));
    return ST_OK;
}

static status sign_all(signer *s, requests *r, err *e)
{
    TRY(world_random(s->plan->world, s->nonce_bytes, sizeof s->nonce_bytes));
    TRY(world_random(s->plan->world, (uint8_t *)&s->dice, sizeof s->dice));
    s->dice |= 1;
    timestamp_format(world_now_s(s->plan->world), s->date);
    for (uint64_t i = 0; i < r->count; i++) {
        r->start[i] = r->bytes.n;
        choose_query(s, i);
        next_nonce(s, i);
        TRY(add_request(s, &r->bytes, e));
        arena_reset(s->arena);
    }
    r->start[r->count] = r->bytes.n;
    return buf_ok(&r->bytes) ? ST_OK : ST_NO_MEMORY;
}

status requests_sign(const request_plan *plan, requests *ret, err *e)
{
    signer s = { .plan = plan, .arena = arena_new(ARENA_BYTES, ARENA_BYTES) };
    requests r = { .count = plan->count, .start = calloc((size_t)plan->count + 1, sizeof *r.start) };
    buf_init(&r.bytes, (size_t)plan->count * REQUEST_MAX);
    status st = s.arena == NULL || r.start == NULL || !buf_reserve(&r.bytes, (size_t)plan->count * REQUEST_MAX)
                    ? ST_NO_MEMORY
                    : sign_all(&s, &r, e);
    arena_free(s.arena);
    if (st != ST_OK) {
        requests_done(&r);
        return st;
    }
    *ret = r;
    return ST_OK;
}

void requests_done(requests *r)
{
    buf_done(&r->bytes);
    free(r->start);
    r->start = NULL;
}

str requests_get(const requests *r, uint64_t i)
{
    return (str){ (const char *)r->bytes.p + r->start[i], r->start[i + 1] - r->start[i] };
}
