/* preference_api.c - see preference_api.h. Parameters, groups of the answer and defaults: IMS 2019-08-15 and RAM 2015-05-01,
 * section "security-preference". */
#include "preference/preference_api.h"

#include "audit/audit.h"
#include "catalogue/catalogue.gen.h"
#include "preference/preference.h"

/* --- the answer --------------------------------------------------------------------------------------------------- */

/* Every group: the shape of the action drops what its face does not list (reply.h). */
static void reply_login(reply *r, const preference_record *p)
{
    reply_open(r, "LoginProfilePreference");
    reply_bool(r, "AllowUserToChangePassword", p->allow_user_to_change_password);
    reply_bool(r, "AllowUserToLoginWithPasskey", p->allow_user_to_login_with_passkey);
    reply_bool(r, "EnableSaveMFATicket", p->enable_save_mfa_ticket);
    reply_bool(r, "EnforceMFAForLogin", str_eq(p->mfa_operation_for_login, STR("mandatory")));
    reply_str(r, "LoginNetworkMasks", p->login_network_masks);
    reply_i64(r, "LoginSessionDuration", p->login_session_duration_hours);
    reply_str(r, "MFAOperationForLogin", p->mfa_operation_for_login);
    reply_str(r, "OperationForRiskLogin", p->operation_for_risk_login);
    reply_close(r);
}

static void reply_verification(reply *r, const preference_record *p)
{
    reply_open(r, "VerificationPreference");
    reply_open_list(r, NULL, "VerificationTypes");
    if (p->verification_types.n > 0)
        for (str rest = p->verification_types, one; str_next(&rest, ',', &one);)
            reply_item_str(r, one);
    reply_close_list(r);
    reply_close(r);
}

static void reply_switch(reply *r, const char *group, const char *name, bool value)
{
    reply_open(r, group);
    reply_bool(r, name, value);
    reply_close(r);
}

static void reply_preference(reply *r, const preference_record *p)
{
    reply_open(r, "SecurityPreference");
    reply_open(r, "AccessKeyPreference");
    reply_bool(r, "AllowUserToManageAccessKeys", p->allow_user_to_manage_access_keys);
    reply_bool(r, "AllowUserToManageServiceCredentials", p->allow_user_to_manage_service_credentials);
    reply_close(r);
    reply_login(r, p);
    reply_switch(r, "MFAPreference", "AllowUserToManageMFADevices", p->allow_user_to_manage_mfa_devices);
    reply_open(r, "MaxIdleDays");
    reply_i64(r, "MaxIdleDaysForAccessKeys", p->max_idle_days_for_access_keys);
    reply_i64(r, "MaxIdleDaysForUsers", p->max_idle_days_for_users);
    reply_close(r);
    reply_switch(r, "PersonalInfoPreference", "AllowUserToManagePersonalDingTalk", p->allow_user_to_manage_personal_ding_talk);
    reply_switch(r, "PublicKeyPreference", "AllowUserToManagePublicKeys", p->allow_user_to_manage_public_keys);
    reply_verification(r, p);
    reply_close(r);
}

/* --- changes ------------------------------------------------------------------------------------------------------ */

/* What was sent, by its name, as the audit shows it: none of it is secret. */
typedef struct {
    call *c;
    audit_parameter p[16];
    size_t n;
} changes;

static void change_text(changes *to, str name, str sent, str *field)
{
    if (sent.p == NULL)
        return;
    *field = sent;
    to->p[to->n++] = (audit_parameter){ name, sent };
}

static void change_switch(changes *to, str name, opt_bool sent, bool *field)
{
    if (!sent.is_set)
        return;
    *field = sent.v;
    to->p[to->n++] = (audit_parameter){ name, sent.v ? STR("true") : STR("false") };
}

static status change_number(changes *to, str name, opt_i32 sent, uint32_t *field)
{
    str text;
    if (!sent.is_set)
        return ST_OK;
    *field = (uint32_t)sent.v; /* the decoder holds every one to its bounds, none below 0 */
    TRY(arena_printf(to->c->arena, &text, "%u", *field));
    to->p[to->n++] = (audit_parameter){ name, text };
    return ST_OK;
}

static status change_masks(changes *to, str sent, preference_record *p, err *e)
{
    TRY(preference_check_masks(sent, e));
    change_text(to, STR("LoginNetworkMasks"), sent, &p->login_network_masks);
    return ST_OK;
}

/* The decoder has seen to the values and to how many they are. */
static status change_verification(changes *to, str_list sent, preference_record *p, err *e)
{
    str joined = STR("");
    if (!sent.is_set)
        return ST_OK;
    for (size_t i = 0; i < sent.n; i++) {
        for (size_t k = 0; k < i; k++)
            if (str_eq(sent.v[k], sent.v[i]))
                return err_set(e, ST_INVALID, "InvalidParameter.VerificationTypes", "one of the values comes twice");
        TRY(arena_printf(to->c->arena, &joined, STR_FMT "%s" STR_FMT, STR_ARG(joined), i > 0 ? "," : "", STR_ARG(sent.v[i])));
    }
    change_text(to, STR("VerificationTypes"), joined, &p->verification_types);
    return ST_OK;
}

