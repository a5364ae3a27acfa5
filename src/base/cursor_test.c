#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/cursor.h"

static void numbers_are_big_endian(void **state)
{
    (void)state;
    cursor c = cur_of(bytes_of(STR("\x01\x02\x03\x04\x05\x06\x07\xf8\xf9\xfa\xfb\xfc\xfd\xfe\xff")));
    assert_int_equal(cur_u8(&c), 0x01);
    assert_int_equal(cur_u16be(&c), 0x0203);
    assert_int_equal(cur_u32be(&c), 0x04050607);
    assert_true(cur_u64be(&c) == UINT64_C(0xf8f9fafbfcfdfeff));
    assert_true(cur_end(&c));
}

static void a_failed_read_stays_failed(void **state)
{
    (void)state;
    cursor c = cur_of(bytes_of(STR("\x01\x02\x03")));
    assert_int_equal(cur_u32be(&c), 0);
    assert_true(c.bad);
    uint8_t next;
    assert_int_equal(cur_u8(&c), 0);
    assert_null(cur_take(&c, 0));
    assert_false(cur_peek(&c, &next));
    assert_false(cur_skip(&c, 1));
    assert_null(cur_until(&c, 2).p);
    assert_null(cur_block(&c).p);
    assert_false(cur_end(&c));
}

static void what_is_left_over_is_seen(void **state)
{
    (void)state;
    cursor c = cur_of(bytes_of(STR("ab")));
    assert_int_equal(cur_u8(&c), 'a');
    assert_false(cur_end(&c));
    assert_int_equal(cur_u8(&c), 'b');
    assert_true(cur_end(&c));
    assert_int_equal(cur_u8(&c), 0);
    assert_false(cur_end(&c));
}

static void blocks(void **state)
{
    (void)state;
    cursor c = cur_of(bytes_of(STR("\x00\x03xyz\x00\x00\x00\x05xyz")));
    assert_true(str_eq(str_of(cur_block(&c)), STR("xyz")));
    bytes empty = cur_block(&c);
    assert_true(empty.p != NULL && empty.n == 0);
    bytes past = cur_block(&c);
    assert_true(past.p == NULL && past.n == 0);
    assert_true(c.bad);
    cursor half = cur_of(bytes_of(STR("\x00")));
    (void)cur_block(&half);
    assert_true(half.bad);
}

static void text(void **state)
{
    (void)state;
    cursor c = cur_of(bytes_of(STR("key = value")));
    assert_true(str_eq(cur_until(&c, ' '), STR("key")));
    assert_false(cur_skip(&c, '='));
    assert_true(cur_skip(&c, ' '));
    uint8_t next = 0;
    assert_true(cur_peek(&c, &next));
    assert_int_equal(next, '=');
    assert_true(str_eq(cur_until(&c, '\n'), STR("= value")));
    assert_true(cur_end(&c));
    assert_true(str_eq(cur_until(&c, '\n'), STR("")));
    assert_true(cur_end(&c));
}

static void an_absent_input_is_an_empty_one(void **state)
{
    (void)state;
    cursor c = cur_of((bytes){ 0 });
    assert_true(cur_end(&c));
    assert_non_null(cur_take(&c, 0));
    assert_true(cur_end(&c));
    assert_null(cur_take(&c, SIZE_MAX));
    assert_false(cur_end(&c));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_big_endian),
        cmocka_unit_test(a_failed_read_stays_failed),
        cmocka_unit_test(what_is_left_over_is_seen),
        cmocka_unit_test(blocks),
        cmocka_unit_test(text),
        cmocka_unit_test(an_absent_input_is_an_empty_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
