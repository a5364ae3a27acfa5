/* verifier_api_test.c - verifiers, their hosts and tokens, on a real store. */
#include "account/fixture_test.h"
#include "store/directory.h"
#include "verifier/verifier.h"
#include "verifier/verifier_api.h"

static fixture f;
static const str one_host[] = { STR_INIT("files.example.com") };

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

static void create(const caller *who, const char *name, const str *hosts, size_t n)
{
    APPLY(&f, who, argali_create_verifier, ARGALI_CREATE_VERIFIER, .verifier_name = str_from_c(name),
          .hosts = { hosts, n, true });
}

static void list(const caller *who)
{
    READ(&f, who, argali_list_verifiers, ARGALI_LIST_VERIFIERS, .nothing = 0);
    assert_ok(&f);
}

static void delete_it(const caller *who, const char *name)
{
    APPLY(&f, who, argali_delete_verifier, ARGALI_DELETE_VERIFIER, .verifier_name = str_from_c(name));
}

typedef struct {
    const char *token;
    uint64_t account, id;
} look_up;

static status find_token(store_tx *tx, void *self, err *e)
{
    look_up *l = self;
    uint8_t digest[VERIFIER_DIGEST_BYTES];
    if (!verifier_digest(str_from_c(l->token), digest))
        return ST_INVALID;
    return directory_find_verifier(tx, digest, &l->account, &l->id, e);
}

static status find(look_up *l)
{
    return store_read_now(f.store, 0, find_token, l, &f.err);
}

static void made_listed_deleted(void **state)
{
    (void)state;
    const str hosts[] = { STR("Files.Example.com:8443"), STR("[2001:db8::1]"), STR("files.example.COM:8443") };
    create(&f.root, "Files", hosts, 3);
    assert_ok(&f);
    char id[24], token[80];
    (void)snprintf(id, sizeof id, "%s", text_at(&f, "Verifier.VerifierId"));
    (void)snprintf(token, sizeof token, "%s", text_at(&f, "VerifierToken"));
    assert_int_equal(strlen(id), 18);
    assert_int_equal(id[0], '6');
    assert_int_equal(strlen(token), 59);
    assert_memory_equal(token, "argali-verifier-", 16);
    assert_int_equal(count_at(&f, "Verifier.Hosts.Host"), 2); /* in lower case, each once */

    list(&f.root);
    assert_int_equal(count_at(&f, "Verifiers.Verifier"), 1);
    assert_string_equal(text_at(&f, "Verifiers.Verifier.0.VerifierId"), id);
    assert_string_equal(text_at(&f, "Verifiers.Verifier.0.VerifierName"), "Files");
    assert_string_equal(text_at(&f, "Verifiers.Verifier.0.Hosts.Host.0"), "files.example.com:8443");
    assert_string_equal(text_at(&f, "Verifiers.Verifier.0.Hosts.Host.1"), "[2001:db8::1]");
    assert_string_equal(text_at(&f, "Verifiers.Verifier.0.CreateDate"), "2026-11-24T00:00:00Z");
    char *text = json_dumps(f.json, 0);
    assert_null(strstr(text, token)); /* it is shown once */
    free(text);

    look_up l = { .token = token };
    assert_int_equal(find(&l), ST_OK);
    assert_int_equal(l.account, FIXTURE_ACCOUNT);
    delete_it(&f.root, "FILES");
    assert_ok(&f);
    assert_int_equal(find(&l), ST_NOT_FOUND);
    list(&f.root);
    assert_int_equal(count_at(&f, "Verifiers.Verifier"), 0);
}

static void names_are_unique_in_any_case(void **state)
{
    (void)state;
    create(&f.root, "Files", one_host, 1);
    assert_ok(&f);
    create(&f.root, "fILES", one_host, 1);
    assert_code(&f, ST_CONFLICT, "EntityAlreadyExists.Verifier");
    create(&f.other_root, "files", one_host, 1);
    assert_ok(&f);
}

static void other_accounts_are_out_of_reach(void **state)
{
    (void)state;
    create(&f.root, "Files", one_host, 1);
    assert_ok(&f);
    list(&f.other_root);
    assert_int_equal(count_at(&f, "Verifiers.Verifier"), 0);
    delete_it(&f.other_root, "Files");
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Verifier");
    list(&f.root);
    assert_int_equal(count_at(&f, "Verifiers.Verifier"), 1);
}

static void an_account_has_a_hundred_at_most(void **state)
{
    (void)state;
    char name[16];
    for (int i = 0; i < 100; i++) {
        (void)snprintf(name, sizeof name, "v%d", i);
        create(&f.root, name, one_host, 1);
        assert_ok(&f);
    }
    create(&f.root, "one-more", one_host, 1);
    assert_code(&f, ST_LIMIT, "LimitExceeded.Verifier");
    delete_it(&f.root, "v50");
    create(&f.root, "one-more", one_host, 1);
    assert_ok(&f);
}

