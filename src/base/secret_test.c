#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/secret.h"

static void starts_as_zeros_and_ends_empty(void **state)
{
    (void)state;
    secret s = { 0 };
    assert_int_equal(secret_new(32, &s), ST_OK);
    assert_int_equal(s.n, 32);
    for (size_t i = 0; i < s.n; i++)
        assert_int_equal(s.p[i], 0);
    secret_done(&s);
    assert_null(s.p);
    assert_int_equal(s.n, 0);
    secret_done(&s);
    secret_done(NULL);
}

static void sizes_are_bounded(void **state)
{
    (void)state;
    secret s = { 0 };
    assert_int_equal(secret_new(0, &s), ST_INVALID);
    assert_int_equal(secret_new(65537, &s), ST_INVALID);
    assert_int_equal(secret_copy((bytes){ 0 }, &s), ST_INVALID);
    assert_null(s.p);
    assert_int_equal(secret_new(65536, &s), ST_OK);
    secret_done(&s);
}

static void equality_needs_every_byte(void **state)
{
    (void)state;
    CLEANUP(secret_done) secret a = { 0 }, b = { 0 }, shorter = { 0 };
    assert_int_equal(secret_copy(bytes_of(STR("testAccessKeySecret")), &a), ST_OK);
    assert_int_equal(secret_copy(bytes_of(STR("testAccessKeySecret")), &b), ST_OK);
    assert_int_equal(secret_copy(bytes_of(STR("testAccessKeySecre")), &shorter), ST_OK);
    assert_true(secret_eq(a, b));
    assert_false(secret_eq(a, shorter));
    for (size_t i = 0; i < b.n; i++) {
        b.p[i] ^= 0x80;
        assert_false(secret_eq(a, b));
        b.p[i] ^= 0x80;
    }
    assert_true(bytes_eq_secret((bytes){ 0 }, (bytes){ 0 }));
    assert_false(bytes_eq_secret((bytes){ 0 }, bytes_of(STR("x"))));
}

static void wiping(void **state)
{
    (void)state;
    uint8_t b[3] = { 1, 2, 3 };
    secret_wipe(b, 2);
    assert_int_equal(b[0] | b[1], 0);
    assert_int_equal(b[2], 3);
    secret_wipe(NULL, 0);
}

static void is_revealed_into_a_wiping_buffer(void **state)
{
    (void)state;
    CLEANUP(secret_done) secret s = { 0 };
    CLEANUP(buf_done) buf b;
    buf_init_secret(&b, 100);
    assert_int_equal(secret_copy(bytes_of(STR("shown once")), &s), ST_OK);
    secret_reveal(&s, &b);
    assert_true(str_eq(buf_str(&b), STR("shown once")));
}

static void is_not_revealed_into_another(void **state)
{
    (void)state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        secret s;
        buf b;
        (void)signal(SIGABRT, SIG_DFL);
        (void)close(STDERR_FILENO); /* the assertion's own words */
        buf_init(&b, 100);
        if (secret_new(4, &s) == ST_OK)
            secret_reveal(&s, &b);
        _exit(0);
    }
    int how;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFSIGNALED(how) && WTERMSIG(how) == SIGABRT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starts_as_zeros_and_ends_empty),   cmocka_unit_test(sizes_are_bounded),
        cmocka_unit_test(equality_needs_every_byte),        cmocka_unit_test(wiping),
        cmocka_unit_test(is_revealed_into_a_wiping_buffer), cmocka_unit_test(is_not_revealed_into_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
