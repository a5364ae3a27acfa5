/* nonce_file.h - the memory-mapped file behind nonce.h: a header page, then slots of 8 bytes.
 *
 * Knows the layout and the disk; what a slot means and when it counts is nonce.c's. A file appears under its name whole
 * or not at all.
 * Errors: ST_NOT_FOUND, no such file; ST_INVALID, not such a file, or damaged; ST_UNAVAILABLE, the system refused
 * (rights, disk full).
 * Threads: a map's syncs may run in any thread beside reads and writes of its memory. They wait for the disk.
 */
#ifndef ARGALI_ACCESS_KEY_NONCE_FILE_H
#define ARGALI_ACCESS_KEY_NONCE_FILE_H

#include "base/str.h"

enum { NONCE_PAGE = 4096, NONCE_BOOT_ID_MAX = 40 };

/* Lies within the first 512 bytes, which disks write whole. Byte order and layout are the machine's: the file stays
 * where it was made. */
typedef struct {
    char magic[8];
    uint64_t slot_n;
    uint8_t hash_key[16];
    uint8_t check[32];               /* SHA-256 of what stands before it, which never changes */
    char boot_id[NONCE_BOOT_ID_MAX]; /* of the machine's boot that wrote last; NUL-padded */
    uint64_t is_clean;               /* 1: stopped with all pages synced */
    int64_t clock_s;                 /* the latest time seen */
    int64_t ceiling_s;               /* nonces of requests dated up to here may be lost with the machine */
    int64_t refused_to_s;            /* requests dated up to here are refused: their nonces were lost */
} nonce_header;

typedef struct {
    nonce_header *header; /* NULL: not open */
    uint64_t *slots;
    size_t slot_n, bytes;
} nonce_map;

MUST_USE status nonce_map_open(const char *path, nonce_map *ret, err *e);

/* A new file PATH.new with empty slots and the given key; nonce_map_install gives it its name, in place of what had it,
 * and syncs it all. */
MUST_USE status nonce_map_create(const char *path, size_t slot_n, const uint8_t hash_key[16], nonce_map *ret, err *e);
MUST_USE status nonce_map_install(const char *path, const nonce_map *m, err *e);
void nonce_map_abandon(const char *path, nonce_map *m); /* closes it and removes PATH.new */

MUST_USE status nonce_map_sync(const nonce_map *m, size_t from, size_t n, err *e); /* whole pages; from the start of the file */
void nonce_map_close(nonce_map *m); /* unmaps; the kernel writes what is left in its own time */

#endif
