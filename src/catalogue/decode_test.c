#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "catalogue/catalogue.gen.h"
#include "catalogue/decode.h"

enum { PARAMS_MAX = 128 };

static arena *request_arena;

static int by_name(const void *a, const void *b)
{
    return str_cmp(((const param *)a)->name, ((const param *)b)->name);
}

/* "*12" is twelve x, "#12" twelve characters of two bytes each; anything else is the value itself. */
static str expand(str value)
{
    uint32_t n;
    if (value.n < 2 || (value.p[0] != '*' && value.p[0] != '#') ||
        str_to_u32(str_slice(value, 1, value.n), 1, 300000, &n) != ST_OK)
        return value;
    str unit = value.p[0] == '*' ? STR("x") : STR("\xc3\xa9");
    char *text = arena_alloc_n(request_arena, n, unit.n);
    assert_non_null(text);
    for (uint32_t i = 0; i < n; i++)
        memcpy(text + i * unit.n, unit.p, unit.n);
    return (str){ text, n * unit.n };
}

/* "UserName=alice&Comments=" to the sorted parameters of the one parse. */
static size_t params_of(const char *text, param *ret)
{
    size_t n = 0;
    str rest = str_from_c(text), pair;
    while (rest.n > 0) {
        if (!str_split(rest, '&', &pair, &rest)) {
            pair = rest;
            rest = STR("");
        }
        assert_true(n < PARAMS_MAX);
        assert_true(str_split(pair, '=', &ret[n].name, &ret[n].value));
        ret[n].value = expand(ret[n].value);
        n++;
    }
    qsort(ret, n, sizeof *ret, by_name);
    return n;
}

static status decode(unsigned action, const char *text, const void **ret, err *e)
{
    param params[PARAMS_MAX];
    arena_reset(request_arena);
    memset(e, 0, sizeof *e);
    size_t n = params_of(text, params);
    return decode_request(catalogue_get(action), params, n, request_arena, ret, e);
}

#define TAG_20                                                                                                         \
    "&Tag.1.Key=1&Tag.2.Key=2&Tag.3.Key=3&Tag.4.Key=4&Tag.5.Key=5&Tag.6.Key=6&Tag.7.Key=7&Tag.8.Key=8&Tag.9.Key=9"     \
    "&Tag.10.Key=10&Tag.11.Key=11&Tag.12.Key=12&Tag.13.Key=13&Tag.14.Key=14&Tag.15.Key=15&Tag.16.Key=16&Tag.17.Key=17" \
    "&Tag.18.Key=18&Tag.19.Key=19&Tag.20.Key=20"
#define IMS_USER "UserPrincipalName=a@b.onaliyun.com&DisplayName=A"
#define TAGGED   "ResourceType=user&ResourceId.1=1"
#define OIDC     "OIDCProviderArn=p&OIDCToken=abcd&RoleArn=r&RoleSessionName="
#define ROLE     "ResourceType=role&ResourceNames=[\"r\"]"

