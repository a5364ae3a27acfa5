#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/request_id.h"

enum { IDS = 1000 };

typedef struct {
    const world *w;
    char id[IDS][REQUEST_ID_SIZE];
} batch;

static void *make_batch(void *arg)
{
    batch *b = arg;
    for (int i = 0; i < IDS; i++)
        request_id_new(b->w, b->id[i]);
    return NULL;
}

/* A thread of its own has a generator of its own, seeded by this world. */
static void make_in_a_thread(batch *b)
{
    pthread_t id;
    assert_int_equal(pthread_create(&id, NULL, make_batch, b), 0);
    assert_int_equal(pthread_join(id, NULL), 0);
}

/* RFC 9562 section 4 and 5.4, in upper case: XXXXXXXX-XXXX-4XXX-[89AB]XXX-XXXXXXXXXXXX */
static void assert_is_uuid4(const char *id)
{
    assert_int_equal(strlen(id), 36);
    for (size_t i = 0; i < 36; i++) {
        bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        assert_true(is_dash ? id[i] == '-' : strchr("0123456789ABCDEF", id[i]) != NULL);
    }
    assert_int_equal(id[14], '4');
    assert_non_null(strchr("89AB", id[19]));
}

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void ids_are_uuids_and_differ_between_calls_and_threads(void **state)
{
    (void)state;
    enum { BATCHES = 3 };
    static batch b[BATCHES];
    static char all[BATCHES * IDS][REQUEST_ID_SIZE];
    for (int i = 0; i < BATCHES; i++) {
        b[i].w = world_system();
        make_in_a_thread(&b[i]);
        memcpy(all[i * IDS], b[i].id, sizeof b[i].id);
    }
    qsort(all, BATCHES * IDS, sizeof all[0], by_text);
    for (int i = 0; i < BATCHES * IDS; i++) {
        assert_is_uuid4(all[i]);
        if (i > 0)
            assert_string_not_equal(all[i - 1], all[i]);
    }
}

typedef struct {
    int64_t now_ms;
    uint8_t face;
    bool is_broken;
    int throws;
} fake;

static status fake_random(void *self, uint8_t *ret, size_t n)
{
    fake *f = self;
    f->throws++;
    if (f->is_broken)
        return ST_UNAVAILABLE;
    memset(ret, f->face, n);
    return ST_OK;
}

static int64_t fake_now(void *self)
{
    return ((fake *)self)->now_ms;
}

static void the_world_is_asked_once_a_thread(void **state)
{
    (void)state;
    static batch a, same, other;
    fake five = { .face = 5 }, six = { .face = 6 };
    world w5 = { fake_now, fake_now, fake_random, &five }, w6 = { fake_now, fake_now, fake_random, &six };
    a.w = same.w = &w5;
    other.w = &w6;
    make_in_a_thread(&a);
    assert_int_equal(five.throws, 1);
    make_in_a_thread(&same);
    make_in_a_thread(&other);
    assert_memory_equal(a.id, same.id, sizeof a.id); /* repeated dice repeat the ids */
    assert_memory_not_equal(a.id, other.id, sizeof a.id);
}

static void without_chance_the_clock_keeps_ids_apart(void **state)
{
    (void)state;
    static batch a, b;
    fake first = { .is_broken = true, .now_ms = 1000 }, later = { .is_broken = true, .now_ms = 1001 };
    world w1 = { fake_now, fake_now, fake_random, &first }, w2 = { fake_now, fake_now, fake_random, &later };
    a.w = &w1;
    b.w = &w2;
    make_in_a_thread(&a);
    make_in_a_thread(&b);
    for (int i = 0; i < IDS; i++) {
        assert_is_uuid4(a.id[i]);
        assert_string_not_equal(a.id[i], b.id[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_uuids_and_differ_between_calls_and_threads),
        cmocka_unit_test(the_world_is_asked_once_a_thread),
        cmocka_unit_test(without_chance_the_clock_keeps_ids_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
