#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/timestamp.h"

static int ends[2];

static int open_pipe(void **state)
{
    (void)state;
    if (pipe(ends) != 0)
        return -1;
    log_set_fd(ends[1]);
    log_set_level(LOG_INFO);
    return 0;
}

static int close_pipe(void **state)
{
    (void)state;
    log_set_fd(STDERR_FILENO);
    return close(ends[0]) + close(ends[1]);
}

/* What one read gets is what one write(2) wrote. */
static size_t read_line(char ret[LOG_LINE_MAX + 1])
{
    ssize_t n = read(ends[0], ret, LOG_LINE_MAX + 1);
    assert_true(n > 0 && n <= LOG_LINE_MAX);
    assert_int_equal(ret[n - 1], '\n');
    assert_null(memchr(ret, '\n', (size_t)n - 1));
    return (size_t)n;
}

static json_t *read_object(void)
{
    char text[LOG_LINE_MAX + 1];
    json_error_t e;
    size_t n = read_line(text);
    json_t *o = json_loadb(text, n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &e);
    if (o == NULL)
        fail_msg("%s: %.*s", e.text, (int)n, text);
    return o;
}

static str text_of(const json_t *o, const char *name)
{
    const json_t *v = json_object_get(o, name);
    assert_true(json_is_string(v));
    return (str){ json_string_value(v), json_string_length(v) };
}

static void a_line_is_one_object(void **state)
{
    (void)state;
    log_event(LOG_WARNING, "listening", LOG_S("address", STR("127.0.0.1")), LOG_N("port", 8080), LOG_B("tls", true),
              LOG_Z("none", NULL), LOG_N("least", INT64_MIN), LOG_B("admin", false));
    json_t *o = read_object();
    int64_t when;
    assert_int_equal(timestamp_parse(text_of(o, "time"), &when), ST_OK);
    assert_true(str_eq(text_of(o, "level"), STR("warning")));
    assert_true(str_eq(text_of(o, "event"), STR("listening")));
    assert_true(str_eq(text_of(o, "address"), STR("127.0.0.1")));
    assert_true(json_integer_value(json_object_get(o, "port")) == 8080);
    assert_true(json_is_true(json_object_get(o, "tls")));
    assert_true(json_is_false(json_object_get(o, "admin")));
    assert_true(json_is_null(json_object_get(o, "none")));
    assert_true(json_integer_value(json_object_get(o, "least")) == INT64_MIN);
    assert_int_equal(json_object_size(o), 9);
    json_decref(o);
}

static void levels_drop_what_is_above(void **state)
{
    (void)state;
    assert_true(log_is_on(LOG_INFO));
    assert_false(log_is_on(LOG_DEBUG));
    log_event(LOG_DEBUG, "dropped");
    log_set_level(LOG_ERROR);
    log_event(LOG_WARNING, "dropped");
    log_event(LOG_ERROR, "kept");
    json_t *o = read_object();
    assert_true(str_eq(text_of(o, "event"), STR("kept")));
    assert_true(str_eq(text_of(o, "level"), STR("error")));
    json_decref(o);
}

/* RFC 8259 section 7; an injected line feed or terminal sequence must not come through. */
static const struct {
    str in, on_the_line;
} escapes[] = {
    { STR_INIT("a\"b\\c"), STR_INIT("a\\\"b\\\\c") },
    { STR_INIT("x\n{\"level\":\"info\"}"), STR_INIT("x\\u000a{\\\"level\\\":\\\"info\\\"}") },
    { STR_INIT("\x1b[31m"), STR_INIT("\\u001b[31m") },
    { STR_INIT("a\0b\x7f"), STR_INIT("a\\u0000b\\u007f") },
    { STR_INIT("\xC2\x9B"
               "31m\xC2\x85"),
      STR_INIT("\\u009b31m\\u0085") },
    { STR_INIT("\xE4\xB8\xAD \xF0\x9F\x90\x8F \xC2\xA0"), STR_INIT("\xE4\xB8\xAD \xF0\x9F\x90\x8F \xC2\xA0") },
    { STR_INIT("\xff"
               "a\xC0\x80"
               "b\xE2\x89"),
      STR_INIT("\\ufffda\\ufffd\\ufffdb\\ufffd\\ufffd") },
    { STR_INIT("\xED\xA0\x80"), STR_INIT("\\ufffd\\ufffd\\ufffd") },
    { STR_INIT("\xC2"), STR_INIT("\\ufffd") },
    { STR_INIT("\xC2\x41"), STR_INIT("\\ufffdA") },
};

