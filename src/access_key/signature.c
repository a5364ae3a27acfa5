/* signature.c - see signature.h.
 *
 * Canonical texts are measured first and then written once, into one block of the arena each: parameters arrive sorted,
 * so nothing is sorted again. Sums of sizes cannot overflow, as what they measure lies in memory and grows at most
 * fivefold.
 */
#include "access_key/signature.h"

#include <string.h>

#include "base/digest.h"
#include "base/encoding.h"

enum { HEX_BYTES = 2 * DIGEST_SIZE, ACCESS_KEY_ID_SIGNED_MAX = 128, V1_MAC_BYTES = 20 };

/* By acs3_algorithm. The digests of an empty body are those of FIPS 180-4 and GB/T 32905 for the empty text. */
static const struct {
    str name;
    mac_algorithm mac;
    void (*digest)(bytes in, uint8_t ret[DIGEST_SIZE]);
    char empty_body[HEX_BYTES + 1];
} algorithms[] = {
    [ACS3_HMAC_SHA256] = { STR_INIT("ACS3-HMAC-SHA256"), MAC_HMAC_SHA256, sha256,
                           "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
    [ACS3_HMAC_SM3] = { STR_INIT("ACS3-HMAC-SM3"), MAC_HMAC_SM3, sm3,
                        "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b" },
};

/* Headers that the server reads from a signed request: they come once, or the signature could cover another value than
 * the one acted on. The first REQUIRED_N have to be there and signed. */
enum { REQUIRED_N = 6, REQUIRED_ALL = (1 << REQUIRED_N) - 1, CONTENT_SHA256 = 0 };
static const str read_headers[] = {
    [CONTENT_SHA256] = STR_INIT("x-acs-content-sha256"),
    STR_INIT("host"),
    STR_INIT("x-acs-action"),
    STR_INIT("x-acs-version"),
    STR_INIT("x-acs-date"),
    STR_INIT("x-acs-signature-nonce"),
    STR_INIT("x-acs-security-token"),
    STR_INIT("x-acs-accesskey-id"),
    STR_INIT("content-type"),
};
enum { READ_HEADERS_N = sizeof read_headers / sizeof read_headers[0] };

static bool is_same(str a, str b)
{
    return a.n == b.n && memcmp(a.p, b.p, a.n) == 0;
}

/* Is `name`, in any case, the lower-case `lower`? Most clients send lower case, and lengths tell most names apart. */
static bool is_named(str name, str lower)
{
    return name.n == lower.n && (memcmp(name.p, lower.p, lower.n) == 0 || str_eq_nocase(name, lower));
}

/* --- the Authorization header ------------------------------------------------------------------------------------- */

/* RFC 9110 5.6.2, tchar, without upper-case letters. */
static const bool is_lower_token[256] = {
    ['!'] = 1, ['#'] = 1, ['$'] = 1, ['%'] = 1, ['&'] = 1, ['\''] = 1, ['*'] = 1,         ['+'] = 1,         ['-'] = 1,
    ['.'] = 1, ['^'] = 1, ['_'] = 1, ['`'] = 1, ['|'] = 1, ['~'] = 1,  ['0' ... '9'] = 1, ['a' ... 'z'] = 1,
};

static bool has_name(const str *names, size_t n, str name)
{
    for (size_t i = 0; i < n; i++)
        if (is_same(names[i], name))
            return true;
    return false;
}

/* The names between the semicolons, split into ret (SIGNED_HEADERS_MAX); 0: not a list of different lower-case names. */
static size_t split_names(str list, str *ret)
{
    size_t n = 0, from = 0;
    for (size_t i = 0; i <= list.n; i++) {
        if (i < list.n && is_lower_token[(uint8_t)list.p[i]])
            continue;
        str name = { list.p + from, i - from };
        if ((i < list.n && list.p[i] != ';') || name.n == 0 || n == SIGNED_HEADERS_MAX || has_name(ret, n, name))
            return 0;
        ret[n++] = name;
        from = i + 1;
    }
    return n;
}

static bool is_credential(str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((uint8_t)s.p[i] <= ' ' || (uint8_t)s.p[i] >= 0x7f)
            return false;
    return s.n >= 1 && s.n <= ACCESS_KEY_ID_SIGNED_MAX;
}

/* 64 digits without upper-case letters: one spelling, so that a changed byte is a changed signature. */
static status read_signature(str hex, uint8_t ret[DIGEST_SIZE])
{
    for (size_t i = 0; i < hex.n; i++)
        if (hex.p[i] >= 'A' && hex.p[i] <= 'F')
            return ST_INVALID;
    return hex_decode(hex, ret, DIGEST_SIZE);
}

static status set_part(str name, str value, acs3_authorization *ret, str *signature)
{
    str names[SIGNED_HEADERS_MAX];
    if (str_eq(name, STR("Credential"))) {
        if (ret->access_key_id.p != NULL || !is_credential(value))
            return ST_INVALID;
        ret->access_key_id = value;
    } else if (str_eq(name, STR("SignedHeaders"))) {
        if (ret->signed_headers.p != NULL || split_names(value, names) == 0)
            return ST_INVALID;
        ret->signed_headers = value;
    } else if (str_eq(name, STR("Signature"))) {
        if (signature->p != NULL || read_signature(value, ret->signature) != ST_OK)
            return ST_INVALID;
        *signature = value;
    } else {
        return ST_INVALID;
    }
    return ST_OK;
}

static status parse_parts(str parts, acs3_authorization *ret)
{
    str signature = { 0 };
    for (str part, name, value; str_next(&parts, ',', &part);) {
        if (!str_split(part, '=', &name, &value))
            return ST_INVALID;
        TRY(set_part(name, value, ret, &signature));
    }
    return ret->access_key_id.p != NULL && ret->signed_headers.p != NULL && signature.p != NULL ? ST_OK : ST_INVALID;
}

status acs3_parse(str authorization, acs3_authorization *ret, err *e)
{
    str algorithm = authorization, parts = STR("");
    (void)str_split(authorization, ' ', &algorithm, &parts);
    acs3_authorization auth = { 0 };
    size_t i = 0;
    while (i < sizeof algorithms / sizeof algorithms[0] && !str_eq(algorithm, algorithms[i].name))
        i++;
    if (i == sizeof algorithms / sizeof algorithms[0])
        return str_starts(algorithm, STR("ACS3-"))
                   ? err_set(e, ST_INVALID, "InvalidSignatureMethod", "not an algorithm of ACS3 that we know")
                   : err_set(e, ST_INVALID, "IncompleteSignature", "Authorization is not ACS3");
    auth.algorithm = (acs3_algorithm)i;
    if (parse_parts(parts, &auth) != ST_OK)
        return err_set(e, ST_INVALID, "IncompleteSignature", "a part of Authorization is missing, repeated or malformed");
    *ret = auth;
    return ST_OK;
}

/* --- the canonical request ---------------------------------------------------------------------------------------- */

typedef struct {
    str name, value; /* name in lower case; value stripped */
} signed_line;

typedef struct {
    signed_line line[SIGNED_HEADERS_MAX];
    size_t n;
    str content_sha256;
} signed_lines;

/* The values of a repeated header, each stripped, sorted, joined with commas. */
static status join_values(const signed_request *rq, str name, size_t count, arena *a, str *ret)
{
    str *values = arena_alloc_n(a, count, sizeof *values);
    if (values == NULL)
        return ST_NO_MEMORY;
    size_t n = 0, size = count - 1;
    for (size_t i = 0; i < rq->header_n; i++) {
        if (!is_named(rq->headers[i].name, name))
            continue;
        str value = str_trim(rq->headers[i].value);
        size_t at = n++;
        for (; at > 0 && str_cmp(values[at - 1], value) > 0; at--)
            values[at] = values[at - 1];
        values[at] = value;
        size += value.n;
    }
    char *p = arena_alloc(a, size + 1);
    if (p == NULL)
        return ST_NO_MEMORY;
    *ret = (str){ p, size };
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            *p++ = ',';
        if (values[i].n > 0)
            memcpy(p, values[i].p, values[i].n);
        p += values[i].n;
    }
    return ST_OK;
}

