/* nonce_test.c - replay, the window's edges, restarts of process and machine, damage, fullness, resizing, races. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <sodium.h>

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "access_key/nonce.h"
#include "base/log.h"

enum { SLOTS_AT_1 = 16384, W = NONCE_WINDOW_S, CEILING_AHEAD = 15, HEADER_BYTES = 4096 };

static const int64_t T0 = 1767323045; /* 2026-01-02T03:04:05Z */

static char folder[64];
static char path[96], path_new[112], path_damaged[112];
static int64_t clock_ms;
static err e;
static int64_t retry_ms;

static int64_t now_ms(void *self)
{
    (void)self;
    return clock_ms;
}

/* The same throws in every run: the key decides which keys share a cell, and a shared cell counts too much, never too little. */
static status dice(void *self, uint8_t *ret, size_t n)
{
    (void)self;
    static const uint8_t seed[randombytes_SEEDBYTES] = "nonce_test";
    randombytes_buf_deterministic(ret, n, seed);
    return ST_OK;
}

static const world w = { .now_ms = now_ms, .monotonic_ms = now_ms, .random = dice };

static void set_clock(int64_t s)
{
    clock_ms = s * 1000;
}

static int start(void **state)
{
    (void)state;
    log_set_level(LOG_ERROR);
    (void)snprintf(folder, sizeof folder, "/tmp/argali-nonces-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return -1;
    (void)snprintf(path, sizeof path, "%s/nonces", folder);
    (void)snprintf(path_new, sizeof path_new, "%s.new", path);
    (void)snprintf(path_damaged, sizeof path_damaged, "%s.damaged", path);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    return rmdir(folder);
}

static int fresh(void **state)
{
    (void)state;
    set_clock(T0);
    return 0;
}

static int clean(void **state)
{
    (void)state;
    bool has_left_over = access(path_new, F_OK) == 0;
    (void)unlink(path);
    (void)unlink(path_damaged);
    return has_left_over ? -1 : 0;
}

static nonces *open_as(const char *boot_id, uint32_t calls_per_second)
{
    nonces *n = NULL;
    const nonces_options o = { path, calls_per_second, &w, boot_id };
    if (nonces_open(&o, &n, &e) != ST_OK)
        fail_msg("%s", e.log);
    return n;
}

static nonce_verdict use_of(nonces *n, const char *key, const char *nonce, int64_t dated_s, int64_t now_s)
{
    nonce_verdict v = nonces_use(n, str_from_c(key), str_from_c(nonce), dated_s, now_s, &retry_ms);
    return v == NONCE_SYNC_FIRST ? NONCE_FRESH : v;
}

static nonce_verdict use_numbered(nonces *n, const char *key, unsigned number, int64_t dated_s, int64_t now_s)
{
    char nonce[16];
    (void)snprintf(nonce, sizeof nonce, "%u", number);
    return use_of(n, key, nonce, dated_s, now_s);
}

/* Runs `work` in a process that dies without closing anything, as by kill -9. */
static void in_killed_process(void (*work)(void))
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        work();
        (void)raise(SIGKILL);
    }
    int how = 0;
    assert_int_equal(waitpid(pid, &how, 0), pid);
    assert_true(WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL);
}

/* --- the rule ----------------------------------------------------------------------------------------------------- */

static void test_a_nonce_works_once(void **state)
{
    (void)state;
    nonces *n = open_as("a", 1);
    assert_int_equal(use_of(n, "LTAI1", "3156853299f313e23d1673dc12e1703d", T0, T0), NONCE_FRESH);
    assert_int_equal(use_of(n, "LTAI1", "3156853299f313e23d1673dc12e1703d", T0, T0), NONCE_USED);
    assert_int_equal(use_of(n, "LTAI1", "3156853299f313e23d1673dc12e1703d", T0 + 5, T0 + 5),
                     NONCE_USED);                                                                  /* under a new date too */
    assert_int_equal(use_of(n, "LTAI2", "3156853299f313e23d1673dc12e1703d", T0, T0), NONCE_FRESH); /* a key of its own */
    assert_int_equal(use_of(n, "LTAI1", "3156853299f313e23d1673dc12e1703e", T0, T0), NONCE_FRESH);
    assert_int_equal(use_of(n, "LTAI1", "", T0, T0), NONCE_FRESH);
    assert_int_equal(use_of(n, "LTAI1", "", T0, T0), NONCE_USED);
    assert_int_equal(use_of(n, "LTAI", "1x", T0, T0), NONCE_FRESH);
    assert_int_equal(use_of(n, "LTAI1", "x", T0, T0), NONCE_FRESH); /* not run together */
    assert_int_equal(nonces_count(n, T0).live, 6);
    nonces_close(n);
}

