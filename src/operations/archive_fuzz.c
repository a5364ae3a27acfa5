/* archive_fuzz.c - any bytes as a backup: read to the end or refused. Without a passphrase, as hashing one takes a second. */
#include <sys/mman.h>
#include <unistd.h>

#include "operations/archive.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_entries(archive *a)
{
    static uint8_t block[4096];
    err e;
    char type;
    uint64_t n;
    while (archive_next_entry(a, &type, &n, &e) == ST_OK) {
        for (; n > 0; n -= n < sizeof block ? n : sizeof block)
            if (archive_get(a, block, n < sizeof block ? (size_t)n : sizeof block, &e) != ST_OK)
                return;
    }
    (void)!archive_finish(a, &e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int fd = -1;
    archive *a = NULL;
    err e;
    if (fd < 0)
        fd = memfd_create("fuzz", MFD_CLOEXEC);
    if (ftruncate(fd, 0) != 0 || pwrite(fd, data, size, 0) != (ssize_t)size || lseek(fd, 0, SEEK_SET) != 0)
        return 0;
    if (archive_read_from(fd, NULL, &a, &e) == ST_OK)
        read_entries(a);
    archive_free(a);
    return 0;
}
