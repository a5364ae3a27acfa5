/* engine.h - one connection to the database file, and its prepared statements.
 *
 * Threads: a connection belongs to one thread at a time; a reader's cannot write.
 * Errors: ST_UNAVAILABLE, the disk is full, read-only or failing, or pages are damaged; ST_CONFLICT, a unique key
 * stands; ST_INVALID, while opening: the file is damaged; ST_NO_MEMORY; ST_LIMIT, a value is too large; ST_BUG, the
 * engine refused what it should not have.
 */
#ifndef ARGALI_STORE_ENGINE_H
#define ARGALI_STORE_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "store/statements.h"

typedef struct engine engine;

typedef enum { ENGINE_WRITER, ENGINE_READER } engine_role;

enum { ENGINE_APPLICATION_ID = 0x4172676c }; /* "Argl", in the file's header */

/* A new file of the right kind, mode 0600, without tables. ST_CONFLICT: the path exists. */
MUST_USE status engine_create(const char *path, err *e);

/* Reads the file's header without the engine, so that a foreign file stays as it is. ST_INVALID: not a store of Argali.
 * Only before the first engine_open of the path: closing a file drops the locks that this process has on it. */
MUST_USE status engine_check_header(const char *path, err *e);

MUST_USE status engine_open(const char *path, engine_role role, engine **ret, err *e);
void engine_close(engine *en);                      /* NULL is fine */
void engine_close_at(engine **en);                  /* for CLEANUP */
void engine_remove(const char *path);               /* the file and what lies beside it; absent is fine */
MUST_USE status engine_prepare(engine *en, err *e); /* all statements of its role; after the migrations */

MUST_USE status engine_version(engine *en, unsigned *ret, err *e);                       /* of the schema */
MUST_USE status engine_migrate(engine *en, unsigned number, const char *sqlite, err *e); /* one step, in a transaction */
MUST_USE status engine_copy_to(engine *en, const char *path, err *e); /* a consistent copy; replaces what is there */
MUST_USE status engine_verify(engine *en, err *e);                    /* every page and index. ST_INVALID: damaged */
MUST_USE status engine_verify_if_small(engine *en, err *e);           /* the same, where it takes milliseconds */
MUST_USE status engine_checkpoint(engine *en, err *e);                /* all of the log into the file; the log is emptied */

MUST_USE status engine_run(engine *en, statement_id id, err *e); /* a statement without parameters or rows */
bool engine_in_transaction(const engine *en);                    /* false after a failure that undid the whole transaction */

/* For query.c: the prepared statement, and what a result code means. */
struct sqlite3_stmt *engine_statement(engine *en, statement_id id);
MUST_USE status engine_failed(engine *en, const char *what, err *e);
uint64_t engine_changes(engine *en);           /* rows of the last write */
uint64_t engine_all_changes(const engine *en); /* rows of all writes of this connection */

#endif
