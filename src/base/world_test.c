#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "base/world.h"

/* Dice that show the given bytes, over and over, and break after a number of throws. */
typedef struct {
    bytes faces;
    size_t at, throws_left;
    int64_t now_ms;
} fake;

static status fake_random(void *self, uint8_t *ret, size_t n)
{
    fake *f = self;
    if (f->throws_left-- == 0)
        return ST_UNAVAILABLE;
    for (size_t i = 0; i < n; i++)
        ret[i] = f->faces.p[f->at++ % f->faces.n];
    return ST_OK;
}

static int64_t fake_now(void *self)
{
    return ((fake *)self)->now_ms;
}

static world world_of(fake *f)
{
    return (world){ fake_now, fake_now, fake_random, f };
}

static void seconds_are_rounded_down(void **state)
{
    (void)state;
    static const struct {
        int64_t ms, s;
    } cases[] = { { 0, 0 }, { 999, 0 }, { 1000, 1 }, { -1, -1 }, { -1000, -1 }, { -1001, -2 } };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fake f = { .now_ms = cases[i].ms };
        world w = world_of(&f);
        assert_int_equal(world_now_s(&w), cases[i].s);
    }
}

static void the_system_has_time_and_chance(void **state)
{
    (void)state;
    const world *w = world_system();
    assert_true(world_now_s(w) > 1700000000); /* later than the first line of this program */
    int64_t before = w->monotonic_ms(w->self);
    assert_true(w->monotonic_ms(w->self) >= before);
    uint8_t a[1000] = { 0 }, b[1000] = { 0 };
    assert_int_equal(world_random(w, a, sizeof a), ST_OK);
    assert_int_equal(world_random(w, b, sizeof b), ST_OK);
    assert_memory_not_equal(a, b, sizeof a);
    assert_memory_not_equal(a + 984, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16); /* filled to the end */
}

static void broken_dice_are_an_error(void **state)
{
    (void)state;
    uint8_t b[4];
    fake f = { .faces = bytes_of(STR("\x01\x02")), .throws_left = 1 };
    world w = world_of(&f);
    assert_int_equal(world_random(&w, b, sizeof b), ST_OK);
    assert_memory_equal(b, "\1\2\1\2", sizeof b);
    assert_int_equal(world_random(&w, b, sizeof b), ST_UNAVAILABLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seconds_are_rounded_down),
        cmocka_unit_test(the_system_has_time_and_chance),
        cmocka_unit_test(broken_dice_are_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