static void test_edges_of_the_window(void **state)
{
    (void)state;
    static const struct {
        int64_t dated_s;
        bool is_in;
    } cases[] = { { -W - 1, false }, { -W, true }, { -1, true }, { 0, true }, { W, true }, { W + 1, false }, { -T0, false } };
    nonces *n = open_as("a", 1);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t dated_s = T0 + cases[i].dated_s;
        assert_int_equal(nonces_is_in_window(n, dated_s, T0), cases[i].is_in);
        assert_int_equal(use_numbered(n, "k", (unsigned)i, dated_s, T0), cases[i].is_in ? NONCE_FRESH : NONCE_EXPIRED);
    }
    nonces_close(n);
}

/* Whatever its date, a nonce is remembered for as long as a request of that date is taken. */
static void test_remembered_to_the_last_second(void **state)
{
    (void)state;
    static const int64_t skews[] = { -W, -W / 2, 0, W / 2, W };
    nonces *n = open_as("a", 1);
    unsigned number = 0;
    for (int64_t i = 0; i < 20; i++) { /* more than a unit of 16 s */
        for (size_t k = 0; k < sizeof skews / sizeof skews[0]; k++, number++) {
            int64_t now_s = T0 + number * 4000 + i, dated_s = now_s + skews[k];
            assert_int_equal(use_numbered(n, "k", number, dated_s, now_s), NONCE_FRESH);
            assert_int_equal(use_numbered(n, "k", number, dated_s, dated_s + W), NONCE_USED);
            assert_int_equal(use_numbered(n, "k", number, dated_s, dated_s + W + 1), NONCE_EXPIRED);
        }
    }
    nonces_close(n);
}

static void test_forgotten_after_the_window(void **state)
{
    (void)state;
    nonces *n = open_as("a", 1);
    assert_int_equal(use_of(n, "k", "n", T0, T0), NONCE_FRESH);
    assert_int_equal(use_of(n, "k", "n", T0, T0 + W), NONCE_USED);
    assert_int_equal(use_of(n, "k", "n", T0, T0 + W + 1), NONCE_EXPIRED);         /* the same request: too old */
    assert_int_equal(use_of(n, "k", "n", T0 + W + 16, T0 + W + 16), NONCE_FRESH); /* the name may come back then */
    assert_int_equal(nonces_count(n, T0 + W + 16).live, 1);
    nonces_close(n);
}

static void test_lower_edge_never_moves_back(void **state)
{
    (void)state;
    nonces *n = open_as("a", 1);
    assert_int_equal(use_of(n, "k", "old", T0, T0), NONCE_FRESH);
    assert_int_equal(use_of(n, "k", "late", T0 + 5000, T0 + 5000), NONCE_FRESH); /* the clock ran ahead, */
    assert_int_equal(use_of(n, "k", "old", T0, T0 + 10), NONCE_EXPIRED);         /* and was set back */
    assert_false(nonces_is_in_window(n, T0, T0 + 10));
    nonces_close(n);
    set_clock(T0 + 20);
    n = open_as("a", 1); /* over a restart too */
    assert_int_equal(use_of(n, "k", "old", T0, T0 + 20), NONCE_EXPIRED);
    assert_int_equal(use_of(n, "k", "late", T0 + 5000, T0 + 4500), NONCE_USED);
    nonces_close(n);
}

/* --- restarts ----------------------------------------------------------------------------------------------------- */

static void use_100_in_boot_a(void)
{
    nonces *n = open_as("a", 1);
    for (unsigned i = 0; i < 100; i++)
        if (use_numbered(n, "k", i, T0, T0) != NONCE_FRESH)
            _exit(1);
}

