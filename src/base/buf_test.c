#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "base/buf.h"

static void appends(void **state)
{
    (void)state;
    CLEANUP(buf_done) buf b;
    buf_init(&b, 10000);
    assert_true(str_eq(buf_str(&b), STR(""))); /* empty, not absent */
    buf_add(&b, STR("a\0b"));
    buf_add(&b, (str){ 0 });
    buf_add_char(&b, '-');
    buf_add_bytes(&b, bytes_of(STR("\xff")));
    buf_add_u64(&b, 0);
    buf_add_char(&b, ' ');
    buf_add_u64(&b, UINT64_MAX);
    buf_add_char(&b, ' ');
    buf_add_hex(&b, bytes_of(STR("\x00\xAB\x7f")));
    buf_addf(&b, "%s%d", "n", 5);
    assert_true(buf_ok(&b));
    assert_true(str_eq(buf_str(&b), STR("a\0b-\xff"
                                        "0 18446744073709551615 "
                                        "00ab7fn5")));
    assert_int_equal(buf_bytes(&b).n, b.n);
}

static void grows_past_many_blocks(void **state)
{
    (void)state;
    CLEANUP(buf_done) buf plain, wiping;
    buf_init(&plain, 1 << 20);
    buf_init_secret(&wiping, 1 << 20);
    for (int i = 0; i < 20000; i++) {
        buf_addf(&plain, "%d,", i);
        buf_addf(&wiping, "%d,", i);
    }
    assert_true(buf_ok(&plain) && buf_ok(&wiping));
    assert_true(str_eq(buf_str(&plain), buf_str(&wiping)));
    assert_true(str_ends(buf_str(&plain), STR(",19998,19999,")));
}

static void the_cap_fails_and_the_failure_stays(void **state)
{
    (void)state;
    CLEANUP(buf_done) buf b;
    buf_init(&b, 5);
    buf_add(&b, STR("12345"));
    assert_true(buf_ok(&b));
    buf_add_char(&b, '6');
    assert_false(buf_ok(&b));
    buf_clear(&b);
    assert_true(buf_ok(&b));
    buf_add(&b, STR("123456"));
    assert_false(buf_ok(&b));
    buf_add(&b, STR("1")); /* would fit, but the answer would have a hole */
    assert_int_equal(b.n, 0);
    buf_clear(&b);
    buf_addf(&b, "%05d", 7); /* exactly the cap: the printer's NUL does not count */
    assert_true(buf_ok(&b));
    buf_addf(&b, "%s", "x");
    assert_false(buf_ok(&b));
    buf_clear(&b);
    buf_add_hex(&b, bytes_of(STR("abc")));
    assert_false(buf_ok(&b));
    assert_false(buf_reserve(&b, 1));
}

static void reserving_checks_its_sum(void **state)
{
    (void)state;
    CLEANUP(buf_done) buf b;
    buf_init(&b, SIZE_MAX);
    buf_add_char(&b, 'a');
    assert_false(buf_reserve(&b, SIZE_MAX));
    assert_false(buf_ok(&b));
    buf_clear(&b);
    assert_true(buf_reserve(&b, 100));
    memset(b.p + b.n, 'b', 100);
    b.n += 100;
    assert_int_equal(buf_str(&b).n, 100);
}

static void a_secret_buffer_is_wiped_when_cleared(void **state)
{
    (void)state;
    CLEANUP(buf_done) buf b;
    buf_init_secret(&b, 100);
    buf_add(&b, STR("testAccessKeySecret"));
    const uint8_t *p = b.p;
    buf_clear(&b);
    for (size_t i = 0; i < sizeof "testAccessKeySecret" - 1; i++)
        assert_int_equal(p[i], 0);
}

static void done_twice_and_used_again(void **state)
{
    (void)state;
    buf b;
    buf_init(&b, 100);
    buf_add(&b, STR("x"));
    buf_done(&b);
    buf_done(&b);
    buf_done(NULL);
    buf_init(&b, 100);
    buf_add(&b, STR("y"));
    assert_true(str_eq(buf_str(&b), STR("y")));
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appends),
        cmocka_unit_test(grows_past_many_blocks),
        cmocka_unit_test(the_cap_fails_and_the_failure_stays),
        cmocka_unit_test(reserving_checks_its_sum),
        cmocka_unit_test(a_secret_buffer_is_wiped_when_cleared),
        cmocka_unit_test(done_twice_and_used_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
