/* random_text_test.c */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "account/account.h"
#include "account/random_text.h"

static void only_of_the_alphabet_and_all_of_it(void **state)
{
    (void)state;
    unsigned seen[256] = { 0 };
    for (unsigned round = 0; round < 400; round++) {
        char text[RANDOM_TEXT_MAX];
        assert_int_equal(random_text(world_system(), ALPHANUMERIC, text, sizeof text), ST_OK);
        for (size_t i = 0; i < sizeof text; i++)
            seen[(unsigned char)text[i]]++;
    }
    size_t at;
    unsigned drawn = 0;
    for (unsigned c = 0; c < 256; c++) {
        const bool is_member = str_find(ALPHANUMERIC, (char)c, &at);
        assert_true(is_member == (seen[c] > 0)); /* 25600 draws: one of 62 is missing with a chance of e^-412 */
        drawn += seen[c] > 0;
    }
    assert_int_equal(drawn, 62);
}

/* A generator that counts up: the bytes that would favour the first characters have to be passed over. */
static status counting(void *self, uint8_t *ret, size_t n)
{
    uint8_t *next = self;
    for (size_t i = 0; i < n; i++)
        ret[i] = (*next)++;
    return ST_OK;
}

static void every_character_is_as_likely(void **state)
{
    (void)state;
    uint8_t next = 0;
    const world w = { .random = counting, .self = &next };
    unsigned seen[256] = { 0 };
    for (unsigned i = 0; i < 4; i++) { /* the 248 bytes of 256 that are fair, 62 at a time */
        char text[62];
        next = (uint8_t)(i * 62);
        assert_int_equal(random_text(&w, ALPHANUMERIC, text, sizeof text), ST_OK);
        for (size_t k = 0; k < sizeof text; k++)
            seen[(unsigned char)text[k]]++;
    }
    for (unsigned c = 0; c < 256; c++)
        assert_true(seen[c] == 0 || seen[c] == 4);
    next = 248; /* nothing fair before the counter comes round to 0 */
    char first;
    assert_int_equal(random_text(&w, ALPHANUMERIC, &first, 1), ST_OK);
    assert_int_equal(first, 'A');
}

static status failing(void *self, uint8_t *ret, size_t n)
{
    (void)self;
    (void)ret;
    (void)n;
    return ST_UNAVAILABLE;
}

static void no_chance_no_text(void **state)
{
    (void)state;
    const world w = { .random = failing };
    char text[8];
    uint64_t number = 7;
    assert_int_equal(random_text(&w, ALPHANUMERIC, text, sizeof text), ST_UNAVAILABLE);
    assert_int_equal(random_digits(&w, 18, 2, &number), ST_UNAVAILABLE);
    assert_int_equal(random_row(&w, &number), ST_UNAVAILABLE);
    assert_int_equal(number, 7);
}

static void numbers_have_their_digits(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2000; i++) {
        uint64_t v;
        assert_int_equal(random_digits(world_system(), 18, 2, &v), ST_OK);
        assert_true(v >= 200000000000000000 && v <= 299999999999999999);
        assert_int_equal(account_new_id(world_system(), &v), ST_OK);
        assert_true(v >= 1000000000000000 && v <= 9999999999999999);
        assert_int_equal(random_row(world_system(), &v), ST_OK);
        assert_true(v >= 1 && v <= INT64_MAX);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_of_the_alphabet_and_all_of_it),
        cmocka_unit_test(every_character_is_as_likely),
        cmocka_unit_test(no_chance_no_text),
        cmocka_unit_test(numbers_have_their_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