static void test_nothing_is_lost_with_the_process(void **state)
{
    (void)state;
    in_killed_process(use_100_in_boot_a);
    nonces *n = open_as("a", 1);
    assert_int_equal(nonces_count(n, T0).live, 100);
    for (unsigned i = 0; i < 100; i++)
        assert_int_equal(use_numbered(n, "k", i, T0, T0), NONCE_USED);
    assert_int_equal(use_numbered(n, "k", 100, T0, T0), NONCE_FRESH);
    nonces_close(n);
}

static void test_clean_stop_before_the_machine_restarts(void **state)
{
    (void)state;
    nonces *n = open_as("a", 1);
    assert_int_equal(use_of(n, "k", "n", T0, T0), NONCE_FRESH);
    nonces_close(n);
    n = open_as("b", 1);
    assert_int_equal(use_of(n, "k", "n", T0, T0), NONCE_USED);
    assert_int_equal(use_of(n, "k", "other", T0, T0), NONCE_FRESH);
    nonces_close(n);
}

/* The pages of slots that the kernel had not written. */
static void lose_slots(void)
{
    static const uint8_t zeros[4096];
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    struct stat s;
    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &s), 0);
    for (off_t at = HEADER_BYTES; at < s.st_size; at += (off_t)sizeof zeros)
        assert_int_equal(pwrite(fd, zeros, sizeof zeros, at), (ssize_t)sizeof zeros);
    assert_int_equal(close(fd), 0);
}

static void test_restart_of_the_machine_without_a_clean_stop(void **state)
{
    (void)state;
    in_killed_process(use_100_in_boot_a);
    lose_slots();
    set_clock(T0 + 4);
    nonces *n = open_as("b", 1);
    int64_t ceiling_s = T0 + CEILING_AHEAD;
    for (unsigned i = 0; i < 100; i++)
        assert_int_equal(use_numbered(n, "k", i, T0, T0 + 4), NONCE_RESTARTING);
    assert_int_equal(retry_ms, (CEILING_AHEAD + 1) * 1000);
    assert_int_equal(use_of(n, "k", "new", ceiling_s, T0 + 4), NONCE_RESTARTING);
    assert_int_equal(retry_ms, 1000);
    assert_int_equal(use_of(n, "k", "new", ceiling_s + 1, T0 + 4), NONCE_FRESH);
    assert_int_equal(use_of(n, "k", "new", ceiling_s + 1, T0 + 4), NONCE_USED);
    assert_int_equal(use_of(n, "k", "before", T0 + 4 - W - 1, T0 + 4), NONCE_EXPIRED);
    nonces_close(n);
    n = open_as("b", 1); /* the refusal outlives this process, */
    assert_int_equal(use_numbered(n, "k", 0, T0, T0 + 4), NONCE_RESTARTING);
    nonces_close(n);
    n = open_as("c", 1); /* and the next boot */
    assert_int_equal(use_numbered(n, "k", 0, T0, T0 + 4), NONCE_RESTARTING);
    assert_int_equal(use_numbered(n, "k", 0, T0 + W, T0 + W), NONCE_FRESH);
    nonces_close(n);
}

/* The mark of a clean stop holds until the next start only. */
static void test_restart_of_the_machine_after_an_older_clean_stop(void **state)
{
    (void)state;
    nonces_close(open_as("a", 1));
    in_killed_process(use_100_in_boot_a);
    lose_slots();
    nonces *n = open_as("b", 1);
    assert_int_equal(use_numbered(n, "k", 0, T0, T0), NONCE_RESTARTING);
    nonces_close(n);
}

static void test_boot_that_cannot_be_named_counts_as_another(void **state)
{
    (void)state;
    in_killed_process(use_100_in_boot_a);
    nonces *n = open_as("", 1);
    assert_int_equal(use_numbered(n, "k", 0, T0, T0), NONCE_RESTARTING);
    nonces_close(n);
}

static void test_boot_id_of_the_system(void **state)
{
    (void)state;
    nonces *n = open_as(NULL, 1);
    nonces_close(n);
    char boot_id[64] = { 0 }, header[512] = { 0 };
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC), file = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0 && file >= 0);
    assert_true(read(fd, boot_id, 36) == 36);
    assert_true(read(file, header, sizeof header) == (ssize_t)sizeof header);
    assert_non_null(memmem(header, sizeof header, boot_id, 36));
    assert_int_equal(close(fd) | close(file), 0);
}

