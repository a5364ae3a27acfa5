/* Tests of config_file.h: each rule of the syntax, and what breaks it. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/config_file.h"

static const struct {
    const char *what;
    str text;
    uint32_t want_line; /* 0: it parses */
    const char *want_why;
    size_t want_n;
    str want_key, want_value; /* of the last entry */
} cases[] = {
    { "nothing", STR_INIT(""), 0, NULL, 0, { 0 }, { 0 } },
    { "comments and blank lines", STR_INIT("# a\n\n   # b\n\t\n"), 0, NULL, 0, { 0 }, { 0 } },
    { "one entry", STR_INIT("listen = 127.0.0.1:8080\n"), 0, NULL, 1, STR_INIT("listen"), STR_INIT("127.0.0.1:8080") },
    { "no line feed at the end", STR_INIT("a=b"), 0, NULL, 1, STR_INIT("a"), STR_INIT("b") },
    { "blanks do not count", STR_INIT("  a \t=\t b c  "), 0, NULL, 1, STR_INIT("a"), STR_INIT("b c") },
    { "carriage return at the end", STR_INIT("a = b\r\n"), 0, NULL, 1, STR_INIT("a"), STR_INIT("b") },
    { "'#' inside belongs to the value", STR_INIT("a = b # c"), 0, NULL, 1, STR_INIT("a"), STR_INIT("b # c") },
    { "'=' inside belongs to the value", STR_INIT("a = b=c"), 0, NULL, 1, STR_INIT("a"), STR_INIT("b=c") },
    { "empty value", STR_INIT("a =\n"), 0, NULL, 1, STR_INIT("a"), STR_INIT("") },
    { "long value",
      STR_INIT("a = 0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
               "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
               "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"),
      0, NULL, 1, STR_INIT("a"),
      STR_INIT("0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
               "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
               "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789") },
    { "no '='", STR_INIT("a = b\n\nlisten\n"), 3, "no '='", 0, { 0 }, { 0 } },
    { "no key", STR_INIT("= b"), 1, "a key", 0, { 0 }, { 0 } },
    { "upper case", STR_INIT("Listen = b"), 1, "a key", 0, { 0 }, { 0 } },
    { "blank in a key", STR_INIT("log level = b"), 1, "a key", 0, { 0 }, { 0 } },
    { "given twice", STR_INIT("a = b\nb = c\na = b\n"), 3, "before", 0, { 0 }, { 0 } },
    { "control character", STR_INIT("a = b\001c"), 1, "control", 0, { 0 }, { 0 } },
    { "NUL", STR_INIT("a = b\0c"), 1, "control", 0, { 0 }, { 0 } },
    { "tab inside", STR_INIT("a = b\tc"), 1, "control", 0, { 0 }, { 0 } },
    { "invalid UTF-8", STR_INIT("\na = \xC3"), 2, "UTF-8", 0, { 0 }, { 0 } },
    { "invalid UTF-8 in a comment", STR_INIT("# \xFF"), 1, "UTF-8", 0, { 0 }, { 0 } },
};

static void test_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        config_entry entries[CONFIG_ENTRIES_MAX];
        config_fault fault = { 0, NULL };
        size_t n = 99;
        print_message("%s\n", cases[i].what);
        status s = config_parse(cases[i].text, entries, &n, &fault);
        if (cases[i].want_line != 0) {
            assert_int_equal(s, ST_INVALID);
            assert_int_equal(fault.line, cases[i].want_line);
            assert_non_null(strstr(fault.why, cases[i].want_why));
            assert_int_equal(n, 99); /* outputs change only on success */
            continue;
        }
        assert_int_equal(s, ST_OK);
        assert_int_equal(n, cases[i].want_n);
        if (n > 0) {
            assert_true(str_eq(entries[n - 1].key, cases[i].want_key));
            assert_true(str_eq(entries[n - 1].value, cases[i].want_value));
        }
    }
}

static void test_bounds(void **state)
{
    (void)state;
    config_entry entries[CONFIG_ENTRIES_MAX];
    config_fault fault;
    size_t n;
    char text[8 * (CONFIG_ENTRIES_MAX + 1)];
    size_t used = 0;
    for (unsigned i = 0; i < CONFIG_ENTRIES_MAX; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "k%u=\n", i);
    assert_int_equal(config_parse((str){ text, used }, entries, &n, &fault), ST_OK);
    assert_int_equal(n, CONFIG_ENTRIES_MAX);
    used += (size_t)snprintf(text + used, sizeof text - used, "more=\n");
    assert_int_equal(config_parse((str){ text, used }, entries, &n, &fault), ST_INVALID);
    assert_int_equal(fault.line, CONFIG_ENTRIES_MAX + 1);

    char *large = malloc(CONFIG_TEXT_MAX + 1);
    assert_non_null(large);
    memset(large, '\n', CONFIG_TEXT_MAX + 1);
    assert_int_equal(config_parse((str){ large, CONFIG_TEXT_MAX }, entries, &n, &fault), ST_OK);
    assert_int_equal(config_parse((str){ large, CONFIG_TEXT_MAX + 1 }, entries, &n, &fault), ST_INVALID);
    free(large);
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_bounds),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