static void hosts_have_their_form(void **state)
{
    (void)state;
    static const struct {
        const char *host;
        bool is_valid;
    } cases[] = {
        { "a", true },
        { "localhost:8080", true },
        { "files.example.com", true },
        { "xn--fiqs8s.example", true },
        { "my_service:1", true },
        { "127.0.0.1:65535", true },
        { "[::1]", true },
        { "[2001:db8::1]:443", true },
        { "", false },
        { "*", false },
        { "*.example.com", false },
        { "a,b", false },
        { "a b", false },
        { "a/", false },
        { "http://a", false },
        { "user@a", false },
        { "a:", false },
        { "a:0", false },
        { "a:65536", false },
        { "a:080", false },
        { "a:80:80", false },
        { ":80", false },
        { ".a", false },
        { "a.", false },
        { "a..b", false },
        { "-a", false },
        { "a-", false },
        { "::1", false },
        { "[::1", false },
        { "[::1]443", false },
        { "[::1]:", false },
        { "[127.0.0.1]", false },
        { "[a]", false },
        { "\xc3\xa4", false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (verifier_host_is_valid(str_from_c(cases[i].host)) != cases[i].is_valid)
            fail_msg("'%s'", cases[i].host);
        const str hosts[] = { one_host[0], str_from_c(cases[i].host) };
        create(&f.root, "x", hosts, 2);
        if (cases[i].is_valid) {
            assert_ok(&f);
            delete_it(&f.root, "x");
        } else {
            assert_code(&f, ST_INVALID, "InvalidParameter.Hosts.Format");
        }
    }
}

static void hosts_are_few(void **state)
{
    (void)state;
    char text[20][256];
    str hosts[20];
    for (size_t i = 0; i < 20; i++) {
        memset(text[i], 'a', sizeof text[i]);
        text[i][0] = (char)('a' + i);
        text[i][60] = text[i][120] = text[i][180] = '.';
        hosts[i] = (str){ text[i], 8 };
    }
    create(&f.root, "many", hosts, 17);
    assert_code(&f, ST_INVALID, "InvalidParameter.Hosts.Length");
    create(&f.root, "none", hosts, 0);
    assert_code(&f, ST_INVALID, "InvalidParameter.Hosts.Length");
    create(&f.root, "enough", hosts, 16);
    assert_ok(&f);
    for (size_t i = 0; i < 20; i++)
        hosts[i].n = 200;
    create(&f.root, "long", hosts, 16);
    assert_code(&f, ST_INVALID, "InvalidParameter.Hosts.Length");
    create(&f.root, "long", hosts, 10);
    assert_ok(&f);
}

/* Threat T43: a verifier judges for its own hosts, whole and exactly. */
static void it_judges_for_its_hosts_alone(void **state)
{
    (void)state;
    static const struct {
        const char *hosts, *host;
        bool may;
    } cases[] = {
        { "a.example", "a.example", true },
        { "a.example", "A.EXAMPLE", true },
        { "a.example,b.example:80", "b.example:80", true },
        { "a.example,b.example:80", "b.example", false },
        { "a.example", "a.example:80", false },
        { "a.example", "a.exampl", false },
        { "a.example", "x.a.example", false },
        { "a.example", "a.example,", false },
        { "a.example,b.example", "a.example,b.example", false },
        { "a.example", "", false },
        { "", "", false },
        { "", "a", false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (verifier_may_judge(str_from_c(cases[i].hosts), str_from_c(cases[i].host)) != cases[i].may)
            fail_msg("'%s' of '%s'", cases[i].host, cases[i].hosts);
    }
}

/* Threat T50: whatever character is changed, it is another token or none. */
static void every_character_of_a_token_counts(void **state)
{
    (void)state;
    create(&f.root, "Files", one_host, 1);
    assert_ok(&f);
    char token[80];
    (void)snprintf(token, sizeof token, "%s", text_at(&f, "VerifierToken"));
    const size_t n = strlen(token);
    for (size_t i = 0; i <= n; i++) {
        char changed[80];
        memcpy(changed, token, sizeof changed);
        if (i < n)
            changed[i] = changed[i] == 'A' ? 'B' : 'A';
        else
            changed[n - 1] = '\0'; /* one less */
        look_up l = { .token = changed };
        assert_int_not_equal(find(&l), ST_OK);
    }
    uint8_t digest[VERIFIER_DIGEST_BYTES];
    assert_false(verifier_digest(STR(""), digest));
    assert_false(verifier_digest((str){ NULL, 0 }, digest));
    assert_false(verifier_digest((str){ token + 16, n - 16 }, digest));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(made_listed_deleted, setup, teardown),
        cmocka_unit_test_setup_teardown(names_are_unique_in_any_case, setup, teardown),
        cmocka_unit_test_setup_teardown(other_accounts_are_out_of_reach, setup, teardown),
        cmocka_unit_test_setup_teardown(an_account_has_a_hundred_at_most, setup, teardown),
        cmocka_unit_test_setup_teardown(hosts_have_their_form, setup, teardown),
        cmocka_unit_test_setup_teardown(hosts_are_few, setup, teardown),
        cmocka_unit_test(it_judges_for_its_hosts_alone),
        cmocka_unit_test_setup_teardown(every_character_of_a_token_counts, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
