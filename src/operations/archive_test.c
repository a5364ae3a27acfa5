/* archive_test.c - what was put in comes out; what was cut, changed or is another's does not. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <fcntl.h>

#include "operations/archive.h"

static err e;

static secret pass(const char *text)
{
    secret s = { 0 };
    assert_int_equal(secret_copy(bytes_of(str_from_c(text)), &s), ST_OK);
    return s;
}

static uint8_t *pattern(size_t n)
{
    uint8_t *p = malloc(n + 1);
    assert_non_null(p);
    for (size_t i = 0; i < n; i++)
        p[i] = (uint8_t)(i * 31 + i / 251);
    return p;
}

/* Two entries: a short one and one of n bytes. */
static int make(const secret *passphrase, size_t n)
{
    archive *a = NULL;
    uint8_t *p = pattern(n);
    const int fd = memfd_create("archive", MFD_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(archive_write_to(fd, passphrase, world_system(), &a, &e), ST_OK);
    assert_int_equal(archive_begin_entry(a, 'm', 5, &e), ST_OK);
    assert_int_equal(archive_put(a, bytes_of(STR("hello")), &e), ST_OK);
    assert_int_equal(archive_begin_entry(a, 'd', n, &e), ST_OK);
    assert_int_equal(archive_put(a, (bytes){ p, n / 3 }, &e), ST_OK);
    assert_int_equal(archive_put(a, (bytes){ p + n / 3, n - n / 3 }, &e), ST_OK);
    assert_int_equal(archive_end(a, &e), ST_OK);
    archive_free(a);
    free(p);
    return fd;
}

static status read_all(int fd, const secret *passphrase, size_t n)
{
    CLEANUP(archive_free_at) archive *a = NULL;
    char type;
    uint64_t size;
    uint8_t *want = pattern(n), *got = calloc(1, n + 8);
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    status s = archive_read_from(fd, passphrase, &a, &e);
    if (s == ST_OK)
        s = archive_next_entry(a, &type, &size, &e);
    if (s == ST_OK && (type != 'm' || size != 5))
        s = ST_INVALID;
    if (s == ST_OK)
        s = archive_get(a, got, 5, &e);
    if (s == ST_OK)
        s = archive_next_entry(a, &type, &size, &e);
    if (s == ST_OK && (type != 'd' || size != n))
        s = ST_INVALID;
    if (s == ST_OK)
        s = archive_get(a, got, n, &e);
    if (s == ST_OK)
        s = archive_next_entry(a, &type, &size, &e) == ST_NOT_FOUND ? ST_OK : ST_INVALID;
    if (s == ST_OK)
        s = archive_finish(a, &e);
    if (s == ST_OK)
        assert_memory_equal(want, got, n);
    free(want);
    free(got);
    return s;
}

static void what_was_put_in_comes_out(void **state)
{
    (void)state;
    static const size_t sizes[] = { 0, 1, ARCHIVE_CHUNK - 23, ARCHIVE_CHUNK, 3 * ARCHIVE_CHUNK + 17 };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const int fd = make(NULL, sizes[i]);
        assert_int_equal(read_all(fd, NULL, sizes[i]), ST_OK);
        assert_int_equal(close(fd), 0);
    }
}

static void a_passphrase_opens_what_it_closed(void **state)
{
    (void)state;
    secret right = pass("correct horse"), wrong = pass("correct horsf");
    const int fd = make(&right, 3 * ARCHIVE_CHUNK + 17);
    assert_int_equal(read_all(fd, &right, 3 * ARCHIVE_CHUNK + 17), ST_OK);
    assert_int_equal(read_all(fd, &wrong, 3 * ARCHIVE_CHUNK + 17), ST_DENIED);
    assert_int_equal(read_all(fd, NULL, 3 * ARCHIVE_CHUNK + 17), ST_INVALID);
    assert_int_equal(close(fd), 0);
    secret_done(&right);
    secret_done(&wrong);
}

static void nothing_of_the_content_shows(void **state)
{
    (void)state;
    secret right = pass("correct horse");
    const int fd = make(&right, 100);
    char text[4096];
    const ssize_t n = pread(fd, text, sizeof text, 0);
    assert_true(n > 0);
    assert_null(memmem(text, (size_t)n, "hello", 5));
    assert_int_equal(close(fd), 0);
    secret_done(&right);
}

static void every_changed_byte_of_a_plain_one_is_found(void **state)
{
    (void)state;
    const int fd = make(NULL, 40);
    struct stat st;
    assert_int_equal(fstat(fd, &st), 0);
    for (off_t i = 0; i < st.st_size; i++) {
        uint8_t b;
        assert_int_equal(pread(fd, &b, 1, i), 1);
        b ^= 1;
        assert_int_equal(pwrite(fd, &b, 1, i), 1);
        if (read_all(fd, NULL, 40) == ST_OK)
            fail_msg("byte %ld", (long)i);
        b ^= 1;
        assert_int_equal(pwrite(fd, &b, 1, i), 1);
    }
    assert_int_equal(read_all(fd, NULL, 40), ST_OK);
    assert_int_equal(close(fd), 0);
}

