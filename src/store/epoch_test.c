#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "store/epoch.h"

static void an_epoch_only_grows_and_only_its_own(void **state)
{
    (void)state;
    epochs *e = epochs_new();
    assert_non_null(e);
    epoch_key k = epoch_of_principal(200000000000000001u), other = epoch_of_principal(200000000000000002u);
    assert_int_not_equal(k.slot, other.slot);
    assert_int_equal(epoch_read(e, k), 0);
    epoch_raise(e, k);
    epoch_raise(e, k);
    assert_int_equal(epoch_read(e, k), 2);
    assert_int_equal(epoch_read(e, other), 0);
    epochs_free(e);
    epochs_free(NULL);
}

static void a_key_has_one_slot_inside_the_table(void **state)
{
    (void)state;
    for (uint64_t id = 1000000000000000; id < 1000000000001000; id++) {
        assert_in_range(epoch_of_principal(id).slot, 0, EPOCH_SLOTS - 1);
        assert_in_range(epoch_of_account(id).slot, 0, EPOCH_SLOTS - 1);
        assert_int_equal(epoch_of_principal(id).slot, epoch_of_principal(id).slot);
    }
    assert_int_equal(epoch_of_access_key(STR("LTAIabc")).slot, epoch_of_access_key(STR("LTAIabc")).slot);
}

/* Neighbouring ids have to spread, or one busy account would make the misses of all. */
static void neighbouring_ids_spread_over_the_table(void **state)
{
    (void)state;
    static unsigned hits[EPOCH_SLOTS];
    unsigned most = 0, used = 0;
    for (uint64_t id = 0; id < EPOCH_SLOTS; id++)
        hits[epoch_of_principal(200000000000000000u + id).slot]++;
    for (unsigned i = 0; i < EPOCH_SLOTS; i++) {
        most = hits[i] > most ? hits[i] : most;
        used += hits[i] > 0;
    }
    assert_in_range(most, 1, 10);
    assert_in_range(used, EPOCH_SLOTS / 2, EPOCH_SLOTS);
}

static void root_and_its_account_are_two_keys(void **state)
{
    (void)state;
    assert_int_not_equal(epoch_of_principal(1000000000000001u).slot, epoch_of_account(1000000000000001u).slot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_epoch_only_grows_and_only_its_own),
        cmocka_unit_test(a_key_has_one_slot_inside_the_table),
        cmocka_unit_test(neighbouring_ids_spread_over_the_table),
        cmocka_unit_test(root_and_its_account_are_two_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