/* Index in read_headers, READ_HEADERS_N when the server does not read it. */
static size_t read_header_index(str name)
{
    size_t i = 0;
    while (i < READ_HEADERS_N && !is_same(name, read_headers[i]))
        i++;
    return i;
}

static status find_value(const signed_request *rq, str name, bool is_read, arena *a, str *ret, err *e)
{
    size_t count = 0;
    for (size_t i = 0; i < rq->header_n; i++)
        if (is_named(rq->headers[i].name, name) && count++ == 0)
            *ret = str_trim(rq->headers[i].value);
    if (count == 0 || (count > 1 && is_read))
        return err_set(e, ST_INVALID, "IncompleteSignature", "signed header " STR_FMT " came %zu times", STR_ARG(name), count);
    if (count > 1 && join_values(rq, name, count, a, ret) != ST_OK)
        return err_set(e, ST_NO_MEMORY, NULL, "no room for the %zu values of a header", count);
    return ST_OK;
}

static bool is_signed(const signed_lines *lines, str header_name)
{
    for (size_t i = 0; i < lines->n; i++)
        if (is_named(header_name, lines->line[i].name))
            return true;
    return false;
}

/* An unsigned one could be changed on the way. */
static bool must_be_signed(str header_name)
{
    static const str start = STR_INIT("x-acs-");
    return is_named(str_slice(header_name, 0, start.n), start) || is_named(header_name, STR("content-type"));
}

