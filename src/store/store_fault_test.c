/* What goes wrong around the store: foreign, damaged and newer files, a read-only folder, a full disk, failing writes
 * and syncs, and migrations. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <fcntl.h>
#include <semaphore.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "store/migrations.h"
#include "store/store_fixture.h"

#define OK(call) assert_int_equal((call), ST_OK)

enum { PAGE = 4096 };
static const uint64_t USER = 200000000000000000;

static int set_up(void **state)
{
    fixture *f = fixture_new();
    fixture_open(f, 16, 256);
    OK(store_apply_now(f->s, ACCOUNT_A, insert_account_a, NULL, &f->e));
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture_free(*state);
    return 0;
}

static status reopen(fixture *f)
{
    store_options o = { .dir = f->dir, .readers = 1, .queue_max = 256, .batch_max = 16 };
    f->e = (err){ 0 };
    return store_open(&o, &f->s, &f->e);
}

static void execute(fixture *f, const char *name, const char *sql)
{
    char path[128];
    sqlite3 *db = NULL;
    fixture_path(f, name, path);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void overwrite(fixture *f, off_t at, const void *p, size_t n)
{
    char path[128];
    fixture_path(f, "argali.db", path);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, p, n, at), (ssize_t)n);
    assert_int_equal(close(fd), 0);
}

static void set_size(fixture *f, off_t size)
{
    char path[128];
    fixture_path(f, "argali.db", path);
    assert_int_equal(truncate(path, size), 0);
}

static off_t size_of(fixture *f)
{
    char path[128];
    struct stat st;
    fixture_path(f, "argali.db", path);
    assert_int_equal(stat(path, &st), 0);
    return st.st_size;
}

/* --- what lies in the folder -------------------------------------------------------------------------------------- */

static void a_file_that_is_no_database_is_refused(void **state)
{
    fixture *f = *state;
    static const char text[8192] = "all work and no play makes Jack a dull boy";
    fixture_close(f);
    set_size(f, 0);
    assert_int_equal(reopen(f), ST_INVALID); /* empty */
    overwrite(f, 0, text, 50);
    assert_int_equal(reopen(f), ST_INVALID); /* shorter than a header */
    overwrite(f, 0, text, sizeof text);
    assert_int_equal(reopen(f), ST_INVALID);
    assert_non_null(strstr(f->e.log, "not a store of Argali"));
    assert_int_equal(size_of(f), sizeof text);
}

static void another_program_s_database_is_refused_and_left_alone(void **state)
{
    (void)state;
    fixture *f = fixture_new();
    execute(f, "argali.db", "CREATE TABLE t (a); INSERT INTO t VALUES (1)");
    off_t size = size_of(f);
    assert_int_equal(reopen(f), ST_INVALID);
    assert_non_null(strstr(f->e.log, "another program"));
    assert_int_equal(size_of(f), size);
    execute(f, "argali.db", "INSERT INTO t VALUES (2)");
    fixture_free(f);
}

static void a_newer_schema_is_refused_and_named(void **state)
{
    fixture *f = *state;
    fixture_close(f);
    execute(f, "argali.db", "PRAGMA user_version = 4711");
    assert_int_equal(reopen(f), ST_INVALID);
    char known[16];
    (void)snprintf(known, sizeof known, "up to %zu", migration_count);
    assert_non_null(strstr(f->e.log, "4711"));
    assert_non_null(strstr(f->e.log, known));
}

static void a_shortened_file_is_refused(void **state)
{
    fixture *f = *state;
    fixture_close(f);
    off_t size = size_of(f);
    for (off_t pages = size / PAGE - 1; pages > 0; pages -= 3) {
        set_size(f, pages * PAGE);
        assert_int_equal(reopen(f), ST_INVALID);
    }
}

static void a_damaged_page_is_found_when_a_small_store_opens(void **state)
{
    fixture *f = *state;
    uint8_t noise[PAGE];
    fixture_close(f);
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (uint8_t)(i * 37 + 11);
    overwrite(f, 1 * PAGE, noise, sizeof noise);
    assert_int_equal(reopen(f), ST_INVALID);
    assert_null(f->s);
}

static status insert_many_run(store_tx *tx, void *self, err *e)
{
    const uint64_t *range = self;
    for (uint64_t id = range[0]; id < range[1]; id++) {
        char name[32];
        int n = snprintf(name, sizeof name, "u-%llu", (unsigned long long)id);
        user_record u = fixture_user(id, (str){ name, (size_t)n });
        u.comments = STR("a comment of some length, so that a page holds few users and the tree is more than two levels deep");
        TRY(store_user_insert(tx, &u, e));
    }
    return ST_OK;
}

