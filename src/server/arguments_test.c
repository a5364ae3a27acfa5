/* Tests of arguments.h: what is taken out of a command line, what is refused, and the way over the control socket. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "api/actions.h"
#include "policy/self_service.h"
#include "server/arguments.h"
#include "server/nearest.h"

static const argument_row rows[] = {
    { "user", false, false, "NAME", "Who." },
    { "action", true, false, "ACTION", "What." },
    { "context", false, true, "KEY=VALUE", "Where." },
    { NULL, false, false, NULL, NULL },
};

enum { WORDS_MAX = 140 };

static status take(const char *const *words, const char **left, int *ret_left, arguments *ret, settings_fault *f)
{
    int argc = 0;
    for (; words[argc] != NULL; argc++)
        left[argc] = words[argc];
    status s = arguments_take(rows, "policy explain", &argc, left, ret, f);
    *ret_left = argc;
    return s;
}

static void test_arguments_are_taken_and_settings_stay(void **state)
{
    (void)state;
    static const char *const words[] = { "--data",   "d",   "--user",    "alice", "--context=a=b", "--format", "json",
                                         "--action", "--x", "--context", "c=",    "stray",         NULL };
    const char *left[16];
    int n = 0;
    size_t at = 0;
    arguments a;
    settings_fault f;
    assert_int_equal(take(words, left, &n, &a, &f), ST_OK);
    assert_int_equal(n, 5);
    assert_string_equal(left[1], "d");
    assert_string_equal(left[2], "--format");
    assert_string_equal(left[4], "stray");
    assert_true(str_eq(arguments_get(&a, "user"), STR("alice")));
    assert_true(str_eq(arguments_get(&a, "action"), STR("--x"))); /* a value is whatever follows */
    assert_true(str_eq(arguments_next(&a, "context", &at), STR("a=b")));
    assert_true(str_eq(arguments_next(&a, "context", &at), STR("c=")));
    assert_null(arguments_next(&a, "context", &at).p);
    assert_null(arguments_get(&a, "role").p);
}

static const struct {
    const char *words[6];
    const char *want;
} refused[] = {
    { { "--user", "alice" }, "--action ACTION has to be given; `argali policy explain --help`" },
    { { "--action", "a", "--user" }, "--user needs a value" },
    { { "--action", "a", "--action", "b" }, "--action was given twice" },
    { { "--action", "a\xff" }, "--action: the value is not UTF-8" },
};

static void test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        const char *left[8];
        int n = 0;
        arguments a;
        settings_fault f = { "" };
        assert_int_equal(take(refused[i].words, left, &n, &a, &f), ST_INVALID);
        if (strstr(f.text, refused[i].want) == NULL)
            fail_msg("%s", f.text);
    }
    static const char *words[WORDS_MAX + 1];
    const char *left[WORDS_MAX];
    int n = 0;
    arguments a;
    settings_fault f = { "" };
    for (size_t i = 0; i < WORDS_MAX; i++)
        words[i] = "--context=a=b";
    assert_int_equal(take(words, left, &n, &a, &f), ST_INVALID);
    assert_non_null(strstr(f.text, "more than 64"));
}

static void test_no_table_takes_nothing(void **state)
{
    (void)state;
    const char *words[] = { "--user", "alice" };
    int n = 2;
    arguments a;
    settings_fault f;
    assert_int_equal(arguments_take(NULL, "check", &n, words, &a, &f), ST_OK);
    assert_int_equal(n, 2);
    assert_int_equal(a.n, 0);
}

static void test_control_socket(void **state)
{
    (void)state;
    CLEANUP(buf_done) buf text;
    arguments a = { .v = { { STR("user"), STR("alice") }, { STR("context"), STR("a=\nb") }, { STR("context"), STR("") } },
                    .n = 3 },
              b;
    buf_init(&text, 1024);
    arguments_add(&a, &text);
    assert_int_equal(arguments_parse(buf_str(&text), &b), ST_OK);
    assert_int_equal(b.n, 3);
    for (size_t i = 0; i < 3; i++)
        assert_true(str_eq(a.v[i].name, b.v[i].name) && str_eq(a.v[i].value, b.v[i].value));
    for (size_t n = 1; n < text.n; n++) { /* cut anywhere but between two arguments */
        const bool is_whole = n == 11 || n == 24;
        assert_int_equal(arguments_parse(str_slice(buf_str(&text), 0, n), &b), is_whole ? ST_OK : ST_INVALID);
    }
    assert_int_equal(arguments_parse((str){ NULL, 0 }, &b), ST_OK);
    assert_int_equal(b.n, 0);
    assert_int_equal(arguments_parse(STR("a\0\xff\0"), &b), ST_INVALID);
    buf_clear(&text);
    for (size_t i = 0; i <= ARGUMENTS_MAX; i++)
        buf_add(&text, STR("a\0b\0"));
    assert_int_equal(arguments_parse(buf_str(&text), &b), ST_INVALID);
}

static void test_nearest(void **state)
{
    (void)state;
    static const struct {
        const char *given, *want;
    } cases[] = { { "serv", "serve" }, { "sevre", "serve" }, { "serve", "serve" }, { "chekc", "check" },
                  { "acount", NULL },  { "x", NULL },        { "", NULL },         { "account", "account create" },
                  { "recover", NULL } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        nearest n = { .given = str_from_c(cases[i].given) };
        print_message("%s\n", cases[i].given);
        assert_null(nearest_get(&n));
        nearest_try(&n, "account create");
        nearest_try(&n, "serve");
        nearest_try(&n, "check");
        if (cases[i].want == NULL)
            assert_null(nearest_get(&n));
        else
            assert_string_equal(nearest_get(&n), cases[i].want);
    }
}

/* What is explained about self-service is what the action table grants. */
static void test_self_service_is_the_action_table(void **state)
{
    (void)state;
    size_t n, opened = 0;
    const action_row *all = action_rows(&n);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(self_service_of(str_from_c(all[i].authorized_as)), all[i].self);
        opened += all[i].self != SELF_NONE;
    }
    assert_true(opened > 0);
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(test_arguments_are_taken_and_settings_stay),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_no_table_takes_nothing),
        cmocka_unit_test(test_control_socket),
        cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_self_service_is_the_action_table),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
