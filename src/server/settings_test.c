/* Tests of settings.h: sources and their order, every type's values, and that the documents describe every setting. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "server/config_file.h"
#include "server/settings.h"
#include "server/settings_use.h"

enum { ARGUMENTS_MAX = 16 };

static status load(unsigned command, const char *const *argv, const char *const *environment, settings **ret, settings_fault *f)
{
    int argc = 0;
    while (argv[argc] != NULL)
        argc++;
    settings_input in = { "serve", command, argc, argv, environment };
    return settings_load(&in, ret, f);
}

/* A folder of its own, with an argali.conf of the given text. */
static void make_folder(char folder[64], const char *config)
{
    char path[96];
    err e;
    (void)snprintf(folder, 64, "/tmp/argali-settings-XXXXXX");
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/argali.conf", folder);
    assert_int_equal(file_create(path, bytes_of(str_from_c(config)), 0600, &e), ST_OK);
}

static void remove_folder(const char *folder)
{
    char path[96];
    (void)snprintf(path, sizeof path, "%s/argali.conf", folder);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

static void test_defaults(void **state)
{
    (void)state;
    settings *s;
    settings_fault f;
    const char *const argv[] = { "--data", "/nonexistent/argali", NULL };
    assert_int_equal(load(COMMAND_SERVE, argv, NULL, &s, &f), ST_OK);
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        setting_id id = (setting_id)i;
        assert_non_null(setting_rows[i].name);
        assert_non_null(setting_rows[i].help);
        if (id == SET_DATA)
            continue;
        assert_int_equal(settings_source(s, id), FROM_DEFAULT);
        assert_int_equal(settings_has(s, id), setting_rows[i].fallback != NULL);
    }
    assert_int_equal(settings_address(s, SET_LISTEN).port, 8080);
    assert_string_equal(settings_address(s, SET_LISTEN_TLS).host, "127.0.0.1");
    assert_int_equal(settings_number(s, SET_USERS_PER_ACCOUNT), 5000);
    assert_int_equal(settings_number(s, SET_PASSWORD_HASH_MEMORY), 46 * 1024);
    assert_true(settings_is_on(s, SET_SANDBOX));
    assert_false(settings_is_on(s, SET_ROOT_ACCESS_KEY));
    settings_free(s);
}

static void test_precedence(void **state)
{
    (void)state;
    char folder[64];
    make_folder(folder, "batch-max = 2\nio-threads = 3\nreader-threads = 4\n");
    const char *const argv[] = { "--data", folder, "--batch-max", "9", NULL };
    const char *const environment[] = { "PATH=/bin", "ARGALI_BATCH_MAX=7", "ARGALI_IO_THREADS=8", NULL };
    settings *s;
    settings_fault f;
    assert_int_equal(load(COMMAND_SERVE, argv, environment, &s, &f), ST_OK);
    assert_int_equal(settings_number(s, SET_BATCH_MAX), 9);
    assert_int_equal(settings_source(s, SET_BATCH_MAX), FROM_FLAG);
    assert_int_equal(settings_number(s, SET_IO_THREADS), 8);
    assert_int_equal(settings_source(s, SET_IO_THREADS), FROM_ENVIRONMENT);
    assert_int_equal(settings_number(s, SET_READER_THREADS), 4);
    assert_int_equal(settings_source(s, SET_READER_THREADS), FROM_FILE);
    assert_int_equal(settings_source(s, SET_BLOCKING_THREADS), FROM_DEFAULT);
    settings_free(s);
    remove_folder(folder);
}

/* A value that a stronger source overrules is checked all the same. */
static void test_overruled_values_are_checked(void **state)
{
    (void)state;
    char folder[64];
    make_folder(folder, "\nbatch-max = 0\n");
    const char *const argv[] = { "--data", folder, "--batch-max", "9", NULL };
    settings *s = NULL;
    settings_fault f;
    assert_int_equal(load(COMMAND_SERVE, argv, NULL, &s, &f), ST_INVALID);
    assert_null(s);
    assert_non_null(strstr(f.text, "/argali.conf:2: "));
    assert_non_null(strstr(f.text, "from 1 to 1024"));
    remove_folder(folder);
}