static void a_large_store_is_checked_when_asked(void **state)
{
    fixture *f = *state;
    uint64_t range[2] = { USER, USER + 12000 };
    OK(store_apply_now(f->s, ACCOUNT_A, insert_many_run, range, &f->e));
    OK(store_verify(f->s, &f->e));
    fixture_close(f);
    assert_true(size_of(f) > 512 * PAGE);
    static const uint8_t zero[PAGE];
    overwrite(f, 300 * PAGE, zero, sizeof zero);
    OK(reopen(f)); /* only what is looked at is read */
    assert_int_equal(store_verify(f->s, &f->e), ST_INVALID);
    assert_non_null(strstr(f->e.log, "damaged"));
}

/* Root may write anywhere, so a child of another user tries. */
static void a_read_only_folder_is_refused(void **state)
{
    fixture *f = *state;
    char path[128];
    fixture_close(f);
    fixture_path(f, "argali.db", path);
    assert_int_equal(chmod(path, 0444), 0);
    fixture_path(f, "lock", path);
    assert_int_equal(chmod(path, 0666), 0);
    assert_int_equal(chmod(f->dir, 0555), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
            _exit(1);
        int created = (int)store_create(f->dir, &f->e), opened = (int)reopen(f);
        _exit(opened == ST_UNAVAILABLE && (created == ST_UNAVAILABLE || created == ST_CONFLICT) && f->e.log[0] != '\0' ? 0 : 2);
    }
    int how = 0;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_int_equal(chmod(f->dir, 0755), 0);
    assert_true(WIFEXITED(how));
    assert_int_equal(WEXITSTATUS(how), 0);
}

static void a_creation_cut_short_is_started_over(void **state)
{
    (void)state;
    fixture *f = fixture_new();
    char path[128];
    fixture_path(f, "argali.db.new", path);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "half", 4), 4);
    assert_int_equal(close(fd), 0);
    OK(store_create(f->dir, &f->e));
    assert_int_not_equal(access(path, F_OK), 0);
    OK(reopen(f));
    fixture_free(f);
}

/* --- a full disk -------------------------------------------------------------------------------------------------- */

typedef struct {
    store_job job;
    uint64_t id;
    status outcome;
    char log[ERR_LOG_MAX];
    sem_t is_done;
} insertion;

static status insertion_run(store_tx *tx, void *self, err *e)
{
    insertion *i = self;
    uint64_t range[2] = { i->id, i->id + 1 };
    return insert_many_run(tx, range, e);
}

static void insertion_done(void *self, status s, const err *e)
{
    insertion *i = self;
    i->outcome = s;
    memcpy(i->log, e->log, sizeof i->log);
    (void)sem_post(&i->is_done);
}

static void insert_batch(fixture *f, insertion *in, size_t n, uint64_t first_id)
{
    for (size_t i = 0; i < n; i++) {
        in[i] = (insertion){ .id = first_id + i };
        (void)sem_init(&in[i].is_done, 0, 0);
        in[i].job = fixture_job(ACCOUNT_A, insertion_run, insertion_done, &in[i]);
        OK(store_apply(f->s, &in[i].job));
    }
    for (size_t i = 0; i < n; i++)
        while (sem_wait(&in[i].is_done) != 0)
            continue;
}

typedef struct {
    uint64_t first, n, there;
    uint32_t user_n;
} survey;

static status survey_run(store_tx *tx, void *self, err *e)
{
    survey *v = self;
    arena *a = arena_new(4096, 1024 * 1024);
    account_record account;
    if (a == NULL)
        return ST_NO_MEMORY;
    status s = store_account_get(tx, a, &account, e);
    v->user_n = s == ST_OK ? account.user_n : 0;
    v->there = 0;
    for (uint64_t i = 0; i < v->n && s == ST_OK; i++) {
        user_record u;
        err none = { 0 };
        arena_reset(a);
        v->there += store_user_get(tx, a, v->first + i, &u, &none) == ST_OK;
    }
    arena_free(a);
    return s;
}

static survey look(fixture *f, uint64_t n)
{
    survey v = { .first = USER, .n = n };
    OK(store_read_now(f->s, ACCOUNT_A, survey_run, &v, &f->e));
    return v;
}