static void test_beyond_the_ceiling_the_slot_is_synced_first(void **state)
{
    (void)state;
    nonces *n = open_as("a", 1);
    int64_t ceiling_s = T0 + CEILING_AHEAD;
    assert_int_equal(nonces_use(n, STR("k"), STR("1"), ceiling_s, T0, &retry_ms), NONCE_FRESH);
    assert_int_equal(nonces_use(n, STR("k"), STR("2"), ceiling_s + 1, T0, &retry_ms), NONCE_SYNC_FIRST);
    assert_int_equal(nonces_sync(n, &e), ST_OK);
    assert_int_equal(nonces_sync(n, &e), ST_OK);
    for (unsigned i = 0; i < 200; i++) { /* more pages than are listed one by one */
        char nonce[16];
        (void)snprintf(nonce, sizeof nonce, "x%u", i);
        assert_int_equal(nonces_use(n, STR("k"), str_from_c(nonce), ceiling_s + 1, T0, &retry_ms), NONCE_SYNC_FIRST);
    }
    assert_int_equal(nonces_sync(n, &e), ST_OK);
    assert_int_equal(nonces_tick(n, T0 + 5, &e), ST_OK);
    assert_int_equal(nonces_use(n, STR("k"), STR("3"), ceiling_s + 5, T0 + 5, &retry_ms), NONCE_FRESH);
    assert_int_equal(nonces_use(n, STR("k"), STR("4"), ceiling_s + 6, T0 + 5, &retry_ms), NONCE_SYNC_FIRST);
    assert_int_equal(nonces_tick(n, T0, &e), ST_OK); /* a clock set back does not lower it */
    assert_int_equal(nonces_use(n, STR("k"), STR("5"), ceiling_s + 5, T0 + 5, &retry_ms), NONCE_FRESH);
    nonces_close(n);
}

static void tick_in_boot_a(void)
{
    nonces *n = open_as("a", 1);
    if (nonces_tick(n, T0 + 60, &e) != ST_OK || use_of(n, "k", "n", T0 + 60 + CEILING_AHEAD, T0 + 60) != NONCE_FRESH)
        _exit(1);
}

static void test_tick_raises_the_ceiling(void **state)
{
    (void)state;
    in_killed_process(tick_in_boot_a);
    lose_slots();
    set_clock(T0 + 62);
    nonces *n = open_as("b", 1);
    assert_int_equal(use_of(n, "k", "n", T0 + 60 + CEILING_AHEAD, T0 + 62), NONCE_RESTARTING);
    assert_int_equal(use_of(n, "k", "n", T0 + 61 + CEILING_AHEAD, T0 + 62), NONCE_FRESH);
    nonces_close(n);
}

static void test_left_alone_for_as_long_as_units_wrap(void **state)
{
    (void)state;
    nonces *n = open_as("a", 1);
    for (unsigned i = 0; i < 1000; i++)
        assert_int_equal(use_numbered(n, "k", i, T0, T0), NONCE_FRESH);
    nonces_close(n);
    int64_t later_s = T0 + 256 * 16;
    set_clock(later_s);
    n = open_as("a", 1);
    assert_int_equal(nonces_count(n, later_s).live, 0);
    for (unsigned i = 0; i < 1000; i++)
        assert_int_equal(use_numbered(n, "k", i, later_s, later_s), NONCE_FRESH);
    nonces_close(n);
}

/* An empty slot is not one that expires in unit 0 of the next round. */
static void test_empty_slots_near_the_wrap(void **state)
{
    (void)state;
    nonces *n = open_as("a", 1);
    int64_t round_s = 256 * 16, wrap_s = (T0 / round_s + 1) * round_s;
    for (unsigned i = 0; i < 64; i++) {
        int64_t now_s = wrap_s + ((int64_t)i - 62) * 32;
        assert_int_equal(use_numbered(n, "k", i, now_s, now_s), NONCE_FRESH);
        assert_int_equal(use_numbered(n, "k", i, now_s, now_s), NONCE_USED);
    }
    nonces_close(n);
}

