/* full_disk.c - preloaded into the server: what fails at the limit on file sizes fails as on a full disk.
 *
 * A process may have the size of its files limited from outside (RLIMIT_FSIZE) and the limit lifted again; its writes then
 * fail with EFBIG. A disk without room says ENOSPC, which SQLite tells apart. Needs no rights and no file system of its own.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#define REAL(name) __typeof__(name) *real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

static ssize_t no_space(ssize_t result)
{
    if (result < 0 && errno == EFBIG)
        errno = ENOSPC;
    return result;
}

ssize_t write(int fd, const void *p, size_t n)
{
    REAL(write);
    return no_space(real(fd, p, n));
}

ssize_t pwrite64(int fd, const void *p, size_t n, off64_t at)
{
    REAL(pwrite64);
    return no_space(real(fd, p, n, at));
}

ssize_t pwrite(int fd, const void *p, size_t n, off_t at)
{
    REAL(pwrite);
    return no_space(real(fd, p, n, at));
}

int ftruncate64(int fd, off64_t n)
{
    REAL(ftruncate64);
    return (int)no_space(real(fd, n));
}

int fallocate64(int fd, int mode, off64_t at, off64_t n)
{
    REAL(fallocate64);
    return (int)no_space(real(fd, mode, at, n));
}