static const struct {
    const char *value;
    const char *flag;
    bool is_good;
} values[] = {
    { "127.0.0.1:0", "--listen", true },
    { "localhost:8080", "--listen", true },
    { "[::1]:8080", "--listen", true },
    { "::1:8080", "--listen", false },
    { "[127.0.0.1]:8080", "--listen", false },
    { "127.0.0.1", "--listen", false },
    { "127.0.0.1:", "--listen", false },
    { "127.0.0.1:65536", "--listen", false },
    { "127.0.0.1:+1", "--listen", false },
    { "example.com:8080", "--listen", false },
    { ":8080", "--listen", false },
    { "off", "--listen", false },
    { "off", "--listen-tls", true },
    { "off", "--listen-admin", true },
    { "", "--listen", false },
    { "http://localhost:8080", "--public-url", true },
    { "https://ram.example.com", "--public-url", true },
    { "https://[2001:db8::1]:8443", "--public-url", true },
    { "https://ram.example.com/", "--public-url", false },
    { "https://user@ram.example.com", "--public-url", false },
    { "https://", "--public-url", false },
    { "https://:80", "--public-url", false },
    { "https://a:0", "--public-url", false },
    { "ram.example.com", "--public-url", false },
    { "HTTPS://ram.example.com", "--public-url", false },
    { "", "--public-url", true },
    { "example.com", "--domain-suffix", true },
    { "-example.com", "--domain-suffix", false },
    { "example..com", "--domain-suffix", false },
    { "example.com.", "--domain-suffix", false },
    { "exam ple.com", "--domain-suffix", false },
    { "a.example.com, b.example.com:8080,[::1]:80", "--api-hosts", true },
    { "a.example.com,", "--api-hosts", false },
    { "a/b", "--api-hosts", false },
    { "10.0.0.0/8, 127.0.0.1, 2001:db8::/32", "--trusted-proxies", true },
    { "10.0.0.1/8", "--trusted-proxies", false },
    { "10.0.0.0/33", "--trusted-proxies", false },
    { "proxy.example.com", "--trusted-proxies", false },
    { "1", "--io-threads", true },
    { "64", "--io-threads", true },
    { "0", "--io-threads", false },
    { "65", "--io-threads", false },
    { "1 ", "--io-threads", false },
    { "0x1", "--io-threads", false },
    { "4294967297", "--io-threads", false },
    { "", "--io-threads", false },
    { "on", "--sandbox", true },
    { "off", "--sandbox", true },
    { "true", "--sandbox", false },
    { "ON", "--sandbox", false },
    { "json", "--format", true },
    { "text|json", "--format", false },
    { "tex", "--format", false },
    { "sqlite:", "--store", true },
    { "postgres://db/argali", "--store", false },
    { "a\nb", "--owner-email", false },
    { "a\xFF", "--owner-email", false },
    { "a@example.com", "--owner-email", true },
};

static void test_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        settings *s = NULL;
        settings_fault f = { "" };
        const char *const argv[] = { "--data", "/nonexistent/argali", values[i].flag, values[i].value, NULL };
        print_message("%s %s\n", values[i].flag, values[i].value);
        assert_int_equal(load(COMMAND_SERVE, argv, NULL, &s, &f), values[i].is_good ? ST_OK : ST_INVALID);
        assert_int_equal(s != NULL, values[i].is_good);
        if (!values[i].is_good)
            assert_non_null(strstr(f.text, "allowed is "));
        settings_free(s);
    }
}

