/* hash_pool_test.c - a digest on a hash thread is the one that any thread computes; memory stays within its bound. */
#include "account/fixture_test.h"

#include <sched.h>
#include <semaphore.h>

#include "password/hash_memory.h"
#include "password/hash_pool.h"

enum { MAX_KIB = 8192 };

typedef struct {
    pool_job job; /* first: a job is what it is embedded in */
    hash_recipe recipe;
    sem_t *done, *may_end;
    status status;
    uint8_t digest[HASH_DIGEST_MAX];
    int policy;
    size_t filled;
} work;

static password fixed_password(void)
{
    password p;
    assert_int_equal(secret_copy(bytes_of(STR("correct horse")), &p.s), ST_OK);
    return p;
}

static hash_recipe recipe_of(hash_scheme s, uint32_t kib)
{
    hash_recipe r = { .scheme = s, .salt_n = 16, .digest_n = 32 };
    if (s == HASH_ARGON2ID)
        r.u.argon2 = (argon2_parameters){ kib, 1, 1 };
    else
        r.u.scrypt.log_n = kib, r.u.scrypt.r = 8, r.u.scrypt.p = 1;
    return r;
}

static void compute(pool_job *job, void *thread_state)
{
    work *w = (work *)job;
    const hash_memory *m = thread_state;
    err e = { 0 };
    if (w->may_end != NULL)
        (void)sem_wait(w->may_end);
    w->policy = sched_getscheduler(0);
    password p = fixed_password();
    w->status = hash_compute(&w->recipe, &p, w->digest, &e);
    secret_done(&p.s);
    w->filled = m->filled;
    (void)sem_post(w->done);
}

static hash_pool *new_pool(size_t queue_max)
{
    hash_pool *h = NULL;
    err e = { 0 };
    const hash_pool_options o = { .threads = 1, .queue_max = queue_max, .memory_max_kib = MAX_KIB, .usual = { 2048, 1, 1 } };
    assert_int_equal(hash_pool_new(&o, &h, &e), ST_OK);
    return h;
}

static void run(hash_pool *h, work *w)
{
    sem_t finished;
    assert_int_equal(sem_init(&finished, 0, 0), 0);
    w->job.run = compute;
    w->done = &finished;
    assert_int_equal(hash_pool_submit(h, &w->job), ST_OK);
    assert_int_equal(sem_wait(&finished), 0);
    (void)sem_destroy(&finished);
}

static const struct {
    const char *what;
    hash_scheme scheme;
    uint32_t size;
    status want;
} memory_cases[] = {
    { "the usual size", HASH_ARGON2ID, 2048, ST_OK },
    { "larger than usual", HASH_ARGON2ID, 8192, ST_OK },
    { "one KiB over the bound", HASH_ARGON2ID, 8193, ST_LIMIT },
    { "far over the bound", HASH_ARGON2ID, 4194304, ST_LIMIT },
    { "scrypt within", HASH_SCRYPT, 11, ST_OK },
    { "scrypt just over: 8 MiB and its blocks", HASH_SCRYPT, 13, ST_LIMIT },
    { "scrypt far over", HASH_SCRYPT, 20, ST_LIMIT },
    { "scrypt that needs what Argon2id has filled", HASH_SCRYPT, 12, ST_OK },
    { "the usual size again", HASH_ARGON2ID, 2048, ST_OK },
};

static void memory_is_never_exceeded(void **state)
{
    (void)state;
    hash_pool *h = new_pool(4);
    hash_pool_warm(h);
    hash_pool_warm(h); /* the second time does nothing */
    password p = fixed_password();
    for (size_t i = 0; i < sizeof memory_cases / sizeof memory_cases[0]; i++) {
        work w = { .recipe = recipe_of(memory_cases[i].scheme, memory_cases[i].size) };
        run(h, &w);
        if (w.status != memory_cases[i].want)
            fail_msg("%s: %s", memory_cases[i].what, status_name(w.status));
        assert_true(w.filled <= 2048 * 1024); /* what went beyond the usual size was given back */
        assert_int_equal(w.policy, SCHED_IDLE);
        if (w.status != ST_OK)
            continue;
        uint8_t want[HASH_DIGEST_MAX];
        err e = { 0 };
        assert_int_equal(hash_compute(&w.recipe, &p, want, &e), ST_OK); /* here: from the heap */
        assert_memory_equal(w.digest, want, w.recipe.digest_n);
    }
    secret_done(&p.s);
    hash_pool_free(h);
}

