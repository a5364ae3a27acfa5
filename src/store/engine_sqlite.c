/* engine_sqlite.c - see engine.h.
 *
 * SQLite in WAL mode with synchronous=FULL: a commit is durable when it returns. One writing connection, several
 * reading ones, each of one thread. Everything of SQLite that the store does not need is turned off or down: extensions,
 * triggers, views, ATTACH, memory maps, temporary files. Memory is small on purpose: the cache grows with what is read,
 * up to its limit.
 */
#include "store/engine.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct engine {
    sqlite3 *db;
    engine_role role;
    sqlite3_stmt *prepared[STATEMENT_COUNT];
};

enum {
    LOOKASIDE_SLOT = 256, /* bytes, and how many: small allocations of one connection */
    LOOKASIDE_SLOTS = 64,
    SMALL_PAGES = 512, /* 2 MiB: checked whole at every open */
    PATH_SIZE = 4096 + 16,
    HEADER_SIZE = 100, /* "The Database File Format", 1.3 */
    HEADER_APPLICATION_ID_AT = 68,
};

/* clang-format off */
static const char first_settings[] =
    "PRAGMA synchronous = FULL;"
    "PRAGMA foreign_keys = OFF;"
    "PRAGMA temp_store = MEMORY;"
    "PRAGMA cell_size_check = ON;"
    "PRAGMA secure_delete = ON;"
    "PRAGMA mmap_size = 0;";

static const char writer_settings[] =
    "PRAGMA journal_mode = WAL;"
    "PRAGMA cache_size = -4096;"        /* KiB, taken as it is needed */
    "PRAGMA wal_autocheckpoint = 4000;" /* pages, 16 MiB: a checkpoint is a tenth of a busy writer's time at 1000 */
    "PRAGMA journal_size_limit = 33554432;";

static const char reader_settings[] =
    "PRAGMA query_only = ON;"
    "PRAGMA cache_size = -4096;";       /* room for the inner pages of a million users */

static const struct { int limit, value; } limits[] = {
    { SQLITE_LIMIT_LENGTH, 4 * 1024 * 1024 },
    { SQLITE_LIMIT_SQL_LENGTH, 64 * 1024 },
    { SQLITE_LIMIT_COLUMN, 64 },
    { SQLITE_LIMIT_EXPR_DEPTH, 32 },
    { SQLITE_LIMIT_COMPOUND_SELECT, 2 },
    { SQLITE_LIMIT_FUNCTION_ARG, 8 },
    { SQLITE_LIMIT_VARIABLE_NUMBER, 32 },
    { SQLITE_LIMIT_ATTACHED, 0 },
    { SQLITE_LIMIT_TRIGGER_DEPTH, 0 },
    { SQLITE_LIMIT_WORKER_THREADS, 0 },
};