static status keep(changes *by, const preference_record *p, err *e)
{
    call *c = by->c;
    str account;
    TRY(arena_printf(c->arena, &account, "%llu", (unsigned long long)c->who->account));
    TRY(store_preference_put(c->tx, p, e));
    store_touch(c->tx, epoch_of_account(c->who->account)); /* the switches ride with every caller of the account */
    TRY(audit_write(c, STR("ACS::RAM::SecurityPreference"), account, by->p, by->n, e));
    reply_preference(c->reply, p);
    return ST_OK;
}

/* --- actions ------------------------------------------------------------------------------------------------------ */

static void change_ims_switches(changes *to, const ims_set_security_preference_request *rq, preference_record *p)
{
    change_switch(to, STR("AllowUserToChangePassword"), rq->allow_user_to_change_password, &p->allow_user_to_change_password);
    change_switch(to, STR("AllowUserToManageMFADevices"), rq->allow_user_to_manage_mfa_devices,
                  &p->allow_user_to_manage_mfa_devices);
    change_switch(to, STR("AllowUserToManageAccessKeys"), rq->allow_user_to_manage_access_keys,
                  &p->allow_user_to_manage_access_keys);
    change_switch(to, STR("AllowUserToLoginWithPasskey"), rq->allow_user_to_login_with_passkey,
                  &p->allow_user_to_login_with_passkey);
    change_switch(to, STR("AllowUserToManagePersonalDingTalk"), rq->allow_user_to_manage_personal_ding_talk,
                  &p->allow_user_to_manage_personal_ding_talk);
    change_switch(to, STR("AllowUserToManageServiceCredentials"), rq->allow_user_to_manage_service_credentials,
                  &p->allow_user_to_manage_service_credentials);
    change_switch(to, STR("EnableSaveMFATicket"), rq->enable_save_mfa_ticket, &p->enable_save_mfa_ticket);
}

status ims_set_security_preference_apply(call *c, err *e)
{
    const ims_set_security_preference_request *rq = c->request;
    changes by = { .c = c };
    preference_record p;
    TRY(preference_check_enforced(rq->mfa_operation_for_login, rq->enforce_mfa_for_login, e));
    TRY(store_preference_get(c->tx, c->arena, &p, e));
    change_ims_switches(&by, rq, &p);
    change_text(&by, STR("MFAOperationForLogin"),
                preference_mfa_operation_asked(rq->mfa_operation_for_login, rq->enforce_mfa_for_login),
                &p.mfa_operation_for_login);
    change_text(&by, STR("OperationForRiskLogin"), rq->operation_for_risk_login, &p.operation_for_risk_login);
    TRY(change_masks(&by, rq->login_network_masks, &p, e));
    TRY(change_number(&by, STR("LoginSessionDuration"), rq->login_session_duration, &p.login_session_duration_hours));
    TRY(change_number(&by, STR("MaxIdleDaysForUsers"), rq->max_idle_days_for_users, &p.max_idle_days_for_users));
    TRY(change_number(&by, STR("MaxIdleDaysForAccessKeys"), rq->max_idle_days_for_access_keys,
                      &p.max_idle_days_for_access_keys));
    TRY(change_verification(&by, rq->verification_types, &p, e));
    return keep(&by, &p, e);
}

status ram_set_security_preference_apply(call *c, err *e)
{
    const ram_set_security_preference_request *rq = c->request;
    changes by = { .c = c };
    preference_record p;
    TRY(store_preference_get(c->tx, c->arena, &p, e));
    change_switch(&by, STR("AllowUserToChangePassword"), rq->allow_user_to_change_password, &p.allow_user_to_change_password);
    change_switch(&by, STR("AllowUserToManageMFADevices"), rq->allow_user_to_manage_mfa_devices,
                  &p.allow_user_to_manage_mfa_devices);
    change_switch(&by, STR("AllowUserToManageAccessKeys"), rq->allow_user_to_manage_access_keys,
                  &p.allow_user_to_manage_access_keys);
    change_switch(&by, STR("AllowUserToManagePublicKeys"), rq->allow_user_to_manage_public_keys,
                  &p.allow_user_to_manage_public_keys);
    change_switch(&by, STR("EnableSaveMFATicket"), rq->enable_save_mfa_ticket, &p.enable_save_mfa_ticket);
    TRY(change_masks(&by, rq->login_network_masks, &p, e));
    TRY(change_number(&by, STR("LoginSessionDuration"), rq->login_session_duration, &p.login_session_duration_hours));
    return keep(&by, &p, e);
}

static status get(call *c, err *e)
{
    preference_record p;
    TRY(store_preference_get(c->tx, c->arena, &p, e));
    reply_preference(c->reply, &p);
    return ST_OK;
}

status ims_get_security_preference_read(call *c, err *e)
{
    return get(c, e);
}

status ram_get_security_preference_read(call *c, err *e)
{
    return get(c, e);
}
