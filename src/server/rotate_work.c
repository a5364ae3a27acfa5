/* rotate_work.c - the part of `argali rotate-key` that works on an opened folder. Contracts: work.h, rotate_work.h. */
#include "server/rotate_work.h"

#include <inttypes.h>
#include <string.h>

#include "audit/audit.h"
#include "base/cursor.h"
#include "base/encoding.h"
#include "base/log.h"
#include "base/timestamp.h"
#include "operations/reseal.h"
#include "server/json_text.h"
#include "server/settings_use.h"
#include "server/work.h"

/* Temporary credentials live up to 12 hours (RAM: MaxSessionDuration 43200), and a request is good for 15 minutes more. */
enum { OLD_KEY_STAYS_S = 43200 + 900, SINCE_BYTES = 16 };

const argument_row rotate_key_arguments[] = {
    { "old-key", false, false, "wait|drop",
      "wait (the default): it stays until no temporary credential can be under it; drop: it goes at once, and they end." },
    { NULL, false, false, NULL, NULL },
};

static const str since_name = STR_INIT("sealing_key"); /* a fact: key id and since when it seals, u64be each */

typedef struct {
    const instance *instance;
    unsigned key;
    int64_t since_s;
} rotation;

/* When the key that seals now began to: written by the first run under it. */
static status note_since(store_tx *tx, void *self, err *e)
{
    rotation *r = self;
    CLEANUP(arena_free_at) arena *a = arena_new(1024, 4096);
    bytes value;
    uint8_t fresh[SINCE_BYTES];
    char name[U64_TEXT_MAX];
    err none = *e;
    if (a == NULL)
        return ST_NO_MEMORY;
    status s = store_fact_get(tx, a, since_name, &value, e);
    if (s == ST_OK && value.n == SINCE_BYTES) {
        cursor c = cur_of(value);
        const bool is_known = cur_u64be(&c) == r->key;
        r->since_s = (int64_t)cur_u64be(&c);
        if (is_known)
            return ST_OK;
    } else if (s != ST_OK && s != ST_NOT_FOUND) {
        return s;
    }
    *e = none;
    r->since_s = world_now_s(r->instance->world);
    u64be_encode(r->key, fresh);
    u64be_encode((uint64_t)r->since_s, fresh + 8);
    TRY(store_fact_put(tx, since_name, (bytes){ fresh, sizeof fresh }, e));
    const size_t name_n = u64_format(r->key, name);
    return audit_write_internal(tx, r->instance->world, "MasterKeyRotated", STR("Argali::MasterKey"), (str){ name, name_n }, e);
}

static status reseal(const instance *i, rotation *r, reseal_counts *ret_done, reseal_counts *ret_left, err *e)
{
    reseal_options o = { .store = i->store, .vault = i->vault, .is_stopping = i->is_stopping, .writes = true };
    r->key = vault_sealing_key(i->vault);
    TRY(store_apply_now(i->store, 0, note_since, r, e));
    TRY(instance_put_store_check(i->store, i->vault, e));
    TRY(reseal_all(&o, ret_done, e));
    o.writes = false; /* what was sealed under the old key while this went on is found now */
    return reseal_all(&o, ret_left, e);
}

static void print(const settings *s, const rotation *r, const reseal_counts *done, size_t old_keys, bool waits, buf *out)
{
    char until[TIMESTAMP_LEN + 1];
    timestamp_format(r->since_s + OLD_KEY_STAYS_S, until);
    if (settings_wants_json(s)) {
        buf_add_char(out, '{');
        json_add_text(out, "Result", old_keys == 0 ? STR("rotated") : waits ? STR("waiting") : STR("resealed"));
        json_add_number(out, "SealingKey", r->key);
        json_add_number(out, "SealedValues", done->values);
        json_add_number(out, "Resealed", done->resealed);
        json_add_number(out, "OldKeys", old_keys);
        json_add_text(out, "OldKeysUntil", old_keys > 0 ? str_from_c(until) : STR(""));
        buf_add(out, STR("}\n"));
        return;
    }
    buf_addf(out, "Master key %u seals all %" PRIu64 " values, %" PRIu64 " of them were sealed anew.\n", r->key, done->values,
             done->resealed);
    if (old_keys > 0 && waits)
        buf_addf(out,
                 "The old key stays until no temporary credential can be under it: run this again after %s\n"
                 "(or with --old-key drop, which ends them now).\n",
                 until);
}

int rotate_key_work(const instance *i, const settings *s, const arguments *a, buf *out)
{
    char path[FILE_PATH_MAX];
    err e = { 0 };
    rotation r = { .instance = i };
    reseal_counts done = { 0 }, left = { 0 };
    status st = data_folder_key_path(s, path, &e);
    if (st == ST_OK)
        st = vault_reload(i->vault, path, &e);
    if (st == ST_OK)
        st = reseal(i, &r, &done, &left, &e);
    if (st == ST_OK && left.broken > 0)
        st = err_set(&e, ST_INVALID, NULL,
                     "%" PRIu64 " sealed values do not open (argali check names them): no key was dropped", left.broken);
    if (st != ST_OK)
        return work_failed(out, st, &e);
    const size_t old_keys = vault_key_count(i->vault) - 1;
    const bool drops = str_eq(arguments_get(a, "old-key"), STR("drop"));
    const bool waits = left.old > 0 || (!drops && world_now_s(i->world) < r.since_s + OLD_KEY_STAYS_S);
    log_event(LOG_INFO, "values_resealed", LOG_N("key", r.key), LOG_N("resealed", done.resealed), LOG_N("old_keys", old_keys));
    print(s, &r, &done, old_keys, waits, out);
    return old_keys > 0 && waits ? ROTATE_KEY_WAITS : 0;
}
