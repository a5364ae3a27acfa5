/* instance.c - see instance.h. */
#include "server/instance.h"

#include <unistd.h>

#include "audit/audit.h"

static const seal_place store_check_place = { SEAL_STORE_CHECK, 0, 0 };
static const str store_check_name = STR_INIT("store_check");

static status put_check(store_tx *tx, void *self, err *e)
{
    const sealed *value = self;
    return store_fact_put(tx, store_check_name, (bytes){ value->b, value->n }, e);
}

status instance_put_store_check(store *s, vault *v, err *e)
{
    sealed value;
    TRY(vault_seal_new(v, store_check_place, bytes_of(STR("argali")), &value, e));
    return store_apply_now(s, 0, put_check, &value, e);
}

static status check_key(store_tx *tx, void *self, err *e)
{
    vault *v = self;
    CLEANUP(arena_free_at) arena *a = arena_new(1024, 4096);
    bytes value;
    if (a == NULL)
        return ST_NO_MEMORY;
    if (store_fact_get(tx, a, store_check_name, &value, e) != ST_OK)
        return err_set(e, ST_INVALID, NULL, "the store does not say which master key it belongs to: it is damaged");
    if (vault_check(v, store_check_place, value, e) != ST_OK)
        return err_set(e, ST_INVALID, NULL, "the master key is not the one of this store");
    return ST_OK;
}

status instance_check_key(const instance *i, err *e)
{
    return store_read_now(i->store, 0, check_key, i->vault, e);
}

static status open_store(const settings *s, instance *i, err *e)
{
    store_options o = {
        .dir = settings_path(s, SET_DATA),
        .readers = settings_number(s, SET_READER_THREADS),
        .queue_max = 16384,
        .batch_max = settings_number(s, SET_BATCH_MAX),
    };
    TRY(store_open(&o, &i->store, e));
    return instance_check_key(i, e);
}

status instance_open(const settings *s, const world *w, instance *ret, err *e)
{
    CLEANUP(instance_close) instance i = { .world = w };
    const char *dir = settings_path(s, SET_DATA);
    char key[FILE_PATH_MAX];
    folder_kind kind;
    TRY(data_folder_inspect(dir, &kind, e));
    if (kind != FOLDER_READY)
        return err_set(e, ST_NOT_FOUND, NULL, "%.120s holds no store yet: `argali init --data DIR` makes one", dir);
    TRY(data_folder_key_path(s, key, e));
    if (access(key, F_OK) != 0)
        return err_set(e, ST_INVALID, NULL, "there is a store but no master key at %.120s: restore it from where it is kept",
                       key);
    TRY(vault_open(key, w, &i.vault, e));
    TRY(open_store(s, &i, e));
    *ret = i;
    i = (instance){ 0 };
    return ST_OK;
}

status instance_seal(const instance *i, err *e)
{
    auditor *a = auditor_new(i->store, i->vault, i->world);
    if (a == NULL)
        return ST_NO_MEMORY;
    status st = auditor_seal_now(a, e);
    auditor_free(a);
    return st;
}

void instance_close(instance *i)
{
    if (i == NULL)
        return;
    store_close(i->store);
    vault_free(i->vault);
    *i = (instance){ .world = i->world };
}
