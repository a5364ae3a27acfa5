/* weak_password_test.c - the list of ASVS 6.2.4: tests/vectors/common-passwords-3000.txt, from the frequency lists of npm
 * zxcvbn 4.4.2 (MIT License). */
#include "account/fixture_test.h"

#include <openssl/sha.h>

#include "base/file.h"
#include "password/password_text.h"
#include "password/weak_password.h"

static password password_of(str text)
{
    password p;
    err e = { 0 };
    assert_int_equal(password_from_text(text, &p, &e), ST_OK);
    return p;
}

static bool is_guessable(str text, const str *words, size_t n)
{
    password p = password_of(text);
    const bool r = password_is_guessable(&p, words, n);
    secret_done(&p.s);
    return r;
}

static void the_3000_most_used_are_refused(void **state)
{
    (void)state;
    CLEANUP(buf_done) buf text;
    err e = { 0 };
    buf_init(&text, 65536);
    assert_int_equal(file_read(ARGALI_SOURCE_ROOT "/tests/vectors/common-passwords-3000.txt", 65536, &text, &e), ST_OK);
    str rest = buf_str(&text), line;
    size_t n = 0;
    while (str_next(&rest, '\n', &line)) {
        if (line.n == 0)
            continue;
        n++;
        if (!is_guessable(line, NULL, 0))
            fail_msg(STR_FMT, STR_ARG(line));
    }
    assert_int_equal(n, 3000);
    assert_true(is_guessable(STR("PASSWORD1"), NULL, 0)); /* in any case */
}

static const str own[] = {
    STR_INIT("acme"), STR_INIT("Alice Wonderland"), STR_INIT("acme.onaliyun.com"), { NULL, 0 }, STR_INIT("")
};

static const struct {
    str text;
    bool alone, with_own_words;
} word_cases[] = {
    { STR_INIT("Password1!"), true, true },
    { STR_INIT("qwertyuiop"), true, true },
    { STR_INIT("abcdefgh1"), true, true },
    { STR_INIT("Acme2024"), false, true },
    { STR_INIT("wonderlandacmealice"), false, true },
    { STR_INIT("correct horse battery staple"), false, false }, /* xkcd 936: 44 bits */
    { STR_INIT("xK9#mP2$vLq8"), false, false },
    { STR_INIT("\u5bc6\u7801\u9a6c\u94c3\u85af\u9152\u676f"), false, false },
};

static void words_of_the_account_are_guessed_first(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof word_cases / sizeof word_cases[0]; i++) {
        if (is_guessable(word_cases[i].text, NULL, 0) != word_cases[i].alone ||
            is_guessable(word_cases[i].text, own, sizeof own / sizeof own[0]) != word_cases[i].with_own_words)
            fail_msg(STR_FMT, STR_ARG(word_cases[i].text));
    }
}

static void longest_inputs(void **state)
{
    (void)state;
    char text[PASSWORD_CHARACTERS_MAX], word[4000];
    str words[20];
    memset(text, 'a', sizeof text);
    memset(word, 'b', sizeof word);
    for (size_t i = 0; i < sizeof word; i += 7)
        word[i] = ' '; /* more words than are looked at */
    for (size_t i = 0; i < 20; i++)
        words[i] = (str){ word, sizeof word };
    assert_true(is_guessable((str){ text, sizeof text }, words, 20));
}

/* --- the file ----------------------------------------------------------------------------------------------------- */

enum { LINES = 500 };
static char path[] = "/tmp/argali-breached-XXXXXX";

static void write_file(str content)
{
    err e = { 0 };
    assert_int_equal(file_replace(path, bytes_of(content), 0600, &e), ST_OK);
}

static int by_text(const void *a, const void *b)
{
    return memcmp(a, b, 64);
}

/* "password-0" to "password-499": 40 digits, then what HIBP's files have there in one form or another. */
static void write_sorted(buf *to, const char *behind, bool last_newline)
{
    static char lines[LINES][64];
    for (unsigned i = 0; i < LINES; i++) {
        char text[32];
        uint8_t digest[20];
        const int n = snprintf(text, sizeof text, "password-%u", i);
        (void)SHA1((const uint8_t *)text, (size_t)n, digest);
        memset(lines[i], 0, sizeof lines[i]);
        for (unsigned k = 0; k < sizeof digest; k++)
            (void)snprintf(lines[i] + 2 * k, 3, "%02X", digest[k]);
        if (behind[0] == ':')
            (void)snprintf(lines[i] + 40, 24, ":%u%s", i * i * 31 + 1, behind + 1);
        else
            (void)snprintf(lines[i] + 40, 24, "%s", behind);
    }
    qsort(lines, LINES, sizeof lines[0], by_text);
    for (unsigned i = 0; i < LINES; i++) {
        buf_add(to, str_from_c(lines[i]));
        if (i + 1 < LINES || last_newline)
            buf_add_char(to, '\n');
    }
}