static void test_ticks_clear_what_expired(void **state)
{
    (void)state;
    nonces *n = open_as("a", 1);
    for (unsigned i = 0; i < 1000; i++)
        assert_int_equal(use_numbered(n, "k", i, T0, T0), NONCE_FRESH);
    int64_t later_s = T0 + 2 * W;
    for (unsigned i = 0; i < SLOTS_AT_1 / 1024; i++)
        assert_int_equal(nonces_tick(n, later_s, &e), ST_OK);
    later_s = T0 + 256 * 16;
    for (unsigned i = 0; i < 1000; i++)
        assert_int_equal(use_numbered(n, "k", i, later_s, later_s), NONCE_FRESH);
    assert_int_equal(nonces_count(n, later_s).live, 1000);
    nonces_close(n);
}

/* --- damage and disk ---------------------------------------------------------------------------------------------- */

static void flip_byte(off_t at)
{
    uint8_t byte;
    int fd = open(path, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(pread(fd, &byte, 1, at), 1);
    byte ^= 0x20;
    assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    assert_int_equal(close(fd), 0);
}

static void expect_refusing_window(void)
{
    nonces *n = open_as("a", 1);
    assert_int_equal(access(path_damaged, F_OK), 0);
    assert_int_equal(use_of(n, "k", "n", T0, T0), NONCE_RESTARTING);
    assert_int_equal(retry_ms, (W + 1) * 1000);
    assert_int_equal(use_of(n, "k", "n", T0 + W, T0), NONCE_RESTARTING);
    assert_int_equal(use_of(n, "k", "n", T0 + W + 1, T0 + W + 1), NONCE_FRESH);
    nonces_close(n);
}

static void test_damaged_header(void **state)
{
    (void)state;
    for (off_t at = 0; at < 64; at += 7) { /* magic, size, key and check */
        nonces *n = open_as("a", 1);
        assert_int_equal(use_of(n, "k", "n", T0, T0), NONCE_FRESH);
        nonces_close(n);
        flip_byte(at);
        expect_refusing_window();
        assert_int_equal(clean(state), 0);
    }
}

static void test_file_cut_off(void **state)
{
    (void)state;
    static const off_t sizes[] = { 0, 100, HEADER_BYTES, HEADER_BYTES * 3, HEADER_BYTES * 3 + 8 };
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        nonces_close(open_as("a", 1));
        assert_int_equal(truncate(path, sizes[i]), 0);
        expect_refusing_window();
        assert_int_equal(clean(state), 0);
    }
}

static void test_no_room_on_the_disk(void **state)
{
    (void)state;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        const struct rlimit limit = { 65536, 65536 };
        nonces *n = NULL;
        const nonces_options o = { path, 1, &w, "a" };
        (void)signal(SIGXFSZ, SIG_IGN);
        bool is_right = setrlimit(RLIMIT_FSIZE, &limit) == 0 && nonces_open(&o, &n, &e) == ST_UNAVAILABLE && n == NULL &&
                        access(path, F_OK) != 0 && access(path_new, F_OK) != 0;
        _exit(is_right ? 0 : 1);
    }
    int how = 0;
    assert_int_equal(waitpid(pid, &how, 0), pid);
    assert_true(WIFEXITED(how) && WEXITSTATUS(how) == 0);
}

static void test_bad_options(void **state)
{
    (void)state;
    nonces *n = NULL;
    char nowhere[128];
    (void)snprintf(nowhere, sizeof nowhere, "%s/none/nonces", folder);
    assert_int_equal(nonces_open(&(nonces_options){ path, 0, &w, "a" }, &n, &e), ST_INVALID);
    assert_int_equal(nonces_open(&(nonces_options){ path, 1000001, &w, "a" }, &n, &e), ST_INVALID);
    assert_int_equal(nonces_open(&(nonces_options){ nowhere, 1, &w, "a" }, &n, &e), ST_UNAVAILABLE);
    assert_int_equal(symlink("/dev/null", path), 0);
    assert_int_equal(nonces_open(&(nonces_options){ path, 1, &w, "a" }, &n, &e), ST_UNAVAILABLE);
    assert_null(n);
    nonces_close(NULL);
}