static void a_full_disk_is_an_error_and_loses_nothing(void **state)
{
    fixture *f = *state;
    struct rlimit before, small;
    static insertion in[100];
    uint64_t stored = 0, at = 0;
    (void)signal(SIGXFSZ, SIG_IGN);
    log_set_fd(open("/dev/null", O_WRONLY | O_CLOEXEC));
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 300 * 1024; /* the log beside the file grows to this and no further */
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    bool is_full = false;
    for (; !is_full && at < 10000; at += 100) {
        insert_batch(f, in, 100, USER + at);
        for (size_t i = 0; i < 100; i++) {
            assert_true(in[i].outcome == ST_OK || in[i].outcome == ST_UNAVAILABLE);
            assert_true(in[i].outcome == ST_OK || in[i].log[0] != '\0');
            stored += in[i].outcome == ST_OK;
            is_full = is_full || in[i].outcome != ST_OK;
        }
    }
    assert_true(is_full);
    assert_false(store_is_healthy(f->s));
    survey v = look(f, at); /* reads go on; what was refused is not there */
    assert_int_equal(v.there, stored);
    assert_int_equal(v.user_n, stored);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    insert_batch(f, in, 10, USER + at); /* room again: no restart needed */
    for (size_t i = 0; i < 10; i++)
        assert_int_equal(in[i].outcome, ST_OK);
    assert_true(store_is_healthy(f->s));
    fixture_close(f);
    OK(reopen(f));
    assert_int_equal(look(f, at).there, stored);
    assert_int_equal(look(f, 0).user_n, stored + 10);
    OK(store_verify(f->s, &f->e));
    log_set_fd(2);
}

/* --- any write or sync that fails --------------------------------------------------------------------------------- */

/* A layer below the engine whose n-th write, sync or truncation fails once, or from then on. */
typedef struct {
    sqlite3_file base;
    sqlite3_file *real;
} faulty_file;

static sqlite3_vfs *real_vfs, faulty_vfs;
static atomic_long calls_left; /* until the failure; negative: none is due */
static atomic_bool fails_for_good;

static bool is_to_fail(void)
{
    long left = atomic_load(&calls_left);
    if (left < 0)
        return false;
    if (left > 0) {
        atomic_fetch_sub(&calls_left, 1);
        return false;
    }
    if (!atomic_load(&fails_for_good))
        atomic_store(&calls_left, -1);
    return true;
}

static sqlite3_file *real_of(sqlite3_file *file)
{
    return ((faulty_file *)file)->real;
}

static int faulty_close(sqlite3_file *file)
{
    sqlite3_file *real = real_of(file);
    int rc = real->pMethods->xClose(real);
    free(real);
    return rc;
}

static int faulty_read(sqlite3_file *file, void *p, int n, sqlite3_int64 at)
{
    return real_of(file)->pMethods->xRead(real_of(file), p, n, at);
}

static int faulty_write(sqlite3_file *file, const void *p, int n, sqlite3_int64 at)
{
    return is_to_fail() ? SQLITE_FULL : real_of(file)->pMethods->xWrite(real_of(file), p, n, at);
}

static int faulty_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    return is_to_fail() ? SQLITE_IOERR_TRUNCATE : real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int faulty_sync(sqlite3_file *file, int flags)
{
    return is_to_fail() ? SQLITE_IOERR_FSYNC : real_of(file)->pMethods->xSync(real_of(file), flags);
}

static int faulty_size(sqlite3_file *file, sqlite3_int64 *ret)
{
    return real_of(file)->pMethods->xFileSize(real_of(file), ret);
}

static int faulty_lock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int faulty_unlock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int faulty_check_lock(sqlite3_file *file, int *ret)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), ret);
}

static int faulty_control(sqlite3_file *file, int op, void *argument)
{
    return real_of(file)->pMethods->xFileControl(real_of(file), op, argument);
}

static int faulty_sector(sqlite3_file *file)
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int faulty_traits(sqlite3_file *file)
{
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static int faulty_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **ret)
{
    return real_of(file)->pMethods->xShmMap(real_of(file), page, size, extend, ret);
}

static int faulty_shm_lock(sqlite3_file *file, int at, int n, int flags)
{
    return real_of(file)->pMethods->xShmLock(real_of(file), at, n, flags);
}