static void test_lists(void **state)
{
    (void)state;
    const char *const argv[] = {
        "--data", "/nonexistent/argali", "--api-hosts", "a.example.com, b:80", "--trusted-proxies", "10.0.0.0/8,::1", NULL
    };
    settings *s;
    settings_fault f;
    const str *hosts;
    const cidr *networks;
    ip_addr inside;
    assert_int_equal(load(COMMAND_SERVE, argv, NULL, &s, &f), ST_OK);
    assert_int_equal(settings_list(s, SET_API_HOSTS, &hosts), 2);
    assert_true(str_eq(hosts[0], STR("a.example.com")) && str_eq(hosts[1], STR("b:80")));
    assert_int_equal(settings_networks(s, SET_TRUSTED_PROXIES, &networks), 2);
    assert_int_equal(ip_parse(STR("10.1.2.3"), &inside), ST_OK);
    assert_true(cidr_contains(&networks[0], &inside) && !cidr_contains(&networks[1], &inside));
    settings_free(s);
}

static const struct {
    const char *what;
    const char *argv[ARGUMENTS_MAX];
    const char *environment;
    const char *want;
} usages[] = {
    { "no data folder", { NULL }, NULL, "--data DIR" },
    { "not a flag", { "--data", "d", "x" }, NULL, "'x' is no flag" },
    { "two dashes alone", { "--data", "d", "--" }, NULL, "is no flag" },
    { "one dash", { "-data", "d" }, NULL, "is no flag" },
    { "a near name", { "--data", "d", "--listen-tsl", "x" }, NULL, "did you mean 'listen-tls'?" },
    { "an unfinished name", { "--data", "d", "--password-hash-mem", "x" }, NULL, "did you mean 'password-hash-memory'?" },
    { "a name near to none", { "--data", "d", "--zzzzzzzzzz", "x" }, NULL, "help settings" },
    { "no value", { "--data", "d", "--listen" }, NULL, "--listen needs a value" },
    { "twice", { "--data", "d", "--listen=127.0.0.1:1", "--listen", "127.0.0.1:1" }, NULL, "given twice" },
    { "not for this subcommand", { "--data", "d", "--account", "x" }, NULL, "not for this subcommand" },
    { "unknown variable",
      { "--data", "d" },
      "ARGALI_LISTEN_TSL=x",
      "ARGALI_LISTEN_TSL: there is no setting 'listen-tsl'; did you mean 'listen-tls'?" },
    { "bad variable", { "--data", "d" }, "ARGALI_MFA=x", "ARGALI_MFA: 'x' is not allowed for mfa" },
    { "certificate without key", { "--data", "d", "--tls-certificate", "x" }, NULL, "go together" },
    { "http beyond loopback", { "--data", "d", "--listen", "192.0.2.1:80" }, NULL, "insecure-http" },
    { "admin beyond loopback", { "--data", "d", "--listen-admin", "[2001:db8::1]:80" }, NULL, "insecure-http" },
};

static void test_usage(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof usages / sizeof *usages; i++) {
        const char *const environment[] = { usages[i].environment, NULL };
        settings *s = NULL;
        settings_fault f = { "" };
        print_message("%s\n", usages[i].what);
        assert_int_equal(load(COMMAND_SERVE, usages[i].argv, environment, &s, &f), ST_INVALID);
        assert_null(s);
        if (strstr(f.text, usages[i].want) == NULL)
            fail_msg("%s", f.text);
    }
}

static void test_switches(void **state)
{
    (void)state;
    static const struct {
        const char *argv[ARGUMENTS_MAX];
        bool want;
    } cases[] = {
        { { "--data", "d", "--root-access-key" }, true },
        { { "--data", "d", "--root-access-key", "--mfa", "independent" }, true },
        { { "--data", "d", "--root-access-key", "off" }, false },
        { { "--data", "d", "--root-access-key=on" }, true },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        settings *s;
        settings_fault f;
        assert_int_equal(load(COMMAND_INIT, cases[i].argv, NULL, &s, &f), ST_OK);
        assert_int_equal(settings_is_on(s, SET_ROOT_ACCESS_KEY), cases[i].want);
        settings_free(s);
    }
}

