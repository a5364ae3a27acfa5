/* store_fixture.h - a store in a folder of its own, for tests. */
#ifndef ARGALI_STORE_STORE_FIXTURE_H
#define ARGALI_STORE_STORE_FIXTURE_H

#include <stdio.h>

#include "store/directory.h"
#include "store/query.h"
#include "store/records.h"

enum { ACCOUNT_A = 1000000000000001, ACCOUNT_B = 1000000000000002 };

typedef struct {
    char dir[64];
    store *s;     /* NULL until fixture_open */
    store_tx *tx; /* NULL until fixture_begin: a transaction without threads, on the test's own thread */
    arena *a;
    err e;
} fixture;

fixture *fixture_new(void);                                          /* an empty folder */
void fixture_free(fixture *f);                                       /* closes, removes the folder */
void fixture_open(fixture *f, unsigned batch_max, size_t queue_max); /* creates the store if there is none; 2 readers */
void fixture_close(fixture *f);
void fixture_begin(fixture *f, bool may_write);
void fixture_end(fixture *f); /* undoes */
void fixture_path(const fixture *f, const char *name, char ret[128]);

store_job fixture_job(uint64_t account, status (*run)(store_tx *tx, void *self, err *e),
                      void (*done)(void *self, status s, const err *e), void *self);
account_record fixture_account(uint64_t id, str alias);
user_record fixture_user(uint64_t id, str name);
status insert_account_a(store_tx *tx, void *self, err *e); /* a run function */

#endif
