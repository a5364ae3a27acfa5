/* session_token_test.c - what went in comes out, and nothing else opens: every bit of a token counts (threats T46, T48). */
#include "account/fixture_test.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "role/session_token.h"

enum { ARENA_MAX = 1024 * 1024 };

static fixture f;
static arena *a;

static int setup(void **state)
{
    (void)state;
    fixture_init(&f);
    a = arena_new(64 * 1024, ARENA_MAX);
    return a == NULL;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(a);
    fixture_done(&f);
    return 0;
}

#define SECRET "0123456789abcdefghijABCDEFGHIJ"
#define POLICY "{\"Version\":\"1\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"ram:Get*\",\"Resource\":\"*\"}]}"

static session_token sample(void)
{
    session_token t = {
        .access_key_id = STR("STS.abcdefghijklmnopqrstuvwx"),
        .account = FIXTURE_ACCOUNT,
        .role = 311111111111111111,
        .row = 4711,
        .policy = STR(POLICY),
        .session = {
            .name = "deploy@ci",
            .source_identity = "alice",
            .issued_ms = FIXTURE_NOW_S * 1000LL + 7,
            .expires_s = FIXTURE_NOW_S + 3600LL,
            .user_account = FIXTURE_OTHER,
            .user = 211111111111111111,
            .user_access_key_id = "LTAIabcdefghijklmnopqrst",
            .chain = { { FIXTURE_OTHER, 322222222222222222, 5 },
                       { FIXTURE_ACCOUNT, 311111111111111111, FIXTURE_NOW_S * 1000LL + 7 } },
            .chain_n = 2,
        },
    };
    const seal_place at = { SEAL_SESSION_KEY, t.account, t.row };
    assert_int_equal(vault_seal_new(f.vault, at, bytes_of(STR(SECRET)), &t.secret, &f.err), ST_OK);
    return t;
}

static str issue(const session_token *t)
{
    str text;
    assert_int_equal(session_token_issue(f.vault, t, a, &text, &f.err), ST_OK);
    return text;
}

static void assert_refused(str text)
{
    session_token t;
    f.err = (err){ 0 };
    assert_int_equal(session_token_open(f.vault, text, a, &t, &f.err), ST_DENIED);
    assert_string_equal(f.err.code, "InvalidSecurityToken.Malformed");
}

static void what_goes_in_comes_out(void **state)
{
    (void)state;
    session_token in = sample(), out;
    for (int with_policy = 0; with_policy < 2; with_policy++) {
        if (with_policy == 0)
            in.policy = (str){ NULL, 0 };
        else
            in.policy = STR(POLICY);
        assert_int_equal(session_token_open(f.vault, issue(&in), a, &out, &f.err), ST_OK);
        assert_true(str_eq(out.access_key_id, in.access_key_id));
        assert_true(str_eq(out.policy, in.policy));
        assert_true(out.account == in.account && out.role == in.role && out.row == in.row);
        assert_memory_equal(&out.secret, &in.secret, sizeof in.secret);
        assert_string_equal(out.session.name, "deploy@ci");
        assert_string_equal(out.session.source_identity, "alice");
        assert_string_equal(out.session.user_access_key_id, "LTAIabcdefghijklmnopqrst");
        assert_true(out.session.issued_ms == in.session.issued_ms && out.session.expires_s == in.session.expires_s);
        assert_true(out.session.user_account == FIXTURE_OTHER && out.session.user == 211111111111111111);
        assert_int_equal(out.session.chain_n, 2);
        assert_memory_equal(out.session.chain, in.session.chain, 2 * sizeof in.session.chain[0]);
    }
}

/* A session policy of the documented 2048 characters, each of four bytes, still makes a token that is looked at. */
static void the_longest_session_fits(void **state)
{
    (void)state;
    session_token in = sample(), out;
    char *policy = arena_alloc(a, 4 * 2048);
    for (size_t i = 0; i < 4 * 2048; i += 4)
        memcpy(policy + i, "\xF0\x9F\x91\xA8", 4);
    in.policy = (str){ policy, 4 * 2048 };
    memset(in.session.name, 'n', SESSION_NAME_MAX);
    memset(in.session.source_identity, 's', SESSION_NAME_MAX);
    memset(in.session.user_access_key_id, 'k', ACCESS_KEY_ID_MAX);
    in.session.chain[SESSION_CHAIN_MAX - 1] = in.session.chain[1];
    in.session.chain_n = SESSION_CHAIN_MAX;
    const str text = issue(&in);
    assert_in_range(text.n, 1, SESSION_TOKEN_MAX);
    assert_int_equal(session_token_open(f.vault, text, a, &out, &f.err), ST_OK);
    assert_true(str_eq(out.policy, in.policy));
}

