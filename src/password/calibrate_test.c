/* calibrate_test.c - on machines that are made up: a hash takes KiB x passes / speed. The least strengths: OWASP Password
 * Storage Cheat Sheet. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "password/calibrate.h"

typedef struct {
    uint64_t kib_per_ms;
    unsigned measured;
    status fails;
} machine;

static status measure(void *self, const argon2_parameters *how, uint64_t *ret_us, err *e)
{
    machine *m = self;
    m->measured++;
    assert_true(argon2_parameters_are_valid(how));
    if (m->fails != ST_OK)
        return err_set(e, m->fails, NULL, "made up");
    *ret_us = (uint64_t)how->memory_kib * how->passes * 1000 / m->kib_per_ms;
    return ST_OK;
}

static bool is_strong(const argon2_parameters *p)
{
    static const argon2_parameters owasp[] = {
        { 47104, 1, 1 }, { 19456, 2, 1 }, { 12288, 3, 1 }, { 9216, 4, 1 }, { 7168, 5, 1 }
    };
    for (size_t i = 0; i < sizeof owasp / sizeof owasp[0]; i++) {
        if (p->memory_kib >= owasp[i].memory_kib && p->passes >= owasp[i].passes)
            return true;
    }
    return false;
}

static void what_is_proposed_is_strong_and_within_both_bounds(void **state)
{
    (void)state;
    static const uint64_t speeds[] = { 100, 500, 1000, 1800, 3000, 10000 };
    static const uint32_t targets[] = { 1, 10, 26, 50, 100, 250, 1000, 10000 },
                          bounds[] = { 8192, 16384, 47104, 65536, 262144, 4194304 };
    for (size_t i = 0; i < 6; i++) {
        for (size_t k = 0; k < 8; k++) {
            for (size_t b = 0; b < 6; b++) {
                machine m = { .kib_per_ms = speeds[i] };
                calibrated got;
                err e = { 0 };
                assert_int_equal(calibrate_with(&(calibration){ targets[k], bounds[b] }, measure, &m, &got, &e), ST_OK);
                assert_true(argon2_parameters_are_valid(&got.how));
                assert_true(got.how.memory_kib <= bounds[b]);
                assert_int_equal(got.how.lanes, 1);
                assert_true(is_strong(&got.how));
                const uint64_t us = (uint64_t)got.how.memory_kib * got.how.passes * 1000 / speeds[i];
                assert_true(got.is_over_target == (us > targets[k] * 1100ull));
                assert_true(m.measured < 10);
            }
        }
    }
}

static void memory_comes_first_and_then_passes(void **state)
{
    (void)state;
    machine m = { .kib_per_ms = 1800 };
    calibrated got;
    err e = { 0 };
    assert_int_equal(calibrate_with(&(calibration){ 50, 1048576 }, measure, &m, &got, &e), ST_OK);
    assert_int_equal(got.how.passes, 1);
    assert_int_equal(got.how.memory_kib, 50 * 1800 / 1024 * 1024);
    assert_int_equal(calibrate_with(&(calibration){ 500, 65536 }, measure, &m, &got, &e), ST_OK);
    assert_int_equal(got.how.memory_kib, 65536);
    assert_int_equal(got.how.passes, 500 * 1800 / 65536);
    assert_false(got.is_over_target);
}

static void bounds_and_failures(void **state)
{
    (void)state;
    machine m = { .kib_per_ms = 1000, .fails = ST_NO_MEMORY };
    calibrated got = { .took_ms = 9 };
    err e = { 0 };
    assert_int_equal(calibrate_with(&(calibration){ 0, 65536 }, measure, &m, &got, &e), ST_INVALID);
    assert_int_equal(calibrate_with(&(calibration){ 10001, 65536 }, measure, &m, &got, &e), ST_INVALID);
    assert_int_equal(calibrate_with(&(calibration){ 50, 8191 }, measure, &m, &got, &e), ST_INVALID);
    assert_int_equal(calibrate_with(&(calibration){ 50, 65536 }, measure, &m, &got, &e), ST_NO_MEMORY);
    assert_int_equal(got.took_ms, 9);
}

static void this_machine(void **state)
{
    (void)state;
    calibrated got;
    err e = { 0 };
    assert_int_equal(calibrate(&(calibration){ 1, 8192 }, world_system(), &got, &e), ST_OK);
    assert_true(is_strong(&got.how));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_proposed_is_strong_and_within_both_bounds),
        cmocka_unit_test(memory_comes_first_and_then_passes),
        cmocka_unit_test(bounds_and_failures),
        cmocka_unit_test(this_machine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
