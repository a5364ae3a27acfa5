/* diagnostic.c - see diagnostic.h, and the RAM action that opens one.
 *
 * Content: version[1] flags[1], then texts, each u16be length and bytes: action, resource, principal type, principal name, layer,
 * policy name, policy type, policy version, entity type; then the number of conditions[1] and for each its key, the number of its
 * values[1] and the values; zeros up to a multiple of PADDED_TO.
 */
#include "policy/diagnostic.h"

#include <stdio.h>

#include "base/cursor.h"
#include "base/encoding.h"
#include "catalogue/catalogue.gen.h"

enum {
    VERSION = 1,
    FLAG_EXPLICIT = 1,
    FLAG_POLICY = 2,
    CONTENT_MAX = 3072,
    PADDED_TO = 256,
    CONDITIONS_MAX = 64,
    VALUES_MAX = 16
};

/* --- sealing ------------------------------------------------------------------------------------------------------ */

/* At a boundary of characters, so that what is cut stays UTF-8. */
static str cut(str s)
{
    size_t n = s.n > DIAGNOSTIC_TEXT_MAX ? DIAGNOSTIC_TEXT_MAX : s.n;
    while (n < s.n && n > 0 && ((uint8_t)s.p[n] & 0xc0) == 0x80)
        n--;
    return str_slice(s, 0, n);
}

static void add_text(buf *to, str s)
{
    const str kept = cut(s);
    buf_add_char(to, (char)(kept.n >> 8));
    buf_add_char(to, (char)(kept.n & 0xff));
    buf_add(to, kept);
}

static str entity_of(principal_kind via)
{
    switch (via) {
    case PRINCIPAL_USER:
        return STR("RamUser");
    case PRINCIPAL_GROUP:
        return STR("RamGroup");
    case PRINCIPAL_ROLE:
        return STR("RamRole");
    }
    return STR("");
}

static void add_conditions(buf *to, const context *c)
{
    const size_t n = c == NULL ? 0 : c->n > CONDITIONS_MAX ? CONDITIONS_MAX : c->n;
    buf_add_char(to, (char)n);
    for (size_t i = 0; i < n; i++) {
        const context_entry *x = &c->entries[i];
        const size_t values = x->n > VALUES_MAX ? VALUES_MAX : x->n;
        add_text(to, x->key);
        buf_add_char(to, (char)values);
        for (size_t k = 0; k < values; k++)
            add_text(to, x->values[k]);
    }
}

static void encode(const diagnostic *d, buf *to)
{
    const decision *by = &d->by->by;
    const bool is_explicit = by->effect == EFFECT_DENY, has_policy = is_explicit && by->grant != NULL;
    char version[16] = "";
    if (has_policy)
        (void)snprintf(version, sizeof version, "v%u", by->grant->version);
    buf_add_char(to, VERSION);
    buf_add_char(to, (char)((is_explicit ? FLAG_EXPLICIT : 0) | (has_policy ? FLAG_POLICY : 0)));
    add_text(to, d->by->action);
    add_text(to, by->resource);
    add_text(to, d->principal_type);
    add_text(to, d->principal_name);
    add_text(to, str_from_c(policy_layer_name(by->layer != LAYER_NONE ? by->layer : LAYER_IDENTITY)));
    add_text(to, has_policy ? by->grant->policy_name : STR(""));
    add_text(to, !has_policy ? STR("") : by->grant->is_system ? SYSTEM_POLICY_TYPE : CUSTOM_POLICY_TYPE);
    add_text(to, str_from_c(version));
    add_text(to, has_policy ? entity_of(by->grant->via) : STR(""));
    add_conditions(to, d->by->context);
}

status diagnostic_seal(vault *v, account_id account, const diagnostic *d, arena *a, str *ret, err *e)
{
    CLEANUP(buf_done) buf content, token, text;
    buf_init(&content, CONTENT_MAX);
    buf_init(&token, CONTENT_MAX + 128);
    buf_init(&text, DIAGNOSTIC_ENCODED_MAX);
    encode(d, &content);
    if (!buf_ok(&content)) { /* too many conditions: the decision matters more */
        authorization without = *d->by;
        diagnostic shorter = *d;
        without.context = NULL;
        shorter.by = &without;
        buf_clear(&content);
        encode(&shorter, &content);
    }
    while (buf_ok(&content) && content.n % PADDED_TO != 0) /* its length tells nothing of what it holds */
        buf_add_char(&content, '\0');
    if (!buf_ok(&content))
        return ST_NO_MEMORY;
    TRY(vault_token_seal(v, TOKEN_DIAGNOSTIC, account, buf_bytes(&content), &token, e));
    base64url_encode(buf_bytes(&token), &text);
    return buf_ok(&text) ? arena_copy(a, buf_str(&text), ret) : ST_NO_MEMORY;
}

/* --- opening ------------------------------------------------------------------------------------------------------ */

static status take_text(cursor *c, arena *a, str *ret)
{
    const bytes b = cur_block(c);
    return arena_copy(a, str_of(b), ret);
}