static bool is_breached(const breached_passwords *b, str text)
{
    bool r = false;
    err e = { 0 };
    password p = password_of(text);
    assert_int_equal(breached_passwords_find(b, &p, &r, &e), ST_OK);
    secret_done(&p.s);
    return r;
}

static void every_line_is_found_and_nothing_else(void **state)
{
    (void)state;
    static const struct {
        const char *behind;
        bool last_newline;
    } forms[] = { { "", true }, { "", false }, { ":", true }, { ":", false }, { ":\r", true }, { "\r", true } };
    for (size_t k = 0; k < sizeof forms / sizeof forms[0]; k++) {
        CLEANUP(buf_done) buf content;
        buf_init(&content, 65536);
        write_sorted(&content, forms[k].behind, forms[k].last_newline);
        write_file(buf_str(&content));
        breached_passwords *b = NULL;
        err e = { 0 };
        assert_int_equal(breached_passwords_open(path, &b, &e), ST_OK);
        for (unsigned i = 0; i < LINES + 200; i++) {
            char text[32];
            const int n = snprintf(text, sizeof text, "password-%u", i);
            assert_int_equal(is_breached(b, (str){ text, (size_t)n }), i < LINES);
        }
        breached_passwords_close(b);
    }
}

static void published_hash(void **state)
{
    (void)state; /* SHA-1 of "password", as Have I Been Pwned's documentation shows it */
    write_file(STR("5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:3861493\n"));
    breached_passwords *b = NULL;
    err e = { 0 };
    assert_int_equal(breached_passwords_open(path, &b, &e), ST_OK);
    assert_true(is_breached(b, STR("password")));
    assert_false(is_breached(b, STR("Password")));
    breached_passwords_close(b);
}

static void other_files_are_refused(void **state)
{
    (void)state;
    static const str bad[] = {
        STR_INIT(""),
        STR_INIT("password\n"),
        STR_INIT("5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8\n"),
        STR_INIT("5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8F\n"),
        STR_INIT("5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:1\n0BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:1\n"),
        STR_INIT("\n5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8\n"),
    };
    breached_passwords *b = NULL;
    err e = { 0 };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        write_file(bad[i]);
        if (breached_passwords_open(path, &b, &e) != ST_INVALID)
            fail_msg("file %zu", i);
    }
    assert_int_equal(breached_passwords_open("/tmp", &b, &e), ST_INVALID);
    assert_int_equal(breached_passwords_open("/tmp/argali-no-such-file", &b, &e), ST_NOT_FOUND);
    assert_null(b);
    breached_passwords_close(NULL);
}

static void both_checks_say_why(void **state)
{
    (void)state;
    CLEANUP(buf_done) buf content;
    buf_init(&content, 65536);
    uint8_t digest[20];
    (void)SHA1((const uint8_t *)"xK9#mP2$vLq8", 12, digest);
    for (unsigned i = 0; i < sizeof digest; i++)
        buf_addf(&content, "%02X", digest[i]);
    write_file(buf_str(&content));
    breached_passwords *b = NULL;
    err e = { 0 };
    assert_int_equal(breached_passwords_open(path, &b, &e), ST_OK);
    password breached = password_of(STR("xK9#mP2$vLq8")), common = password_of(STR("password1")),
             good = password_of(STR("xK9#mP2$vLq9"));
    assert_int_equal(weak_password_check(b, &breached, NULL, 0, "A.Code", &e), ST_INVALID);
    assert_string_equal(e.code, "A.Code");
    assert_non_null(strstr(e.message, "breach"));
    assert_int_equal(weak_password_check(NULL, &breached, NULL, 0, "A.Code", &e), ST_OK);
    assert_int_equal(weak_password_check(b, &common, NULL, 0, "A.Code", &e), ST_INVALID);
    assert_int_equal(weak_password_check(b, &good, NULL, 0, "A.Code", &e), ST_OK);
    secret_done(&breached.s);
    secret_done(&common.s);
    secret_done(&good.s);
    breached_passwords_close(b);
}

static int make_path(void **state)
{
    (void)state;
    const int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_path(void **state)
{
    (void)state;
    return unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_3000_most_used_are_refused),
        cmocka_unit_test(words_of_the_account_are_guessed_first),
        cmocka_unit_test(longest_inputs),
        cmocka_unit_test(every_line_is_found_and_nothing_else),
        cmocka_unit_test(published_hash),
        cmocka_unit_test(other_files_are_refused),
        cmocka_unit_test(both_checks_say_why),
    };
    return cmocka_run_group_tests(tests, make_path, remove_path);
}