/* What the documents forbid, with its code; NULL: allowed. */
static const struct {
    const char *what;
    unsigned action;
    const char *params;
    const char *code;
} cases[] = {
    /* required, empty, unknown */
    { "required one", RAM_CREATE_USER, "UserName=alice", NULL },
    { "missing", RAM_CREATE_USER, "DisplayName=Alice", "MissingUserName" },
    { "missing, sent empty", RAM_CREATE_USER, "UserName=", "MissingUserName" },
    { "required ones come first", RAM_CREATE_USER, "Comments=*129", "MissingUserName" },
    { "unknown ones are ignored", RAM_CREATE_USER, "UserName=alice&RegionId=x&AcceptLanguage=en&TagKey.1=x", NULL },
    { "names are case-sensitive", RAM_CREATE_USER, "username=alice", "MissingUserName" },
    { "optional ones sent empty", RAM_CREATE_USER, "UserName=alice&DisplayName=&Comments=&Email=&MobilePhone=", NULL },
    { "numbers sent empty", RAM_LIST_USERS, "MaxItems=&Marker=", NULL },
    /* user names, RAM */
    { "64 characters", RAM_CREATE_USER, "UserName=*64", NULL },
    { "65 characters", RAM_CREATE_USER, "UserName=*65", "InvalidParameter.UserName.Length" },
    { "every character", RAM_CREATE_USER, "UserName=Az09.-_", NULL },
    { "at sign", RAM_CREATE_USER, "UserName=a@b", "InvalidParameter.UserName.InvalidChars" },
    { "blank", RAM_CREATE_USER, "UserName=a b", "InvalidParameter.UserName.InvalidChars" },
    { "letter beyond ASCII", RAM_CREATE_USER, "UserName=#3", "InvalidParameter.UserName.InvalidChars" },
    { "path", RAM_GET_USER, "UserName=../etc", "InvalidParameter.UserName.InvalidChars" },
    { "new name", RAM_UPDATE_USER, "UserName=a&NewUserName=*65", "InvalidParameter.NewUserName.Length" },
    { "new name, characters", RAM_UPDATE_USER, "UserName=a&NewUserName=a%", "InvalidParameter.NewUserName.InvalidChars" },
    /* user principal names, IMS */
    { "principal name", IMS_CREATE_USER, IMS_USER, NULL },
    { "without a domain", IMS_CREATE_USER, "DisplayName=A&UserPrincipalName=a", "InvalidParameter.UserPrincipalName.Format" },
    { "empty domain", IMS_CREATE_USER, "DisplayName=A&UserPrincipalName=a@", "InvalidParameter.UserPrincipalName.Format" },
    { "empty user", IMS_CREATE_USER, "DisplayName=A&UserPrincipalName=@b", "InvalidParameter.UserPrincipalName.Format" },
    { "two at signs", IMS_CREATE_USER, "DisplayName=A&UserPrincipalName=a@b@c",
      "InvalidParameter.UserPrincipalName.InvalidChars" },
    { "bad user", IMS_CREATE_USER, "DisplayName=A&UserPrincipalName=a b@c", "InvalidParameter.UserPrincipalName.InvalidChars" },
    { "bad domain", IMS_CREATE_USER, "DisplayName=A&UserPrincipalName=a@c/d",
      "InvalidParameter.UserPrincipalName.InvalidChars" },
    { "neither", IMS_CREATE_USER, "DisplayName=A&UserPrincipalName=a b", "InvalidParameter.UserPrincipalName.InvalidChars" },
    { "too long", IMS_CREATE_USER, "DisplayName=A&UserPrincipalName=*129", "InvalidParameter.UserPrincipalName.Length" },
    { "user part of 64", IMS_GET_USER, "UserPrincipalName=0123456789012345678901234567890123456789012345678901234567890123@d",
      NULL },
    { "user part of 65", IMS_GET_USER, "UserPrincipalName=01234567890123456789012345678901234567890123456789012345678901234@d",
      "InvalidParameter.UserPrincipalName.Length" },
    { "empty means the caller", IMS_LIST_ACCESS_KEYS, "UserPrincipalName=", NULL },
    { "empty means the caller, RAM", RAM_LIST_ACCESS_KEYS, "UserName=", NULL },
    { "bad one is no caller", RAM_LIST_ACCESS_KEYS, "UserName=a b", "InvalidParameter.UserName.InvalidChars" },
    /* other texts */
    { "display name of 128", IMS_CREATE_USER, "UserPrincipalName=a@b&DisplayName=#128", NULL },
    { "display name of 129", IMS_CREATE_USER, "UserPrincipalName=a@b&DisplayName=#129", "InvalidParameter.DisplayName.Length" },
    { "display name of 128, RAM", RAM_CREATE_USER, "UserName=a&DisplayName=#128", NULL },
    { "line feed in a display name", RAM_CREATE_USER, "UserName=a&DisplayName=a\nb",
      "InvalidParameter.DisplayName.InvalidChars" },
    { "line feed in comments", RAM_CREATE_USER, "UserName=a&Comments=a\nb", NULL },
    { "comments of 128", RAM_CREATE_USER, "UserName=a&Comments=#128", NULL },
    { "comments of 129", RAM_CREATE_USER, "UserName=a&Comments=*129", "InvalidParameter.Comments.Length" },
    { "new comments of 129", RAM_UPDATE_USER, "UserName=a&NewComments=*129", "InvalidParameter.NewComments.Length" },
    { "e-mail", RAM_CREATE_USER, "UserName=a&Email=a.b+c@example.com", NULL },
    { "e-mail without at sign", RAM_CREATE_USER, "UserName=a&Email=example.com", "InvalidParameter.Email.Format" },
    { "e-mail with two", RAM_CREATE_USER, "UserName=a&Email=a@b@c", "InvalidParameter.Email.Format" },
    { "e-mail without user", RAM_CREATE_USER, "UserName=a&Email=@b", "InvalidParameter.Email.Format" },
    { "e-mail with a blank", RAM_CREATE_USER, "UserName=a&Email=a b@c", "InvalidParameter.Email.Format" },
    { "e-mail with a header", RAM_CREATE_USER, "UserName=a&Email=a@b\r\nBcc:x", "InvalidParameter.Email.Format" },
    { "e-mail too long", RAM_CREATE_USER, "UserName=a&Email=*255", "InvalidParameter.Email.Format" },
    { "new e-mail", RAM_UPDATE_USER, "UserName=a&NewEmail=x", "InvalidParameter.NewEmail.Format" },
    { "phone", RAM_CREATE_USER, "UserName=a&MobilePhone=86-13900001234", NULL },
    { "phone without a country", RAM_CREATE_USER, "UserName=a&MobilePhone=13900001234", "InvalidParameter.MobilePhone.Format" },
    { "phone with letters", RAM_CREATE_USER, "UserName=a&MobilePhone=86-1390x", "InvalidParameter.MobilePhone.Format" },
    { "phone with two hyphens", RAM_CREATE_USER, "UserName=a&MobilePhone=86-13-9", "InvalidParameter.MobilePhone.Format" },
    { "alias of 2", RAM_SET_ACCOUNT_ALIAS, "AccountAlias=ab", "InvalidParameter.AccountAlias.Length" },
    { "alias of 3", RAM_SET_ACCOUNT_ALIAS, "AccountAlias=abc", NULL },
    { "alias of 32", RAM_SET_ACCOUNT_ALIAS, "AccountAlias=*32", NULL },
    { "alias of 33", RAM_SET_ACCOUNT_ALIAS, "AccountAlias=*33", "InvalidParameter.AccountAlias.Length" },
    { "alias characters are the handler's", RAM_SET_ACCOUNT_ALIAS, "AccountAlias=-A--", NULL },
    { "domain of 65", IMS_SET_DEFAULT_DOMAIN, "DefaultDomainName=*65", "InvalidParameter.DefaultDomainName.Length" },
    { "domain", IMS_SET_DEFAULT_DOMAIN, "DefaultDomainName=a/b", "InvalidParameter.DefaultDomainName.InvalidChars" },
    { "policy name", RAM_GET_POLICY, "PolicyName=Aliyun_RAM&PolicyType=System", "InvalidParameter.PolicyName.InvalidChars" },
    { "policy name of 129", RAM_GET_POLICY, "PolicyName=*129&PolicyType=System", "InvalidParameter.PolicyName.Length" },
    { "role name", RAM_GET_ROLE, "RoleName=a_b", "InvalidParameter.RoleName.InvalidChars" },
    { "role session name of 1", STS_ASSUME_ROLE_WITH_OIDC, OIDC "a", "InvalidParameter.RoleSessionName.Length" },
    { "role session name of 2 in 4 bytes", STS_ASSUME_ROLE_WITH_OIDC, OIDC "#2", NULL },
    { "role session name of 1 in 2 bytes", STS_ASSUME_ROLE_WITH_OIDC, OIDC "#1", "InvalidParameter.RoleSessionName.Length" },
    { "policy of 6144", RAM_CREATE_POLICY, "PolicyName=p&PolicyDocument=*6144", NULL },
    { "policy of 6145", RAM_CREATE_POLICY, "PolicyName=p&PolicyDocument=*6145", "InvalidParameter.PolicyDocument.Length" },
    { "key id of 64", RAM_UPDATE_ACCESS_KEY, "Status=Active&UserAccessKeyId=*64", NULL },
    { "key id of 65", RAM_UPDATE_ACCESS_KEY, "Status=Active&UserAccessKeyId=*65", "InvalidParameter.UserAccessKeyId.Length" },
    { "key id", RAM_UPDATE_ACCESS_KEY, "Status=Active&UserAccessKeyId=a'b", "InvalidParameter.UserAccessKeyId.InvalidChars" },
    { "network masks", IMS_SET_SECURITY_PREFERENCE, "LoginNetworkMasks=*513", "InvalidParameter.LoginNetworkMasks.Length" },
    { "no bound stated", RAM_CHANGE_PASSWORD, "NewPassword=*2049&OldPassword=x", "InvalidParameter.NewPassword.Length" },
    /* enumerations */
    { "status", RAM_UPDATE_ACCESS_KEY, "Status=active&UserAccessKeyId=a", "InvalidParameter.Status" },
    { "policy type", RAM_GET_POLICY, "PolicyName=p&PolicyType=Other", "InvalidParameter.PolicyType" },
    { "two in one", IMS_LIST_USERS, "Status=active,freeze", NULL },
    { "number of a set", IMS_SET_SECURITY_PREFERENCE, "MaxIdleDaysForUsers=180", NULL },
    { "number outside of it", IMS_SET_SECURITY_PREFERENCE, "MaxIdleDaysForUsers=181", "InvalidParameter.MaxIdleDaysForUsers" },
    { "operation", IMS_SET_SECURITY_PREFERENCE, "MFAOperationForLogin=sometimes", "InvalidParameter.MFAOperationForLogin" },
    { "type of tagged things", RAM_LIST_TAG_RESOURCES, "ResourceType=user", "InvalidParameter.ResourceType" },
    /* numbers and bools */
    { "smallest", RAM_LIST_USERS, "MaxItems=1", NULL },
    { "largest", RAM_LIST_USERS, "MaxItems=1000", NULL },
    { "too small", RAM_LIST_USERS, "MaxItems=0", "InvalidParameter.MaxItems.Range" },
    { "too large", RAM_LIST_USERS, "MaxItems=1001", "InvalidParameter.MaxItems.Range" },
    { "negative", RAM_LIST_USERS, "MaxItems=-1", "InvalidParameter.MaxItems.Range" },
    { "beyond 64 bits", RAM_LIST_USERS, "MaxItems=99999999999999999999", "InvalidParameter.MaxItems.Range" },
    { "letters", RAM_LIST_USERS, "MaxItems=ten", "InvalidParameter.MaxItems.Format" },
    { "fraction", RAM_LIST_USERS, "MaxItems=1.0", "InvalidParameter.MaxItems.Format" },
    { "blank", RAM_LIST_USERS, "MaxItems= 1", "InvalidParameter.MaxItems.Format" },
    { "plus", RAM_LIST_USERS, "MaxItems=+1", "InvalidParameter.MaxItems.Format" },
    { "leading zero", RAM_LIST_USERS, "MaxItems=01", "InvalidParameter.MaxItems.Format" },
    { "hyphen alone", RAM_LIST_USERS, "MaxItems=-", "InvalidParameter.MaxItems.Format" },
    { "number that the shapes call a text", IMS_GET_CREDENTIAL_REPORT, "MaxItems=3502", "InvalidParameter.MaxItems.Range" },
    { "only a smallest", STS_ASSUME_ROLE_WITH_OIDC, OIDC "ab&DurationSeconds=899", "InvalidParameter.DurationSeconds.Range" },
    { "documented", RAM_SET_PASSWORD_POLICY, "MinimumPasswordLength=7", "InvalidParameter.MinimumPasswordLength.Range" },
    { "range of the other face", RAM_SET_PASSWORD_POLICY, "MaxLoginAttemps=33", "InvalidParameter.MaxLoginAttemps.Range" },
    { "past int32", IMS_CREATE_APPLICATION, "AppName=a&AppType=WebApp&DisplayName=a&AccessTokenValidity=4294967296",
      "InvalidParameter.AccessTokenValidity.Range" },
    { "true", RAM_CREATE_LOGIN_PROFILE, "UserName=a&Password=p&MFABindRequired=True", NULL },
    { "yes", RAM_CREATE_LOGIN_PROFILE, "UserName=a&Password=p&MFABindRequired=yes", "InvalidParameter.MFABindRequired.Format" },
    { "one", RAM_CREATE_LOGIN_PROFILE, "UserName=a&Password=p&MFABindRequired=1", "InvalidParameter.MFABindRequired.Format" },
    /* groups */
    { "one of three", IMS_GET_USER, "UserId=1", NULL },
    { "none of three", IMS_GET_USER, "", "MissingUserPrincipalName" },
    { "none, one sent empty", IMS_GET_USER, "UserId=", "MissingUserPrincipalName" },
    { "an empty one does not count", IMS_GET_USER, "UserPrincipalName=&UserId=1", NULL },
    { "two of three", IMS_GET_USER, "UserId=1&UserPrincipalName=a@b", "InvalidParameter.UserId" },
    { "two others", IMS_GET_USER, "UserId=1&UserAccessKeyId=2", "InvalidParameter.UserAccessKeyId" },
    { "either of two lists", IMS_TAG_RESOURCES, "ResourceType=user&Tag.1.Key=k", "MissingResourceId" },
    { "both lists", IMS_TAG_RESOURCES, TAGGED "&ResourcePrincipalName.1=a@b&Tag.1.Key=k",
      "InvalidParameter.ResourcePrincipalName" },
    { "keys or all: keys", IMS_UNTAG_RESOURCES, TAGGED "&TagKey.1=k", NULL },
    { "keys or all: all", IMS_UNTAG_RESOURCES, TAGGED "&All=true", NULL },
    { "keys or all: keys, and not all", IMS_UNTAG_RESOURCES, TAGGED "&All=false&TagKey.1=k", NULL },
    { "keys or all: both", IMS_UNTAG_RESOURCES, TAGGED "&All=true&TagKey.1=k", "InvalidParameter.All" },
    { "keys or all: neither", IMS_UNTAG_RESOURCES, TAGGED "&All=false", "MissingTagKey" },
    { "at least one, both", IMS_UPDATE_SAML_PROVIDER, "SAMLProviderName=a&NewDescription=d&NewEncodedSAMLMetadataDocument=x",
      NULL },
    { "at least one, none", IMS_UPDATE_SAML_PROVIDER, "SAMLProviderName=a", "MissingNewDescription" },
    /* numbered lists */
    { "in any order", IMS_TAG_RESOURCES,
      "ResourceType=user&Tag.1.Key=k&ResourceId.2=b&ResourceId.1=a&ResourceId.10=j&ResourceId.3=c"
      "&ResourceId.4=d&ResourceId.5=e&ResourceId.6=f&ResourceId.7=g&ResourceId.8=h&ResourceId.9=i",
      NULL },
    { "gap", IMS_TAG_RESOURCES, "ResourceType=user&Tag.1.Key=k&ResourceId.1=a&ResourceId.3=c",
      "InvalidParameter.ResourceId.Format" },
    { "from zero", IMS_TAG_RESOURCES, "ResourceType=user&Tag.1.Key=k&ResourceId.0=a", "InvalidParameter.ResourceId.Format" },
    { "no number", IMS_TAG_RESOURCES, "ResourceType=user&Tag.1.Key=k&ResourceId.x=a", "InvalidParameter.ResourceId.Format" },
    { "padded number", IMS_TAG_RESOURCES, "ResourceType=user&Tag.1.Key=k&ResourceId.01=a",
      "InvalidParameter.ResourceId.Format" },
    { "below an item", IMS_TAG_RESOURCES, "ResourceType=user&Tag.1.Key=k&ResourceId.1.a=a",
      "InvalidParameter.ResourceId.Format" },
    { "empty item", IMS_TAG_RESOURCES, "ResourceType=user&Tag.1.Key=k&ResourceId.1=", "InvalidParameter.ResourceId.Length" },
    { "bad item", IMS_TAG_RESOURCES, "ResourceType=user&Tag.1.Key=k&ResourceId.1=a b",
      "InvalidParameter.ResourceId.InvalidChars" },
    { "bad principal name in a list", IMS_TAG_RESOURCES, "ResourceType=user&Tag.1.Key=k&ResourcePrincipalName.1=a",
      "InvalidParameter.ResourcePrincipalName.Format" },
    { "numbered where JSON is usual", RAM_TAG_RESOURCES, "ResourceType=role&ResourceNames.1=r&Tag.1.Key=k", NULL },
    { "both forms", RAM_UNTAG_RESOURCES, ROLE "&ResourceNames.1=r&All=true", "InvalidParameter.ResourceNames.Format" },
    /* tags */
    { "20", IMS_CREATE_USER, IMS_USER TAG_20, NULL },
    { "21", IMS_CREATE_USER, IMS_USER TAG_20 "&Tag.21.Key=21", "InvalidParameter.Tag.Length" },
    { "number far away", IMS_CREATE_USER, IMS_USER "&Tag.4294967295.Key=k", "InvalidParameter.Tag.Length" },
    { "number past 32 bits", IMS_CREATE_USER, IMS_USER "&Tag.4294967297.Key=k", "InvalidParameter.Tag.Format" },
    { "gap in tags", IMS_CREATE_USER, IMS_USER "&Tag.2.Key=k", "InvalidParameter.Tag.Format" },
    { "neither key nor value", IMS_CREATE_USER, IMS_USER "&Tag.1.Name=k", "InvalidParameter.Tag.Format" },
    { "item alone", IMS_CREATE_USER, IMS_USER "&Tag.1=k", "InvalidParameter.Tag.Format" },
    { "value alone", IMS_CREATE_USER, IMS_USER "&Tag.1.Value=v", "InvalidParameter.Tag.Key.Length" },
    { "empty key", IMS_CREATE_USER, IMS_USER "&Tag.1.Key=&Tag.1.Value=v", "InvalidParameter.Tag.Key.Length" },
    { "empty value", IMS_CREATE_USER, IMS_USER "&Tag.1.Key=k&Tag.1.Value=", NULL },
    { "key of 128", IMS_CREATE_USER, IMS_USER "&Tag.1.Key=#128", NULL },
    { "key of 129", IMS_CREATE_USER, IMS_USER "&Tag.1.Key=*129", "InvalidParameter.Tag.Key.Length" },
    { "value of 128", IMS_CREATE_USER, IMS_USER "&Tag.1.Key=k&Tag.1.Value=#128", NULL },
    { "value of 129", IMS_CREATE_USER, IMS_USER "&Tag.1.Key=k&Tag.1.Value=*129", "InvalidParameter.Tag.Value.Length" },
    { "value of 256, RAM", RAM_TAG_RESOURCES, ROLE "&Tag.1.Key=k&Tag.1.Value=*256", NULL },
    { "value of 257, RAM", RAM_TAG_RESOURCES, ROLE "&Tag.1.Key=k&Tag.1.Value=*257", "InvalidParameter.Tag.Value.Length" },
    { "key twice", IMS_CREATE_USER, IMS_USER "&Tag.1.Key=k&Tag.2.Key=k", "InvalidParameter.Tag.Key" },
    { "keys differ in case", IMS_CREATE_USER, IMS_USER "&Tag.1.Key=k&Tag.2.Key=K", NULL },
    { "tags are required", IMS_TAG_RESOURCES, TAGGED, "MissingTag" },
    { "other names near by", IMS_CREATE_USER, IMS_USER "&Tag-1.Key=x&Tags.1.Key=x&TagKey.1=x", NULL },
    /* JSON lists */
    { "JSON", RAM_TAG_RESOURCES, ROLE "&Tag=[{\"Key\":\"k\",\"Value\":\"v\"},{\"Key\":\"l\"}]", NULL },
    { "null is left out", RAM_TAG_RESOURCES, ROLE "&Tag=[{\"Key\":\"k\",\"Value\":null}]", NULL },
    { "empty array", RAM_TAG_RESOURCES, ROLE "&Tag=[]", "MissingTag" },
    { "empty array of an optional list", IMS_SET_SECURITY_PREFERENCE, "VerificationTypes=[]", NULL },
    { "no JSON", RAM_TAG_RESOURCES, ROLE "&Tag=k", "InvalidParameter.Tag.Format" },
    { "an object", RAM_TAG_RESOURCES, ROLE "&Tag={\"Key\":\"k\"}", "InvalidParameter.Tag.Format" },
    { "texts for objects", RAM_TAG_RESOURCES, ROLE "&Tag=[\"k\"]", "InvalidParameter.Tag.Format" },
    { "objects for texts", RAM_UNTAG_RESOURCES, "ResourceType=role&All=true&ResourceNames=[{}]",
      "InvalidParameter.ResourceNames.Format" },
    { "member twice", RAM_TAG_RESOURCES, ROLE "&Tag=[{\"Key\":\"k\",\"Key\":\"l\"}]", "InvalidParameter.Tag.Format" },
    { "other member", RAM_TAG_RESOURCES, ROLE "&Tag=[{\"TagKey\":\"k\"}]", "InvalidParameter.Tag.Format" },
    { "number for a text", RAM_TAG_RESOURCES, ROLE "&Tag=[{\"Key\":1}]", "InvalidParameter.Tag.Format" },
    { "escaped NUL", RAM_TAG_RESOURCES, ROLE "&Tag=[{\"Key\":\"a\\u0000\"}]", "InvalidParameter.Tag.Format" },
    { "half a surrogate pair", RAM_TAG_RESOURCES, ROLE "&Tag=[{\"Key\":\"\\ud800\"}]", "InvalidParameter.Tag.Format" },
    { "something behind", RAM_TAG_RESOURCES, ROLE "&Tag=[{\"Key\":\"k\"}]x", "InvalidParameter.Tag.Format" },
    { "no key", RAM_TAG_RESOURCES, ROLE "&Tag=[{\"Value\":\"v\"}]", "InvalidParameter.Tag.Key.Length" },
    { "beyond the size of any list", RAM_TAG_RESOURCES, ROLE "&Tag=*131073", "InvalidParameter.Tag.Length" },
    { "types", IMS_SET_SECURITY_PREFERENCE, "VerificationTypes=[\"sms\",\"email\"]", NULL },
    { "unknown type", IMS_SET_SECURITY_PREFERENCE, "VerificationTypes=[\"fax\"]", "InvalidParameter.VerificationTypes" },
    { "too many types", IMS_SET_SECURITY_PREFERENCE, "VerificationTypes=[\"sms\",\"sms\",\"sms\"]",
      "InvalidParameter.VerificationTypes.Length" },
    { "JSON where numbers are usual", IMS_UNTAG_RESOURCES, "ResourceType=user&ResourceId=[\"1\"]&TagKey=[\"k\"]", NULL },
};