static status take_conditions(cursor *c, arena *a, diagnostic_opened *ret)
{
    ret->condition_n = cur_u8(c);
    ret->conditions = arena_alloc_n(a, ret->condition_n + 1, sizeof(context_entry));
    if (ret->conditions == NULL)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < ret->condition_n && !c->bad; i++) {
        context_entry *x = &ret->conditions[i];
        TRY(take_text(c, a, &x->key));
        x->n = cur_u8(c);
        str *values = arena_alloc_n(a, x->n + 1, sizeof(str));
        if (values == NULL)
            return ST_NO_MEMORY;
        for (size_t k = 0; k < x->n && !c->bad; k++)
            TRY(take_text(c, a, &values[k]));
        x->values = values;
    }
    return ST_OK;
}

status diagnostic_decode(bytes content, arena *a, diagnostic_opened *ret)
{
    cursor c = cur_of(content);
    diagnostic_opened d = { 0 };
    const uint8_t version = cur_u8(&c), flags = cur_u8(&c);
    str *texts[] = { &d.action,      &d.resource,    &d.principal_type, &d.principal_name, &d.layer,
                     &d.policy_name, &d.policy_type, &d.policy_version, &d.entity_type };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        TRY(take_text(&c, a, texts[i]));
    TRY(take_conditions(&c, a, &d));
    while (!c.bad && c.left > 0 && cur_u8(&c) == 0) /* a bad cursor keeps what is left, and gives zeros */
        ;
    if (!cur_end(&c) || version != VERSION)
        return ST_INVALID;
    d.is_explicit = (flags & FLAG_EXPLICIT) != 0;
    d.has_policy = (flags & FLAG_POLICY) != 0;
    *ret = d;
    return ST_OK;
}

status diagnostic_open(vault *v, account_id account, str text, arena *a, diagnostic_opened *ret, err *e)
{
    static const char code[] = "InvalidParameter.EncodedDiagnosticMessage";
    uint8_t *token = arena_alloc(a, text.n + 1);
    size_t n = 0;
    CLEANUP(buf_done) buf content;
    buf_init(&content, CONTENT_MAX);
    if (token == NULL)
        return ST_NO_MEMORY;
    if (text.n > DIAGNOSTIC_ENCODED_MAX || base64url_decode(text, token, text.n, &n) != ST_OK ||
        vault_token_open(v, TOKEN_DIAGNOSTIC, account, (bytes){ token, n }, &content, e) != ST_OK)
        return err_set(e, ST_INVALID, code, "not a message of this account");
    status s = diagnostic_decode(buf_bytes(&content), a, ret);
    return s == ST_INVALID ? err_set(e, s, code, "a sealed message that means nothing") : s;
}

/* --- the action --------------------------------------------------------------------------------------------------- */

static void reply_conditions(reply *r, const diagnostic_opened *d)
{
    reply_open_list(r, NULL, "AuthConditions");
    for (size_t i = 0; i < d->condition_n; i++) {
        reply_open_item(r);
        reply_str(r, "ConditionKey", d->conditions[i].key);
        reply_open_list(r, NULL, "ConditionValues");
        for (size_t k = 0; k < d->conditions[i].n; k++)
            reply_item_str(r, d->conditions[i].values[k]);
        reply_close_list(r);
        reply_close(r);
    }
    reply_close_list(r);
}

static void reply_policies(reply *r, const diagnostic_opened *d)
{
    reply_open_list(r, NULL, "MatchedPolicies");
    if (d->has_policy) {
        reply_open_item(r);
        reply_str(r, "AttachedEntityType", d->entity_type);
        reply_str(r, "AttachedScope", STR("Account"));
        reply_str(r, "Effect", STR("Deny"));
        reply_str(r, "PolicyIdentifier", d->policy_name);
        reply_str(r, "PolicyType", d->policy_type);
        reply_str(r, "PolicyVersion", d->policy_version);
        reply_close(r);
    }
    reply_close_list(r);
}

status ram_decode_diagnostic_message_read(call *c, err *e)
{
    const ram_decode_diagnostic_message_request *rq = c->request;
    diagnostic_opened d;
    TRY(diagnostic_open(c->vault, c->who->account, rq->encoded_diagnostic_message, c->arena, &d, e));
    char account[U64_TEXT_MAX];
    reply_open(c->reply, "DecodedDiagnosticMessage");
    reply_str(c->reply, "AuthAction", d.action);
    reply_conditions(c->reply, &d);
    reply_open(c->reply, "AuthPrincipal");
    reply_str(c->reply, "AuthPrincipalDisplayName", d.principal_name);
    reply_str(c->reply, "AuthPrincipalOwnerId", (str){ account, u64_format(c->who->account, account) });
    reply_str(c->reply, "AuthPrincipalType", d.principal_type);
    reply_close(c->reply);
    reply_str(c->reply, "AuthResource", d.resource);
    reply_bool(c->reply, "ExplicitDeny", d.is_explicit);
    reply_policies(c->reply, &d);
    reply_str(c->reply, "NoPermissionPolicyType", d.layer);
    reply_close(c->reply);
    return ST_OK;
}
