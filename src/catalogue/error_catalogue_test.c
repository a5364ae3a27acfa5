#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "catalogue/error_catalogue.h"

/* The documented codes and their statuses. */
static const struct {
    const char *code;
    unsigned http_status;
} codes[] = {
    { "InvalidParameter", 400 },
    { "InvalidParameter.Format", 400 },
    { "InvalidParameter.UserName.InvalidChars", 400 },
    { "InvalidParameter.UserName.Length", 400 },
    { "InvalidParameter.MinimumPasswordLength.Range", 400 },
    { "InvalidParameter.Email.Format", 400 },
    { "InvalidParameter.PolicyType", 400 },
    { "InvalidParameter.Password.TooWeak", 400 },
    { "InvalidParameter.NewPassword.ReusePrevention", 400 },
    { "InvalidParameter.NewPassword.TooWeak", 400 },
    { "InvalidParameter.OldPassword.Incorrect", 400 },
    { "InvalidParameter.AuthenticationCode.Format", 400 },
    { "InvalidParameter.AccountAlias.Format", 400 },
    { "InvalidParameter.VersionId.Format", 400 },
    { "InvalidParameter.RoleArn", 400 },
    { "InvalidParameter.PolicyGrammar", 400 },
    { "MissingUserName", 400 },
    { "MissingSecurityToken", 400 },
    { "MissingAction", 400 },
    { "MissingParameter.RoleArn", 400 },
    { "MalformedPolicyDocument", 400 },
    { "NotSupport.Account", 400 },
    { "NotImplemented", 400 },
    { "Inactive", 403 },
    { "NoPermission", 403 },
    { "CheckAuthenticationCodeFail", 403 },
    { "Forbidden.AccessKeyPolicy", 403 },
    { "EntityNotExist.User", 404 },
    { "EntityNotExist.User.AccessKey", 404 },
    { "EntityNotExist.User.LoginProfile", 404 },
    { "EntityNotExist.User.MFADevice", 404 },
    { "EntityNotExist.User.Policy", 404 },
    { "EntityNotExist.User.Group", 404 },
    { "EntityNotExist.VirtualMFADevice", 404 },
    { "EntityNotExist.Group", 404 },
    { "EntityNotExist.Group.Policy", 404 },
    { "EntityNotExist.Policy", 404 },
    { "EntityNotExist.Policy.Version", 404 },
    { "EntityNotExist.Role", 404 },
    { "EntityNotExist.Role.Policy", 404 },
    { "EntityNotExist.SAMLProvider", 404 },
    { "EntityNotExist.OIDCProvider", 404 },
    { "EntityNotExist.AccessKeyPolicy", 404 },
    { "EntityAlreadyExists.User", 409 },
    { "EntityAlreadyExists.User.LoginProfile", 409 },
    { "EntityAlreadyExists.User.MFADevice", 409 },
    { "EntityAlreadyExists.User.Group", 409 },
    { "EntityAlreadyExists.User.Policy", 409 },
    { "EntityAlreadyExists.VirtualMFADevice", 409 },
    { "EntityAlreadyExists.VirtualMFADevice.User", 409 },
    { "EntityAlreadyExists.Group", 409 },
    { "EntityAlreadyExists.Group.Policy", 409 },
    { "EntityAlreadyExists.Policy", 409 },
    { "EntityAlreadyExists.AccountAlias", 409 },
    { "DeleteConflict.User.Group", 409 },
    { "DeleteConflict.User.AccessKey", 409 },
    { "DeleteConflict.User.LoginProfile", 409 },
    { "DeleteConflict.User.MFADevice", 409 },
    { "DeleteConflict.User.Policy", 409 },
    { "DeleteConflict.VirtualMFADevice.User", 409 },
    { "DeleteConflict.Group.User", 409 },
    { "DeleteConflict.Group.Policy", 409 },
    { "DeleteConflict.Policy.User", 409 },
    { "DeleteConflict.Policy.Group", 409 },
    { "DeleteConflict.Policy.Version", 409 },
    { "DeleteConflict.Policy.Version.Default", 409 },
    { "DeleteConflict.Role.Policy", 409 },
    { "LimitExceeded.User", 409 },
    { "LimitExceeded.User.AccessKey", 409 },
    { "LimitExceeded.User.Group", 409 },
    { "LimitExceeded.User.Policy", 409 },
    { "LimitExceeded.VirtualMFADevice", 409 },
    { "LimitExceeded.Group", 409 },
    { "LimitExceeded.Group.Policy", 409 },
    { "LimitExceeded.Policy", 409 },
    { "LimitExceeded.Policy.Version", 409 },
    { "LimitExceeded.Role", 409 },
    { "LimitExceeded.Role.Policy", 409 },
    { "AuthenticationFail.SAMLAssertion.Expired", 401 },
    { "AuthenticationFail.OIDCToken.Invalid", 401 },
    { "AuthenticationFail.NoPermission", 401 },
    { "InvalidAccessKeyId.NotFound", 400 }, /* 404 in the gateway's table: Terraform would take that for "gone" */
    { "InvalidAccessKeyId.Inactive", 400 },
    { "InvalidSecurityToken.Malformed", 400 },
    { "InvalidSecurityToken.MismatchWithAccessKey", 400 },
    { "InvalidSecurityToken.Expired", 400 },
    { "InvalidSecurityToken.Revoked", 400 },
    { "SignatureDoesNotMatch", 400 },
    { "IncompleteSignature", 400 },
    { "SignatureNonceUsed", 400 },
    { "InvalidSignatureMethod", 400 },
    { "InvalidSignatureVersion", 400 },
    { "InvalidTimeStamp.Format", 400 },
    { "InvalidTimeStamp.Expired", 400 },
    { "InvalidApi.NotFound", 404 },
    { "InvalidVersion", 404 },
    { "InvalidProtocol.NeedSsl", 400 },
    { "UnsupportedHTTPMethod", 400 },
    { "RequestTooLarge", 413 },
    { "Throttling", 429 },
    { "Throttling.User", 429 },
    { "Throttling.Api", 429 },
    { "InternalError", 500 },
    { "ServiceUnavailable", 503 },
};

