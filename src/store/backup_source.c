/* backup_source.c - see backup_source.h. The copy is made in one step, under one snapshot of the log: writers are not held up,
 * and what they commit meanwhile is not in it. */
#include "store/backup_source.h"

#include <unistd.h>

#include "base/file.h"
#include "store/engine.h"

static status copy(const char *from, const char *to, err *e)
{
    CLEANUP(engine_close_at) engine *en = NULL;
    TRY(engine_open(from, ENGINE_READER, &en, e));
    return engine_copy_to(en, to, e);
}

/* Closing the copy empties its log into it, so that it is one file. */
static status verify(const char *path, unsigned *ret_schema, err *e)
{
    CLEANUP(engine_close_at) engine *en = NULL;
    TRY(engine_open(path, ENGINE_WRITER, &en, e));
    TRY(engine_verify(en, e));
    TRY(engine_version(en, ret_schema, e));
    return engine_checkpoint(en, e);
}

status store_copy(const char *dir, const char *path, unsigned *ret_schema, err *e)
{
    char from[FILE_PATH_MAX];
    TRY(file_path(dir, "argali.db", from, e));
    if (access(from, F_OK) != 0)
        return err_set(e, ST_NOT_FOUND, NULL, "store: no %.160s", from);
    TRY(engine_check_header(from, e));
    status s = copy(from, path, e);
    if (s == ST_OK)
        s = verify(path, ret_schema, e);
    if (s != ST_OK)
        engine_remove(path);
    return s;
}

void store_remove_copy(const char *path)
{
    engine_remove(path);
}