static void a_full_queue_refuses_at_once(void **state)
{
    (void)state;
    enum { QUEUE = 3 };
    sem_t finished, may_end;
    assert_int_equal(sem_init(&finished, 0, 0) | sem_init(&may_end, 0, 0), 0);
    static work items[QUEUE + 2];
    hash_pool *h = new_pool(QUEUE);
    unsigned taken = 0;
    while (taken < QUEUE + 1) { /* one runs as soon as the thread has it, the others wait */
        items[taken] =
            (work){ .job.run = compute, .recipe = recipe_of(HASH_ARGON2ID, 64), .done = &finished, .may_end = &may_end };
        if (hash_pool_submit(h, &items[taken].job) == ST_OK)
            taken++;
    }
    while (!hash_pool_is_full(h))
        (void)sched_yield();
    assert_int_equal(hash_pool_waiting(h), QUEUE);
    items[taken] = (work){ .job.run = compute };
    assert_int_equal(hash_pool_submit(h, &items[taken].job), ST_LIMIT);
    for (unsigned i = 0; i < taken; i++)
        assert_int_equal(sem_post(&may_end), 0);
    hash_pool_free(h);
    for (unsigned i = 0; i < taken; i++)
        assert_int_equal(items[i].status, ST_OK);
    (void)sem_destroy(&finished);
    (void)sem_destroy(&may_end);
}

static void options_out_of_range(void **state)
{
    (void)state;
    static const hash_pool_options cases[] = {
        { 1, 4, 1024, { 2048, 1, 1 } },  /* less than a new password takes */
        { 1, 4, 8192, { 4, 1, 1 } },     /* no Argon2id parameters */
        { 9999, 4, 8192, { 64, 1, 1 } }, /* more than there are cores */
        { 1, 0, 8192, { 64, 1, 1 } },    /* nobody may wait */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        hash_pool *h = NULL;
        err e = { 0 };
        assert_int_equal(hash_pool_new(&cases[i], &h, &e), ST_INVALID);
        assert_null(h);
    }
    hash_pool_free(NULL);
}

static void a_block_gives_back_what_goes_beyond_keep(void **state)
{
    (void)state;
    enum { MIB = 1024 * 1024 };
    hash_memory m;
    err e = { 0 };
    assert_int_equal(hash_memory_map(8 * MIB, 2 * MIB, &m, &e), ST_OK);
    assert_null(hash_memory_take(&m, 8 * MIB + 1));
    uint8_t *p = hash_memory_take(&m, 8 * MIB);
    assert_non_null(p);
    assert_null(hash_memory_take(&m, 1)); /* one at a time */
    memset(p, 0xa5, 8 * MIB);
    hash_memory_give_back(&m);
    assert_int_equal(m.filled, 2 * MIB);
    assert_int_equal(p[8 * MIB - 1], 0); /* the system has it back */
    assert_int_equal(p[0], 0xa5);
    assert_false(hash_memory_make_room(&m, 8 * MIB + 1));
    assert_true(hash_memory_make_room(&m, 6 * MIB)); /* both fit */
    assert_int_equal(m.filled, 2 * MIB);
    assert_true(hash_memory_make_room(&m, 6 * MIB + 1));
    assert_int_equal(m.filled, 0);
    assert_int_equal(p[0], 0);
    hash_memory_fill(&m);
    assert_int_equal(m.filled, 2 * MIB);
    hash_memory_done(&m);
    hash_memory_done(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_never_exceeded),
        cmocka_unit_test(a_full_queue_refuses_at_once),
        cmocka_unit_test(options_out_of_range),
        cmocka_unit_test(a_block_gives_back_what_goes_beyond_keep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