/* T48: no bit of a token may flip, in the text or in what it encodes, and none may be missing or too many. */
static void a_flipped_bit_is_refused(void **state)
{
    (void)state;
    const session_token in = sample();
    const str text = issue(&in);
    char changed[2048];
    uint8_t raw[2048];
    size_t raw_n = 0;
    assert_true(text.n + 1 < sizeof changed);
    assert_int_equal(base64url_decode(text, raw, sizeof raw, &raw_n), ST_OK);
    memcpy(changed, text.p, text.n);
    arena *of_text = a; /* opening has one of its own, emptied each time */
    a = arena_new(64 * 1024, ARENA_MAX);
    for (size_t i = 0; i < 8 * text.n; i++) {
        changed[i / 8] = (char)(changed[i / 8] ^ (1 << i % 8));
        assert_refused((str){ changed, text.n });
        changed[i / 8] = (char)(changed[i / 8] ^ (1 << i % 8));
        arena_reset(a);
    }
    for (size_t i = 0; i < 8 * raw_n; i++) {
        buf flipped;
        raw[i / 8] = (uint8_t)(raw[i / 8] ^ (1 << i % 8));
        buf_init(&flipped, sizeof changed);
        base64url_encode((bytes){ raw, raw_n }, &flipped);
        assert_refused(buf_str(&flipped));
        buf_done(&flipped);
        raw[i / 8] = (uint8_t)(raw[i / 8] ^ (1 << i % 8));
        arena_reset(a);
    }
    for (size_t n = 0; n < text.n; n++) {
        assert_refused((str){ changed, n });
        arena_reset(a);
    }
    for (const char *p = "A=.-_ \n"; *p != '\0'; p++) {
        changed[text.n] = *p;
        assert_refused((str){ changed, text.n + 1 });
    }
    session_token out;
    assert_int_equal(session_token_open(f.vault, (str){ changed, text.n }, a, &out, &f.err), ST_OK);
    arena_free(of_text);
}

static void foreign_texts_are_refused(void **state)
{
    (void)state;
    const str texts[] = { STR(""),    STR("a"), STR("AAAAAAAAAAA"), STR("CAIS..."), STR("STS.abcdefghijklmnopqrstuvwx"),
                          { NULL, 0 } };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_refused(texts[i]);
    char *longest = arena_alloc(a, SESSION_TOKEN_MAX + 1);
    memset(longest, 'A', SESSION_TOKEN_MAX + 1);
    assert_refused((str){ longest, SESSION_TOKEN_MAX + 1 });
    assert_refused((str){ longest, SESSION_TOKEN_MAX });
}

/* A token whose content is sealed by the vault, under another purpose or for another account, is none of ours. */
static str sealed_text(seal_purpose purpose, account_id sealed_for, account_id told, bytes content)
{
    buf raw, text;
    uint8_t account[8];
    str ret;
    buf_init(&raw, 4096);
    buf_init(&text, 8192);
    u64be_encode(told, account);
    buf_add_bytes(&raw, (bytes){ account, sizeof account });
    assert_int_equal(vault_token_seal(f.vault, purpose, sealed_for, content, &raw, &f.err), ST_OK);
    base64url_encode(buf_bytes(&raw), &text);
    assert_int_equal(arena_copy(a, buf_str(&text), &ret), ST_OK);
    buf_done(&raw);
    buf_done(&text);
    return ret;
}

static bytes content_of(str text)
{
    uint8_t raw[2048];
    size_t n = 0;
    buf content;
    str kept;
    buf_init(&content, 4096);
    assert_int_equal(base64url_decode(text, raw, sizeof raw, &n), ST_OK);
    assert_int_equal(vault_token_open(f.vault, TOKEN_STS, FIXTURE_ACCOUNT, (bytes){ raw + 8, n - 8 }, &content, &f.err), ST_OK);
    assert_int_equal(arena_copy(a, buf_str(&content), &kept), ST_OK);
    buf_done(&content);
    return bytes_of(kept);
}

