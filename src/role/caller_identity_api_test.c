/* caller_identity_api_test.c */
#include "account/fixture_test.h"
#include "role/caller_identity_api.h"

static fixture f;

static int setup(void **state)
{
    (void)state;
    fixture_init(&f);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fixture_done(&f);
    return 0;
}

static void ask(const caller *who)
{
    fixture_call(&f, who, sts_get_caller_identity_answer, STS_GET_CALLER_IDENTITY, &(sts_get_caller_identity_request){ 0 },
                 false);
}

static void root_is_the_account(void **state)
{
    (void)state;
    ask(&f.root);
    assert_ok(&f);
    assert_string_equal(text_at(&f, "IdentityType"), "Account");
    assert_string_equal(text_at(&f, "AccountId"), "1234567890123456");
    assert_string_equal(text_at(&f, "PrincipalId"), "1234567890123456");
    assert_string_equal(text_at(&f, "UserId"), "1234567890123456");
    assert_string_equal(text_at(&f, "Arn"), "acs:ram::1234567890123456:root");
    assert_null(fixture_at(&f, "RoleId"));
}

static void a_user_is_itself(void **state)
{
    (void)state;
    caller who = { .kind = CALLER_USER, .proof = PROOF_V1, .account = FIXTURE_ACCOUNT, .id = 211111111111111111 };
    memset(who.name, 'a', USER_NAME_MAX);
    ask(&who);
    assert_ok(&f);
    assert_string_equal(text_at(&f, "IdentityType"), "RAMUser");
    assert_string_equal(text_at(&f, "AccountId"), "1234567890123456");
    assert_string_equal(text_at(&f, "PrincipalId"), "211111111111111111");
    assert_string_equal(text_at(&f, "UserId"), "211111111111111111");
    assert_string_equal(text_at(&f, "Arn"),
                        "acs:ram::1234567890123456:user/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
}

static void a_session_is_its_role(void **state)
{
    (void)state;
    caller_session session = { .name = "deploy@ci", .chain_n = 1 };
    caller who = { .kind = CALLER_ROLE,
                   .proof = PROOF_ACS3,
                   .account = FIXTURE_ACCOUNT,
                   .id = 311111111111111111,
                   .name = "ECS-Admin",
                   .session = &session };
    ask(&who);
    assert_ok(&f);
    assert_string_equal(text_at(&f, "IdentityType"), "AssumedRoleUser");
    assert_string_equal(text_at(&f, "AccountId"), "1234567890123456");
    assert_string_equal(text_at(&f, "PrincipalId"), "311111111111111111:deploy@ci");
    assert_string_equal(text_at(&f, "RoleId"), "311111111111111111");
    assert_string_equal(text_at(&f, "Arn"), "acs:ram::1234567890123456:role/ecs-admin/deploy@ci");
    assert_null(fixture_at(&f, "UserId"));
    memset(who.name, 'A', USER_NAME_MAX);
    memset(session.name, 'n', SESSION_NAME_MAX);
    ask(&who);
    assert_ok(&f);
    assert_int_equal(strlen(text_at(&f, "Arn")), strlen("acs:ram::1234567890123456:role//") + 128);
    who.session = NULL;
    ask(&who);
    assert_int_equal(f.status, ST_BUG);
}

static void nobody_gets_no_answer(void **state)
{
    (void)state;
    const caller nobody = { .account = FIXTURE_ACCOUNT };
    ask(&nobody);
    assert_int_equal(f.status, ST_BUG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(root_is_the_account),
        cmocka_unit_test(a_user_is_itself),
        cmocka_unit_test(a_session_is_its_role),
        cmocka_unit_test(nobody_gets_no_answer),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