static status collect_lines(const acs3_authorization *auth, const signed_request *rq, arena *a, signed_lines *ret, err *e)
{
    unsigned seen = 0;
    ret->n = 0;
    /* The list was looked at when it was parsed: lower-case names, none twice, not too many. */
    for (str rest = auth->signed_headers, name; ret->n < SIGNED_HEADERS_MAX && str_next(&rest, ';', &name);) {
        size_t known = read_header_index(name);
        signed_line *line = &ret->line[ret->n++];
        line->name = name;
        if (is_same(name, STR("authorization"))) /* it holds the signature itself */
            return err_set(e, ST_INVALID, "IncompleteSignature", "Authorization cannot be signed");
        TRY(find_value(rq, name, known < READ_HEADERS_N, a, &line->value, e));
        if (known == CONTENT_SHA256)
            ret->content_sha256 = line->value;
        seen |= known < REQUIRED_N ? 1u << known : 0;
    }
    if (seen != REQUIRED_ALL)
        return err_set(e, ST_INVALID, "IncompleteSignature", "a header that has to be signed is not in SignedHeaders");
    for (size_t i = 0; i < rq->header_n; i++) {
        str name = rq->headers[i].name;
        if (must_be_signed(name) && !is_signed(ret, name))
            return err_set(e, ST_INVALID, "IncompleteSignature", "header " STR_FMT " is not signed", STR_ARG(name));
    }
    return ST_OK;
}

static char *put(char *p, str s)
{
    if (s.n > 0)
        memcpy(p, s.p, s.n);
    return p + s.n;
}

static char *put_char(char *p, char c)
{
    *p = c;
    return p + 1;
}

static size_t parameter_size(const param *q)
{
    return percent_encoded_size(q->name) + 1 + percent_encoded_size(q->value);
}

static char *put_parameter(char *p, const param *q)
{
    p += percent_encode(q->name, p);
    p = put_char(p, '=');
    return p + percent_encode(q->value, p);
}

static size_t canonical_size(const signed_request *rq, str path, const signed_lines *lines, str list)
{
    size_t size = rq->method.n + 1 + path.n + 1 + 1 + 1 + list.n + 1 + HEX_BYTES; /* and six line feeds */
    for (size_t i = 0; i < rq->query_n; i++)
        size += parameter_size(&rq->query[i]) + (i > 0);
    for (size_t i = 0; i < lines->n; i++)
        size += lines->line[i].name.n + 1 + lines->line[i].value.n + 1;
    return size;
}