static void rules(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const void *request = NULL;
        err e;
        status s = decode(cases[i].action, cases[i].params, &request, &e);
        const char *want = cases[i].code != NULL ? cases[i].code : "";
        if (s != (cases[i].code == NULL ? ST_OK : ST_INVALID) || strcmp(e.code, want) != 0)
            fail_msg("%s: %s: %s, code \"%s\", wanted \"%s\"", cases[i].what, cases[i].params, status_name(s), e.code, want);
        assert_int_equal(request != NULL, s == ST_OK);
    }
}

static const void *decoded(unsigned action, const char *text)
{
    const void *request = NULL;
    err e;
    assert_int_equal(decode(action, text, &request, &e), ST_OK);
    return request;
}

static void values(void **state)
{
    (void)state;
    const ram_update_user_request *u = decoded(RAM_UPDATE_USER, "UserName=alice&NewComments=&NewDisplayName=A B");
    assert_true(str_eq(u->user_name, STR("alice")));
    assert_true(str_eq(u->new_display_name, STR("A B")));
    assert_true(str_eq(u->new_comments, STR(""))); /* present and empty: it clears */
    assert_null(u->new_email.p);                   /* absent: it is kept */

    const ram_create_user_request *c = decoded(RAM_CREATE_USER, "UserName=alice&Comments=");
    assert_null(c->comments.p); /* nothing to clear: the same as absent */

    const ram_list_access_keys_request *k = decoded(RAM_LIST_ACCESS_KEYS, "UserName=");
    assert_true(str_eq(k->user_name, STR("")));

    const ims_set_security_preference_request *p =
        decoded(IMS_SET_SECURITY_PREFERENCE, "LoginSessionDuration=24&AllowUserToChangePassword=FALSE&LoginNetworkMasks=");
    assert_true(p->login_session_duration.is_set);
    assert_int_equal(p->login_session_duration.v, 24);
    assert_true(p->allow_user_to_change_password.is_set);
    assert_false(p->allow_user_to_change_password.v);
    assert_false(p->enable_save_mfa_ticket.is_set);
    assert_true(str_eq(p->login_network_masks, STR("")));
    assert_false(p->verification_types.is_set);
    p = decoded(IMS_SET_SECURITY_PREFERENCE, "VerificationTypes=[]");
    assert_true(p->verification_types.is_set);
    assert_int_equal(p->verification_types.n, 0);

    const sts_assume_role_request *a = decoded(STS_ASSUME_ROLE, "RoleArn=r&RoleSessionName=ab&DurationSeconds=3600");
    assert_true(a->duration_seconds.is_set && a->duration_seconds.v == 3600);
}

