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

/* What existing rows get: a profile that stands is on, its password was set by its last update; a preference that stands has
 * the defaults documented for IMS SetSecurityPreference; an AccessKey was switched on no later than it was updated. */
static const char schema_3[] =
    "ALTER TABLE access_key ADD COLUMN network_policy TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE access_key ADD COLUMN switched_on_s INTEGER NOT NULL DEFAULT 0;"
    "UPDATE access_key SET switched_on_s = updated_s WHERE is_active = 1;"

    "CREATE TABLE recycled_user ("
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
    " recycled_s INTEGER NOT NULL,"
    " purge_s INTEGER NOT NULL,"
    " PRIMARY KEY (account, id)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX recycled_user_name ON recycled_user (account, name_folded, recycled_s, id);"
    "CREATE INDEX recycled_user_newest ON recycled_user (account, recycled_s, id);"
    "CREATE INDEX recycled_user_due ON recycled_user (account, purge_s, id);"

    "CREATE TABLE recycled_key ("
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
    " network_policy TEXT NOT NULL,"
    " with_user INTEGER NOT NULL,"
    " recycled_s INTEGER NOT NULL,"
    " purge_s INTEGER NOT NULL,"
    " PRIMARY KEY (account, id)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX recycled_key_owner ON recycled_key (account, owner);"
    "CREATE INDEX recycled_key_due ON recycled_key (account, purge_s, id);"

    "ALTER TABLE login_profile ADD COLUMN is_active INTEGER NOT NULL DEFAULT 1;"
    "ALTER TABLE login_profile ADD COLUMN mfa_bind_required INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE login_profile ADD COLUMN is_initial INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE login_profile ADD COLUMN password_set_s INTEGER NOT NULL DEFAULT 0;"
    "UPDATE login_profile SET password_set_s = updated_s;"

    /* numbered as they came: two of one second have an order */
    "CREATE TABLE password_history ("
    " account INTEGER NOT NULL,"
    " principal INTEGER NOT NULL,"
    " number INTEGER NOT NULL,"
    " row_id INTEGER NOT NULL,"
    " scheme TEXT NOT NULL,"
    " parameters TEXT NOT NULL,"
    " salt BLOB NOT NULL,"
    " digest BLOB NOT NULL,"
    " set_s INTEGER NOT NULL,"
    " PRIMARY KEY (account, principal, number)"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE password_policy ("
    " account INTEGER NOT NULL PRIMARY KEY,"
    " minimum_password_length INTEGER NOT NULL,"
    " minimum_password_different_character INTEGER NOT NULL,"
    " require_lowercase_characters INTEGER NOT NULL,"
    " require_uppercase_characters INTEGER NOT NULL,"
    " require_numbers INTEGER NOT NULL,"
    " require_symbols INTEGER NOT NULL,"
    " password_not_contain_user_name INTEGER NOT NULL,"
    " hard_expire INTEGER NOT NULL,"
    " intercept_risk_password_on_api INTEGER NOT NULL,"
    " max_password_age_days INTEGER NOT NULL,"
    " password_reuse_prevention INTEGER NOT NULL,"
    " max_login_attempts INTEGER NOT NULL,"
    " initial_password_age_days INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"

    "ALTER TABLE preference ADD COLUMN allow_user_to_login_with_passkey INTEGER NOT NULL DEFAULT 1;"
    "ALTER TABLE preference ADD COLUMN allow_user_to_manage_personal_ding_talk INTEGER NOT NULL DEFAULT 1;"
    "ALTER TABLE preference ADD COLUMN allow_user_to_manage_service_credentials INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE preference ADD COLUMN allow_user_to_manage_public_keys INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE preference ADD COLUMN enable_save_mfa_ticket INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE preference ADD COLUMN login_session_duration_hours INTEGER NOT NULL DEFAULT 6;"
    "ALTER TABLE preference ADD COLUMN max_idle_days_for_users INTEGER NOT NULL DEFAULT 730;"
    "ALTER TABLE preference ADD COLUMN max_idle_days_for_access_keys INTEGER NOT NULL DEFAULT 730;"
    "ALTER TABLE preference ADD COLUMN login_network_masks TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE preference ADD COLUMN operation_for_risk_login TEXT NOT NULL DEFAULT 'autonomous';"
    "ALTER TABLE preference ADD COLUMN verification_types TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE preference ADD COLUMN access_key_network_policy TEXT NOT NULL DEFAULT '';"

    "CREATE TABLE attempt ("
    " account INTEGER NOT NULL,"
    " principal INTEGER NOT NULL,"
    " budget INTEGER NOT NULL,"
    " failures INTEGER NOT NULL,"
    " in_flight INTEGER NOT NULL,"
    " first_s INTEGER NOT NULL,"
    " last_s INTEGER NOT NULL,"
    " locked_until_s INTEGER NOT NULL,"
    " PRIMARY KEY (account, principal, budget)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX attempt_in_flight ON attempt (account) WHERE in_flight > 0;"

    "CREATE TABLE sign_in_link ("
    " account INTEGER NOT NULL,"
    " user_id INTEGER NOT NULL,"
    " digest BLOB NOT NULL,"
    " created_s INTEGER NOT NULL,"
    " expires_s INTEGER NOT NULL,"
    " PRIMARY KEY (account, user_id)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE UNIQUE INDEX sign_in_link_digest ON sign_in_link (digest);"

    "CREATE TABLE report ("
    " account INTEGER NOT NULL,"
    " kind TEXT NOT NULL,"
    " generated_s INTEGER NOT NULL,"
    " PRIMARY KEY (account, kind)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE report_piece ("
    " account INTEGER NOT NULL,"
    " kind TEXT NOT NULL,"
    " number INTEGER NOT NULL,"
    " piece TEXT NOT NULL,"
    " PRIMARY KEY (account, kind, number)"
    ") STRICT, WITHOUT ROWID;";
/* clang-format on */

const migration migrations[] = {
    { 1, "accounts, users, access keys, attachments, login profiles, preferences, audit", schema_1 },
    { 2, "groups, custom policies, roles, verifiers, tags of more than users, attachments to more than users", schema_2 },
    { 3, "recycle bins, console logon, password history and policy, attempts, sign-in links, reports", schema_3 },
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
