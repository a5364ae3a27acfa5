/* diagnostic.h - the EncodedDiagnosticMessage of a refusal: what was decided and why, sealed, so that it tells nothing to who was
 * refused and everything to who may call DecodeDiagnosticMessage in that account.
 *
 * Text: base64url of vault_token_seal(TOKEN_DIAGNOSTIC, account, content). Texts in it are cut at DIAGNOSTIC_TEXT_MAX bytes,
 * and where it would be longer than DIAGNOSTIC_ENCODED_MAX characters the conditions are left out.
 */
#ifndef ARGALI_POLICY_DIAGNOSTIC_H
#define ARGALI_POLICY_DIAGNOSTIC_H

#include "policy/authorize.h"

enum { DIAGNOSTIC_TEXT_MAX = 256, DIAGNOSTIC_ENCODED_MAX = 4200 };

typedef struct {
    str principal_type, principal_name; /* "SubUser", "alice" */
    const authorization *by;
} diagnostic;
MUST_USE status diagnostic_seal(vault *v, account_id account, const diagnostic *d, arena *a, str *ret, err *e);

typedef struct {
    str action, resource, principal_type, principal_name, layer;
    bool is_explicit;
    bool has_policy; /* one decided: */
    str policy_name, policy_type, policy_version, entity_type;
    context_entry *conditions;
    size_t condition_n;
} diagnostic_opened;
/* ST_INVALID "InvalidParameter.EncodedDiagnosticMessage": not one of this account. Borrows from the arena. */
MUST_USE status diagnostic_open(vault *v, account_id account, str text, arena *a, diagnostic_opened *ret, err *e);

/* What stands in the seal; for diagnostic_open and its fuzz target. */
MUST_USE status diagnostic_decode(bytes content, arena *a, diagnostic_opened *ret);

MUST_USE status ram_decode_diagnostic_message_read(call *c, err *e); /* handler: catalogue/call.h */

#endif
