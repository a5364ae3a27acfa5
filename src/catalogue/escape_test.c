#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "catalogue/escape.h"

#define FFFD "\xef\xbf\xbd"

/* RFC 8259 7; XML 1.0 2.2 (characters), 2.4 (markup), 2.11 (ends of lines). */
static const struct {
    const char *what;
    str in, json, xml;
} cases[] = {
    { "absent", { NULL, 0 }, STR_INIT(""), STR_INIT("") },
    { "empty", STR_INIT(""), STR_INIT(""), STR_INIT("") },
    { "plain", STR_INIT("alice@example.com"), STR_INIT("alice@example.com"), STR_INIT("alice@example.com") },
    { "quote", STR_INIT("a\"b"), STR_INIT("a\\\"b"), STR_INIT("a&quot;b") },
    { "backslash", STR_INIT("\\"), STR_INIT("\\\\"), STR_INIT("\\") },
    { "apostrophe", STR_INIT("'"), STR_INIT("'"), STR_INIT("&#39;") },
    { "markup", STR_INIT("<b>&]]>"), STR_INIT("<b>&]]>"), STR_INIT("&lt;b&gt;&amp;]]&gt;") },
    { "slash", STR_INIT("</script>"), STR_INIT("</script>"), STR_INIT("&lt;/script&gt;") },
    { "line feed, tab", STR_INIT("a\n\tb"), STR_INIT("a\\n\\tb"), STR_INIT("a\n\tb") },
    { "carriage return", STR_INIT("\r\n"), STR_INIT("\\r\\n"), STR_INIT("&#13;\n") },
    { "NUL", STR_INIT("a\0b"), STR_INIT("a\\u0000b"), STR_INIT("a" FFFD "b") },
    { "control characters", STR_INIT("\x01\x1b\x1f"), STR_INIT("\\u0001\\u001b\\u001f"), STR_INIT(FFFD FFFD FFFD) },
    { "delete", STR_INIT("\x7f"), STR_INIT("\x7f"), STR_INIT("\x7f") },
    { "two bytes", STR_INIT("\xc3\xa9"), STR_INIT("\xc3\xa9"), STR_INIT("\xc3\xa9") },
    { "three bytes", STR_INIT("\xe5\xa7\x93"), STR_INIT("\xe5\xa7\x93"), STR_INIT("\xe5\xa7\x93") },
    { "four bytes", STR_INIT("\xf0\x9f\x90\x8f"), STR_INIT("\xf0\x9f\x90\x8f"), STR_INIT("\xf0\x9f\x90\x8f") },
    { "last character", STR_INIT("\xf4\x8f\xbf\xbf"), STR_INIT("\xf4\x8f\xbf\xbf"), STR_INIT("\xf4\x8f\xbf\xbf") },
    { "no character, U+FFFE",
      STR_INIT("a\xef\xbf\xbe"
               "b"),
      STR_INIT("a\xef\xbf\xbe"
               "b"),
      STR_INIT("a" FFFD "b") },
    { "no character, U+FFFF", STR_INIT("\xef\xbf\xbf"), STR_INIT("\xef\xbf\xbf"), STR_INIT(FFFD) },
    { "stray byte", STR_INIT("a\x80z"), STR_INIT("a" FFFD "z"), STR_INIT("a" FFFD "z") },
    { "cut short", STR_INIT("a\xc3"), STR_INIT("a" FFFD), STR_INIT("a" FFFD) },
    { "cut short by a quote", STR_INIT("\xe5\xa7\""), STR_INIT(FFFD FFFD "\\\""), STR_INIT(FFFD FFFD "&quot;") },
    { "overlong slash", STR_INIT("\xc0\xaf"), STR_INIT(FFFD FFFD), STR_INIT(FFFD FFFD) },
    { "surrogate", STR_INIT("\xed\xa0\x80"), STR_INIT(FFFD FFFD FFFD), STR_INIT(FFFD FFFD FFFD) },
    { "past the last", STR_INIT("\xf4\x90\x80\x80"), STR_INIT(FFFD FFFD FFFD FFFD), STR_INIT(FFFD FFFD FFFD FFFD) },
    { "byte of no form", STR_INIT("\xff"), STR_INIT(FFFD), STR_INIT(FFFD) },
};

static void check(const char *what, void (*escape)(buf *to, str s), str in, str want)
{
    buf b;
    buf_init(&b, 1024);
    escape(&b, in);
    assert_true(buf_ok(&b));
    str got = buf_str(&b);
    if (got.n != want.n || (got.n > 0 && !str_eq(got, want)))
        fail_msg("%s: got \"" STR_FMT "\", wanted \"" STR_FMT "\"", what, STR_ARG(got), STR_ARG(want));
    buf_done(&b);
}

static void contents(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        check(cases[i].what, escape_json, cases[i].in, cases[i].json);
        check(cases[i].what, escape_xml, cases[i].in, cases[i].xml);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(contents) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
