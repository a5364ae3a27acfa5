/* nonce_file.c - see nonce_file.h. Every block is allocated when the file is made, so that no later store can meet a
 * full disk (SIGBUS). */
#include "access_key/nonce_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"

static const char magic[8] = { 'A', 'R', 'G', 'N', 'O', 'N', 'C', '2' };
_Static_assert(sizeof(nonce_header) <= 512, "the header is written with one sector");

static void check_of(const nonce_header *h, uint8_t ret[32])
{
    sha256((bytes){ (const uint8_t *)h, offsetof(nonce_header, check) }, ret);
}

static status refused(err *e, const char *path, const char *doing, int reason)
{
    status st = reason == ENOENT ? ST_NOT_FOUND : ST_UNAVAILABLE;
    return err_set(e, st, NULL, "%s: %s: %s", path, doing, strerrordesc_np(reason));
}

static status name_of_new(const char *path, char ret[FILE_PATH_MAX], err *e)
{
    int n = snprintf(ret, FILE_PATH_MAX, "%s.new", path);
    return n > 0 && n < FILE_PATH_MAX ? ST_OK : err_set(e, ST_UNAVAILABLE, NULL, "the path of the nonces is too long");
}

static status map(int fd, const char *path, size_t size, nonce_map *ret, err *e)
{
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED)
        return refused(e, path, "mmap", errno);
    *ret = (nonce_map){ p, (uint64_t *)((uint8_t *)p + NONCE_PAGE), (size - NONCE_PAGE) / sizeof(uint64_t), size };
    return ST_OK;
}

/* The header against the size of the file, and against itself. */
static bool is_whole(const nonce_map *m)
{
    uint8_t want[32];
    const nonce_header *h = m->header;
    check_of(h, want);
    return memcmp(h->magic, magic, sizeof magic) == 0 && memcmp(h->check, want, sizeof want) == 0 && h->slot_n == m->slot_n &&
           memchr(h->boot_id, '\0', sizeof h->boot_id) != NULL;
}

static status open_fd(int fd, const char *path, nonce_map *ret, err *e)
{
    struct stat s;
    nonce_map m;
    if (fstat(fd, &s) != 0)
        return refused(e, path, "stat", errno);
    if (!S_ISREG(s.st_mode) || s.st_size <= NONCE_PAGE || s.st_size % NONCE_PAGE != 0)
        return err_set(e, ST_INVALID, NULL, "%s: not a file of nonces, or cut off", path);
    TRY(map(fd, path, (size_t)s.st_size, &m, e));
    if (!is_whole(&m)) {
        nonce_map_close(&m);
        return err_set(e, ST_INVALID, NULL, "%s: damaged, or not a file of nonces", path);
    }
    *ret = m;
    return ST_OK;
}

status nonce_map_open(const char *path, nonce_map *ret, err *e)
{
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return refused(e, path, "open", errno);
    status st = open_fd(fd, path, ret, e);
    (void)close(fd); /* the mapping stays */
    return st;
}

static status create_fd(int fd, const char *path, size_t size, nonce_map *ret, err *e)
{
    int failed;
    do
        failed = posix_fallocate(fd, 0, (off_t)size);
    while (failed == EINTR);
    if (failed != 0)
        return refused(e, path, "allocate", failed);
    return map(fd, path, size, ret, e);
}

status nonce_map_create(const char *path, size_t slot_n, const uint8_t hash_key[16], nonce_map *ret, err *e)
{
    char temp[FILE_PATH_MAX];
    TRY(name_of_new(path, temp, e));
    (void)unlink(temp); /* left by a crash before its installation */
    int fd = open(temp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return err_set(e, ST_UNAVAILABLE, NULL, "%s: create: %s", temp, strerrordesc_np(errno));
    nonce_map m;
    status st = create_fd(fd, temp, NONCE_PAGE + slot_n * sizeof(uint64_t), &m, e);
    (void)close(fd);
    if (st != ST_OK) {
        (void)unlink(temp);
        return st;
    }
    memcpy(m.header->magic, magic, sizeof magic);
    m.header->slot_n = m.slot_n;
    memcpy(m.header->hash_key, hash_key, sizeof m.header->hash_key);
    check_of(m.header, m.header->check);
    *ret = m;
    return ST_OK;
}

status nonce_map_install(const char *path, const nonce_map *m, err *e)
{
    char temp[FILE_PATH_MAX];
    TRY(name_of_new(path, temp, e));
    TRY(nonce_map_sync(m, 0, m->bytes, e));
    if (rename(temp, path) != 0)
        return err_set(e, ST_UNAVAILABLE, NULL, "%s: rename: %s", temp, strerrordesc_np(errno));
    return file_sync_folder_of(path, e);
}

void nonce_map_abandon(const char *path, nonce_map *m)
{
    char temp[FILE_PATH_MAX];
    err e;
    nonce_map_close(m);
    if (name_of_new(path, temp, &e) == ST_OK)
        (void)unlink(temp);
}

status nonce_map_sync(const nonce_map *m, size_t from, size_t n, err *e)
{
    if (msync((uint8_t *)m->header + from, n, MS_SYNC) != 0)
        return err_set(e, ST_UNAVAILABLE, NULL, "nonces: sync: %s", strerrordesc_np(errno));
    return ST_OK;
}

void nonce_map_close(nonce_map *m)
{
    if (m->header != NULL)
        (void)munmap(m->header, m->bytes);
    *m = (nonce_map){ 0 };
}