static void test_file_is_private_and_allocated(void **state)
{
    (void)state;
    nonces *n = open_as("a", 1);
    struct stat s;
    assert_int_equal(stat(path, &s), 0);
    assert_int_equal(s.st_mode & 0777, 0600);
    assert_int_equal(s.st_size, nonces_count(n, T0).bytes);
    assert_true(s.st_blocks * 512 >= s.st_size);
    nonces_close(n);
}

/* --- capacity ----------------------------------------------------------------------------------------------------- */

static void test_bytes_per_nonce(void **state)
{
    (void)state;
    static const uint32_t rates[] = { 1, 10, 100, 1000 };
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        nonces *n = open_as("a", rates[i]);
        nonces_counts c = nonces_count(n, T0);
        assert_true(c.bytes * 4 <= 12 * 3 * c.capacity);           /* bytes / (capacity * 3/4) <= 12 */
        assert_true(c.capacity * 3 / 4 >= (uint64_t)rates[i] * W); /* that rate, for as long as it is remembered */
        nonces_close(n);
        assert_int_equal(clean(state), 0);
    }
}

/* Many keys with numbered nonces, until `want` are live. */
static void fill_at(nonces *n, unsigned want, int64_t now_s)
{
    for (unsigned i = (unsigned)nonces_count(n, now_s).live; i < want; i++) {
        char key[16];
        (void)snprintf(key, sizeof key, "key%u", i % 200);
        assert_int_equal(use_numbered(n, key, i, now_s, now_s), NONCE_FRESH);
    }
}

static void fill(nonces *n, unsigned want)
{
    fill_at(n, want, T0);
}

static void test_a_greedy_key_is_stopped_and_the_others_go_on(void **state)
{
    (void)state;
    nonces *n = open_as("a", 1);
    for (unsigned i = 0; i < SLOTS_AT_1 / 16 + 1; i++)
        assert_int_equal(use_numbered(n, "greedy", i, T0, T0), NONCE_FRESH);
    for (unsigned i = 0; i < SLOTS_AT_1 / 16; i++)
        assert_int_equal(use_numbered(n, "modest", i, T0, T0), NONCE_FRESH);
    fill(n, SLOTS_AT_1 * 3 / 4);
    assert_int_equal(use_numbered(n, "greedy", 900000, T0, T0), NONCE_FRESH); /* at three quarters, not above */
    assert_int_equal(use_numbered(n, "greedy", 900001, T0, T0), NONCE_KEY_FULL);
    assert_int_equal(use_numbered(n, "greedy", 0, T0, T0), NONCE_USED);       /* a replay stays a replay */
    assert_int_equal(use_numbered(n, "modest", 900000, T0, T0), NONCE_FRESH); /* a sixteenth, not more */
    assert_int_equal(use_numbered(n, "modest", 900001, T0, T0), NONCE_KEY_FULL);
    fill(n, SLOTS_AT_1 * 17 / 20);
    assert_int_equal(nonces_count(n, T0).refused_full, 2);
    assert_int_equal(use_numbered(n, "greedy", 900002, T0 + W + 16, T0 + W + 16), NONCE_FRESH); /* the table is nearly empty */
    int64_t later_s = T0 + W + 16 * 8; /* what it held is forgotten, a period of eight units later at the latest */
    fill_at(n, SLOTS_AT_1 * 4 / 5, later_s);
    assert_int_equal(use_numbered(n, "greedy", 900003, later_s, later_s), NONCE_FRESH);
    nonces_close(n);
}

static void test_a_full_table(void **state)
{
    (void)state;
    nonces *n = open_as("a", 1);
    unsigned live = 0, full = 0;
    bool *is_in = calloc(3 * SLOTS_AT_1, sizeof *is_in);
    assert_non_null(is_in);
    for (unsigned i = 0; i < 3 * SLOTS_AT_1; i++) {
        char key[16];
        (void)snprintf(key, sizeof key, "key%u", i % 200);
        nonce_verdict v = use_numbered(n, key, i, T0, T0);
        is_in[i] = v == NONCE_FRESH;
        live += v == NONCE_FRESH;
        full += v == NONCE_FULL;
        if (v == NONCE_FULL)
            assert_true(live >= SLOTS_AT_1 * 17 / 20);
        else
            assert_int_equal(v, NONCE_FRESH);
    }
    assert_true(full > 0 && live <= SLOTS_AT_1 && live + full == 3 * SLOTS_AT_1);
    assert_int_equal(nonces_count(n, T0).live, live);
    assert_int_equal(nonces_count(n, T0).refused_full, full);
    for (unsigned i = 0; i < 3 * SLOTS_AT_1; i++) { /* what was taken is remembered to the last one */
        char key[16];
        (void)snprintf(key, sizeof key, "key%u", i % 200);
        if (is_in[i])
            assert_int_equal(use_numbered(n, key, i, T0, T0), NONCE_USED);
    }
    int64_t later_s = T0 + W + 16;
    assert_int_equal(nonces_count(n, later_s).live, 0);
    for (unsigned i = 0; i < 1000; i++)
        assert_int_equal(use_numbered(n, "again", i, later_s, later_s), NONCE_FRESH);
    assert_int_equal(nonces_count(n, later_s).live, 1000);
    free(is_in);
    nonces_close(n);
}

