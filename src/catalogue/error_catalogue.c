/* error_catalogue.c - codes and messages after the documented tables of RAM, STS and the gateway. Flat tables, searched from
 * end to end: only refused calls come here.
 *
 * Where the documents differ: InvalidAccessKeyId.NotFound is 400, as Terraform drops what answers 404 from its state;
 * throttling is 429.
 */
#include "catalogue/error_catalogue.h"

#include <stddef.h>

typedef struct {
    str code;
    unsigned http_status;
    str message;
} error_row;

/* Codes that are exactly these. */
static const error_row exact[] = {
    { STR_INIT("InvalidParameter"), 400, STR_INIT("The request holds a parameter that is not valid.") },
    { STR_INIT("InvalidParameter.Format"), 400, STR_INIT("The format of the answer has to be JSON or XML.") },
    { STR_INIT("InvalidParameter.Tag.Key"), 400, STR_INIT("The keys of the tags have to differ.") },
    { STR_INIT("InvalidParameter.NewPassword.ReusePrevention"), 400, STR_INIT("The new password was used before.") },
    { STR_INIT("InvalidParameter.OldPassword.Incorrect"), 400, STR_INIT("The old password is incorrect.") },
    { STR_INIT("InvalidParameter.AccountAlias.Format"), 400,
      STR_INIT(
          "The account alias takes lower-case letters, digits and hyphens, with no hyphen at its ends and no two in a row.") },
    { STR_INIT("InvalidParameter.AuthenticationCode.Format"), 400, STR_INIT("The authentication code has to be six digits.") },
    { STR_INIT("MissingAction"), 400, STR_INIT("Action is mandatory for this request.") },
    { STR_INIT("MissingVersion"), 400, STR_INIT("Version is mandatory for this request.") },
    { STR_INIT("MalformedPolicyDocument"), 400, STR_INIT("The policy document is malformed.") },
    { STR_INIT("NotSupport.Account"), 400, STR_INIT("The account itself cannot do this.") },
    { STR_INIT("NotImplemented"), 400, STR_INIT("This server does not offer this action.") },
    { STR_INIT("CheckAuthenticationCodeFail"), 403, STR_INIT("The authentication code is wrong or was used before.") },
    { STR_INIT("NoPermission"), 403, STR_INIT("You are not authorized to do this action.") },
    { STR_INIT("Inactive"), 403, STR_INIT("The service is not activated for this account.") },
    { STR_INIT("Forbidden.AccessKeyPolicy"), 403,
      STR_INIT("The network policy of the access key does not allow this address.") },
    { STR_INIT("InvalidAccessKeyId.NotFound"), 400, STR_INIT("Specified access key does not exist.") },
    { STR_INIT("InvalidAccessKeyId.Inactive"), 400, STR_INIT("Specified access key is disabled.") },
    { STR_INIT("InvalidSecurityToken.Malformed"), 400, STR_INIT("Specified SecurityToken is malformed.") },
    { STR_INIT("InvalidSecurityToken.MismatchWithAccessKey"), 400,
      STR_INIT("Specified SecurityToken does not belong to the access key.") },
    { STR_INIT("InvalidSecurityToken.Expired"), 400, STR_INIT("Specified SecurityToken is expired.") },
    { STR_INIT("InvalidSecurityToken.Revoked"), 400, STR_INIT("Specified SecurityToken is revoked.") },
    { STR_INIT("SignatureDoesNotMatch"), 400, STR_INIT("Specified signature is not matched with our calculation.") },
    { STR_INIT("IncompleteSignature"), 400, STR_INIT("The request signature does not conform to the signing rules.") },
    { STR_INIT("SignatureNonceUsed"), 400, STR_INIT("Specified signature nonce was used already.") },
    { STR_INIT("InvalidSignatureMethod"), 400, STR_INIT("Specified signature method is not supported.") },
    { STR_INIT("InvalidSignatureVersion"), 400, STR_INIT("Specified signature version is not supported.") },
    { STR_INIT("InvalidTimeStamp.Format"), 400, STR_INIT("Specified time stamp is not well formatted.") },
    { STR_INIT("InvalidTimeStamp.Expired"), 400,
      STR_INIT("Specified time stamp is more than 15 minutes from the time of the server.") },
    { STR_INIT("IllegalTimestamp"), 400, STR_INIT("Specified time stamp is missing or not valid.") },
    { STR_INIT("InvalidApi.NotFound"), 404, STR_INIT("Specified action does not exist, please check its spelling.") },
    { STR_INIT("InvalidAction.NotFound"), 404, STR_INIT("Specified action does not exist, please check its spelling.") },
    { STR_INIT("InvalidVersion"), 404, STR_INIT("Specified version does not exist.") },
    { STR_INIT("InvalidVerifierToken"), 400, STR_INIT("Specified verifier token is not valid.") },
    { STR_INIT("InvalidProtocol.NeedSsl"), 400, STR_INIT("This request has to be sent over https.") },
    { STR_INIT("InvalidRequest"), 400, STR_INIT("The request is not well formed.") },
    { STR_INIT("UnsupportedHTTPMethod"), 400, STR_INIT("This http method is not supported.") },
    { STR_INIT("RequestTimeout"), 408, STR_INIT("The request took too long to arrive.") },
    { STR_INIT("RequestTooLarge"), 413, STR_INIT("The request is too large.") },
    { STR_INIT("MisdirectedRequest"), 421, STR_INIT("This server does not answer for the host that the request names.") },
    { STR_INIT("Throttling"), 429, STR_INIT("Request was denied due to request throttling.") },
    { STR_INIT("Throttling.User"), 429, STR_INIT("Request was denied due to user flow control.") },
    { STR_INIT("Throttling.Api"), 429, STR_INIT("Request was denied due to api flow control.") },
    { STR_INIT("InternalError"), 500, STR_INIT("The request processing has failed due to some unknown error.") },
    { STR_INIT("ServiceUnavailable"), 503, STR_INIT("The request has failed due to a temporary failure of the server.") },
    { STR_INIT("DeleteConflict.User.AccessKey"), 409, STR_INIT("The user still has access keys.") },
    { STR_INIT("DeleteConflict.User.Group"), 409, STR_INIT("The user is still a member of groups.") },
    { STR_INIT("DeleteConflict.User.LoginProfile"), 409, STR_INIT("The user still has a login profile.") },
    { STR_INIT("DeleteConflict.User.MFADevice"), 409, STR_INIT("The user still has an MFA device.") },
    { STR_INIT("DeleteConflict.User.Policy"), 409, STR_INIT("Policies are still attached to the user.") },
    { STR_INIT("DeleteConflict.Group.User"), 409, STR_INIT("The group still has members.") },
    { STR_INIT("DeleteConflict.Group.Policy"), 409, STR_INIT("Policies are still attached to the group.") },
    { STR_INIT("DeleteConflict.Role.Policy"), 409, STR_INIT("The role and a policy are still attached to each other.") },
    { STR_INIT("DeleteConflict.Policy.User"), 409, STR_INIT("The policy is still attached to users.") },
    { STR_INIT("DeleteConflict.Policy.Group"), 409, STR_INIT("The policy is still attached to groups.") },
    { STR_INIT("DeleteConflict.Policy.Version"), 409, STR_INIT("The policy still has other versions.") },
    { STR_INIT("DeleteConflict.Policy.Version.Default"), 409, STR_INIT("The default version of a policy stays with it.") },
    { STR_INIT("DeleteConflict.VirtualMFADevice.User"), 409, STR_INIT("The virtual MFA device is still bound to a user.") },
    { STR_INIT("AuthenticationFail.NoPermission"), 401, STR_INIT("The role does not trust this identity.") },
};

