/* daily_test.c - the daily round: what is due goes for good, what is idle is switched off, each with an event; nothing else. */
#include "account/fixture_test.h"
#include "access_key/daily.h"

enum { DAY_S = 86400, BIN_S = 30 * 86400 };

static const uint64_t FIRST = 200000000000000001;

static fixture f;
static daily *round_of;

static int setup(void **state)
{
    (void)state;
    fixture_init(&f);
    round_of = daily_new(f.store, &f.world);
    return round_of == NULL ? -1 : 0;
}

static int teardown(void **state)
{
    (void)state;
    daily_free(round_of);
    fixture_done(&f);
    return 0;
}

static void run(void)
{
    assert_int_equal(daily_run_now(round_of, &f.err), ST_OK);
}

static void do_in(account_id account, status (*fn)(store_tx *tx, void *self, err *e), void *self)
{
    assert_int_equal(store_apply_now(f.store, account, fn, self, &f.err), ST_OK);
}

static str key_name(uint32_t i, char ret[32])
{
    return (str){ ret, (size_t)snprintf(ret, 32, "LTAI%06u", i) };
}

static status put_user(store_tx *tx, uint32_t i, int64_t at_s, err *e)
{
    char name[32];
    const user_record u = { .id = FIRST + i,
                            .name = { name, (size_t)snprintf(name, sizeof name, "user-%06u", i) },
                            .display_name = STR(""),
                            .comments = STR(""),
                            .email = STR(""),
                            .mobile_phone = STR(""),
                            .created_s = at_s,
                            .updated_s = at_s };
    return store_user_insert(tx, &u, e);
}

static status put_key(store_tx *tx, uint32_t i, uint64_t owner, int64_t at_s, int64_t used_s, err *e)
{
    char id[32];
    access_key_record k = { .id = key_name(i, id),
                            .owner = owner,
                            .row = i + 1,
                            .is_active = true,
                            .created_s = at_s,
                            .updated_s = at_s,
                            .last_used_service = STR("") };
    k.secret.n = SEALED_OVERHEAD;
    TRY(store_access_key_insert(tx, &k, e));
    return used_s > 0 ? store_access_key_set_last_used(tx, k.id, used_s, STR("Ram"), e) : ST_OK;
}

static status put_profile(store_tx *tx, uint32_t i, int64_t at_s, bool is_active, err *e)
{
    login_profile_record p = { .principal = FIRST + i,
                               .row = 1000000 + i,
                               .scheme = STR("argon2id"),
                               .parameters = STR(""),
                               .salt_n = 16,
                               .is_active = is_active,
                               .created_s = at_s,
                               .updated_s = at_s,
                               .password_set_s = at_s };
    p.digest.n = SEALED_OVERHEAD;
    return store_login_profile_put(tx, &p, e);
}

typedef struct {
    uint32_t idle_days;
} rules;

static status set_rules(store_tx *tx, void *self, err *e)
{
    CLEANUP(arena_free_at) arena *a = arena_new(4096, 65536);
    preference_record p;
    TRY(store_preference_get(tx, a, &p, e));
    p.max_idle_days_for_users = p.max_idle_days_for_access_keys = ((const rules *)self)->idle_days;
    return store_preference_put(tx, &p, e);
}

/* --- the bins ----------------------------------------------------------------------------------------------------- */

enum { RECYCLED = 250 }; /* more than two batches */

static status fill_bins(store_tx *tx, void *self, err *e)
{
    (void)self;
    char id[32];
    for (uint32_t i = 0; i < RECYCLED; i++) {
        TRY(put_user(tx, i, f.now_s, e));
        TRY(put_key(tx, i, FIRST + i, f.now_s, 0, e));
        TRY(store_access_key_recycle(tx, key_name(i, id), i % 2 == 0, f.now_s, f.now_s + BIN_S, e));
        TRY(store_user_recycle(tx, FIRST + i, f.now_s, f.now_s + BIN_S, e));
    }
    TRY(put_user(tx, RECYCLED, f.now_s, e)); /* one whose time comes later, and a pair of somebody who stays */
    TRY(store_user_recycle(tx, FIRST + RECYCLED, f.now_s, f.now_s + BIN_S + 1, e));
    TRY(put_key(tx, RECYCLED + 1, FIXTURE_ACCOUNT, f.now_s, 0, e));
    return store_access_key_recycle(tx, key_name(RECYCLED + 1, id), false, f.now_s, f.now_s + BIN_S, e);
}

