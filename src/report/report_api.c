/* report_api.c - see report_api.h. */
#include "report/report_api.h"

#include "account/marker.h"
#include "account/quotas.h"
#include "audit/audit.h"
#include "base/encoding.h"
#include "catalogue/catalogue.gen.h"
#include "policy/document.h"
#include "report/credential_report.h"

enum {
    VIRTUAL_MFA_DEVICES = 5000, /* documented quotas of what no setting changes */
    CONDITIONS_PER_NETWORK_POLICY = 8,
    ADDRESSES_PER_NETWORK_POLICY = 50,
    SERVICE_CREDENTIALS = 2,
    ROWS_DEFAULT = 3501,  /* MaxItems when none is sent */
    PAGE_BYTES = 2 << 20, /* a page ends early here: Base64 of more would not fit into an answer */
    SCRATCH_MAX = 1 << 20,
};

/* --- GetAccountSummary -------------------------------------------------------------------------------------------- */

static void reply_attached_quotas(reply *r, const quotas *q)
{
    reply_i64(r, "AttachedPoliciesPerUserQuota", q->custom_policies_per_user);
    reply_i64(r, "AttachedPoliciesPerGroupQuota", q->custom_policies_per_user);
    reply_i64(r, "AttachedPoliciesPerRoleQuota", q->custom_policies_per_user);
    reply_i64(r, "AttachedSystemPoliciesPerUserQuota", q->system_policies_per_user);
    reply_i64(r, "AttachedSystemPoliciesPerGroupQuota", q->system_policies_per_user);
    reply_i64(r, "AttachedSystemPoliciesPerRoleQuota", q->system_policies_per_user);
}

static void reply_credential_quotas(reply *r, const quotas *q)
{
    reply_i64(r, "MFADevices", 0); /* none can be made yet */
    reply_i64(r, "MFADevicesInUse", 0);
    reply_i64(r, "VirtualMFADevicesQuota", VIRTUAL_MFA_DEVICES);
    reply_i64(r, "AccessKeysPerUserQuota", q->access_keys_per_user);
    reply_i64(r, "AccountAccessKeysPerAccountQuota", q->access_keys_per_root);
    reply_i64(r, "ConditionsPerAKPolicyQuota", CONDITIONS_PER_NETWORK_POLICY);
    reply_i64(r, "IPItemsPerAKPolicyQuota", ADDRESSES_PER_NETWORK_POLICY);
    reply_i64(r, "ServiceCredentialsPerUserPerServiceQuota", SERVICE_CREDENTIALS);
    reply_i64(r, "AuthorizedClientPerUserQuota", 0); /* OAuth applications are not offered */
}

status ims_get_account_summary_read(call *c, err *e)
{
    account_counts n;
    reply *r = c->reply;
    const quotas *q = c->quota;
    TRY(store_account_counts(c->tx, &n, e));
    reply_open(r, "SummaryMap");
    reply_i64(r, "Users", n.users);
    reply_i64(r, "UsersQuota", q->users_per_account);
    reply_i64(r, "Groups", n.groups);
    reply_i64(r, "GroupsQuota", q->groups_per_account);
    reply_i64(r, "GroupsPerUserQuota", q->groups_per_user);
    reply_i64(r, "Roles", n.roles);
    reply_i64(r, "RolesQuota", q->roles_per_account);
    reply_i64(r, "Policies", n.policies);
    reply_i64(r, "PoliciesQuota", q->policies_per_account);
    reply_i64(r, "PolicySizeQuota", POLICY_DOCUMENT_MAX);
    reply_i64(r, "VersionsPerPolicyQuota", q->versions_per_policy);
    reply_attached_quotas(r, q);
    reply_credential_quotas(r, q);
    reply_close(r);
    return ST_OK;
}

/* --- GenerateCredentialReport ------------------------------------------------------------------------------------- */

static status audit(call *c, err *e)
{
    str account;
    TRY(arena_printf(c->arena, &account, "%llu", (unsigned long long)c->who->account));
    return audit_write(c, STR("ACS::RAM::Account"), account, NULL, 0, e);
}

status ims_generate_credential_report_apply(call *c, err *e)
{
    credential_report_state s;
    str state = STR("STARTED");
    TRY(credential_report_get_state(c->tx, c->arena, &s, e));
    if (s.is_wanted)
        state = STR("INPROGRESS");
    else if (s.is_there && c->context.now_s - s.generated_s < CREDENTIAL_REPORT_MAX_AGE_S)
        state = STR("COMPLETED");
    else
        TRY(credential_report_want(c->tx, c->arena, e));
    reply_str(c->reply, "State", state);
    return audit(c, e);
}

