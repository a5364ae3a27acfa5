/* Tests of json_text.h: what is written is JSON, and reads back as it was; jansson is the judge. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <jansson.h>
#include <string.h>

#include "server/json_text.h"

static const str texts[] = {
    STR_INIT(""),
    STR_INIT("plain"),
    STR_INIT("quote \" and \\ backslash"),
    STR_INIT("line\nfeed\ttab\001end"),
    STR_INIT("\0inside"),
    STR_INIT("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x90\x8F"),
    STR_INIT("</script>"),
};

static void test_texts_read_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        CLEANUP(buf_done) buf b;
        buf_init(&b, 4096);
        buf_add_char(&b, '{');
        json_add_text(&b, "A", texts[i]);
        json_add_number(&b, "B", UINT32_MAX);
        json_add_text(&b, "C", (str){ 0 });
        buf_add_char(&b, '}');
        json_t *root = json_loadb((const char *)b.p, b.n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
        assert_non_null(root);
        assert_int_equal(json_object_size(root), 3);
        json_t *a = json_object_get(root, "A");
        assert_int_equal(json_string_length(a), texts[i].n);
        assert_memory_equal(json_string_value(a), texts[i].p, texts[i].n);
        assert_int_equal(json_integer_value(json_object_get(root, "B")), UINT32_MAX);
        assert_true(json_is_null(json_object_get(root, "C")));
        json_decref(root);
    }
}

int main(void)
{
    const struct CMUnitTest all[] = { cmocka_unit_test(test_texts_read_back) };
    return cmocka_run_group_tests(all, NULL, NULL);
}