static void expect_all_used(nonces *n, unsigned up_to)
{
    for (unsigned i = 0; i < up_to; i++) {
        char key[16];
        (void)snprintf(key, sizeof key, "key%u", i % 200);
        assert_int_equal(use_numbered(n, key, i, T0, T0), NONCE_USED);
    }
    assert_int_equal(nonces_count(n, T0).live, up_to);
}

static void test_another_capacity(void **state)
{
    (void)state;
    nonces *n = open_as("a", 1);
    fill(n, 12000);
    assert_int_equal(use_of(n, "k", "late", T0 + 5000, T0), NONCE_EXPIRED);
    nonces_close(n);

    n = open_as("a", 100); /* larger: all moved over */
    uint64_t large = nonces_count(n, T0).capacity;
    assert_true(large > 5 * SLOTS_AT_1);
    expect_all_used(n, 12000);
    nonces_close(n);

    n = open_as("a", 1); /* smaller again, and it fits */
    assert_int_equal(nonces_count(n, T0).capacity, SLOTS_AT_1);
    expect_all_used(n, 12000);
    nonces_close(n);

    n = open_as("a", 100);
    fill(n, 20000);
    nonces_close(n);
    n = open_as("a", 1); /* too small for what lives: it waits */
    assert_int_equal(nonces_count(n, T0).capacity, large);
    expect_all_used(n, 20000);
    nonces_close(n);
    set_clock(T0 + 2 * W);
    n = open_as("a", 1);
    assert_int_equal(nonces_count(n, T0 + 2 * W).capacity, SLOTS_AT_1);
    nonces_close(n);
}

static void test_another_capacity_after_a_loss(void **state)
{
    (void)state;
    in_killed_process(use_100_in_boot_a);
    lose_slots();
    nonces *n = open_as("b", 100);
    assert_int_equal(use_numbered(n, "k", 0, T0, T0), NONCE_RESTARTING);
    assert_int_equal(use_numbered(n, "k", 0, T0 + CEILING_AHEAD + 1, T0 + 2), NONCE_FRESH);
    nonces_close(n);
}

/* --- against a model ---------------------------------------------------------------------------------------------- */

enum { MODEL_NONCES = 400, MODEL_STEPS = 60000 };

static uint32_t next_dice(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u; /* Knuth's linear congruential generator */
    return (uint32_t)(*seed >> 33);
}

/* A clock that wanders, dates inside and outside the window, restarts now and then: never twice, and never refused
 * without reason. */
