/* credential_report.c - see credential_report.h. */
#include "report/credential_report.h"

#include <string.h>

#include "base/cursor.h"
#include "base/encoding.h"
#include "base/timestamp.h"
#include "user/upn.h"

_Static_assert((CREDENTIAL_REPORT_USERS_PER_PIECE + 1) * CREDENTIAL_REPORT_ROW_MAX <= REPORT_PIECE_BYTES,
               "rows fit into a piece");

enum { DAY_S = 86400, WAITING_MAX = 4096, ID_BYTES = 8 };

#define KEY_COLUMNS(name) "," name "_exist," name "_active," name "_last_rotated," name "_last_used"

const str credential_report_header =
    STR_INIT("user,user_creation_time,user_last_logon,password_exist,password_active,password_last_changed,"
             "password_next_rotation,mfa_active" KEY_COLUMNS("access_key_1") KEY_COLUMNS("access_key_2")
                 KEY_COLUMNS("additional_access_key_1") KEY_COLUMNS("additional_access_key_2")
                     KEY_COLUMNS("additional_access_key_3") "\n");

static const str not_applicable = STR_INIT("N/A"), nothing = STR_INIT("-");
static const str waiting = STR_INIT("credential_report.waiting"); /* a fact: account ids, u64be each */
static const str in_force = STR_INIT("credential");

/* --- rows --------------------------------------------------------------------------------------------------------- */

static void add(buf *to, str value)
{
    buf_add_char(to, ',');
    buf_add(to, value);
}

static void add_bool(buf *to, bool value)
{
    add(to, value ? STR("TRUE") : STR("FALSE"));
}

static void add_time(buf *to, int64_t unix_s, str otherwise)
{
    char text[TIMESTAMP_LEN + 1];
    if (unix_s <= 0) {
        add(to, otherwise);
        return;
    }
    timestamp_format(unix_s, text);
    add(to, (str){ text, TIMESTAMP_LEN });
}

static void add_password(const credential_report_row *r, buf *to)
{
    const login_profile_record *p = r->profile;
    add_bool(to, r->is_root || p != NULL); /* of an account always TRUE */
    if (p == NULL) {
        for (int i = 0; i < 3; i++)
            add(to, not_applicable);
        return;
    }
    const bool ends = !r->is_root && r->max_password_age_days > 0 && p->password_set_s > 0;
    add_bool(to, p->is_active);
    add_time(to, p->password_set_s, not_applicable);
    add_time(to, ends ? p->password_set_s + (int64_t)r->max_password_age_days * DAY_S : 0, nothing);
}

/* A pair is rotated by making another, so it was rotated last when it was made. */
static void add_key(const access_key_record *k, buf *to)
{
    add_bool(to, k != NULL);
    if (k == NULL) {
        for (int i = 0; i < 3; i++)
            add(to, nothing);
        return;
    }
    add_bool(to, k->is_active);
    add_time(to, k->created_s, nothing);
    add_time(to, k->last_used_s, not_applicable);
}

void credential_report_add_row(const credential_report_row *r, buf *to)
{
    buf_add(to, r->user);
    add_time(to, r->created_s, nothing);
    add_time(to, r->last_logon_s, nothing);
    add_password(r, to);
    add_bool(to, false); /* no MFA device can be bound yet */
    for (size_t i = 0; i < CREDENTIAL_REPORT_KEYS; i++)
        add_key(i < r->key_n ? &r->keys[i] : NULL, to);
    buf_add_char(to, '\n');
}

/* --- the accounts that wait ---------------------------------------------------------------------------------------- */

static status get_waiting(store_tx *tx, arena *a, bytes *ret, err *e)
{
    err none = *e;
    status s = store_fact_get(tx, a, waiting, ret, e);
    if (s != ST_NOT_FOUND)
        return s;
    *e = none;
    *ret = (bytes){ NULL, 0 };
    return ST_OK;
}