static void one_cut_short_or_with_more_behind_it_is_none(void **state)
{
    (void)state;
    const int fd = make(NULL, 40);
    struct stat st;
    assert_int_equal(fstat(fd, &st), 0);
    assert_int_equal(pwrite(fd, "x", 1, st.st_size), 1);
    assert_int_equal(read_all(fd, NULL, 40), ST_INVALID);
    for (off_t n = st.st_size - 1; n >= 0; n--) {
        assert_int_equal(ftruncate(fd, n), 0);
        assert_int_equal(read_all(fd, NULL, 40), ST_INVALID);
    }
    assert_int_equal(close(fd), 0);
}

static void a_sealed_one_is_whole_or_nothing(void **state)
{
    (void)state;
    secret right = pass("correct horse");
    const size_t n = 2 * ARCHIVE_CHUNK;
    const int fd = make(&right, n);
    struct stat st;
    assert_int_equal(fstat(fd, &st), 0);
    const off_t places[] = { 17 + 8, 17 + 24 + 3, 70, st.st_size / 2, st.st_size - 1 };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        uint8_t b;
        assert_int_equal(pread(fd, &b, 1, places[i]), 1);
        b ^= 1;
        assert_int_equal(pwrite(fd, &b, 1, places[i]), 1);
        assert_int_not_equal(read_all(fd, &right, n), ST_OK);
        b ^= 1;
        assert_int_equal(pwrite(fd, &b, 1, places[i]), 1);
    }
    assert_int_equal(read_all(fd, &right, n), ST_OK);
    assert_int_equal(ftruncate(fd, 65 + 2 * (4 + ARCHIVE_CHUNK + 17)), 0); /* at the end of a chunk: the final one is missing */
    assert_int_equal(read_all(fd, &right, n), ST_INVALID);
    assert_int_equal(close(fd), 0);
    secret_done(&right);
}

static void one_that_asks_for_the_machine_is_refused(void **state)
{
    (void)state;
    static const uint8_t memory[4] = { 0xff, 0xff, 0xff, 0xff };
    secret right = pass("correct horse");
    const int fd = make(&right, 4);
    assert_int_equal(pwrite(fd, memory, sizeof memory, 17), 4);
    assert_int_equal(read_all(fd, &right, 4), ST_LIMIT);
    assert_int_equal(close(fd), 0);
    secret_done(&right);
}

static void an_entry_holds_what_it_announced(void **state)
{
    (void)state;
    archive *a = NULL;
    const int fd = memfd_create("archive", MFD_CLOEXEC);
    assert_int_equal(archive_write_to(fd, NULL, world_system(), &a, &e), ST_OK);
    assert_int_equal(archive_begin_entry(a, 'm', 2, &e), ST_OK);
    assert_int_equal(archive_put(a, bytes_of(STR("abc")), &e), ST_BUG);
    assert_int_equal(archive_put(a, bytes_of(STR("a")), &e), ST_OK);
    assert_int_equal(archive_begin_entry(a, 'd', 1, &e), ST_BUG);
    assert_int_equal(archive_end(a, &e), ST_BUG);
    archive_free(a);
    assert_int_equal(close(fd), 0);
}

/* Whoever wrote it need not have known the passphrase: what it was given to prove is not proven. */
static void a_plain_one_is_not_taken_for_a_sealed_one(void **state)
{
    (void)state;
    CLEANUP(secret_done) secret passphrase = { 0 };
    assert_int_equal(secret_copy(bytes_of(STR("correct horse")), &passphrase), ST_OK);
    const int fd = make(NULL, 1000);
    assert_int_equal(read_all(fd, NULL, 1000), ST_OK);
    assert_int_equal(read_all(fd, &passphrase, 1000), ST_INVALID);
    close(fd);
}

static void a_passphrase_is_one_line_of_a_private_file(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        status want;
    } cases[] = { { "correct horse\n", ST_OK },
                  { "correct horse", ST_OK },
                  { "seven77\n", ST_INVALID },
                  { "", ST_INVALID },
                  { "\ncorrect horse\n", ST_INVALID } };
    char path[] = "/tmp/argali-passphrase-XXXXXX";
    const int fd = mkstemp(path);
    assert_true(fd >= 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        secret s = { 0 };
        assert_int_equal(ftruncate(fd, 0), 0);
        assert_int_equal(pwrite(fd, cases[i].text, strlen(cases[i].text), 0), (ssize_t)strlen(cases[i].text));
        assert_int_equal(archive_read_passphrase(path, &s, &e), cases[i].want);
        if (cases[i].want == ST_OK)
            assert_int_equal(s.n, 13);
        secret_done(&s);
    }
    secret s = { 0 };
    assert_int_equal(fchmod(fd, 0644), 0);
    assert_int_equal(archive_read_passphrase(path, &s, &e), ST_INVALID);
    assert_int_equal(close(fd), 0);
    assert_int_equal(unlink(path), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_put_in_comes_out),
        cmocka_unit_test(a_passphrase_opens_what_it_closed),
        cmocka_unit_test(nothing_of_the_content_shows),
        cmocka_unit_test(every_changed_byte_of_a_plain_one_is_found),
        cmocka_unit_test(one_cut_short_or_with_more_behind_it_is_none),
        cmocka_unit_test(a_sealed_one_is_whole_or_nothing),
        cmocka_unit_test(one_that_asks_for_the_machine_is_refused),
        cmocka_unit_test(an_entry_holds_what_it_announced),
        cmocka_unit_test(a_plain_one_is_not_taken_for_a_sealed_one),
        cmocka_unit_test(a_passphrase_is_one_line_of_a_private_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