static status write_canonical(const signed_request *rq, const signed_lines *lines, str list, str body_hash, arena *a, str *ret)
{
    str path = rq->path.n > 0 ? rq->path : STR("/");
    size_t size = canonical_size(rq, path, lines, list);
    char *start = arena_alloc(a, size);
    if (start == NULL)
        return ST_NO_MEMORY;
    char *p = put_char(put(start, rq->method), '\n');
    p = put_char(put(p, path), '\n');
    for (size_t i = 0; i < rq->query_n; i++) {
        if (i > 0)
            p = put_char(p, '&');
        p = put_parameter(p, &rq->query[i]);
    }
    p = put_char(p, '\n');
    for (size_t i = 0; i < lines->n; i++) {
        p = put_char(put(p, lines->line[i].name), ':');
        p = put_char(put(p, lines->line[i].value), '\n');
    }
    p = put_char(p, '\n');
    p = put_char(put(p, list), '\n');
    (void)put(p, body_hash);
    *ret = (str){ start, size };
    return ST_OK;
}

typedef struct {
    str canonical, string_to_sign;
    bool is_body_right; /* x-acs-content-sha256 is the hash of the body */
} acs3_texts;

static void hash_hex(acs3_algorithm alg, bytes in, char ret[HEX_BYTES])
{
    uint8_t digest[DIGEST_SIZE];
    algorithms[alg].digest(in, digest);
    hex_encode((bytes){ digest, sizeof digest }, ret);
}

static bool is_lower_hex(char c)
{
    return ascii_is_digit(c) || (c >= 'a' && c <= 'f');
}

static status build(const acs3_authorization *auth, const signed_request *rq, arena *a, acs3_texts *ret, err *e)
{
    signed_lines lines;
    char computed[HEX_BYTES];
    str name = algorithms[auth->algorithm].name;
    str body_hash = { algorithms[auth->algorithm].empty_body, HEX_BYTES };
    acs3_texts t;
    TRY(collect_lines(auth, rq, a, &lines, e));
    if (rq->body_hash.p != NULL) {
        body_hash = rq->body_hash.n > 0 ? rq->body_hash : lines.content_sha256;
        if (body_hash.n != HEX_BYTES || !str_is_of(body_hash, is_lower_hex))
            return err_set(e, ST_INVALID, "IncompleteSignature", "x-acs-content-sha256 is no hash");
    } else if (rq->body.n > 0) {
        hash_hex(auth->algorithm, rq->body, computed);
        body_hash.p = computed;
    }
    t.is_body_right = is_same(lines.content_sha256, body_hash);
    char *p = arena_alloc(a, name.n + 1 + HEX_BYTES);
    if (p == NULL || write_canonical(rq, &lines, auth->signed_headers, body_hash, a, &t.canonical) != ST_OK)
        return err_set(e, ST_NO_MEMORY, NULL, "no room for the canonical request");
    t.string_to_sign = (str){ p, name.n + 1 + HEX_BYTES };
    hash_hex(auth->algorithm, bytes_of(t.canonical), put_char(put(p, name), '\n'));
    *ret = t;
    return ST_OK;
}

status acs3_string_to_sign(const acs3_authorization *auth, const signed_request *rq, arena *a, str *ret_canonical,
                           str *ret_string_to_sign, err *e)
{
    acs3_texts t;
    TRY(build(auth, rq, a, &t, e));
    *ret_canonical = t.canonical;
    *ret_string_to_sign = t.string_to_sign;
    return ST_OK;
}

static status does_not_match(const char *why, err *e)
{
    return err_set(e, ST_DENIED, "SignatureDoesNotMatch", "%s", why);
}

status acs3_verify(vault *v, seal_place at, bytes sealed_secret, const acs3_authorization *auth, const signed_request *rq,
                   arena *a, str *ret_canonical, str *ret_string_to_sign, err *e)
{
    acs3_texts t;
    TRY(build(auth, rq, a, &t, e));
    status st = !t.is_body_right
                    ? ST_DENIED
                    : vault_mac_check(v, at, sealed_secret, algorithms[auth->algorithm].mac, STR(""),
                                      bytes_of(t.string_to_sign), (bytes){ auth->signature, sizeof auth->signature }, e);
    if (st == ST_DENIED)
        st = does_not_match(t.is_body_right ? "the signature is wrong" : "x-acs-content-sha256 is not the hash of the body", e);
    else if (st != ST_OK)
        return st;
    *ret_canonical = t.canonical;
    *ret_string_to_sign = t.string_to_sign;
    return st;
}