static void list_values(void **state)
{
    (void)state;
    const ims_tag_resources_request *t =
        decoded(IMS_TAG_RESOURCES, "ResourceType=user&ResourceId.2=b&ResourceId.1=a&Tag.2.Value=w&Tag.2.Key=l&Tag.1.Key=k");
    assert_true(t->resource_id.is_set);
    assert_int_equal(t->resource_id.n, 2);
    assert_true(str_eq(t->resource_id.v[0], STR("a")) && str_eq(t->resource_id.v[1], STR("b")));
    assert_int_equal(t->tag.n, 2);
    assert_true(str_eq(t->tag.v[0].key, STR("k")) && t->tag.v[0].value.p == NULL);
    assert_true(str_eq(t->tag.v[1].key, STR("l")) && str_eq(t->tag.v[1].value, STR("w")));

    const ram_tag_resources_request *r = decoded(
        RAM_TAG_RESOURCES, "ResourceType=role&ResourceNames=[\"r\",\"s\"]&Tag=[{\"Value\":\"\\u00e9\\\"\",\"Key\":\"k\"}]");
    assert_int_equal(r->resource_names.n, 2);
    assert_true(str_eq(r->resource_names.v[1], STR("s")));
    assert_int_equal(r->tag.n, 1);
    assert_true(str_eq(r->tag.v[0].key, STR("k")) && str_eq(r->tag.v[0].value, STR("\xc3\xa9\"")));
}