static void faulty_shm_barrier(sqlite3_file *file)
{
    real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int faulty_shm_unmap(sqlite3_file *file, int remove)
{
    return real_of(file)->pMethods->xShmUnmap(real_of(file), remove);
}

static const sqlite3_io_methods faulty_methods = {
    2,
    faulty_close,
    faulty_read,
    faulty_write,
    faulty_truncate,
    faulty_sync,
    faulty_size,
    faulty_lock,
    faulty_unlock,
    faulty_check_lock,
    faulty_control,
    faulty_sector,
    faulty_traits,
    faulty_shm_map,
    faulty_shm_lock,
    faulty_shm_barrier,
    faulty_shm_unmap,
    NULL,
    NULL,
};

static int faulty_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
    (void)vfs;
    faulty_file *f = (faulty_file *)file;
    f->base.pMethods = NULL;
    f->real = calloc(1, (size_t)real_vfs->szOsFile);
    if (f->real == NULL)
        return SQLITE_NOMEM;
    int rc = real_vfs->xOpen(real_vfs, name, f->real, flags, ret_flags);
    if (rc != SQLITE_OK) {
        free(f->real);
        return rc;
    }
    f->base.pMethods = &faulty_methods;
    return SQLITE_OK;
}

static int start_faults(void **state)
{
    real_vfs = sqlite3_vfs_find(NULL);
    assert_non_null(real_vfs);
    faulty_vfs = *real_vfs;
    faulty_vfs.zName = "faulty";
    faulty_vfs.szOsFile = sizeof(faulty_file);
    faulty_vfs.xOpen = faulty_open;
    faulty_vfs.pNext = NULL;
    atomic_store(&calls_left, -1);
    assert_int_equal(sqlite3_vfs_register(&faulty_vfs, 1), SQLITE_OK);
    log_set_fd(open("/dev/null", O_WRONLY | O_CLOEXEC));
    return set_up(state);
}

static int stop_faults(void **state)
{
    atomic_store(&calls_left, -1);
    int rc = tear_down(state);
    log_set_fd(2);
    assert_int_equal(sqlite3_vfs_unregister(&faulty_vfs), SQLITE_OK);
    return rc;
}

/* For every n: the n-th call fails; each answer tells the truth, and nothing is half there. */
static void fail_each_call(fixture *f, bool for_good)
{
    enum { EACH = 6, MOST = 60 };
    uint64_t stored = 0, at = 0;
    insertion in[EACH];
    bool was_reached = true;
    for (long n = 0; n < MOST && was_reached; n++, at += EACH) {
        atomic_store(&fails_for_good, for_good);
        atomic_store(&calls_left, n);
        insert_batch(f, in, EACH, USER + at);
        was_reached = for_good ? atomic_load(&calls_left) == 0 : atomic_load(&calls_left) < 0;
        atomic_store(&calls_left, -1);
        for (size_t i = 0; i < EACH; i++) {
            assert_true(in[i].outcome == ST_OK || in[i].outcome == ST_UNAVAILABLE);
            stored += in[i].outcome == ST_OK;
        }
        assert_int_equal(look(f, at + EACH).there, stored);
        assert_int_equal(look(f, 0).user_n, stored);
    }
    assert_false(was_reached); /* every call had its turn */
    insert_batch(f, in, EACH, USER + at);
    for (size_t i = 0; i < EACH; i++)
        assert_int_equal(in[i].outcome, ST_OK);
    assert_true(store_is_healthy(f->s));
    OK(store_verify(f->s, &f->e));
    fixture_close(f);
    OK(reopen(f));
    assert_int_equal(look(f, 0).user_n, stored + EACH);
    OK(store_verify(f->s, &f->e));
}

static void one_failing_call_is_survived_at_every_place(void **state)
{
    fail_each_call(*state, false);
}

static void a_disk_that_stays_failed_is_reported_and_recovers(void **state)
{
    fail_each_call(*state, true);
}

static void an_unhealthy_store_heals_when_asked(void **state)
{
    fixture *f = *state;
    insertion in[1];
    atomic_store(&fails_for_good, true);
    atomic_store(&calls_left, 0);
    insert_batch(f, in, 1, USER);
    assert_int_equal(in[0].outcome, ST_UNAVAILABLE);
    for (int i = 0; i < 100; i++)
        assert_false(store_is_healthy(f->s)); /* has a commit tried, which fails */
    atomic_store(&calls_left, -1);
    while (!store_is_healthy(f->s)) /* no write of a caller is needed */
        (void)usleep(1000);
    assert_int_equal(look(f, 1).there, 0);
}

/* --- migrations --------------------------------------------------------------------------------------------------- */