static const struct { int option, value; } switches[] = {
    { SQLITE_DBCONFIG_DEFENSIVE, 1 },
    { SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
    { SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
    { SQLITE_DBCONFIG_ENABLE_FKEY, 0 },
    { SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 },
    { SQLITE_DBCONFIG_ENABLE_VIEW, 0 },
    { SQLITE_DBCONFIG_DQS_DML, 0 },
    { SQLITE_DBCONFIG_DQS_DDL, 0 },
};
/* clang-format on */

/* --- failures ----------------------------------------------------------------------------------------------------- */

static status status_of(int rc)
{
    switch (rc & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return ST_OK;
    case SQLITE_CONSTRAINT:
        return rc == SQLITE_CONSTRAINT_PRIMARYKEY || rc == SQLITE_CONSTRAINT_UNIQUE ? ST_CONFLICT : ST_BUG;
    case SQLITE_NOMEM:
        return ST_NO_MEMORY;
    case SQLITE_TOOBIG:
        return ST_LIMIT;
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
    case SQLITE_PERM:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return ST_UNAVAILABLE;
    default: /* SQLITE_ERROR, MISUSE, RANGE, ...: the text of a statement or its use is wrong */
        return ST_BUG;
    }
}

static status failed(sqlite3 *db, int rc, const char *what, err *e)
{
    int os_error = db != NULL ? sqlite3_system_errno(db) : 0;
    bool is_io = (rc & 0xff) == SQLITE_IOERR || (rc & 0xff) == SQLITE_CANTOPEN;
    status s = status_of(rc) != ST_OK ? status_of(rc) : ST_BUG; /* a row where none may be: who says failed, gets a failure */
    return err_set(e, s, NULL, "store: %s: %s (%d)%s%s", what, sqlite3_errstr(rc), rc, is_io && os_error != 0 ? ": " : "",
                   is_io && os_error != 0 ? strerrordesc_np(os_error) : "");
}

status engine_failed(engine *en, const char *what, err *e)
{
    return failed(en->db, sqlite3_extended_errcode(en->db), what, e);
}

/* While opening, a damaged file is the operator's input and not a failing dependency. */
static status damage_is_invalid(sqlite3 *db, status s)
{
    int rc = sqlite3_errcode(db);
    return s == ST_UNAVAILABLE && (rc == SQLITE_CORRUPT || rc == SQLITE_NOTADB) ? ST_INVALID : s;
}

static status exec(engine *en, const char *sql, const char *what, err *e)
{
    if (sqlite3_exec(en->db, sql, NULL, NULL, NULL) == SQLITE_OK)
        return ST_OK;
    return damage_is_invalid(en->db, engine_failed(en, what, e));
}

static status exec_number(engine *en, const char *sql, int64_t *ret, err *e)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(en->db, sql, -1, &stmt, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt);
    status s = ST_OK;
    if (rc == SQLITE_ROW)
        *ret = sqlite3_column_int64(stmt, 0);
    else
        s = damage_is_invalid(en->db, engine_failed(en, sql, e));
    sqlite3_finalize(stmt);
    return s;
}

/* --- the file ----------------------------------------------------------------------------------------------------- */

status engine_create(const char *path, err *e)
{
    /* the engine's other files take their mode from this one */
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set(e, errno == EEXIST ? ST_CONFLICT : ST_UNAVAILABLE, NULL, "%s: %s", path, strerrordesc_np(errno));
    (void)close(fd);
    CLEANUP(engine_close_at) engine *en = NULL;
    TRY(engine_open(path, ENGINE_WRITER, &en, e));
    char sql[64];
    (void)snprintf(sql, sizeof sql, "PRAGMA application_id = %d", ENGINE_APPLICATION_ID);
    return exec(en, sql, "application_id", e);
}

status engine_check_header(const char *path, err *e)
{
    uint8_t h[HEADER_SIZE];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_set(e, ST_UNAVAILABLE, NULL, "%s: %s", path, strerrordesc_np(errno));
    ssize_t n = pread(fd, h, sizeof h, 0);
    int error = errno;
    (void)close(fd);
    if (n < 0)
        return err_set(e, ST_UNAVAILABLE, NULL, "%s: %s", path, strerrordesc_np(error));
    if (n != (ssize_t)sizeof h || memcmp(h, "SQLite format 3", 16) != 0)
        return err_set(e, ST_INVALID, NULL, "%s: damaged, or not a store of Argali", path);
    const uint8_t *id = h + HEADER_APPLICATION_ID_AT;
    uint32_t application = (uint32_t)id[0] << 24 | (uint32_t)id[1] << 16 | (uint32_t)id[2] << 8 | id[3];
    if (application != ENGINE_APPLICATION_ID)
        return err_set(e, ST_INVALID, NULL, "%s: a database of another program (application id %08x)", path,
                       (unsigned)application);
    return ST_OK;
}

void engine_remove(const char *path)
{
    static const char *const beside[] = { "", "-wal", "-shm", "-journal" };
    char name[PATH_SIZE];
    for (size_t i = 0; i < sizeof beside / sizeof *beside; i++)
        if ((size_t)snprintf(name, sizeof name, "%s%s", path, beside[i]) < sizeof name)
            (void)unlink(name);
}

/* --- opening ------------------------------------------------------------------------------------------------------ */

static void configure_once(void)
{
    /* Too late where SQLite runs already; nothing depends on it but memory and speed. */
    (void)sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    (void)sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, -1); /* savepoints stay in memory: no file outside the folder */
    (void)sqlite3_initialize();
}

static status set_up(engine *en, err *e)
{
    sqlite3_extended_result_codes(en->db, 1);
    (void)sqlite3_db_config(en->db, SQLITE_DBCONFIG_LOOKASIDE, NULL, LOOKASIDE_SLOT, LOOKASIDE_SLOTS);
    for (size_t i = 0; i < sizeof switches / sizeof *switches; i++)
        if (sqlite3_db_config(en->db, switches[i].option, switches[i].value, NULL) != SQLITE_OK)
            return err_set(e, ST_BUG, NULL, "store: option %d is not known to this SQLite", switches[i].option);
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        (void)sqlite3_limit(en->db, limits[i].limit, limits[i].value);
    TRY(exec(en, first_settings, "settings", e));
    return exec(en, en->role == ENGINE_WRITER ? writer_settings : reader_settings, "settings", e);
}

status engine_open(const char *path, engine_role role, engine **ret, err *e)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, configure_once);
    CLEANUP(engine_close_at) engine *en = calloc(1, sizeof *en);
    if (en == NULL)
        return err_set(e, ST_NO_MEMORY, NULL, "store: out of memory");
    en->role = role;
    int rc = sqlite3_open_v2(path, &en->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, NULL);
    if (rc != SQLITE_OK) {
        (void)failed(en->db, rc, "open", e);
        return ST_UNAVAILABLE;
    }
    status s = set_up(en, e);
    if (s == ST_UNAVAILABLE && (sqlite3_errcode(en->db) & 0xff) == SQLITE_READONLY)
        return err_set(e, s, NULL, "%s: the file or its folder is read-only", path);
    TRY(s);
    if (role == ENGINE_WRITER && sqlite3_db_readonly(en->db, "main") == 1)
        return err_set(e, ST_UNAVAILABLE, NULL, "%s: cannot be written", path);
    *ret = en;
    en = NULL;
    return ST_OK;
}