static str message_of(const char *code, buf *b)
{
    buf_clear(b);
    error_message(str_from_c(code), b);
    assert_true(buf_ok(b));
    return buf_str(b);
}

static void statuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (error_http_status(str_from_c(codes[i].code)) != codes[i].http_status)
            fail_msg("%s: %u", codes[i].code, error_http_status(str_from_c(codes[i].code)));
    assert_int_equal(error_http_status(STR("NoSuchCode")), 500);
    assert_int_equal(error_http_status(STR("EntityNotExistUser")), 500);
    assert_int_equal(error_http_status(STR("EntityNotExist.")), 500);
    assert_int_equal(error_http_status(STR("Missing")), 500);
    assert_int_equal(error_http_status(STR("Missingname")), 500);
    assert_int_equal(error_http_status(STR("")), 500);
}

/* Clients search whole bodies for the codes they expect, and messages for "NotFound". */
static void messages_hold_no_code(void **state)
{
    (void)state;
    buf b;
    buf_init(&b, 1024);
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        str message = message_of(codes[i].code, &b);
        assert_true(message.n > 10);
        assert_false(str_contains(message, STR("NotFound")));
        assert_false(str_contains_nocase(message, STR("is not found")));
        assert_false(str_starts(message, STR("code:")));
        assert_false(str_contains(message, STR("$")));
        assert_false(str_contains(message, STR("specified entity")));
        for (size_t j = 0; j < sizeof codes / sizeof codes[0]; j++)
            if (str_contains(message, str_from_c(codes[j].code)))
                fail_msg("the message of %s holds %s", codes[i].code, codes[j].code);
    }
    buf_done(&b);
}

/* As served: documented word for word. */
static const struct {
    const char *code;
    str message;
} messages[] = {
    { "InvalidParameter.UserName.InvalidChars", STR_INIT("The parameter - \"UserName\" contains invalid chars.") },
    { "InvalidParameter.GroupName.Length", STR_INIT("The parameter - \"GroupName\" beyond the length limit.") },
    { "InvalidParameter.Tag.Key.Length", STR_INIT("The parameter - \"Tag.Key\" beyond the length limit.") },
    { "EntityNotExist.User", STR_INIT("The user does not exist.") },
    { "EntityAlreadyExists.User", STR_INIT("The user does already EXIST.") },
    { "NoPermission", STR_INIT("You are not authorized to do this action.") },
    { "MissingSecurityToken", STR_INIT("SecurityToken is mandatory for this action.") },
    { "MissingParameter.RoleArn", STR_INIT("RoleArn is mandatory for this action.") },
    { "InvalidAccessKeyId.Inactive", STR_INIT("Specified access key is disabled.") },
    { "SignatureDoesNotMatch", STR_INIT("Specified signature is not matched with our calculation.") },
    { "Throttling.User", STR_INIT("Request was denied due to user flow control.") },
    { "NoSuchCode", STR_INIT("The request processing has failed due to some unknown error.") },
};

static void documented_messages(void **state)
{
    (void)state;
    buf b;
    buf_init(&b, 1024);
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
        str got = message_of(messages[i].code, &b);
        if (!str_eq(got, messages[i].message))
            fail_msg("%s: " STR_FMT, messages[i].code, STR_ARG(got));
    }
    buf_done(&b);
}

static void codes_of_statuses(void **state)
{
    (void)state;
    assert_true(str_eq(error_code_of(ST_UNAVAILABLE), STR("ServiceUnavailable")));
    assert_true(str_eq(error_code_of(ST_LIMIT), STR("Throttling")));
    assert_true(str_eq(error_code_of(ST_DENIED), STR("NoPermission")));
    assert_true(str_eq(error_code_of(ST_INVALID), STR("InvalidParameter")));
    for (unsigned s = ST_OK; s <= ST_BUG; s++)
        assert_true(error_http_status(error_code_of((status)s)) >= 400);
    assert_true(str_eq(error_code_of(ST_NO_MEMORY), STR("InternalError")));
    assert_true(str_eq(error_code_of(ST_UNCERTAIN), STR("InternalError")));
    assert_true(str_eq(error_code_of(ST_NOT_FOUND), STR("InternalError")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statuses),
        cmocka_unit_test(messages_hold_no_code),
        cmocka_unit_test(documented_messages),
        cmocka_unit_test(codes_of_statuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