static void texts_are_escaped(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof escapes / sizeof escapes[0]; i++) {
        char line[LOG_LINE_MAX + 1], want[200];
        int want_n = snprintf(want, sizeof want, "\"v\":\"" STR_FMT "\"}\n", STR_ARG(escapes[i].on_the_line));
        log_event(LOG_INFO, "e", LOG_S("v", escapes[i].in));
        size_t n = read_line(line);
        if (!str_ends((str){ line, n }, (str){ want, (size_t)want_n }))
            fail_msg("%zu: %.*s", i, (int)n, line);
    }
}

/* Whatever its length, a line stays an object of at most LOG_LINE_MAX bytes and says that it was cut. */
static void long_lines_are_cut(void **state)
{
    (void)state;
    static char text[2 * LOG_LINE_MAX];
    static const str units[] = { STR_INIT("x"), STR_INIT("\xF0\x9F\x90\x8F"), STR_INIT("\n"), STR_INIT("\"") };
    for (size_t u = 0; u < sizeof units / sizeof units[0]; u++) {
        for (size_t i = 0; i + units[u].n <= sizeof text; i += units[u].n)
            memcpy(text + i, units[u].p, units[u].n);
        bool was_whole = false, was_cut = false;
        for (size_t n = 600 * units[u].n; n <= sizeof text; n += 61 * units[u].n) {
            log_event(LOG_INFO, "long", LOG_S("v", ((str){ text, n })), LOG_N("after", 1));
            json_t *o = read_object();
            bool is_cut = json_is_true(json_object_get(o, "cut"));
            bool is_whole = json_object_get(o, "after") != NULL && text_of(o, "v").n == n;
            assert_true(is_cut != is_whole);
            was_cut = was_cut || is_cut;
            was_whole = was_whole || is_whole;
            json_decref(o);
        }
        assert_true(was_cut);
        assert_true(was_whole);
    }
}

static void every_length_around_the_cut_is_an_object(void **state)
{
    (void)state;
    static char text[LOG_LINE_MAX];
    memset(text, 'x', sizeof text);
    for (size_t n = sizeof text - 200; n < sizeof text; n++) {
        log_event(LOG_INFO, "long", LOG_S("v", ((str){ text, n })), LOG_N("a", -1), LOG_B("b", false), LOG_S("c", STR("d")));
        json_t *o = read_object();
        assert_true(json_is_true(json_object_get(o, "cut")) == (json_object_get(o, "c") == NULL || text_of(o, "c").n == 0));
        json_decref(o);
    }
}

static void a_closed_descriptor_is_no_harm(void **state)
{
    (void)state;
    log_set_fd(-1);
    log_event(LOG_INFO, "nowhere");
    log_set_fd(ends[1]);
    log_event(LOG_INFO, "here");
    json_t *o = read_object();
    assert_true(str_eq(text_of(o, "event"), STR("here")));
    json_decref(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_line_is_one_object, open_pipe, close_pipe),
        cmocka_unit_test_setup_teardown(levels_drop_what_is_above, open_pipe, close_pipe),
        cmocka_unit_test_setup_teardown(texts_are_escaped, open_pipe, close_pipe),
        cmocka_unit_test_setup_teardown(long_lines_are_cut, open_pipe, close_pipe),
        cmocka_unit_test_setup_teardown(every_length_around_the_cut_is_an_object, open_pipe, close_pipe),
        cmocka_unit_test_setup_teardown(a_closed_descriptor_is_no_harm, open_pipe, close_pipe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