void engine_close(engine *en)
{
    if (en == NULL)
        return;
    for (size_t i = 0; i < STATEMENT_COUNT; i++)
        (void)sqlite3_finalize(en->prepared[i]);
    (void)sqlite3_close(en->db);
    free(en);
}

void engine_close_at(engine **en)
{
    engine_close(*en);
}

status engine_prepare(engine *en, err *e)
{
    for (size_t i = 0; i < STATEMENT_COUNT; i++) {
        if (statements[i].writes && en->role != ENGINE_WRITER)
            continue;
        if (sqlite3_prepare_v3(en->db, statements[i].sqlite, -1, SQLITE_PREPARE_PERSISTENT, &en->prepared[i], NULL) !=
            SQLITE_OK)
            return damage_is_invalid(en->db, engine_failed(en, statements[i].name, e));
    }
    return ST_OK;
}

/* --- the file as a whole ------------------------------------------------------------------------------------------ */

status engine_version(engine *en, unsigned *ret, err *e)
{
    int64_t v = 0;
    TRY(exec_number(en, "PRAGMA user_version", &v, e));
    if (v < 0 || v > UINT16_MAX)
        return err_set(e, ST_INVALID, NULL, "store: schema number %lld", (long long)v);
    *ret = (unsigned)v;
    return ST_OK;
}

status engine_migrate(engine *en, unsigned number, const char *sqlite, err *e)
{
    char set_version[64];
    (void)snprintf(set_version, sizeof set_version, "PRAGMA user_version = %u", number);
    TRY(exec(en, "BEGIN IMMEDIATE", "migration", e));
    status s = exec(en, sqlite, "migration", e);
    if (s == ST_OK)
        s = exec(en, set_version, "migration", e);
    if (s == ST_OK)
        s = exec(en, "COMMIT", "migration", e);
    if (s != ST_OK && engine_in_transaction(en))
        (void)sqlite3_exec(en->db, "ROLLBACK", NULL, NULL, NULL);
    return s;
}

status engine_copy_to(engine *en, const char *path, err *e)
{
    engine_remove(path);
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set(e, ST_UNAVAILABLE, NULL, "%s: %s", path, strerrordesc_np(errno));
    (void)close(fd);
    sqlite3 *to = NULL;
    int rc = sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    sqlite3_backup *backup = rc == SQLITE_OK ? sqlite3_backup_init(to, "main", en->db, "main") : NULL;
    if (backup != NULL) {
        (void)sqlite3_backup_step(backup, -1);
        (void)sqlite3_backup_finish(backup);
    }
    rc = to != NULL ? sqlite3_extended_errcode(to) : SQLITE_NOMEM;
    status s = rc == SQLITE_OK ? ST_OK : failed(to, rc, "copy", e);
    (void)sqlite3_close(to);
    return s;
}

status engine_verify(engine *en, err *e)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(en->db, "PRAGMA integrity_check(1)", -1, &stmt, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt);
    status s = ST_OK;
    if (rc != SQLITE_ROW) {
        s = damage_is_invalid(en->db, engine_failed(en, "integrity check", e));
    } else {
        const char *found = (const char *)sqlite3_column_text(stmt, 0);
        if (found == NULL || strcmp(found, "ok") != 0)
            s = err_set(e, ST_INVALID, NULL, "store: damaged: %.120s", found != NULL ? found : "");
    }
    sqlite3_finalize(stmt);
    return s;
}

status engine_verify_if_small(engine *en, err *e)
{
    int64_t pages = 0;
    TRY(exec_number(en, "PRAGMA page_count", &pages, e));
    return pages <= SMALL_PAGES ? engine_verify(en, e) : ST_OK;
}

status engine_checkpoint(engine *en, err *e)
{
    int rc = sqlite3_wal_checkpoint_v2(en->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    return rc == SQLITE_OK ? ST_OK : engine_failed(en, "checkpoint", e);
}

/* --- statements --------------------------------------------------------------------------------------------------- */

status engine_run(engine *en, statement_id id, err *e)
{
    sqlite3_stmt *stmt = en->prepared[id];
    int rc = stmt != NULL ? sqlite3_step(stmt) : SQLITE_MISUSE;
    status s = rc == SQLITE_DONE ? ST_OK : failed(en->db, rc, statements[id].name, e);
    (void)sqlite3_reset(stmt);
    return s;
}

bool engine_in_transaction(const engine *en)
{
    return sqlite3_get_autocommit(en->db) == 0;
}

struct sqlite3_stmt *engine_statement(engine *en, statement_id id)
{
    return en->prepared[id];
}

uint64_t engine_changes(engine *en)
{
    return (uint64_t)sqlite3_changes64(en->db);
}

uint64_t engine_all_changes(const engine *en)
{
    return (uint64_t)sqlite3_total_changes64(en->db);
}
