/* migrations.c - see migrations.h.
 *
 * Every key begins with the account. Tables are clustered on it (WITHOUT ROWID) and typed (STRICT). Times are Unix
 * seconds, 0: never. Texts that may be missing are empty. No foreign keys, triggers or stored procedures: the schema
 * has to fit engines that lack them.
 */
#include "store/migrations.h"

/* clang-format off */
static const char schema_1[] =
    "CREATE TABLE account ("
    " id INTEGER NOT NULL PRIMARY KEY,"
    " alias TEXT NOT NULL,"
    " alias_folded TEXT NOT NULL,"
    " owner_email TEXT NOT NULL,"
    " created_s INTEGER NOT NULL,"
    " user_n INTEGER NOT NULL CHECK (user_n >= 0)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE UNIQUE INDEX account_alias ON account (alias_folded);"

    "CREATE TABLE ram_user ("
    " account INTEGER NOT NULL,"
    " id INTEGER NOT NULL,"
    " name TEXT NOT NULL,"
    " name_folded TEXT NOT NULL,"
    " display_name TEXT NOT NULL,"
    " comments TEXT NOT NULL,"
    " email TEXT NOT NULL,"
    " mobile_phone TEXT NOT NULL,"
    " created_s INTEGER NOT NULL,"
    " updated_s INTEGER NOT NULL,"
    " last_login_s INTEGER NOT NULL,"
    " is_frozen INTEGER NOT NULL,"
    " PRIMARY KEY (account, id)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE UNIQUE INDEX ram_user_name ON ram_user (account, name_folded);"

    "CREATE TABLE user_tag ("
    " account INTEGER NOT NULL,"
    " user_id INTEGER NOT NULL,"
    " key TEXT NOT NULL,"
    " value TEXT NOT NULL,"
    " PRIMARY KEY (account, user_id, key)"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE access_key ("
    " account INTEGER NOT NULL,"
    " id TEXT NOT NULL,"
    " owner INTEGER NOT NULL,"
    " row_id INTEGER NOT NULL,"
    " secret BLOB NOT NULL,"
    " is_active INTEGER NOT NULL,"
    " created_s INTEGER NOT NULL,"
    " updated_s INTEGER NOT NULL,"
    " last_used_s INTEGER NOT NULL,"
    " last_used_service TEXT NOT NULL,"
    " PRIMARY KEY (account, id)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE UNIQUE INDEX access_key_id ON access_key (id);"
    "CREATE INDEX access_key_owner ON access_key (account, owner);"

    "CREATE TABLE attachment ("
    " account INTEGER NOT NULL,"
    " principal INTEGER NOT NULL,"
    " policy_type TEXT NOT NULL,"
    " policy_name TEXT NOT NULL,"
    " attached_s INTEGER NOT NULL,"
    " PRIMARY KEY (account, principal, policy_type, policy_name)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX attachment_policy ON attachment (account, policy_type, policy_name);"

    "CREATE TABLE login_profile ("
    " account INTEGER NOT NULL,"
    " principal INTEGER NOT NULL,"
    " row_id INTEGER NOT NULL,"
    " scheme TEXT NOT NULL,"
    " parameters TEXT NOT NULL,"
    " salt BLOB NOT NULL,"
    " digest BLOB NOT NULL,"
    " is_reset_required INTEGER NOT NULL,"
    " created_s INTEGER NOT NULL,"
    " updated_s INTEGER NOT NULL,"
    " PRIMARY KEY (account, principal)"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE preference ("
    " account INTEGER NOT NULL PRIMARY KEY,"
    " allow_user_to_change_password INTEGER NOT NULL,"
    " allow_user_to_manage_mfa_devices INTEGER NOT NULL,"
    " allow_user_to_manage_access_keys INTEGER NOT NULL,"
    " mfa_operation_for_login TEXT NOT NULL"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE audit_event ("
    " account INTEGER NOT NULL,"
    " number INTEGER NOT NULL,"
    " at_s INTEGER NOT NULL,"
    " body TEXT NOT NULL,"
    " mac BLOB,"
    " PRIMARY KEY (account, number)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX audit_event_unsealed ON audit_event (account, number) WHERE mac IS NULL;"

    "CREATE TABLE fact ("
    " name TEXT NOT NULL PRIMARY KEY,"
    " value BLOB NOT NULL"
    ") STRICT, WITHOUT ROWID;";

static const char schema_2[] =
    "CREATE TABLE ram_group ("
    " account INTEGER NOT NULL,"
    " id INTEGER NOT NULL,"
    " name TEXT NOT NULL,"
    " name_folded TEXT NOT NULL,"
    " display_name TEXT NOT NULL,"
    " comments TEXT NOT NULL,"
    " created_s INTEGER NOT NULL,"
    " updated_s INTEGER NOT NULL,"
    " PRIMARY KEY (account, id)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE UNIQUE INDEX ram_group_name ON ram_group (account, name_folded);"

    /* the user's name stands here too, kept in step by its update: a page of members is read in order, and no more */
    "CREATE TABLE group_member ("
    " account INTEGER NOT NULL,"
    " group_id INTEGER NOT NULL,"
    " user_id INTEGER NOT NULL,"
    " user_name_folded TEXT NOT NULL,"
    " joined_s INTEGER NOT NULL,"
    " PRIMARY KEY (account, group_id, user_id)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX group_member_user ON group_member (account, user_id);"
    "CREATE INDEX group_member_name ON group_member (account, group_id, user_name_folded);"

    "CREATE TABLE policy ("
    " account INTEGER NOT NULL,"
    " id INTEGER NOT NULL,"
    " name TEXT NOT NULL,"
    " name_folded TEXT NOT NULL,"
    " description TEXT NOT NULL,"
    " default_version INTEGER NOT NULL,"
    " last_version INTEGER NOT NULL,"
    " created_s INTEGER NOT NULL,"
    " updated_s INTEGER NOT NULL,"
    " PRIMARY KEY (account, id)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE UNIQUE INDEX policy_name ON policy (account, name_folded);"

    "CREATE TABLE policy_version ("
    " account INTEGER NOT NULL,"
    " policy_id INTEGER NOT NULL,"
    " number INTEGER NOT NULL,"
    " document TEXT NOT NULL,"
    " created_s INTEGER NOT NULL,"
    " PRIMARY KEY (account, policy_id, number)"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE role ("
    " account INTEGER NOT NULL,"
    " id INTEGER NOT NULL,"
    " name TEXT NOT NULL,"
    " name_folded TEXT NOT NULL,"
    " description TEXT NOT NULL,"
    " trust_policy TEXT NOT NULL,"
    " max_session_s INTEGER NOT NULL,"
    " created_s INTEGER NOT NULL,"
    " updated_s INTEGER NOT NULL,"
    " sessions_revoked_ms INTEGER NOT NULL,"
    " PRIMARY KEY (account, id)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE UNIQUE INDEX role_name ON role (account, name_folded);"

    "CREATE TABLE verifier ("
    " account INTEGER NOT NULL,"
    " id INTEGER NOT NULL,"
    " name TEXT NOT NULL,"
    " name_folded TEXT NOT NULL,"
    " hosts TEXT NOT NULL,"
    " digest BLOB NOT NULL,"
    " created_s INTEGER NOT NULL,"
    " PRIMARY KEY (account, id)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE UNIQUE INDEX verifier_name ON verifier (account, name_folded);"
    "CREATE UNIQUE INDEX verifier_digest ON verifier (digest);"

    /* kinds: tagged_kind and principal_kind of records.h; what was there before is of users */
    "CREATE TABLE tag ("
    " account INTEGER NOT NULL,"
    " kind INTEGER NOT NULL CHECK (kind >= 1),"
    " resource INTEGER NOT NULL,"
    " key TEXT NOT NULL,"
    " value TEXT NOT NULL,"
    " PRIMARY KEY (account, kind, resource, key)"
    ") STRICT, WITHOUT ROWID;"
    "INSERT INTO tag (account, kind, resource, key, value) SELECT account, 1, user_id, key, value FROM user_tag;"
    "DROP TABLE user_tag;"

    "ALTER TABLE attachment ADD COLUMN kind INTEGER NOT NULL DEFAULT 1 CHECK (kind >= 1);";
/* clang-format on */

const migration migrations[] = {
    { 1, "accounts, users, access keys, attachments, login profiles, preferences, audit", schema_1 },
    { 2, "groups, custom policies, roles, verifiers, tags of more than users, attachments to more than users", schema_2 },
};
const size_t migration_count = sizeof migrations / sizeof *migrations;

status migrations_apply(engine *en, const migration *list, size_t n, err *e)
{
    unsigned at = 0;
    TRY(engine_version(en, &at, e));
    unsigned newest = n > 0 ? list[n - 1].number : 0;
    if (at > newest)
        return err_set(e, ST_INVALID, NULL,
                       "the store has schema %u, this program knows up to %u: it was written by a newer version", at, newest);
    for (size_t i = 0; i < n; i++)
        if (list[i].number > at)
            TRY(engine_migrate(en, list[i].number, list[i].sqlite, e));
    return ST_OK;
}

static status rehearse(engine *en, const char *copy_path, const migration *list, size_t n, err *e)
{
    CLEANUP(engine_close_at) engine *copy = NULL;
    TRY(engine_copy_to(en, copy_path, e));
    TRY(engine_open(copy_path, ENGINE_WRITER, &copy, e));
    TRY(migrations_apply(copy, list, n, e));
    return engine_verify(copy, e);
}

status migrations_apply_rehearsed(engine *en, const char *copy_path, const migration *list, size_t n, err *e)
{
    unsigned at = 0;
    TRY(engine_version(en, &at, e));
    if (n > 0 && at >= 1 && at < list[n - 1].number) {
        status s = rehearse(en, copy_path, list, n, e);
        engine_remove(copy_path);
        TRY(s);
    }
    return migrations_apply(en, list, n, e);
}
