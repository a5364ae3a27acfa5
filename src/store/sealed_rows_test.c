/* sealed_rows_test.c - every table with a sealed column is walked, page by page, and no other account's. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "store/sealed_rows.h"
#include "store/store_fixture.h"

static sealed value_of(const char *text)
{
    sealed s = { .n = (uint16_t)strlen(text) };
    memcpy(s.b, text, s.n);
    return s;
}

static void insert_key(fixture *f, const char *id, uint64_t row)
{
    const access_key_record r = { .id = str_from_c(id), .owner = 5, .row = row, .secret = value_of("old"), .is_active = true };
    assert_int_equal(store_access_key_insert(f->tx, &r, &f->e), ST_OK);
}

static void fill(fixture *f, uint64_t account, const char *first, const char *second, const char *binned)
{
    directory_enter(f->tx, account);
    insert_key(f, first, 1);
    insert_key(f, second, 2);
    insert_key(f, binned, 3);
    assert_int_equal(store_access_key_recycle(f->tx, str_from_c(binned), false, 10, 20, &f->e), ST_OK);
    const login_profile_record profile = { .principal = 7, .row = 4, .scheme = STR("argon2id"), .digest = value_of("old") };
    assert_int_equal(store_login_profile_put(f->tx, &profile, &f->e), ST_OK);
    for (uint64_t i = 0; i < 3; i++) {
        const password_history_record h = {
            .principal = 7, .row = 5 + i, .scheme = STR("argon2id"), .digest = value_of("old")
        };
        assert_int_equal(store_password_history_insert(f->tx, &h, &f->e), ST_OK);
    }
}

static size_t walk(fixture *f, sealed_kind kind, uint64_t rows[8])
{
    sealed_row *page, last;
    size_t n, all = 0;
    bool has_last = false;
    do {
        assert_int_equal(store_sealed_list(f->tx, f->a, kind, has_last ? &last : NULL, 1, &page, &n, &f->e), ST_OK);
        if (n == 1) {
            assert_true(all < 8);
            assert_int_equal(page[0].place.account, store_tx_account(f->tx));
            assert_int_equal(page[0].value.n, 3);
            rows[all++] = page[0].place.row;
            last = page[0];
            has_last = true;
        }
    } while (n == 1);
    return all;
}

static void every_sealed_value_is_found_once(void **state)
{
    (void)state;
    static const struct {
        sealed_kind kind;
        seal_purpose purpose;
        size_t n;
        uint64_t first;
    } cases[] = {
        { SEALED_KEY, SEAL_ACCESS_KEY, 2, 1 },
        { SEALED_RECYCLED_KEY, SEAL_ACCESS_KEY, 1, 3 },
        { SEALED_PROFILE, SEAL_PASSWORD, 1, 4 },
        { SEALED_HISTORY, SEAL_PASSWORD, 3, 5 },
    };
    fixture *f = fixture_new();
    fixture_begin(f, true);
    fill(f, ACCOUNT_A, "LTAI-a1", "LTAI-a2", "LTAI-a3");
    fill(f, ACCOUNT_B, "LTAI-b1", "LTAI-b2", "LTAI-b3");
    directory_enter(f->tx, ACCOUNT_A);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t rows[8];
        sealed_row *page;
        size_t n;
        assert_int_equal(walk(f, cases[i].kind, rows), cases[i].n);
        for (size_t k = 0; k < cases[i].n; k++)
            assert_int_equal(rows[k], cases[i].first + k);
        assert_int_equal(store_sealed_list(f->tx, f->a, cases[i].kind, NULL, 1, &page, &n, &f->e), ST_OK);
        assert_int_equal(page[0].place.purpose, cases[i].purpose);
    }
    fixture_free(f);
}

static void a_value_is_replaced_where_it_stands(void **state)
{
    (void)state;
    const sealed fresh = value_of("newer");
    fixture *f = fixture_new();
    fixture_begin(f, true);
    fill(f, ACCOUNT_A, "LTAI-a1", "LTAI-a2", "LTAI-a3");
    for (int kind = 0; kind < SEALED_KIND_COUNT; kind++) {
        sealed_row *page;
        size_t n;
        assert_int_equal(store_sealed_list(f->tx, f->a, (sealed_kind)kind, NULL, 9, &page, &n, &f->e), ST_OK);
        sealed_row other = page[0];
        other.place.row += 100; /* the row was made anew meanwhile */
        assert_int_equal(store_sealed_replace(f->tx, (sealed_kind)kind, &other, &fresh, &f->e), ST_NOT_FOUND);
        assert_int_equal(store_sealed_replace(f->tx, (sealed_kind)kind, &page[0], &fresh, &f->e), ST_OK);
        assert_int_equal(store_sealed_list(f->tx, f->a, (sealed_kind)kind, NULL, 9, &page, &n, &f->e), ST_OK);
        assert_int_equal(page[0].value.n, 5);
        for (size_t i = 1; i < n; i++)
            assert_int_equal(page[i].value.n, 3);
        directory_enter(f->tx, ACCOUNT_B); /* out of reach */
        assert_int_equal(store_sealed_replace(f->tx, (sealed_kind)kind, &page[0], &fresh, &f->e), ST_NOT_FOUND);
        directory_enter(f->tx, ACCOUNT_A);
    }
    assert_true(store_was_touched(f->tx, epoch_of_access_key(STR("LTAI-a1"))));
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sealed_value_is_found_once),
        cmocka_unit_test(a_value_is_replaced_where_it_stands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