/* T46, one key, one purpose. */
static void one_purpose_one_account(void **state)
{
    (void)state;
    const session_token in = sample();
    session_token out;
    const bytes content = content_of(issue(&in));
    const str good = sealed_text(TOKEN_STS, FIXTURE_ACCOUNT, FIXTURE_ACCOUNT, content);
    assert_int_equal(session_token_open(f.vault, good, a, &out, &f.err), ST_OK);
    assert_refused(sealed_text(TOKEN_DIAGNOSTIC, FIXTURE_ACCOUNT, FIXTURE_ACCOUNT, content));
    assert_refused(sealed_text(TOKEN_STS, FIXTURE_ACCOUNT, FIXTURE_OTHER, content));
    assert_refused(sealed_text(TOKEN_STS, FIXTURE_OTHER, FIXTURE_ACCOUNT, content));
    assert_refused(sealed_text(TOKEN_STS, FIXTURE_OTHER, FIXTURE_OTHER, content)); /* not of the role at the chain's end */
}

/* Whatever the content, short, long or changed, it is decoded whole or refused. */
static void content_is_whole_or_refused(void **state)
{
    (void)state;
    const session_token in = sample();
    const bytes content = content_of(issue(&in));
    for (size_t n = 0; n < content.n; n++)
        assert_refused(sealed_text(TOKEN_STS, FIXTURE_ACCOUNT, FIXTURE_ACCOUNT, (bytes){ content.p, n }));
    uint8_t longer[2048];
    assert_true(content.n + 1 < sizeof longer);
    memcpy(longer, content.p, content.n);
    longer[content.n] = 0;
    assert_refused(sealed_text(TOKEN_STS, FIXTURE_ACCOUNT, FIXTURE_ACCOUNT, (bytes){ longer, content.n + 1 }));
    longer[0] = 2; /* of a format to come */
    assert_refused(sealed_text(TOKEN_STS, FIXTURE_ACCOUNT, FIXTURE_ACCOUNT, (bytes){ longer, content.n }));
}

/* T46: the secret of a token is of no use but to check a signature, at the place that the token itself names. */
static void the_secret_stays_sealed(void **state)
{
    (void)state;
    const session_token in = sample();
    const str text = issue(&in), message = STR("what the client signs");
    session_token out;
    assert_int_equal(session_token_open(f.vault, text, a, &out, &f.err), ST_OK);
    assert_false(str_contains((str){ (const char *)&out, sizeof out }, STR(SECRET)));
    assert_false(str_contains(str_of(content_of(text)), STR(SECRET)));
    uint8_t mac[32];
    (void)hmac(HMAC_SHA256, bytes_of(STR(SECRET)), (bytes){ NULL, 0 }, bytes_of(message), mac);
    const bytes sealed_secret = { out.secret.b, out.secret.n };
    const struct {
        seal_place at;
        status want;
    } places[] = {
        { { SEAL_SESSION_KEY, out.account, out.row }, ST_OK },
        { { SEAL_SESSION_KEY, out.account, out.row + 1 }, ST_INVALID },
        { { SEAL_SESSION_KEY, FIXTURE_OTHER, out.row }, ST_INVALID },
        { { SEAL_ACCESS_KEY, out.account, out.row }, ST_INVALID },
    };
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        assert_int_equal(vault_mac_check(f.vault, places[i].at, sealed_secret, MAC_HMAC_SHA256, STR(""), bytes_of(message),
                                         (bytes){ mac, sizeof mac }, &f.err),
                         places[i].want);
}

/* T50: a change of any character of the secret, at any place, changes the verdict. */
static void every_character_of_the_secret_counts(void **state)
{
    (void)state;
    const session_token in = sample();
    const str message = STR("what the client signs");
    const seal_place at = { SEAL_SESSION_KEY, in.account, in.row };
    char key[] = SECRET;
    for (size_t i = 0; i <= strlen(SECRET); i++) {
        uint8_t mac[32];
        if (i < strlen(SECRET))
            key[i] ^= 1;
        (void)hmac(HMAC_SHA256, bytes_of(str_from_c(key)), (bytes){ NULL, 0 }, bytes_of(message), mac);
        assert_int_equal(vault_mac_check(f.vault, at, (bytes){ in.secret.b, in.secret.n }, MAC_HMAC_SHA256, STR(""),
                                         bytes_of(message), (bytes){ mac, sizeof mac }, &f.err),
                         i < strlen(SECRET) ? ST_DENIED : ST_OK);
        if (i < strlen(SECRET))
            key[i] ^= 1;
    }
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_goes_in_comes_out),   TEST(the_longest_session_fits),
        TEST(a_flipped_bit_is_refused), TEST(foreign_texts_are_refused),
        TEST(one_purpose_one_account),  TEST(content_is_whole_or_refused),
        TEST(the_secret_stays_sealed),  TEST(every_character_of_the_secret_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
