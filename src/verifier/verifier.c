/* verifier.c - see verifier.h. Host values: RFC 9110 7.2, names after RFC 1123 2.1, addresses after RFC 3986 3.2.2. */
#include "verifier/verifier.h"

#include <string.h>

#include "account/random_text.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "base/ip.h"

enum { VERIFIER_ID_DIGITS = 18, VERIFIER_ID_FIRST = 6, NAME_MAX_BYTES = 253 };

/* --- hosts -------------------------------------------------------------------------------------------------------- */

static bool is_label_char(char c)
{
    return ascii_is_alnum(c) || c == '-' || c == '_';
}

static bool is_name(str s)
{
    if (s.n == 0 || s.n > NAME_MAX_BYTES)
        return false;
    for (str rest = s, label; str_next(&rest, '.', &label);) {
        if (label.n == 0 || label.n > 63 || !str_is_of(label, is_label_char) || label.p[0] == '-' ||
            label.p[label.n - 1] == '-')
            return false;
    }
    return true;
}

static bool is_port(str s)
{
    uint32_t port;
    return str_to_u32(s, 1, UINT16_MAX, &port) == ST_OK;
}

static bool is_bracketed(str s)
{
    size_t end;
    ip_addr ip;
    if (!str_find(s, ']', &end) || ip_parse(str_slice(s, 1, end), &ip) != ST_OK ||
        !str_contains(str_slice(s, 1, end), STR(":")))
        return false;
    str rest = str_slice(s, end + 1, s.n);
    return rest.n == 0 || (rest.p[0] == ':' && is_port(str_slice(rest, 1, rest.n)));
}

bool verifier_host_is_valid(str host)
{
    str name = host, port;
    if (str_starts(host, STR("[")))
        return is_bracketed(host);
    if (str_split(host, ':', &name, &port) && !is_port(port))
        return false;
    return is_name(name);
}

bool verifier_may_judge(str hosts, str host)
{
    if (host.n == 0)
        return false;
    for (str rest = hosts, one; str_next(&rest, ',', &one);) {
        if (str_eq_nocase(one, host))
            return true;
    }
    return false;
}

/* "a,b:80": in lower case, each once. */
static status join_hosts(const str *hosts, size_t n, arena *a, str *ret, err *e)
{
    size_t size = 0;
    for (size_t i = 0; i < n; i++) {
        if (!verifier_host_is_valid(hosts[i]))
            return err_set(e, ST_INVALID, "InvalidParameter.Hosts.Format", "host %zu is no host[:port]", i + 1);
        size += hosts[i].n + 1;
    }
    if (n == 0 || n > VERIFIER_HOSTS_MAX || size > VERIFIER_HOSTS_BYTES)
        return err_set(e, ST_INVALID, "InvalidParameter.Hosts.Length", "%zu hosts in %zu bytes", n, size);
    char *p = arena_alloc(a, size);
    if (p == NULL)
        return ST_NO_MEMORY;
    str joined = { p, 0 };
    for (size_t i = 0; i < n; i++) {
        if (verifier_may_judge(joined, hosts[i]))
            continue;
        if (joined.n > 0)
            p[joined.n++] = ',';
        for (size_t k = 0; k < hosts[i].n; k++)
            p[joined.n++] = ascii_lower(hosts[i].p[k]);
    }
    *ret = joined;
    return ST_OK;
}

/* --- tokens ------------------------------------------------------------------------------------------------------- */

void verifier_token_done(verifier_token *t)
{
    if (t != NULL)
        secret_done(&t->s);
}

bool verifier_digest(str token, uint8_t ret[VERIFIER_DIGEST_BYTES])
{
    static const char purpose[] = "argali verifier token"; /* with its NUL: no other digest that we keep begins so */
    uint8_t text[sizeof purpose + VERIFIER_TOKEN_LEN];
    if (token.n != VERIFIER_TOKEN_LEN || !str_starts(token, STR(VERIFIER_TOKEN_PREFIX)))
        return false;
    memcpy(text, purpose, sizeof purpose);
    memcpy(text + sizeof purpose, token.p, token.n);
    sha256((bytes){ text, sizeof text }, ret);
    secret_wipe(text, sizeof text);
    return true;
}

static status token_new(const world *w, verifier_token *ret)
{
    CLEANUP(buf_done) buf text;
    uint8_t content[VERIFIER_TOKEN_BYTES];
    buf_init_secret(&text, VERIFIER_TOKEN_LEN);
    TRY(world_random(w, content, sizeof content));
    buf_add(&text, STR(VERIFIER_TOKEN_PREFIX));
    base64url_encode((bytes){ content, sizeof content }, &text);
    secret_wipe(content, sizeof content);
    return buf_ok(&text) ? secret_copy(buf_bytes(&text), &ret->s) : ST_NO_MEMORY;
}

/* --- records ------------------------------------------------------------------------------------------------------ */

static status check_quota(store_tx *tx, arena *a, err *e)
{
    verifier_record *all = NULL;
    size_t n = 0;
    TRY(store_verifier_list(tx, a, &all, &n, e));
    return n < VERIFIERS_PER_ACCOUNT ? ST_OK
                                     : err_set(e, ST_LIMIT, "LimitExceeded.Verifier", "the account has %zu verifiers", n);
}

status verifier_create(store_tx *tx, arena *a, const world *w, int64_t now_s, str name, const str *hosts, size_t host_n,
                       verifier_record *ret, verifier_token *ret_token, err *e)
{
    CLEANUP(verifier_token_done) verifier_token token = { 0 };
    verifier_record r = { .name = name, .created_s = now_s };
    TRY(join_hosts(hosts, host_n, a, &r.hosts, e));
    TRY(check_quota(tx, a, e));
    TRY(random_digits(w, VERIFIER_ID_DIGITS, VERIFIER_ID_FIRST, &r.id));
    TRY(token_new(w, &token));
    if (!verifier_digest((str){ (const char *)token.s.p, token.s.n }, r.digest))
        return err_set(e, ST_BUG, NULL, "a new token has not the form of one");
    status s = store_verifier_insert(tx, &r, e);
    if (s == ST_CONFLICT)
        return err_set(e, s, "EntityAlreadyExists.Verifier", "a verifier of this name stands");
    TRY(s);
    store_touch(tx, epoch_of_principal(r.id));
    *ret = r;
    *ret_token = token;
    token = (verifier_token){ 0 };
    return ST_OK;
}

status verifier_delete(store_tx *tx, arena *a, str name, verifier_record *ret, err *e)
{
    verifier_record r;
    status s = store_verifier_get_by_name(tx, a, name, &r, e);
    if (s == ST_NOT_FOUND)
        return err_set(e, s, "EntityNotExist.Verifier", "no such verifier");
    TRY(s);
    TRY(store_verifier_delete(tx, r.id, e));
    store_touch(tx, epoch_of_principal(r.id));
    *ret = r;
    return ST_OK;
}