/* Codes that begin with one of these and a dot. `$` is what follows it: a thing in words, or the parameter. */
static const error_row families[] = {
    { STR_INIT("EntityNotExist"), 404, STR_INIT("The $ does not exist.") },
    { STR_INIT("EntityAlreadyExists"), 409, STR_INIT("The $ does already EXIST.") },
    { STR_INIT("LimitExceeded"), 409, STR_INIT("No further $ is allowed.") },
    { STR_INIT("DeleteConflict"), 409, STR_INIT("Something else still needs what was to be deleted.") },
    { STR_INIT("InvalidParameter"), 400, STR_INIT("The parameter - \"$\" is invalid.") },
    { STR_INIT("MissingParameter"), 400, STR_INIT("$ is mandatory for this action.") },
    { STR_INIT("AuthenticationFail"), 401, STR_INIT("The identity could not be proved.") },
    { STR_INIT("Forbidden"), 403, STR_INIT("This is not allowed.") },
    { STR_INIT("Throttling"), 429, STR_INIT("Request was denied due to request throttling.") },
    { STR_INIT("InvalidAccessKeyId"), 400, STR_INIT("Specified access key is not valid.") },
    { STR_INIT("InvalidSecurityToken"), 400, STR_INIT("Specified SecurityToken is not valid.") },
    { STR_INIT("InvalidTimeStamp"), 400, STR_INIT("Specified time stamp is not valid.") },
    { STR_INIT("NotSupport"), 400, STR_INIT("This is not supported.") },
};

/* InvalidParameter.<name>.<one of these>. */
static const struct {
    str kind, message;
} parameter_kinds[] = {
    { STR_INIT(".InvalidChars"), STR_INIT("The parameter - \"$\" contains invalid chars.") },
    { STR_INIT(".Length"), STR_INIT("The parameter - \"$\" beyond the length limit.") },
    { STR_INIT(".Range"), STR_INIT("The parameter - \"$\" beyond the range limit.") },
    { STR_INIT(".Format"), STR_INIT("The format of the parameter - \"$\" is incorrect.") },
    { STR_INIT(".TooWeak"), STR_INIT("The parameter - \"$\" does not meet the password policy.") },
};

