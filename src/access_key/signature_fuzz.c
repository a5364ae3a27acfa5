/* signature_fuzz.c - the Authorization header, and the canonical request built from whatever list it names. */
#include <stdlib.h>
#include <string.h>

#include "access_key/signature.h"
#include "base/encoding.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* The header's parts, written again, make the same header: only one text parses to one value, apart from the order of
 * the parts. */
static void check_parts(str text, const acs3_authorization *auth)
{
    char hex[2 * sizeof auth->signature];
    hex_encode((bytes){ auth->signature, sizeof auth->signature }, hex);
    must(auth->access_key_id.n > 0 && auth->signed_headers.n > 0);
    must(str_contains(text, auth->access_key_id) && str_contains(text, auth->signed_headers));
    must(str_contains(text, (str){ hex, sizeof hex }));
}

static void check_canonical(const acs3_authorization *auth)
{
    static const header headers[] = {
        { STR_INIT("host"), STR_INIT("localhost") },
        { STR_INIT("x-acs-action"), STR_INIT("GetUser") },
        { STR_INIT("X-Acs-Version"), STR_INIT("2019-08-15") },
        { STR_INIT("x-acs-date"), STR_INIT(" 2026-01-02T03:04:05Z") },
        { STR_INIT("x-acs-signature-nonce"), STR_INIT("n") },
        { STR_INIT("x-acs-content-sha256"), STR_INIT("") },
        { STR_INIT("accept"), STR_INIT("b") },
        { STR_INIT("Accept"), STR_INIT("a") },
    };
    static const param query[] = { { STR_INIT("A b"), STR_INIT("~*'") }, { STR_INIT("B"), STR_INIT("") } };
    const signed_request rq = { .method = STR("POST"),
                                .path = STR("/"),
                                .query = query,
                                .query_n = 2,
                                .all = query,
                                .all_n = 2,
                                .headers = headers,
                                .header_n = sizeof headers / sizeof headers[0] };
    arena *a = arena_new(4096, 65536);
    str canonical, text;
    err e;
    if (a != NULL && acs3_string_to_sign(auth, &rq, a, &canonical, &text, &e) == ST_OK) {
        must(str_starts(canonical, STR("POST\n/\nA%20b=~%2A%27&B=\n")));
        must(str_contains(canonical, auth->signed_headers));
        must(str_starts(text, STR("ACS3-HMAC-S")));
    }
    arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    acs3_authorization auth = { 0 };
    err e = { 0 };
    str text = { (const char *)data, size };
    if (size == 0)
        return 0;
    status st = acs3_parse(text, &auth, &e);
    must(st == ST_OK || (st == ST_INVALID && e.code[0] != '\0' && auth.access_key_id.p == NULL));
    if (st == ST_OK) {
        check_parts(text, &auth);
        check_canonical(&auth);
    }
    return 0;
}
