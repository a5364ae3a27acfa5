/* store_fixture.c - see store_fixture.h. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "store/store_fixture.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

fixture *fixture_new(void)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    (void)snprintf(f->dir, sizeof f->dir, "/tmp/argali-store-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    f->a = arena_new(64 * 1024, 64 * 1024 * 1024);
    assert_non_null(f->a);
    return f;
}

void fixture_path(const fixture *f, const char *name, char ret[128])
{
    (void)snprintf(ret, 128, "%s/%s", f->dir, name);
}

void fixture_free(fixture *f)
{
    fixture_end(f);
    fixture_close(f);
    DIR *d = opendir(f->dir);
    assert_non_null(d);
    for (struct dirent *entry; (entry = readdir(d)) != NULL;) {
        char path[sizeof f->dir + sizeof entry->d_name + 1];
        (void)snprintf(path, sizeof path, "%s/%s", f->dir, entry->d_name);
        (void)unlink(path);
    }
    assert_int_equal(closedir(d), 0);
    assert_int_equal(rmdir(f->dir), 0);
    arena_free(f->a);
    free(f);
}

static void create_if_missing(fixture *f)
{
    status s = store_create(f->dir, &f->e);
    assert_true(s == ST_OK || s == ST_CONFLICT);
}

void fixture_open(fixture *f, unsigned batch_max, size_t queue_max)
{
    create_if_missing(f);
    store_options o = { .dir = f->dir, .readers = 2, .queue_max = queue_max, .batch_max = batch_max };
    assert_int_equal(store_open(&o, &f->s, &f->e), ST_OK);
}

void fixture_close(fixture *f)
{
    store_close(f->s);
    f->s = NULL;
}

void fixture_begin(fixture *f, bool may_write)
{
    char path[128];
    create_if_missing(f);
    fixture_path(f, "argali.db", path);
    f->tx = calloc(1, sizeof *f->tx);
    assert_non_null(f->tx);
    f->tx->may_write = may_write;
    f->tx->epochs = epochs_new();
    assert_int_equal(engine_open(path, may_write ? ENGINE_WRITER : ENGINE_READER, &f->tx->engine, &f->e), ST_OK);
    assert_int_equal(engine_prepare(f->tx->engine, &f->e), ST_OK);
    assert_int_equal(engine_run(f->tx->engine, may_write ? Q_BEGIN_WRITE : Q_BEGIN_READ, &f->e), ST_OK);
}

void fixture_end(fixture *f)
{
    if (f->tx == NULL)
        return;
    engine_close(f->tx->engine);
    epochs_free(f->tx->epochs);
    free(f->tx);
    f->tx = NULL;
}

store_job fixture_job(uint64_t account, status (*run)(store_tx *tx, void *self, err *e),
                      void (*done)(void *self, status s, const err *e), void *self)
{
    return (store_job){ .account = account, .run = run, .done = done, .self = self };
}

account_record fixture_account(uint64_t id, str alias)
{
    return (account_record){ .id = id, .alias = alias, .owner_email = STR("root@example.com"), .created_s = 1700000000 };
}

user_record fixture_user(uint64_t id, str name)
{
    return (user_record){ .id = id, .name = name, .display_name = name, .created_s = 1700000001, .updated_s = 1700000002 };
}

status insert_account_a(store_tx *tx, void *self, err *e)
{
    (void)self;
    account_record r = fixture_account(ACCOUNT_A, STR("alpha"));
    return store_account_insert(tx, &r, e);
}
