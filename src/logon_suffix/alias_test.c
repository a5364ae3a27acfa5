/* alias_test.c - rules from RAM SetAccountAlias and IMS SetDefaultDomain. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "logon_suffix/alias.h"

static const uint64_t ACCOUNT = 1234567890123456;

#define FORMAT "InvalidParameter.AccountAlias.Format"
#define LENGTH "InvalidParameter.AccountAlias.Length"

static const struct {
    const char *what;
    str alias;
    const char *code;
} alias_cases[] = {
    { "shortest", STR_INIT("abc"), NULL },
    { "one below shortest", STR_INIT("ab"), LENGTH },
    { "empty", STR_INIT(""), LENGTH },
    { "longest", STR_INIT("abcdefghijklmnopqrstuvwxyz012345"), NULL },
    { "one past longest", STR_INIT("abcdefghijklmnopqrstuvwxyz0123456"), LENGTH },
    { "digits and hyphen", STR_INIT("1-2-3"), NULL },
    { "upper case", STR_INIT("Abc"), FORMAT },
    { "dot", STR_INIT("a.bc"), FORMAT },
    { "underscore", STR_INIT("a_bc"), FORMAT },
    { "blank", STR_INIT("a bc"), FORMAT },
    { "NUL", STR_INIT("a\0bc"), FORMAT },
    { "not ASCII", STR_INIT("\xC3\xA4 bc"), FORMAT },
    { "leading hyphen", STR_INIT("-abc"), FORMAT },
    { "trailing hyphen", STR_INIT("abc-"), FORMAT },
    { "two hyphens", STR_INIT("a--c"), FORMAT },
    { "its own id", STR_INIT("1234567890123456"), NULL },
    { "another id", STR_INIT("1234567890123457"), FORMAT },
    { "too short for an id", STR_INIT("123456789012345"), NULL },
    { "an id with a digit before it", STR_INIT("01234567890123457"), FORMAT },
};

static void aliases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof alias_cases / sizeof alias_cases[0]; i++) {
        err e = { 0 };
        status s = alias_check(alias_cases[i].alias, ACCOUNT, &e);
        if ((s == ST_OK) != (alias_cases[i].code == NULL) || (s != ST_OK && strcmp(e.code, alias_cases[i].code) != 0))
            fail_msg("%s: %s", alias_cases[i].what, e.code);
    }
}

#undef FORMAT
#undef LENGTH
#define FORMAT "InvalidParameter.DefaultDomainName.Format"
#define LENGTH "InvalidParameter.DefaultDomainName.Length"
#define FIFTY  "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmn"

static const struct {
    const char *what;
    str domain;
    str alias;
    const char *code;
} domain_cases[] = {
    { "plain", STR_INIT("example.onaliyun.com"), STR_INIT("example"), NULL },
    { "suffix in any case", STR_INIT("Example.OnAliyun.Com"), STR_INIT("Example"), NULL },
    { "dots and underscores", STR_INIT("a.b_c-d.onaliyun.com"), STR_INIT("a.b_c-d"), NULL },
    { "64 characters", STR_INIT(FIFTY "o.onaliyun.com"), STR_INIT(FIFTY "o"), NULL },
    { "65 characters", STR_INIT(FIFTY "op.onaliyun.com"), STR_INIT(""), LENGTH },
    { "empty", STR_INIT(""), STR_INIT(""), LENGTH },
    { "no label", STR_INIT(".onaliyun.com"), STR_INIT(""), FORMAT },
    { "suffix alone", STR_INIT("onaliyun.com"), STR_INIT(""), FORMAT },
    { "another suffix", STR_INIT("example.onaliyun.org"), STR_INIT(""), FORMAT },
    { "no dot before the suffix", STR_INIT("exampleonaliyun.com"), STR_INIT(""), FORMAT },
    { "leading hyphen", STR_INIT("-a.onaliyun.com"), STR_INIT(""), FORMAT },
    { "trailing hyphen", STR_INIT("a-.onaliyun.com"), STR_INIT(""), FORMAT },
    { "two hyphens", STR_INIT("a--b.onaliyun.com"), STR_INIT(""), FORMAT },
    { "two dots", STR_INIT("a..b.onaliyun.com"), STR_INIT(""), FORMAT },
    { "leading dot", STR_INIT(".a.onaliyun.com"), STR_INIT(""), FORMAT },
    { "blank", STR_INIT("a b.onaliyun.com"), STR_INIT(""), FORMAT },
    { "@", STR_INIT("a@b.onaliyun.com"), STR_INIT(""), FORMAT },
    { "its own id", STR_INIT("1234567890123456.onaliyun.com"), STR_INIT("1234567890123456"), NULL },
    { "another id", STR_INIT("6543210987654321.onaliyun.com"), STR_INIT(""), FORMAT },
    { "another id behind a dot", STR_INIT("x.6543210987654321.onaliyun.com"), STR_INIT(""), FORMAT },
    { "another id before a dot", STR_INIT("6543210987654321.x.onaliyun.com"), STR_INIT(""), FORMAT },
    { "another id with a digit before it", STR_INIT("06543210987654321.onaliyun.com"), STR_INIT(""), FORMAT },
    { "another account's whole domain as label", STR_INIT("x.onaliyun.com.onaliyun.com"), STR_INIT(""), FORMAT },
    { "the suffix as label", STR_INIT("OnAliyun.com.onaliyun.com"), STR_INIT(""), FORMAT },
};

static void default_domains(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof domain_cases / sizeof domain_cases[0]; i++) {
        err e = { 0 };
        str alias = STR("");
        status s = default_domain_check(domain_cases[i].domain, STR("onaliyun.com"), ACCOUNT, &alias, &e);
        if ((s == ST_OK) != (domain_cases[i].code == NULL) || (s != ST_OK && strcmp(e.code, domain_cases[i].code) != 0) ||
            !str_eq(alias, domain_cases[i].alias))
            fail_msg("%s: %s", domain_cases[i].what, e.code);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aliases),
        cmocka_unit_test(default_domains),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