/* A request on the control socket says what it is about; the rest is the server's. */
static void test_requests(void **state)
{
    (void)state;
    const char *const argv[] = { "--data", "/nonexistent/argali", "--account-alias", "first", "--password-hash-memory", "8192",
                                 NULL };
    settings *base, *s = NULL;
    settings_fault f;
    assert_int_equal(load(COMMAND_SERVE, argv, NULL, &base, &f), ST_OK);
    assert_int_equal(settings_load_text(base, STR("owner-email = a@example.com\nformat=json"), COMMAND_ACCOUNT_CREATE, &s, &f),
                     ST_OK);
    assert_true(str_eq(settings_text(s, SET_OWNER_EMAIL), STR("a@example.com")));
    assert_int_equal(settings_number(s, SET_PASSWORD_HASH_MEMORY), 8192);
    assert_false(settings_has(s, SET_ACCOUNT_ALIAS)); /* the first account's, not this one's */
    settings_free(s);
    s = NULL;
    assert_int_equal(settings_load_text(base, STR("data = /elsewhere"), COMMAND_ACCOUNT_CREATE, &s, &f), ST_INVALID);
    assert_int_equal(settings_load_text(base, STR("admin = on"), COMMAND_ACCOUNT_CREATE, &s, &f), ST_INVALID);
    assert_int_equal(settings_load_text(base, STR("\nmfa = x"), COMMAND_ACCOUNT_CREATE, &s, &f), ST_INVALID);
    assert_non_null(strstr(f.text, "request:2: "));
    assert_null(s);
    settings_free(base);
}

static void test_quotas_begin_as_documented(void **state)
{
    (void)state;
    const char *const argv[] = { "--data", "/nonexistent/argali", NULL };
    settings *s;
    settings_fault f;
    assert_int_equal(load(COMMAND_SERVE, argv, NULL, &s, &f), ST_OK);
    const quotas have = settings_quotas(s), want = QUOTAS_DEFAULT;
    assert_memory_equal(&have, &want, sizeof want); /* numbers of one width: no gaps */
    settings_free(s);
}

/* --- documents ---------------------------------------------------------------------------------------------------- */

static void read_document(const char *path, buf *to)
{
    char full[512];
    err e;
    (void)snprintf(full, sizeof full, "%s/%s", ARGALI_SOURCE_ROOT, path);
    buf_init(to, 1 << 20);
    assert_int_equal(file_read(full, 1 << 20, to, &e), ST_OK);
}

static void test_documents_describe_every_setting(void **state)
{
    (void)state;
    CLEANUP(buf_done) buf table;
    CLEANUP(buf_done) buf page;
    read_document("docs/configuration.md", &table);
    read_document("docs/man/argali.conf.5", &page);
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        const setting_row *row = &setting_rows[i];
        char in_table[256], in_page[256];
        print_message("%s\n", row->name);
        (void)snprintf(in_table, sizeof in_table, "| `%s` | %s%s%s |", row->name, row->fallback != NULL ? "`" : "",
                       row->fallback != NULL ? row->fallback : "none", row->fallback != NULL ? "`" : "");
        assert_true(str_contains(buf_str(&table), str_from_c(in_table)));
        (void)snprintf(in_page, sizeof in_page, row->fallback != NULL ? "\n.It Cm %s No (default: %s)\n" : "\n.It Cm %s\n",
                       row->name, row->fallback);
        assert_true(str_contains(buf_str(&page), str_from_c(in_page)));
        assert_true(str_contains(buf_str(&table), str_from_c(row->help)));
    }
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_precedence),
        cmocka_unit_test(test_overruled_values_are_checked),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_usage),
        cmocka_unit_test(test_switches),
        cmocka_unit_test(test_requests),
        cmocka_unit_test(test_quotas_begin_as_documented),
        cmocka_unit_test(test_documents_describe_every_setting),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