typedef struct {
    uint32_t users;
    bool has_key;
} bins;

static status count_bins(store_tx *tx, void *self, err *e)
{
    CLEANUP(arena_free_at) arena *a = arena_new(4096, 1024 * 1024);
    bins *b = self;
    char id[32];
    recycled_key_record k;
    TRY(store_recycled_user_count(tx, &b->users, e));
    b->has_key = false;
    for (uint32_t i = 0; i <= RECYCLED + 1; i++)
        b->has_key = b->has_key || store_recycled_key_get(tx, a, key_name(i, id), &k, e) == ST_OK;
    return ST_OK;
}

static void bins_are_emptied_of_what_is_due(void **state)
{
    (void)state;
    bins b;
    do_in(FIXTURE_ACCOUNT, fill_bins, NULL);
    const uint64_t before = fixture_events(&f, FIXTURE_ACCOUNT);
    f.now_s += BIN_S - 1;
    run();
    assert_int_equal(fixture_events(&f, FIXTURE_ACCOUNT), before);
    f.now_s += 1;
    run();
    do_in(FIXTURE_ACCOUNT, count_bins, &b);
    assert_int_equal(b.users, 1);
    assert_false(b.has_key);
    assert_int_equal(fixture_events(&f, FIXTURE_ACCOUNT), before + RECYCLED + 1); /* a user's pairs go with it */
    run();
    assert_int_equal(fixture_events(&f, FIXTURE_ACCOUNT), before + RECYCLED + 1);
    assert_int_equal(fixture_events(&f, FIXTURE_OTHER), 0);
}

/* --- idleness ----------------------------------------------------------------------------------------------------- */

enum { CROWD = 230 };

static status fill_crowd(store_tx *tx, void *self, err *e)
{
    const int64_t old_s = f.now_s - 90 * DAY_S;
    (void)self;
    for (uint32_t i = 0; i < CROWD; i++) { /* even: a second too old; odd: just not */
        TRY(put_user(tx, i, old_s - 1, e));
        TRY(put_key(tx, i, FIRST + i, old_s - 1, i % 2 == 0 ? 0 : old_s, e));
        TRY(put_profile(tx, i, i % 2 == 0 ? old_s - 1 : old_s, true, e));
    }
    return put_key(tx, CROWD, FIXTURE_ACCOUNT, old_s - 1, 0, e); /* root's own */
}

typedef struct {
    uint32_t keys_off, logons_off, wrong;
} switched;

static status count_switched(store_tx *tx, void *self, err *e)
{
    switched *n = self;
    CLEANUP(arena_free_at) arena *a = arena_new(4096, 4 * 1024 * 1024);
    *n = (switched){ 0 };
    for (uint32_t i = 0; i <= CROWD; i++) {
        char id[32];
        access_key_record k;
        login_profile_record p = { .is_active = true };
        TRY(store_access_key_get(tx, a, key_name(i, id), &k, e));
        if (i < CROWD)
            TRY(store_login_profile_get(tx, a, FIRST + i, &p, e));
        n->keys_off += k.is_active ? 0 : 1;
        n->logons_off += p.is_active ? 0 : 1;
        n->wrong += (i % 2 == 1 || i == CROWD) && (!k.is_active || !p.is_active) ? 1 : 0;
    }
    return ST_OK;
}