static void no_parameters(void **state)
{
    (void)state;
    const void *request = NULL;
    err e = { 0 };
    arena_reset(request_arena);
    assert_int_equal(decode_request(catalogue_get(STS_GET_CALLER_IDENTITY), NULL, 0, request_arena, &request, &e), ST_OK);
    assert_non_null(request);
}

static void out_of_memory(void **state)
{
    (void)state;
    arena *tiny = arena_new(64, 64);
    param params[2] = { { STR("ResourceNames"), STR("[\"r\"]") }, { STR("ResourceType"), STR("role") } };
    const void *request = NULL;
    err e = { 0 };
    assert_int_equal(decode_request(catalogue_get(RAM_LIST_TAG_RESOURCES), params, 2, tiny, &request, &e), ST_NO_MEMORY);
    assert_null(request);
    arena_free(tiny);
}

static void secrets(void **state)
{
    (void)state;
    const action_shape *login = catalogue_get(RAM_CREATE_LOGIN_PROFILE);
    assert_true(decode_is_secret(login, STR("Password")));
    assert_false(decode_is_secret(login, STR("PasswordResetRequired"))); /* known, and not marked */
    assert_true(decode_is_secret(catalogue_get(IMS_CHANGE_PASSWORD), STR("OldPassword")));
    assert_true(decode_is_secret(catalogue_get(IMS_BIND_MFA_DEVICE), STR("AuthenticationCode2")));
    assert_true(decode_is_secret(catalogue_get(STS_ASSUME_ROLE_WITH_OIDC), STR("OIDCToken")));
    assert_true(decode_is_secret(catalogue_get(STS_ASSUME_ROLE_WITH_SAML), STR("SAMLAssertion")));
    assert_false(decode_is_secret(catalogue_get(RAM_LIST_USERS), STR("Marker")));
    assert_true(decode_is_secret(catalogue_get(RAM_LIST_USERS), STR("NewPassword"))); /* by its name, in an action without it */
    assert_true(decode_is_secret(NULL, STR("SecurityToken")));
    assert_true(decode_is_secret(NULL, STR("AccessKeySecret")));
    assert_true(decode_is_secret(NULL, STR("password")));
    assert_true(decode_is_secret(NULL, STR("AuthenticationCode1")));
    assert_false(decode_is_secret(NULL, STR("SignatureNonce")));
    assert_false(decode_is_secret(NULL, STR("AccessKeyId")));
}

static int setup(void **state)
{
    (void)state;
    request_arena = arena_new(4096, 1024 * 1024);
    return request_arena == NULL;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(request_arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules),         cmocka_unit_test(values),        cmocka_unit_test(list_values),
        cmocka_unit_test(no_parameters), cmocka_unit_test(out_of_memory), cmocka_unit_test(secrets),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