/* --- RPC v1 ------------------------------------------------------------------------------------------------------- */

status v1_parse(const param *all, size_t n, v1_parameters *ret, err *e)
{
    v1_parameters v = { 0 };
    str method = { 0 }, version = { 0 };
    const struct {
        str name, *value;
        const char *missing; /* NULL: it may be */
    } wanted[] = {
        { STR("AccessKeyId"), &v.access_key_id, "MissingAccessKeyId" },
        { STR("Signature"), &v.signature, "MissingSignature" },
        { STR("SignatureMethod"), &method, "MissingSignatureMethod" },
        { STR("SignatureVersion"), &version, "MissingSignatureVersion" },
        { STR("SignatureNonce"), &v.nonce, "MissingSignatureNonce" },
        { STR("Timestamp"), &v.timestamp, "MissingTimestamp" },
        { STR("SecurityToken"), &v.security_token, NULL },
    };
    enum { WANTED_N = sizeof wanted / sizeof wanted[0] };
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < WANTED_N; k++)
            if (is_same(all[i].name, wanted[k].name))
                *wanted[k].value = all[i].value;
    for (size_t k = 0; k < WANTED_N; k++)
        if (wanted[k].missing != NULL && wanted[k].value->n == 0)
            return err_set(e, ST_INVALID, wanted[k].missing, "a v1 signature without it");
    if (!str_eq(method, STR("HMAC-SHA1")))
        return err_set(e, ST_INVALID, "InvalidSignatureMethod", "v1 signatures are HMAC-SHA1");
    if (!str_eq(version, STR("1.0")))
        return err_set(e, ST_INVALID, "InvalidSignatureVersion", "v1 signatures have version 1.0");
    *ret = v;
    return ST_OK;
}

/* name=value joined by '&', encoded once, without the signature itself. */
static status join_parameters(const signed_request *rq, arena *a, str *ret)
{
    size_t size = 0;
    for (size_t i = 0; i < rq->all_n; i++)
        if (!is_same(rq->all[i].name, STR("Signature")))
            size += parameter_size(&rq->all[i]) + (size > 0);
    char *start = arena_alloc(a, size), *p = start;
    if (start == NULL)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < rq->all_n; i++) {
        if (is_same(rq->all[i].name, STR("Signature")))
            continue;
        if (p > start)
            p = put_char(p, '&');
        p = put_parameter(p, &rq->all[i]);
    }
    *ret = (str){ start, size };
    return ST_OK;
}

status v1_string_to_sign(const signed_request *rq, arena *a, str *ret, err *e)
{
    static const str path = STR_INIT("&%2F&");
    str joined = { 0 };
    char *start = NULL;
    size_t size = 0;
    if (join_parameters(rq, a, &joined) == ST_OK) {
        size = rq->method.n + path.n + percent_encoded_size(joined);
        start = arena_alloc(a, size);
    }
    if (start == NULL)
        return err_set(e, ST_NO_MEMORY, NULL, "no room for the string to sign");
    (void)percent_encode(joined, put(put(start, rq->method), path));
    *ret = (str){ start, size };
    return ST_OK;
}

status v1_verify(vault *v, seal_place at, bytes sealed_secret, str signature_base64, const signed_request *rq, arena *a,
                 str *ret_string_to_sign, err *e)
{
    uint8_t mac[V1_MAC_BYTES];
    size_t n = 0;
    str text;
    TRY(v1_string_to_sign(rq, a, &text, e));
    status st = base64_decode(signature_base64, mac, sizeof mac, &n) != ST_OK
                    ? ST_DENIED
                    : vault_mac_check(v, at, sealed_secret, MAC_HMAC_SHA1, STR("&"), bytes_of(text), (bytes){ mac, n }, e);
    if (st == ST_DENIED)
        st = does_not_match("the signature is wrong", e);
    else if (st != ST_OK)
        return st;
    *ret_string_to_sign = text;
    return st;
}