static bool find_waiting(bytes list, uint64_t account, size_t *ret_at)
{
    cursor c = cur_of(list);
    for (size_t at = 0; at + ID_BYTES <= list.n; at += ID_BYTES) {
        if (cur_u64be(&c) == account) {
            *ret_at = at;
            return true;
        }
    }
    return false;
}

status credential_report_want(store_tx *tx, arena *a, err *e)
{
    bytes list;
    size_t at;
    TRY(get_waiting(tx, a, &list, e));
    if (find_waiting(list, store_tx_account(tx), &at))
        return ST_OK;
    if (list.n >= (size_t)WAITING_MAX * ID_BYTES)
        return err_set(e, ST_LIMIT, "Throttling", "%d accounts wait for a report", WAITING_MAX);
    uint8_t *longer = arena_alloc(a, list.n + ID_BYTES);
    if (longer == NULL)
        return ST_NO_MEMORY;
    if (list.n > 0)
        memcpy(longer, list.p, list.n);
    u64be_encode(store_tx_account(tx), longer + list.n);
    return store_fact_put(tx, waiting, (bytes){ longer, list.n + ID_BYTES }, e);
}

status credential_report_next_wanted(store_tx *tx, arena *a, uint64_t *ret_account, err *e)
{
    bytes list;
    TRY(get_waiting(tx, a, &list, e));
    if (list.n < ID_BYTES)
        return ST_NOT_FOUND;
    cursor c = cur_of(list);
    *ret_account = cur_u64be(&c);
    return ST_OK;
}

static status stop_waiting(store_tx *tx, arena *a, err *e)
{
    bytes list;
    size_t at;
    TRY(get_waiting(tx, a, &list, e));
    if (!find_waiting(list, store_tx_account(tx), &at))
        return ST_OK;
    uint8_t *shorter = arena_alloc(a, list.n);
    if (shorter == NULL)
        return ST_NO_MEMORY;
    memcpy(shorter, list.p, at);
    memcpy(shorter + at, list.p + at + ID_BYTES, list.n - at - ID_BYTES);
    return store_fact_put(tx, waiting, (bytes){ shorter, list.n - ID_BYTES }, e);
}

/* --- slots -------------------------------------------------------------------------------------------------------- */

static str slot_name(char slot)
{
    return slot == 'a' ? STR("credential.a") : STR("credential.b");
}

/* The record of what is in force has one piece of one letter: the slot. */
static status get_in_force(store_tx *tx, arena *a, credential_report_state *ret, err *e)
{
    err none = *e;
    int64_t generated_s;
    uint32_t pieces;
    str slot;
    status s = store_report_get(tx, in_force, &generated_s, &pieces, e);
    if (s == ST_NOT_FOUND) {
        *e = none;
        ret->is_there = false;
        return ST_OK;
    }
    TRY(s);
    TRY(store_report_piece(tx, a, in_force, 0, &slot, e));
    ret->is_there = true;
    ret->slot = slot.n == 1 && slot.p[0] == 'b' ? 'b' : 'a';
    return store_report_get(tx, slot_name(ret->slot), &ret->generated_s, &ret->pieces, e);
}

status credential_report_get_state(store_tx *tx, arena *a, credential_report_state *ret, err *e)
{
    bytes list;
    size_t at;
    credential_report_state s = { 0 };
    TRY(get_waiting(tx, a, &list, e));
    s.is_wanted = find_waiting(list, store_tx_account(tx), &at);
    TRY(get_in_force(tx, a, &s, e));
    *ret = s;
    return ST_OK;
}

status credential_report_find(store_tx *tx, arena *a, int64_t generated_s, credential_report_state *ret, err *e)
{
    credential_report_state s;
    TRY(credential_report_get_state(tx, a, &s, e));
    if (!s.is_there)
        return ST_NOT_FOUND;
    if (s.generated_s == generated_s) {
        *ret = s;
        return ST_OK;
    }
    if (s.is_wanted) /* the other one is being overwritten, or soon will be */
        return ST_NOT_FOUND;
    s.slot = s.slot == 'a' ? 'b' : 'a';
    TRY(store_report_get(tx, slot_name(s.slot), &s.generated_s, &s.pieces, e));
    if (s.generated_s != generated_s)
        return ST_NOT_FOUND;
    *ret = s;
    return ST_OK;
}

