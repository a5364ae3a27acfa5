/* marker_fuzz.c - arbitrary text is no marker; what was issued for a position comes back as that position. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "account/marker.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static vault *open_vault(void)
{
    char dir[] = "/tmp/argali-fuzz-XXXXXX", path[64];
    err e = { 0 };
    vault *v = NULL;
    if (mkdtemp(dir) == NULL)
        abort();
    (void)snprintf(path, sizeof path, "%s/master.key", dir);
    if (vault_create_key_file(path, world_system(), &e) != ST_OK || vault_open(path, world_system(), &v, &e) != ST_OK)
        abort();
    (void)unlink(path);
    (void)rmdir(dir);
    return v;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static vault *v;
    static arena *a;
    if (v == NULL) {
        v = open_vault();
        a = arena_new(8192, 64 * 1024);
    }
    arena_reset(a);
    const str text = { (const char *)data, size };
    str position, marker;
    if (marker_check(v, 1, MARKER_USERS, text, a, &position) != ST_INVALID)
        abort();
    if (size <= MARKER_POSITION_MAX && size > 0) {
        if (marker_issue(v, 1, MARKER_TAGS, text, a, &marker) != ST_OK ||
            marker_check(v, 1, MARKER_TAGS, marker, a, &position) != ST_OK || !str_eq(position, text))
            abort();
    }
    return 0;
}
