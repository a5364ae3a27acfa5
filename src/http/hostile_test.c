/* tests/hostile/corpus.txt against the shell alone, so that the sanitizers see it as well. The corpus says what its fields
 * mean. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/encoding.h"
#include "http/test_client.h"

enum { SILENCE_MS = 100, REQUEST_MAX = 4 << 20 };

static void say_ok(void *self, http_exchange *x, const http_request *rq)
{
    (void)self;
    (void)rq;
    http_response r = { .status = 200 };
    buf_init(&r.body, 100);
    buf_add(&r.body, STR("from the application"));
    http_reply(x, &r);
}

static void unescape(str text, buf *to);

/* \{text*count}, of which `text` is what follows the brace; what is left behind it. */
static str unescape_repetition(str text, buf *to)
{
    size_t end = 0, star = 0;
    uint32_t count = 0;
    assert_true(str_find(text, '}', &end));
    str inside = str_slice(text, 0, end);
    assert_true(str_find_last(inside, '*', &star));
    assert_int_equal(str_to_u32(str_slice(inside, star + 1, inside.n), 0, REQUEST_MAX, &count), ST_OK);
    for (uint32_t i = 0; i < count; i++)
        unescape(str_slice(inside, 0, star), to);
    return str_slice(text, end + 1, text.n);
}

static void unescape(str text, buf *to)
{
    while (text.n > 0) {
        char c = text.p[0];
        text = str_slice(text, 1, text.n);
        if (c != '\\') {
            buf_add_char(to, c);
            continue;
        }
        c = text.p[0];
        text = str_slice(text, 1, text.n);
        if (c == '{') {
            text = unescape_repetition(text, to);
        } else if (c == 'x') {
            uint8_t byte = 0;
            assert_int_equal(hex_decode(str_slice(text, 0, 2), &byte, 1), ST_OK);
            buf_add_char(to, (char)byte);
            text = str_slice(text, 2, text.n);
        } else {
            buf_add_char(to, c == 'r' ? '\r' : c == 'n' ? '\n' : c == 't' ? '\t' : c);
        }
    }
}

/* Up to three answers, by their first digits' class; what the connection does after the last one the case expects. */
static const struct {
    const char *want;
    int answers[3];
    bool closes;
} wants[] = {
    { "refused", { 400 }, true },   { "toolarge", { 413, 414, 431 }, true }, /* one of them: told apart below */
    { "version", { 505 }, true },   { "closed", { 0 }, true },
    { "ok", { 200 }, false },       { "ok2", { 200, 200 }, false },
    { "ok-closes", { 200 }, true }, { "ok-refused", { 200, 400 }, true },
    { "waits", { 0 }, false },
};

static size_t find_want(str want)
{
    size_t i = 0;
    while (i < sizeof wants / sizeof wants[0] && !str_eq(str_from_c(wants[i].want), want))
        i++;
    assert_true(i < sizeof wants / sizeof wants[0]);
    return i;
}

static void check_answers(int fd, size_t w, bool is_head)
{
    test_answer a;
    bool is_any_of = str_eq(str_from_c(wants[w].want), STR("toolarge"));
    for (size_t i = 0; i < (is_any_of ? 1 : 3) && wants[w].answers[i] != 0; i++) {
        test_receive(fd, is_head, &a);
        if (is_any_of) /* 0: the reset overtook the answer, as the client was still sending */
            assert_true(a.status == 413 || a.status == 414 || a.status == 431 || a.status == 0);
        else
            assert_int_equal(a.status, wants[w].answers[i]);
        assert_true((strstr(a.text, "from the application") != NULL) == (a.status == 200 && !is_head));
    }
}

static void check_case(http_server *s, size_t w, str request)
{
    int fd = test_connect(http_port(s));
    uint64_t before = http_count(s).requests;
    test_send(fd, request);
    if (str_eq(str_from_c(wants[w].want), STR("waits"))) {
        char byte;
        test_pause_ms(SILENCE_MS);
        assert_true(recv(fd, &byte, 1, MSG_DONTWAIT) < 0);
    } else {
        check_answers(fd, w, str_starts(request, STR("HEAD")));
        if (wants[w].closes)
            test_skip_to_end(fd);
    }
    uint64_t answered = 0;
    for (size_t i = 0; i < 3; i++)
        answered += wants[w].answers[i] == 200;
    assert_int_equal(http_count(s).requests - before, answered); /* nothing was taken for one more request */
    close(fd);
}

static void every_hostile_request_gets_what_it_should(void **state)
{
    (void)state;
    FILE *f = fopen(ARGALI_SOURCE_ROOT "/tests/hostile/corpus.txt", "r");
    assert_non_null(f);
    http_options o = test_options(say_ok, NULL);
    http_server *s = test_start(&o);
    char *line = NULL;
    size_t line_size = 0, cases = 0;
    ssize_t n;
    while ((n = getline(&line, &line_size, f)) > 0) {
        str want, source, name, rest = str_trim((str){ line, (size_t)n - 1 });
        if (rest.n == 0 || rest.p[0] == '#')
            continue;
        rest = (str){ line, (size_t)n - 1 }; /* blanks at its end are the request's */
        assert_true(str_split(rest, '\t', &want, &rest) && str_split(rest, '\t', &source, &rest) &&
                    str_split(rest, '\t', &name, &rest));
        buf request;
        buf_init(&request, REQUEST_MAX);
        unescape(rest, &request);
        assert_true(buf_ok(&request));
        print_message(STR_FMT ": " STR_FMT "\n", STR_ARG(want), STR_ARG(name));
        check_case(s, find_want(want), buf_str(&request));
        buf_done(&request);
        cases++;
    }
    assert_true(cases >= 150);
    free(line);
    fclose(f);
    http_stop(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_hostile_request_gets_what_it_should),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