static const migration later[] = {
    { 1, "first", NULL }, /* the text is the first real one, put in below */
    { 2, "a column", "ALTER TABLE fact ADD COLUMN extra INTEGER NOT NULL DEFAULT 7" },
    { 3, "a table",
      "CREATE TABLE more (account INTEGER NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID; INSERT INTO more VALUES (1)" },
    { 4, "a mistake", "CREATE TABLE half (account INTEGER NOT NULL PRIMARY KEY); INSERT INTO nowhere VALUES (1)" },
};
enum { LATER_GOOD = 3, LATER_ALL = 4 };

static engine *open_at(fixture *f, char path[128])
{
    engine *en = NULL;
    fixture_path(f, "m.db", path);
    engine_remove(path);
    OK(engine_create(path, &f->e));
    OK(engine_open(path, ENGINE_WRITER, &en, &f->e));
    return en;
}

static unsigned version_of(fixture *f, engine *en)
{
    unsigned v = 99;
    OK(engine_version(en, &v, &f->e));
    return v;
}

static void the_newest_schema_is_reached_from_every_earlier_step(void **state)
{
    fixture *f = *state;
    char path[128], copy[128];
    fixture_path(f, "m.db.rehearsal", copy);
    for (size_t from = 0; from <= migration_count; from++) {
        engine *en = open_at(f, path);
        OK(migrations_apply(en, migrations, from, &f->e));
        assert_int_equal(version_of(f, en), from);
        OK(migrations_apply_rehearsed(en, copy, migrations, migration_count, &f->e));
        assert_int_equal(version_of(f, en), migrations[migration_count - 1].number);
        OK(engine_prepare(en, &f->e)); /* every statement finds its tables */
        OK(engine_verify(en, &f->e));
        engine_close(en);
        engine_remove(path);
    }
    for (size_t i = 0; i < migration_count; i++)
        assert_int_equal(migrations[i].number, i + 1);
}

static void a_step_that_fails_in_rehearsal_never_touches_the_store(void **state)
{
    fixture *f = *state;
    char path[128], copy[128];
    migration list[LATER_ALL];
    memcpy(list, later, sizeof list);
    list[0].sqlite = migrations[0].sqlite;
    fixture_path(f, "m.db.rehearsal", copy);
    engine *en = open_at(f, path);
    OK(migrations_apply(en, list, 1, &f->e));
    assert_int_equal(migrations_apply_rehearsed(en, copy, list, LATER_ALL, &f->e), ST_BUG);
    assert_int_equal(version_of(f, en), 1); /* not even the good steps before it */
    assert_int_not_equal(access(copy, F_OK), 0);
    OK(migrations_apply_rehearsed(en, copy, list, LATER_GOOD, &f->e));
    assert_int_equal(version_of(f, en), LATER_GOOD);
    OK(migrations_apply_rehearsed(en, copy, list, LATER_GOOD, &f->e));      /* nothing left to do */
    assert_int_equal(migrations_apply(en, list, LATER_ALL, &f->e), ST_BUG); /* a step is whole or not there */
    assert_int_equal(version_of(f, en), LATER_GOOD);
    OK(engine_migrate(en, LATER_GOOD, "CREATE TABLE half (account INTEGER NOT NULL PRIMARY KEY)", &f->e));
    assert_int_equal(migrations_apply(en, list, 1, &f->e), ST_INVALID); /* written by a newer program */
    engine_close(en);
    engine_remove(path);
}

#define TEST(name)  cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define FAULT(name) cmocka_unit_test_setup_teardown(name, start_faults, stop_faults)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_that_is_no_database_is_refused),
        cmocka_unit_test(another_program_s_database_is_refused_and_left_alone),
        TEST(a_newer_schema_is_refused_and_named),
        TEST(a_shortened_file_is_refused),
        TEST(a_damaged_page_is_found_when_a_small_store_opens),
        TEST(a_large_store_is_checked_when_asked),
        TEST(a_read_only_folder_is_refused),
        cmocka_unit_test(a_creation_cut_short_is_started_over),
        TEST(a_full_disk_is_an_error_and_loses_nothing),
        FAULT(one_failing_call_is_survived_at_every_place),
        FAULT(a_disk_that_stays_failed_is_reported_and_recovers),
        FAULT(an_unhealthy_store_heals_when_asked),
        TEST(the_newest_schema_is_reached_from_every_earlier_step),
        TEST(a_step_that_fails_in_rehearsal_never_touches_the_store),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
