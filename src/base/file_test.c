#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <dirent.h>
#include <endian.h>
#include <fcntl.h>
#include <linux/posix_acl_xattr.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/file.h"

static char folder[] = "/tmp/argali-file-test.XXXXXX";
static err e;

/* All tests name their files relative to a new folder. */
static int enter_folder(void **state)
{
    (void)state;
    memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
    return mkdtemp(folder) == NULL || chdir(folder) != 0 ? -1 : 0;
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static size_t count_files(bool should_remove)
{
    struct dirent **entries = NULL;
    int n = scandir(".", &entries, is_visible, alphasort);
    assert_true(n >= 0);
    for (int i = 0; i < n; i++) {
        if (should_remove)
            (void)remove(entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return (size_t)n;
}

static int leave_folder(void **state)
{
    (void)state;
    (void)count_files(true);
    return chdir("/") != 0 || rmdir(folder) != 0 ? -1 : 0;
}

static mode_t mode_of(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    return st.st_mode & 07777;
}

static void assert_holds(const char *path, str want)
{
    CLEANUP(buf_done) buf b;
    buf_init(&b, 100000);
    assert_int_equal(file_read(path, 100000, &b, &e), ST_OK);
    assert_true(str_eq(buf_str(&b), want));
}

static void a_new_file_has_content_and_mode(void **state)
{
    (void)state;
    mode_t before = umask(0077);
    assert_int_equal(file_create("key", bytes_of(STR("a\0b\n")), 0400, &e), ST_OK);
    assert_int_equal(file_create("empty", (bytes){ 0 }, 0644, &e), ST_OK);
    (void)umask(before);
    assert_holds("key", STR("a\0b\n"));
    assert_holds("empty", STR(""));
    assert_int_equal(mode_of("key"), 0400);
    assert_int_equal(mode_of("empty"), 0644); /* the mode asked for, whatever the umask */
    assert_int_equal(count_files(false), 2);
}

static void a_new_file_never_takes_the_place_of_another(void **state)
{
    (void)state;
    assert_int_equal(file_create("key", bytes_of(STR("first")), 0600, &e), ST_OK);
    assert_int_equal(file_create("key", bytes_of(STR("second")), 0600, &e), ST_CONFLICT);
    assert_holds("key", STR("first"));
    assert_int_equal(symlink("nowhere", "dangling"), 0);
    assert_int_equal(file_create("dangling", bytes_of(STR("x")), 0600, &e), ST_CONFLICT);
    assert_int_equal(access("nowhere", F_OK), -1);
    assert_int_equal(count_files(false), 2); /* no temporary file is left */
}

static void replacing(void **state)
{
    (void)state;
    assert_int_equal(file_replace("state", bytes_of(STR("one")), 0600, &e), ST_OK);
    assert_int_equal(file_replace("state", bytes_of(STR("two")), 0640, &e), ST_OK);
    assert_holds("state", STR("two"));
    assert_int_equal(mode_of("state"), 0640);
    assert_int_equal(mkdir("folder", 0700), 0);
    assert_int_equal(file_replace("folder", bytes_of(STR("x")), 0600, &e), ST_UNAVAILABLE);
    assert_int_equal(file_replace("missing/state", bytes_of(STR("x")), 0600, &e), ST_NOT_FOUND);
    assert_non_null(strstr(e.log, "missing/state"));
    assert_int_equal(count_files(false), 2);
}

static void paths_are_bounded(void **state)
{
    (void)state;
    static char path[FILE_PATH_MAX + 10];
    memset(path, 'x', sizeof path - 1);
    assert_int_equal(file_replace(path, bytes_of(STR("x")), 0600, &e), ST_INVALID);
    char absolute[sizeof folder + 10];
    (void)snprintf(absolute, sizeof absolute, "%s/absolute", folder);
    assert_int_equal(file_create(absolute, bytes_of(STR("x")), 0600, &e), ST_OK);
    assert_holds("absolute", STR("x"));
    assert_int_equal(file_sync_folder(".", &e), ST_OK);
    assert_int_equal(file_sync_folder("missing", &e), ST_NOT_FOUND);
    assert_int_equal(file_sync_folder("absolute", &e), ST_UNAVAILABLE);
    assert_int_equal(file_sync_folder_of("absolute", &e), ST_OK);
    assert_int_equal(file_sync_folder_of(absolute, &e), ST_OK);
    assert_int_equal(file_sync_folder_of("missing/x", &e), ST_NOT_FOUND);
    char joined[FILE_PATH_MAX];
    assert_int_equal(file_path(folder, "absolute", joined, &e), ST_OK);
    assert_string_equal(joined, absolute);
    assert_int_equal(file_path(path, "x", joined, &e), ST_INVALID);
}

/* A full disk, played by the limit on the size of a file: the old content stays and nothing is left beside it. */
static void a_failed_write_changes_nothing(void **state)
{
    (void)state;
    assert_int_equal(file_create("state", bytes_of(STR("old")), 0600, &e), ST_OK);
    static uint8_t much[8192];
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const struct rlimit small = { 1000, 1000 };
        (void)signal(SIGXFSZ, SIG_IGN);
        if (setrlimit(RLIMIT_FSIZE, &small) != 0)
            _exit(2);
        _exit(file_replace("state", (bytes){ much, sizeof much }, 0600, &e) == ST_UNAVAILABLE ? 0 : 1);
    }
    int how;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFEXITED(how) && WEXITSTATUS(how) == 0);
    assert_holds("state", STR("old"));
    assert_int_equal(count_files(false), 1);
}

static void reading_has_a_cap(void **state)
{
    (void)state;
    static uint8_t content[10000];
    memset(content, 'x', sizeof content);
    assert_int_equal(file_create("f", (bytes){ content, sizeof content }, 0600, &e), ST_OK);
    CLEANUP(buf_done) buf b;
    buf_init(&b, sizeof content + 4);
    buf_add(&b, STR("kept"));
    assert_int_equal(file_read("f", sizeof content - 1, &b, &e), ST_LIMIT);
    assert_int_equal(file_read("f", 0, &b, &e), ST_LIMIT);
    assert_true(str_eq(buf_str(&b), STR("kept")));
    assert_int_equal(file_read("f", sizeof content, &b, &e), ST_OK);
    assert_int_equal(b.n, sizeof content + 4);
    assert_true(str_starts(buf_str(&b), STR("keptxxx")));
    assert_int_equal(file_read("missing", 10, &b, &e), ST_NOT_FOUND);
    CLEANUP(buf_done) buf small;
    buf_init(&small, 10);
    assert_int_equal(file_read("f", sizeof content, &small, &e), ST_NO_MEMORY);
}

static void only_regular_files_are_read(void **state)
{
    (void)state;
    CLEANUP(buf_done) buf b;
    buf_init(&b, 100);
    assert_int_equal(mkdir("folder", 0700), 0);
    assert_int_equal(mkfifo("fifo", 0600), 0);
    assert_int_equal(file_read("folder", 100, &b, &e), ST_INVALID);
    assert_int_equal(file_read("fifo", 100, &b, &e), ST_INVALID); /* and does not wait for a writer */
    assert_int_equal(file_read("/dev/zero", 100, &b, &e), ST_INVALID);
}

static void private_files_are_closed_to_others(void **state)
{
    (void)state;
    static const struct {
        mode_t mode;
        status want;
    } cases[] = {
        { 0600, ST_OK },      { 0400, ST_OK },      { 0700, ST_OK },      { 0640, ST_INVALID },
        { 0604, ST_INVALID }, { 0620, ST_INVALID }, { 0602, ST_INVALID }, { 0610, ST_INVALID },
        { 0601, ST_INVALID }, { 0644, ST_INVALID }, { 0440, ST_INVALID },
    };
    CLEANUP(buf_done) buf b;
    buf_init_secret(&b, 100);
    assert_int_equal(file_create("key", bytes_of(STR("secret")), 0600, &e), ST_OK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(chmod("key", cases[i].mode), 0);
        buf_clear(&b);
        status got = file_read_private("key", 90, &b, &e);
        if (got != cases[i].want || b.n != (got == ST_OK ? 6u : 0u))
            fail_msg("%04o: %s", (unsigned)cases[i].mode, status_name(got));
        assert_null(strstr(e.log, "secret"));
    }
    assert_int_equal(symlink("key", "link"), 0); /* the mode of what it leads to counts */
    assert_int_equal(file_read_private("link", 90, &b, &e), ST_INVALID);
    assert_int_equal(chmod("key", 0600), 0);
    assert_int_equal(file_read_private("link", 90, &b, &e), ST_OK);
}

/* acl(5): an extended list as systemd writes it for a credential of a service with a user. */
static bool set_acl(const char *path, uint32_t named_user, uint16_t group_obj_perm, uint16_t other_perm)
{
    const struct {
        uint16_t tag, perm;
        uint32_t id;
    } want[] = {
        { 0x01, 4, UINT32_MAX }, { 0x02, 4, named_user },          { 0x04, group_obj_perm, UINT32_MAX },
        { 0x10, 4, UINT32_MAX }, { 0x20, other_perm, UINT32_MAX },
    };
    struct {
        struct posix_acl_xattr_header head;
        struct posix_acl_xattr_entry entry[5];
    } acl = { .head.a_version = htole32(POSIX_ACL_XATTR_VERSION) };
    for (size_t i = 0; i < 5; i++)
        acl.entry[i] = (struct posix_acl_xattr_entry){ htole16(want[i].tag), htole16(want[i].perm), htole32(want[i].id) };
    return setxattr(path, "system.posix_acl_access", &acl, sizeof acl, 0) == 0;
}

static void a_list_that_lets_only_us_in_is_private(void **state)
{
    (void)state;
    CLEANUP(buf_done) buf b;
    buf_init_secret(&b, 1000);
    assert_int_equal(file_create("key", bytes_of(STR("secret")), 0400, &e), ST_OK);
    if (!set_acl("key", geteuid(), 0, 0))
        return; /* on a file system without lists such a credential cannot exist */
    assert_int_equal(mode_of("key"), 0440);
    assert_int_equal(file_read_private("key", 90, &b, &e), ST_OK);
    assert_true(set_acl("key", geteuid() + 1, 0, 0));
    assert_int_equal(file_read_private("key", 90, &b, &e), ST_INVALID);
    assert_true(set_acl("key", geteuid(), 4, 0));
    assert_int_equal(file_read_private("key", 90, &b, &e), ST_INVALID);
    assert_true(set_acl("key", geteuid(), 0, 4));
    assert_int_equal(file_read_private("key", 90, &b, &e), ST_INVALID);
}

static void a_lock_is_held_once(void **state)
{
    (void)state;
    int first = -1, second = -1;
    assert_int_equal(file_lock("lock", &first, &e), ST_OK);
    assert_int_equal(mode_of("lock"), 0600);
    assert_int_equal(file_lock("lock", &second, &e), ST_CONFLICT); /* at once */
    assert_int_equal(second, -1);
    assert_int_equal(fcntl(first, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    assert_int_equal(close(first), 0);
    assert_int_equal(file_lock("lock", &second, &e), ST_OK);
    assert_int_equal(close(second), 0);
    assert_int_equal(file_lock("missing/lock", &second, &e), ST_NOT_FOUND);
    assert_int_equal(symlink("lock", "link"), 0);
    assert_int_equal(file_lock("link", &second, &e), ST_UNAVAILABLE);
}

static void a_lock_ends_with_its_process(void **state)
{
    (void)state;
    int tell[2], fd = -1;
    char ready;
    assert_int_equal(pipe(tell), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        bool has = file_lock("lock", &fd, &e) == ST_OK && write(tell[1], "x", 1) == 1;
        if (has)
            (void)pause();
        _exit(1);
    }
    assert_int_equal(close(tell[1]), 0);
    assert_int_equal(read(tell[0], &ready, 1), 1);
    assert_int_equal(file_lock("lock", &fd, &e), ST_CONFLICT);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(file_lock("lock", &fd, &e), ST_OK);
    assert_int_equal(close(fd) + close(tell[0]), 0);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_new_file_has_content_and_mode),
        IN_FOLDER(a_new_file_never_takes_the_place_of_another),
        IN_FOLDER(replacing),
        IN_FOLDER(paths_are_bounded),
        IN_FOLDER(a_failed_write_changes_nothing),
        IN_FOLDER(reading_has_a_cap),
        IN_FOLDER(only_regular_files_are_read),
        IN_FOLDER(private_files_are_closed_to_others),
        IN_FOLDER(a_list_that_lets_only_us_in_is_private),
        IN_FOLDER(a_lock_is_held_once),
        IN_FOLDER(a_lock_ends_with_its_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
