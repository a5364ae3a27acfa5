/* backup_test.c - a store in use becomes a file, and the file a store. */
#include "account/fixture_test.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "operations/backup.h"
#include "user/user_api.h"

static fixture f;
static char target[64], file[96], key[96];

static int setup(void **state)
{
    (void)state;
    fixture_init(&f);
    (void)snprintf(target, sizeof target, "/tmp/argali-restored-XXXXXX");
    assert_non_null(mkdtemp(target));
    (void)snprintf(file, sizeof file, "%s/file", target);
    (void)snprintf(key, sizeof key, "%s/master.key", f.dir);
    return 0;
}

static void remove_at(const char *folder, const char *name)
{
    char path[160];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    (void)unlink(path);
}

static int teardown(void **state)
{
    (void)state;
    static const char *const names[] = { "file",       "argali.db", "argali.db-wal", "argali.db-shm", "argali.db.rehearsal",
                                         "master.key", "lock" };
    remove_at(f.dir, "backup.lock");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        remove_at(target, names[i]);
    assert_int_equal(rmdir(target), 0); /* and nothing else was left */
    fixture_done(&f);
    return 0;
}

static backup_summary back_up(const secret *passphrase)
{
    backup_summary s = { 0 };
    const backup_options o = { .dir = f.dir, .file = file, .key_path = key, .passphrase = passphrase, .world = &f.world };
    assert_int_equal(backup_write(&o, &s, &f.err), ST_OK);
    return s;
}

static status extract(const secret *passphrase, backup_summary *ret)
{
    const int fd = open(file, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    const status s = backup_extract(fd, passphrase, target, ret, &f.err);
    assert_int_equal(close(fd), 0);
    return s;
}

static bool is_there(const char *folder, const char *name)
{
    char path[160];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return access(path, F_OK) == 0;
}

static status find_alice(store_tx *tx, void *self, err *e)
{
    (void)self;
    CLEANUP(arena_free_at) arena *a = arena_new(4096, 65536);
    user_record u;
    return store_user_get_by_name(tx, a, STR("alice"), &u, e);
}

static void a_store_in_use_becomes_a_file_and_a_store_again(void **state)
{
    (void)state;
    struct stat st;
    backup_summary s = { 0 };
    APPLY(&f, &f.root, ram_create_user, RAM_CREATE_USER, .user_name = STR("alice"));
    assert_ok(&f);
    const backup_summary made = back_up(NULL);
    assert_false(made.has_key || made.is_encrypted);
    assert_false(is_there(f.dir, "backup.part"));
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    APPLY(&f, &f.root, ram_create_user, RAM_CREATE_USER, .user_name = STR("later")); /* the store goes on */
    assert_ok(&f);
    assert_int_equal(extract(NULL, &s), ST_OK);
    assert_int_equal(s.made_s, FIXTURE_NOW_S);
    assert_int_equal(s.schema, made.schema);
    assert_false(is_there(target, "master.key")); /* never without a passphrase */

    store *restored = NULL;
    const store_options o = { .dir = target, .readers = 1, .queue_max = 16, .batch_max = 1 };
    assert_int_equal(store_open(&o, &restored, &f.err), ST_OK);
    assert_int_equal(store_read_now(restored, FIXTURE_ACCOUNT, find_alice, NULL, &f.err), ST_OK);
    assert_int_equal(store_verify(restored, &f.err), ST_OK);
    store_close(restored);
}

static void the_master_key_goes_along_under_a_passphrase(void **state)
{
    (void)state;
    secret right = { 0 }, wrong = { 0 };
    backup_summary s = { 0 };
    vault *v = NULL;
    char restored[96];
    assert_int_equal(secret_copy(bytes_of(STR("correct horse")), &right), ST_OK);
    assert_int_equal(secret_copy(bytes_of(STR("battery staple")), &wrong), ST_OK);
    assert_true(back_up(&right).has_key);
    assert_int_equal(extract(&wrong, &s), ST_DENIED);
    assert_int_equal(extract(NULL, &s), ST_INVALID);
    assert_false(is_there(target, "argali.db"));
    assert_int_equal(extract(&right, &s), ST_OK);
    assert_true(s.has_key && s.is_encrypted);
    (void)snprintf(restored, sizeof restored, "%s/master.key", target);
    assert_int_equal(vault_open(restored, &f.world, &v, &f.err), ST_OK);
    vault_free(v);
    secret_done(&right);
    secret_done(&wrong);
}

static void nothing_that_exists_is_replaced(void **state)
{
    (void)state;
    backup_summary s = { 0 };
    const backup_options o = { .dir = f.dir, .file = file, .key_path = key, .world = &f.world };
    (void)back_up(NULL);
    assert_int_equal(backup_write(&o, &s, &f.err), ST_CONFLICT);
    assert_int_equal(extract(NULL, &s), ST_OK);
    assert_int_equal(extract(NULL, &s), ST_CONFLICT);
}

static void what_an_earlier_run_left_behind_is_in_nobodys_way(void **state)
{
    (void)state;
    char path[160];
    static const char *const left[] = { "backup.part", "backup.part-wal" };
    for (size_t i = 0; i < 2; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", f.dir, left[i]);
        const int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        assert_int_equal(write(fd, "rest", 4), 4);
        assert_int_equal(close(fd), 0);
    }
    (void)snprintf(path, sizeof path, "%s.part", file);
    const int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_int_equal(close(fd), 0);
    (void)back_up(NULL);
    assert_false(is_there(f.dir, "backup.part"));
    assert_false(is_there(f.dir, "backup.part-wal"));
    assert_int_equal(access(path, F_OK), -1);
}

static void a_folder_without_a_store_stays_as_it_is(void **state)
{
    (void)state;
    backup_summary s = { 0 };
    const backup_options o = { .dir = target, .file = file, .key_path = key, .world = &f.world };
    assert_int_equal(backup_write(&o, &s, &f.err), ST_NOT_FOUND);
    assert_false(is_there(target, "backup.lock"));
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_store_in_use_becomes_a_file_and_a_store_again),
        TEST(the_master_key_goes_along_under_a_passphrase),
        TEST(nothing_that_exists_is_replaced),
        TEST(what_an_earlier_run_left_behind_is_in_nobodys_way),
        TEST(a_folder_without_a_store_stays_as_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