static const struct {
    str name, words;
} things[] = {
    { STR_INIT("User"), STR_INIT("user") },
    { STR_INIT("User.AccessKey"), STR_INIT("access key of the user") },
    { STR_INIT("User.LoginProfile"), STR_INIT("login profile of the user") },
    { STR_INIT("User.MFADevice"), STR_INIT("MFA device of the user") },
    { STR_INIT("User.Policy"), STR_INIT("policy attached to the user") },
    { STR_INIT("User.Group"), STR_INIT("membership of the user in the group") },
    { STR_INIT("User.Tag"), STR_INIT("tag of the user") },
    { STR_INIT("Group"), STR_INIT("group") },
    { STR_INIT("Group.Policy"), STR_INIT("policy attached to the group") },
    { STR_INIT("Role"), STR_INIT("role") },
    { STR_INIT("RoleArn"), STR_INIT("role") },
    { STR_INIT("Role.Tag"), STR_INIT("tag of the role") },
    { STR_INIT("Role.Policy"), STR_INIT("policy attached to the role") },
    { STR_INIT("Policy"), STR_INIT("policy") },
    { STR_INIT("Policy.Tag"), STR_INIT("tag of the policy") },
    { STR_INIT("Policy.Version"), STR_INIT("version of the policy") },
    { STR_INIT("VirtualMFADevice"), STR_INIT("virtual MFA device") },
    { STR_INIT("VirtualMFADevice.User"), STR_INIT("binding of the virtual MFA device to a user") },
    { STR_INIT("AccountAlias"), STR_INIT("account alias") },
    { STR_INIT("Verifier"), STR_INIT("verifier") },
    { STR_INIT("AccessKey"), STR_INIT("access key") },
    { STR_INIT("AccessKeyPolicy"), STR_INIT("network policy of the access key") },
    { STR_INIT("SAMLProvider"), STR_INIT("SAML provider") },
    { STR_INIT("OIDCProvider"), STR_INIT("OIDC provider") },
};

static const error_row *row_find(str code)
{
    for (size_t i = 0; i < sizeof exact / sizeof exact[0]; i++)
        if (str_eq(code, exact[i].code))
            return &exact[i];
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++) {
        str head = families[i].code;
        if (code.n > head.n + 1 && str_starts(code, head) && code.p[head.n] == '.')
            return &families[i];
    }
    return NULL;
}

/* MissingUserName: the parameter's own name follows without a dot. */
static bool is_missing(str code)
{
    return str_starts(code, STR("Missing")) && code.n > 7 && code.p[7] >= 'A' && code.p[7] <= 'Z';
}

unsigned error_http_status(str code)
{
    const error_row *row = row_find(code);
    if (row != NULL)
        return row->http_status;
    return is_missing(code) ? 400 : 500;
}

static void fill_in(str message, str what, buf *to)
{
    str before, after;
    if (!str_split(message, '$', &before, &after)) {
        buf_add(to, message);
        return;
    }
    buf_add(to, before);
    buf_add(to, what);
    buf_add(to, after);
}

static str words_of(str thing)
{
    for (size_t i = 0; i < sizeof things / sizeof things[0]; i++)
        if (str_eq(thing, things[i].name))
            return things[i].words;
    return STR("specified entity");
}

static void parameter_message(str what, buf *to)
{
    for (size_t i = 0; i < sizeof parameter_kinds / sizeof parameter_kinds[0]; i++) {
        str kind = parameter_kinds[i].kind;
        if (what.n > kind.n && str_ends(what, kind)) {
            fill_in(parameter_kinds[i].message, str_slice(what, 0, what.n - kind.n), to);
            return;
        }
    }
    fill_in(STR("The parameter - \"$\" is invalid."), what, to);
}

void error_message(str code, buf *to)
{
    const error_row *row = row_find(code);
    if (row == NULL) {
        if (is_missing(code))
            fill_in(STR("$ is mandatory for this action."), str_slice(code, 7, code.n), to);
        else
            error_message(error_code_of(ST_BUG), to);
        return;
    }
    str what = str_slice(code, row->code.n + 1, code.n);
    if (str_eq(row->code, STR("InvalidParameter")) && what.n > 0)
        parameter_message(what, to);
    else if (str_starts(row->code, STR("Missing")))
        fill_in(row->message, what, to);
    else
        fill_in(row->message, words_of(what), to);
}

str error_code_of(status s)
{
    switch (s) {
    case ST_INVALID:
        return STR("InvalidParameter");
    case ST_DENIED:
        return STR("NoPermission");
    case ST_LIMIT:
        return STR("Throttling");
    case ST_UNAVAILABLE:
        return STR("ServiceUnavailable");
    case ST_OK:
    case ST_NOT_FOUND:
    case ST_CONFLICT:
    case ST_UNCERTAIN:
    case ST_NO_MEMORY:
    case ST_BUG:
        return STR("InternalError");
    }
    return STR("InternalError");
}