static void test_against_a_model(void **state)
{
    (void)state;
    static int64_t taken_s[MODEL_NONCES]; /* date of the request that took it; 0: none */
    uint64_t seed = 1;
    int64_t now_s = T0, latest_s = T0;
    nonces *n = open_as("a", 1);
    memset(taken_s, 0, sizeof taken_s);
    for (unsigned i = 0; i < MODEL_STEPS; i++) {
        now_s += next_dice(&seed) % 100 == 0 ? (int64_t)(next_dice(&seed) % 1200) - 400 : (int64_t)(next_dice(&seed) % 3);
        latest_s = now_s > latest_s ? now_s : latest_s;
        unsigned which = next_dice(&seed) % MODEL_NONCES;
        int64_t dated_s = now_s + (int64_t)(next_dice(&seed) % 2000) - 1000;
        nonce_verdict v = use_numbered(n, "k", which, dated_s, now_s);
        bool is_in = dated_s >= latest_s - W && dated_s <= now_s + W;
        if (!is_in)
            assert_int_equal(v, NONCE_EXPIRED);
        else if (taken_s[which] != 0 && taken_s[which] + W >= latest_s)
            assert_int_equal(v, NONCE_USED);
        else if (taken_s[which] == 0 || taken_s[which] + W + 16 <= latest_s) /* between, it may still be remembered */
            assert_int_equal(v, NONCE_FRESH);
        if (v == NONCE_FRESH)
            taken_s[which] = dated_s;
        if (i % 8 == 7) /* as a server does: what has expired is cleared before it could seem live again */
            assert_int_equal(nonces_tick(n, now_s, &e), ST_OK);
        if (i % 5000 == 4999) {
            set_clock(now_s);
            nonces_close(n);
            n = open_as("a", i % 10000 == 9999 ? 1 : 20);
        }
    }
    nonces_close(n);
}

/* --- threads ------------------------------------------------------------------------------------------------------ */

enum { RACERS = 4, RACES = 3000 };

static nonces *raced;
static atomic_uint wins[RACES];

static void *race(void *arg)
{
    (void)arg;
    for (unsigned i = 0; i < RACES; i++) {
        char nonce[16];
        err ours;
        int64_t ours_ms;
        (void)snprintf(nonce, sizeof nonce, "%u", i);
        int64_t now_s = T0 + i / 100;
        nonce_verdict v = nonces_use(raced, STR("k"), str_from_c(nonce), now_s + (i % 50 == 0 ? 60 : 0), now_s, &ours_ms);
        if (v == NONCE_SYNC_FIRST && nonces_sync(raced, &ours) != ST_OK)
            v = NONCE_FULL;
        if (v == NONCE_FRESH || v == NONCE_SYNC_FIRST)
            wins[i]++;
        else if (v != NONCE_USED)
            wins[i] += 100;
        if (i % 500 == 0 && nonces_tick(raced, now_s, &ours) != ST_OK)
            wins[i] += 100;
        if (i % 64 == 0 && nonces_count(raced, now_s).live > RACES)
            wins[i] += 100;
        if (!nonces_is_in_window(raced, now_s, now_s))
            wins[i] += 100;
    }
    return NULL;
}

static void test_one_winner_in_each_race(void **state)
{
    (void)state;
    pthread_t threads[RACERS];
    raced = open_as("a", 1);
    for (unsigned i = 0; i < RACERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, race, NULL), 0);
    for (unsigned i = 0; i < RACERS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (unsigned i = 0; i < RACES; i++)
        assert_int_equal(wins[i], 1);
    assert_int_equal(nonces_count(raced, T0).live, RACES);
    nonces_close(raced);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fresh, clean)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_nonce_works_once),
        TEST(test_edges_of_the_window),
        TEST(test_remembered_to_the_last_second),
        TEST(test_forgotten_after_the_window),
        TEST(test_lower_edge_never_moves_back),
        TEST(test_nothing_is_lost_with_the_process),
        TEST(test_clean_stop_before_the_machine_restarts),
        TEST(test_restart_of_the_machine_without_a_clean_stop),
        TEST(test_restart_of_the_machine_after_an_older_clean_stop),
        TEST(test_boot_that_cannot_be_named_counts_as_another),
        TEST(test_boot_id_of_the_system),
        TEST(test_beyond_the_ceiling_the_slot_is_synced_first),
        TEST(test_tick_raises_the_ceiling),
        TEST(test_left_alone_for_as_long_as_units_wrap),
        TEST(test_empty_slots_near_the_wrap),
        TEST(test_ticks_clear_what_expired),
        TEST(test_damaged_header),
        TEST(test_file_cut_off),
        TEST(test_no_room_on_the_disk),
        TEST(test_bad_options),
        TEST(test_file_is_private_and_allocated),
        TEST(test_bytes_per_nonce),
        TEST(test_a_greedy_key_is_stopped_and_the_others_go_on),
        TEST(test_a_full_table),
        TEST(test_another_capacity),
        TEST(test_another_capacity_after_a_loss),
        TEST(test_against_a_model),
        TEST(test_one_winner_in_each_race),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