/* --- GetCredentialReport ------------------------------------------------------------------------------------------ */

/* Where a page begins, as a marker carries it: "<generated>:<piece>:<row of the piece>". */
typedef struct {
    int64_t generated_s;
    uint32_t piece, row;
} position;

static status parse_position(str text, position *ret)
{
    position p;
    str generated, piece, row;
    if (!str_split(text, ':', &generated, &text) || !str_split(text, ':', &piece, &row))
        return ST_INVALID;
    TRY(str_to_i64(generated, 0, INT64_MAX, &p.generated_s));
    TRY(str_to_u32(piece, 0, UINT32_MAX, &p.piece));
    TRY(str_to_u32(row, 0, UINT32_MAX, &p.row));
    *ret = p;
    return ST_OK;
}

typedef struct {
    call *c;
    arena *scratch; /* holds one piece */
    credential_report_state report;
    position at; /* of the next row */
    uint32_t left;
    buf rows;
} page;

/* Adds the rows of the piece from at.row on; false: the page is full before its end. */
static bool add_rows(page *p, str piece)
{
    str row;
    for (uint32_t i = 0; str_split(piece, '\n', &row, &piece); i++) {
        if (i < p->at.row)
            continue;
        if (p->left == 0 || p->rows.n + row.n + 1 > PAGE_BYTES)
            return false;
        buf_add(&p->rows, row);
        buf_add_char(&p->rows, '\n');
        p->left--;
        p->at.row = i + 1;
    }
    return true;
}

static status fill(page *p, err *e)
{
    while (p->at.piece < p->report.pieces) {
        str piece;
        arena_reset(p->scratch);
        TRY(credential_report_piece(p->c->tx, p->scratch, p->report.slot, p->at.piece, &piece, e));
        if (!add_rows(p, piece))
            return ST_OK;
        p->at.piece++;
        p->at.row = 0;
    }
    return ST_OK;
}

/* The report that the token goes on in, or the one in force. */
static status open_report(page *p, str token, err *e)
{
    call *c = p->c;
    str from;
    TRY(marker_read(c->vault, c->who->account, MARKER_CREDENTIAL_REPORT, token, "NextToken", c->arena, &from, e));
    if (from.p != NULL) {
        TRY(parse_position(from, &p->at));
        const status s = credential_report_find(c->tx, c->arena, p->at.generated_s, &p->report, e);
        return s == ST_NOT_FOUND ? err_set(e, ST_INVALID, "InvalidParameter.NextToken", "of a report that is gone") : s;
    }
    TRY(credential_report_get_state(c->tx, c->arena, &p->report, e));
    if (!p->report.is_there)
        return err_set(e, ST_NOT_FOUND, "EntityNotExist.CredentialReport", "no report was generated yet");
    p->at.generated_s = p->report.generated_s;
    buf_add(&p->rows, credential_report_header);
    return ST_OK;
}

static status reply_page(page *p)
{
    call *c = p->c;
    CLEANUP(buf_done) buf content;
    buf_init(&content, REPLY_SIZE_MAX);
    base64_encode(buf_bytes(&p->rows), &content);
    if (!buf_ok(&p->rows) || !buf_ok(&content))
        return ST_NO_MEMORY;
    const bool is_truncated = p->at.piece < p->report.pieces;
    reply_str(c->reply, "Content", buf_str(&content));
    reply_time(c->reply, "GeneratedTime", p->report.generated_s);
    reply_bool(c->reply, "IsTruncated", is_truncated);
    if (!is_truncated)
        return ST_OK;
    str where, token;
    TRY(arena_printf(c->arena, &where, "%lld:%u:%u", (long long)p->at.generated_s, p->at.piece, p->at.row));
    TRY(marker_issue(c->vault, c->who->account, MARKER_CREDENTIAL_REPORT, where, c->arena, &token));
    reply_str(c->reply, "NextToken", token);
    return ST_OK;
}

status ims_get_credential_report_read(call *c, err *e)
{
    const ims_get_credential_report_request *rq = c->request;
    CLEANUP(arena_free_at) arena *scratch = arena_new(REPORT_PIECE_BYTES + 4096, SCRATCH_MAX);
    if (scratch == NULL)
        return ST_NO_MEMORY;
    page p = { .c = c, .scratch = scratch };
    p.left = rq->max_items.is_set && rq->max_items.v > 0 ? (uint32_t)rq->max_items.v : ROWS_DEFAULT;
    buf_init(&p.rows, PAGE_BYTES);
    status s = open_report(&p, rq->next_token, e);
    if (s == ST_OK)
        s = fill(&p, e);
    if (s == ST_OK)
        s = reply_page(&p);
    buf_done(&p.rows);
    return s;
}