status credential_report_piece(store_tx *tx, arena *a, char slot, uint32_t number, str *ret, err *e)
{
    return store_report_piece(tx, a, slot_name(slot), number, ret, e);
}

status credential_report_begin(store_tx *tx, arena *a, int64_t now_s, char *ret_slot, err *e)
{
    credential_report_state s = { 0 };
    TRY(get_in_force(tx, a, &s, e));
    const char slot = s.is_there && s.slot == 'a' ? 'b' : 'a';
    TRY(store_report_begin(tx, slot_name(slot), now_s, e));
    *ret_slot = slot;
    return ST_OK;
}

status credential_report_add(store_tx *tx, char slot, uint32_t number, str piece, err *e)
{
    return store_report_add(tx, slot_name(slot), number, piece, e);
}

status credential_report_finish(store_tx *tx, arena *a, char slot, int64_t generated_s, err *e)
{
    TRY(store_report_begin(tx, in_force, generated_s, e));
    TRY(store_report_add(tx, in_force, 0, (str){ &slot, 1 }, e));
    return stop_waiting(tx, a, e);
}

/* --- reading the rows --------------------------------------------------------------------------------------------- */

typedef struct {
    store_tx *tx;
    arena *a;
    default_domain domain;
    uint32_t max_password_age_days;
    buf *to;
} reader;

static status add_principal(const reader *r, uint64_t id, credential_report_row *row, err *e)
{
    access_key_record *keys;
    login_profile_record *profile = arena_alloc(r->a, sizeof *profile);
    err none = *e;
    if (profile == NULL)
        return ST_NO_MEMORY;
    TRY(store_access_key_list(r->tx, r->a, id, &keys, &row->key_n, e));
    row->keys = keys;
    row->max_password_age_days = r->max_password_age_days;
    status s = store_login_profile_get(r->tx, r->a, id, profile, e);
    if (s == ST_OK)
        row->profile = profile;
    else if (s != ST_NOT_FOUND)
        return s;
    *e = none;
    credential_report_add_row(row, r->to);
    return ST_OK;
}

static status add_user(const reader *r, const user_record *u, err *e)
{
    credential_report_row row = { .created_s = u->created_s, .last_logon_s = u->last_login_s };
    TRY(upn_compose(r->a, u->name, r->domain, &row.user));
    return add_principal(r, u->id, &row, e);
}

static status get_max_age(store_tx *tx, uint32_t *ret_days, err *e)
{
    password_policy_record policy;
    err none = *e;
    status s = store_password_policy_get(tx, &policy, e);
    if (s == ST_OK)
        *ret_days = policy.max_password_age_days;
    else if (s == ST_NOT_FOUND) /* never set: passwords do not end */
        *ret_days = 0;
    else
        return s;
    *e = none;
    return ST_OK;
}

status credential_report_read_rows(store_tx *tx, arena *a, str domain_suffix, str after, buf *to, str *ret_last, err *e)
{
    account_record account;
    user_record *users;
    size_t n;
    reader r = { .tx = tx, .a = a, .to = to };
    TRY(store_account_get(tx, a, &account, e));
    TRY(get_max_age(tx, &r.max_password_age_days, e));
    r.domain = (default_domain){ account.alias, domain_suffix };
    if (after.p == NULL) {
        credential_report_row root = { .user = STR("<root>"), .is_root = true, .created_s = account.created_s };
        TRY(add_principal(&r, account.id, &root, e));
    }
    TRY(store_user_list(tx, a, after, CREDENTIAL_REPORT_USERS_PER_PIECE, (user_filter){ 0 }, &users, &n, e));
    for (size_t i = 0; i < n; i++)
        TRY(add_user(&r, &users[i], e));
    *ret_last = n == CREDENTIAL_REPORT_USERS_PER_PIECE ? users[n - 1].name : (str){ NULL, 0 };
    return buf_ok(to) ? ST_OK : ST_NO_MEMORY;
}