static void what_is_idle_is_switched_off(void **state)
{
    (void)state;
    switched n;
    rules r = { 90 };
    char id[32];
    do_in(FIXTURE_ACCOUNT, fill_crowd, NULL);
    run(); /* the rules are off in this account */
    do_in(FIXTURE_ACCOUNT, count_switched, &n);
    assert_int_equal(n.keys_off + n.logons_off, 0);
    do_in(FIXTURE_ACCOUNT, set_rules, &r);
    const uint64_t before = fixture_events(&f, FIXTURE_ACCOUNT);
    const epoch_key keys[] = { epoch_of_access_key(key_name(0, id)), epoch_of_principal(FIRST) };
    const uint64_t epochs_before[] = { epoch_read(store_epochs(f.store), keys[0]), epoch_read(store_epochs(f.store), keys[1]) };
    run();
    do_in(FIXTURE_ACCOUNT, count_switched, &n);
    assert_int_equal(n.keys_off, CROWD / 2);
    assert_int_equal(n.logons_off, CROWD / 2);
    assert_int_equal(n.wrong, 0);
    assert_int_equal(fixture_events(&f, FIXTURE_ACCOUNT), before + CROWD);
    for (size_t i = 0; i < 2; i++)
        assert_true(epoch_read(store_epochs(f.store), keys[i]) > epochs_before[i]);
    run();
    assert_int_equal(fixture_events(&f, FIXTURE_ACCOUNT), before + CROWD);
}

static status switch_on(store_tx *tx, void *self, err *e)
{
    (void)self;
    char id[32];
    TRY(store_access_key_set_status(tx, key_name(0, id), true, f.now_s, e));
    return put_profile(tx, 0, f.now_s, true, e);
}

static void what_is_switched_on_again_starts_anew(void **state)
{
    (void)state;
    switched n;
    rules r = { 90 };
    do_in(FIXTURE_ACCOUNT, fill_crowd, NULL);
    do_in(FIXTURE_ACCOUNT, set_rules, &r);
    run();
    do_in(FIXTURE_ACCOUNT, switch_on, NULL);
    run();
    do_in(FIXTURE_ACCOUNT, count_switched, &n);
    assert_int_equal(n.keys_off, CROWD / 2 - 1);
    assert_int_equal(n.logons_off, CROWD / 2 - 1);
    f.now_s += 90 * DAY_S + 1;
    run();
    do_in(FIXTURE_ACCOUNT, count_switched, &n);
    assert_int_equal(n.keys_off, CROWD); /* all but root's */
    assert_int_equal(n.logons_off, CROWD);
}

/* --- when --------------------------------------------------------------------------------------------------------- */

static status fill_one(store_tx *tx, void *self, err *e)
{
    const uint32_t i = *(const uint32_t *)self;
    TRY(put_user(tx, i, f.now_s, e));
    return store_user_recycle(tx, FIRST + i, f.now_s - BIN_S, f.now_s, e);
}

static uint32_t users_left(void)
{
    bins b;
    do_in(FIXTURE_ACCOUNT, count_bins, &b);
    return b.users;
}

/* Waits for the round that the tick began, if it began one. */
static void tick(void)
{
    daily_tick(round_of);
    daily_stop(round_of);
    daily_free(round_of);
    round_of = daily_new(f.store, &f.world);
    assert_non_null(round_of);
}

static void a_tick_begins_a_round_and_a_stop_waits(void **state)
{
    (void)state;
    uint32_t one = 1;
    do_in(FIXTURE_ACCOUNT, fill_one, &one);
    while (users_left() > 0) /* a stop may cut the round short: the next one goes on */
        tick();
    assert_int_equal(fixture_events(&f, FIXTURE_ACCOUNT), 1);
}

static void a_round_a_day(void **state)
{
    (void)state;
    uint32_t one = 1, two = 2, three = 3;
    do_in(FIXTURE_ACCOUNT, fill_one, &one);
    run();
    assert_int_equal(users_left(), 0);
    do_in(FIXTURE_ACCOUNT, fill_one, &two);
    f.now_s += DAY_S - 1; /* the same day still: the clock of the fixture begins at midnight */
    daily_tick(round_of);
    assert_int_equal(users_left(), 1);
    f.now_s += 1;
    for (daily_tick(round_of); users_left() > 0;)
        daily_tick(round_of);
    do_in(FIXTURE_ACCOUNT, fill_one, &three);
    daily_stop(round_of);
    f.now_s += DAY_S;
    daily_tick(round_of); /* stopped is stopped */
    assert_int_equal(users_left(), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest all[] = {
        TEST(bins_are_emptied_of_what_is_due),
        TEST(what_is_idle_is_switched_off),
        TEST(what_is_switched_on_again_starts_anew),
        TEST(a_tick_begins_a_round_and_a_stop_waits),
        TEST(a_round_a_day),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
