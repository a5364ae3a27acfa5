/* instance.h - an opened data folder: the vault and the store that belong together.
 *
 * Used by the server and by subcommands that work on a folder whose server does not run. The master key is proved against a
 * value that is sealed in the store before anything else is read. Errors: those of vault_open and store_open; ST_NOT_FOUND,
 * no data folder yet.
 */
#ifndef ARGALI_SERVER_INSTANCE_H
#define ARGALI_SERVER_INSTANCE_H

#include <stdatomic.h>

#include "server/data_folder.h"
#include "store/store.h"
#include "store/records.h"
#include "vault/vault.h"

typedef struct {
    vault *vault;
    store *store;
    const world *world;
    const char *public_url;         /* of the running server; NULL: what the settings say */
    const atomic_bool *is_stopping; /* NULL: never; work that takes long looks at it between its steps */
} instance;

MUST_USE status instance_open(const settings *s, const world *w, instance *ret, err *e);
void instance_close(instance *i); /* NULL and closed are fine */

MUST_USE status instance_seal(const instance *i, err *e); /* the audit events that work without a server left unsealed */

/* ST_INVALID: the master key is not the one of the store. */
MUST_USE status instance_check_key(const instance *i, err *e);

/* The value that proves later that this master key belongs to this store. */
MUST_USE status instance_put_store_check(store *s, vault *v, err *e);

#endif
