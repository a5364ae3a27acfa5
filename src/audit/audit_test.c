/* Events, the chain, its verification, the rounds of the sealer, and the counting of refusals. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/audit.h"
#include "base/encoding.h"
#include "base/log.h"
#include "store/directory.h"
#include "store/engine.h"
#include "store/migrations.h"

#define OK(call) assert_int_equal((call), ST_OK)

enum { ACCOUNT_A = 1000000000000001, ACCOUNT_B = 1000000000000002, ALICE = 200000000000000001, NOON = 1700006400 };

/* --- a store, a vault and a clock to set -------------------------------------------------------------------------- */

typedef struct {
    char dir[64], db[96];
    store *s;
    vault *v;
    auditor *auditor;
    world world;
    _Atomic int64_t now_s;
    int log_fd;
    err e;
} fixture;

static int64_t fixture_now_ms(void *self)
{
    fixture *f = self;
    return f->now_s * 1000;
}

static int64_t fixture_monotonic_ms(void *self)
{
    return fixture_now_ms(self);
}

static status fixture_random(void *self, uint8_t *ret, size_t n)
{
    (void)self;
    return world_random(world_system(), ret, n);
}

static void open_store(fixture *f)
{
    store_options o = { .dir = f->dir, .readers = 1, .queue_max = 4096, .batch_max = 64 };
    OK(store_open(&o, &f->s, &f->e));
    f->auditor = auditor_new(f->s, f->v, &f->world);
    assert_non_null(f->auditor);
}

static void close_store(fixture *f)
{
    auditor_free(f->auditor);
    store_close(f->s);
    f->auditor = NULL;
    f->s = NULL;
}

static status insert_accounts(store_tx *tx, void *self, err *e)
{
    (void)self;
    account_record a = { .id = ACCOUNT_A, .alias = STR("alpha") }, b = { .id = ACCOUNT_B, .alias = STR("beta") };
    directory_enter(tx, ACCOUNT_A);
    TRY(store_account_insert(tx, &a, e));
    directory_enter(tx, ACCOUNT_B);
    return store_account_insert(tx, &b, e);
}

static int set_up(void **state)
{
    char path[128];
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    (void)snprintf(f->dir, sizeof f->dir, "/tmp/argali-audit-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    (void)snprintf(f->db, sizeof f->db, "%s/argali.db", f->dir);
    (void)snprintf(path, sizeof path, "%s/log", f->dir);
    f->log_fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    assert_true(f->log_fd >= 0);
    log_set_fd(f->log_fd);
    f->now_s = NOON;
    f->world = (world){ fixture_now_ms, fixture_monotonic_ms, fixture_random, f };
    (void)snprintf(path, sizeof path, "%s/master.key", f->dir);
    OK(vault_create_key_file(path, &f->world, &f->e));
    OK(vault_open(path, &f->world, &f->v, &f->e));
    OK(store_create(f->dir, &f->e));
    open_store(f);
    OK(store_apply_now(f->s, 0, insert_accounts, NULL, &f->e));
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    close_store(f);
    vault_free(f->v);
    log_set_fd(2);
    (void)close(f->log_fd);
    DIR *d = opendir(f->dir);
    assert_non_null(d);
    for (struct dirent *entry; (entry = readdir(d)) != NULL;) {
        char path[sizeof f->dir + sizeof entry->d_name + 1];
        (void)snprintf(path, sizeof path, "%s/%s", f->dir, entry->d_name);
        (void)unlink(path);
    }
    assert_int_equal(closedir(d), 0);
    assert_int_equal(rmdir(f->dir), 0);
    free(f);
    return 0;
}

/* --- reading events ----------------------------------------------------------------------------------------------- */

typedef struct {
    arena *arena;
    audit_record *events;
    size_t n;
} listing;

static status list_run(store_tx *tx, void *self, err *e)
{
    listing *l = self;
    return store_audit_list(tx, l->arena, 0, 5000, &l->events, &l->n, e);
}

static listing list_events(fixture *f, uint64_t account)
{
    listing l = { .arena = arena_new(64 * 1024, 64 * 1024 * 1024) };
    assert_non_null(l.arena);
    OK(store_read_now(f->s, account, list_run, &l, &f->e));
    return l;
}

/* Event `at` of the account, parsed by a parser that is not ours; the caller lets it go. */
static json_t *event_json(fixture *f, uint64_t account, size_t at)
{
    listing l = list_events(f, account);
    json_error_t why;
    assert_true(at < l.n);
    json_t *event = json_loadb(l.events[at].body.p, l.events[at].body.n, JSON_REJECT_DUPLICATES, &why);
    assert_non_null(event);
    arena_free(l.arena);
    return event;
}

static size_t count_events(fixture *f, uint64_t account)
{
    listing l = list_events(f, account);
    arena_free(l.arena);
    return l.n;
}

static const char *text(const json_t *object, const char *name)
{
    const char *value = json_string_value(json_object_get(object, name));
    return value != NULL ? value : "(none)";
}

/* --- events of calls ---------------------------------------------------------------------------------------------- */

static const action_shape create_user = { .product = PRODUCT_IMS, .name = STR_INIT("CreateUser") };

typedef struct {
    fixture *f;
    caller who;
    str user_agent;
    str resource_name;
    audit_parameter parameters[16];
    size_t n;
    status ends;
} written;

static status write_run(store_tx *tx, void *self, err *e)
{
    written *w = self;
    call c = {
        .shape = &create_user,
        .who = &w->who,
        .world = &w->f->world,
        .tx = tx,
        .context = { .user_agent = w->user_agent, .request_id = "0A1B2C3D-0000-4000-8000-000000000001", .now_s = NOON },
    };
    OK(ip_parse(STR("203.0.113.9"), &c.context.source));
    TRY(audit_write(&c, STR("ACS::RAM::User"), w->resource_name, w->parameters, w->n, e));
    return w->ends;
}

static written written_by_alice(fixture *f)
{
    written w = {
        .f = f,
        .who = { .kind = CALLER_USER,
                 .proof = PROOF_ACS3,
                 .account = ACCOUNT_A,
                 .id = ALICE,
                 .name = "alice",
                 .access_key_id = "LTAI1" },
        .user_agent = STR("AlibabaCloud (linux) Node.js"),
        .resource_name = STR("bob"),
        .parameters = { { STR("UserPrincipalName"), STR("bob@alpha.onaliyun.com") }, { STR("Comments"), { NULL, 0 } } },
        .n = 2,
    };
    return w;
}

static void an_event_has_the_documented_envelope(void **state)
{
    fixture *f = *state;
    written w = written_by_alice(f);
    OK(store_apply_now(f->s, ACCOUNT_A, write_run, &w, &f->e));
    json_t *event = event_json(f, ACCOUNT_A, 0), *who = json_object_get(event, "userIdentity");
    assert_string_equal(text(event, "eventVersion"), "1");
    assert_string_equal(text(event, "eventName"), "CreateUser");
    assert_string_equal(text(event, "eventType"), "ApiCall");
    assert_string_equal(text(event, "eventCategory"), "Management");
    assert_string_equal(text(event, "eventRW"), "Write");
    assert_string_equal(text(event, "eventTime"), "2023-11-15T00:00:00Z");
    assert_string_equal(text(event, "serviceName"), "Ims");
    assert_string_equal(text(event, "apiVersion"), "2019-08-15");
    assert_string_equal(text(event, "requestId"), "0A1B2C3D-0000-4000-8000-000000000001");
    assert_string_equal(text(event, "sourceIpAddress"), "203.0.113.9");
    assert_string_equal(text(event, "userAgent"), "AlibabaCloud (linux) Node.js");
    assert_string_equal(text(event, "recipientAccountId"), "1000000000000001");
    assert_string_equal(text(event, "resourceType"), "ACS::RAM::User");
    assert_string_equal(text(event, "resourceName"), "bob");
    assert_int_equal(strlen(text(event, "eventId")), 36);
    assert_string_equal(text(who, "type"), "ram-user");
    assert_string_equal(text(who, "accountId"), "1000000000000001");
    assert_string_equal(text(who, "principalId"), "200000000000000001");
    assert_string_equal(text(who, "userName"), "alice");
    assert_string_equal(text(who, "accessKeyId"), "LTAI1");
    const json_t *parameters = json_object_get(event, "requestParameters");
    assert_string_equal(text(parameters, "UserPrincipalName"), "bob@alpha.onaliyun.com");
    assert_int_equal(json_object_size(parameters), 1); /* what was not sent is not there */
    json_decref(event);
}

static void root_is_named_as_root(void **state)
{
    fixture *f = *state;
    written w = written_by_alice(f);
    w.who = (caller){ .kind = CALLER_ROOT, .account = ACCOUNT_A, .id = ACCOUNT_A };
    OK(store_apply_now(f->s, ACCOUNT_A, write_run, &w, &f->e));
    json_t *event = event_json(f, ACCOUNT_A, 0), *who = json_object_get(event, "userIdentity");
    assert_string_equal(text(who, "type"), "root-account");
    assert_string_equal(text(who, "principalId"), "1000000000000001");
    assert_null(json_object_get(who, "accessKeyId"));
    json_decref(event);
}

static void hostile_text_stays_inside_its_string(void **state)
{
    fixture *f = *state;
    written w = written_by_alice(f);
    w.user_agent = STR("\",\"eventName\":\"Nothing\"} \\ \x01\n\xff\xc3");
    w.parameters[0].value = STR("\"}\xed\xa0\x80");
    OK(store_apply_now(f->s, ACCOUNT_A, write_run, &w, &f->e));
    json_t *event = event_json(f, ACCOUNT_A, 0);
    assert_string_equal(text(event, "eventName"), "CreateUser");
    assert_memory_equal(text(event, "userAgent"), "\",\"eventName\":\"Nothing\"} \\ \x01\n", 29);
    json_decref(event);
}

static void a_long_value_is_cut_and_its_write_not_refused(void **state)
{
    fixture *f = *state;
    written w = written_by_alice(f);
    size_t n = 6144;
    char *euros = malloc(3 * n);
    assert_non_null(euros);
    for (size_t i = 0; i < n; i++)
        memcpy(euros + 3 * i, "\xe2\x82\xac", 3);
    for (w.n = 0; w.n < 16; w.n++)
        w.parameters[w.n] = (audit_parameter){ w.n % 2 == 0 ? STR("PolicyDocument") : STR("Other"), { euros, 3 * n } };
    w.n = 2;
    OK(store_apply_now(f->s, ACCOUNT_A, write_run, &w, &f->e));
    json_t *event = event_json(f, ACCOUNT_A, 0); /* a character cut in half would not parse */
    assert_string_equal(text(event, "requestParametersCut"), "true");
    assert_int_equal(strlen(text(json_object_get(event, "requestParameters"), "PolicyDocument")), 255);
    json_decref(event);
    char *controls = calloc(1, 8192); /* NULs: the longest escapes there are */
    assert_non_null(controls);
    static const char *const names[16] = { "A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "N", "O", "P" };
    for (w.n = 0; w.n < 16; w.n++)
        w.parameters[w.n] = (audit_parameter){ str_from_c(names[w.n]), { controls, 8192 } };
    OK(store_apply_now(f->s, ACCOUNT_A, write_run, &w, &f->e));
    assert_int_equal(count_events(f, ACCOUNT_A), 2);
    free(controls);
    free(euros);
}

static void a_refused_write_leaves_no_event(void **state)
{
    fixture *f = *state;
    written w = written_by_alice(f);
    w.ends = ST_CONFLICT;
    assert_int_equal(store_apply_now(f->s, ACCOUNT_A, write_run, &w, &f->e), ST_CONFLICT);
    assert_int_equal(count_events(f, ACCOUNT_A), 0);
}

static status internal_run(store_tx *tx, void *self, err *e)
{
    fixture *f = self;
    return audit_write_internal(tx, &f->world, "AccountCreated", STR("ACS::RAM::Account"), STR("alpha"), e);
}

static void the_server_s_own_deeds_are_events(void **state)
{
    fixture *f = *state;
    OK(store_apply_now(f->s, ACCOUNT_A, internal_run, f, &f->e));
    json_t *event = event_json(f, ACCOUNT_A, 0);
    assert_string_equal(text(event, "eventName"), "AccountCreated");
    assert_string_equal(text(event, "eventType"), "AliyunServiceEvent");
    assert_string_equal(text(json_object_get(event, "userIdentity"), "type"), "system");
    assert_string_equal(text(event, "resourceName"), "alpha");
    json_decref(event);
}

/* --- the chain ---------------------------------------------------------------------------------------------------- */

typedef struct {
    unsigned n;
} bodies;

static status bodies_run(store_tx *tx, void *self, err *e)
{
    const bodies *b = self;
    for (unsigned i = 0; i < b->n; i++) {
        char body[64];
        uint64_t number;
        int n = snprintf(body, sizeof body, "{\"i\":%u}", i);
        TRY(store_audit_insert(tx, NOON + i, (str){ body, (size_t)n }, &number, e));
    }
    return ST_OK;
}

static void add_events(fixture *f, uint64_t account, unsigned n)
{
    bodies b = { n };
    OK(store_apply_now(f->s, account, bodies_run, &b, &f->e));
}

/* After the formula in audit.h and chain.h, written a second time. */
static void each_mac_covers_its_event_and_the_one_before(void **state)
{
    fixture *f = *state;
    add_events(f, ACCOUNT_A, 3);
    OK(auditor_seal_now(f->auditor, &f->e));
    listing l = list_events(f, ACCOUNT_A);
    assert_int_equal(l.n, 3);
    uint8_t previous[32] = { 0 };
    for (size_t i = 0; i < 3; i++) {
        uint8_t message[256] = { 0 }, want[VAULT_TAG_BYTES];
        const uint64_t head[3] = { ACCOUNT_A, i + 1, NOON + i };
        for (size_t k = 0; k < 24; k++)
            message[k] = (uint8_t)(head[k / 8] >> (56 - 8 * (k % 8)));
        memcpy(message + 24, previous, 32);
        memcpy(message + 56, l.events[i].body.p, l.events[i].body.n);
        vault_tag(f->v, TAG_AUDIT, (bytes){ message, 56 + l.events[i].body.n }, want);
        assert_true(l.events[i].is_sealed);
        assert_memory_equal(l.events[i].mac, want, sizeof want);
        memcpy(previous, want, sizeof want);
    }
    arena_free(l.arena);
}

static void an_honest_record_verifies(void **state)
{
    fixture *f = *state;
    audit_verdict v = { 0 };
    add_events(f, ACCOUNT_A, 450); /* more than a job of the sealer, and than a page of the verifier */
    add_events(f, ACCOUNT_B, 2);
    add_events(f, 0, 1);
    OK(auditor_seal_now(f->auditor, &f->e));
    add_events(f, ACCOUNT_A, 3);
    OK(audit_verify(f->s, f->v, &v, &f->e));
    assert_true(v.accounts == 2 && v.events == 456 && v.unsealed == 3 && v.broken_account == 0 && v.broken_number == 0);
    OK(auditor_seal_now(f->auditor, &f->e)); /* goes on where it ended */
    OK(audit_verify(f->s, f->v, &v, &f->e));
    assert_int_equal(v.unsealed, 0);
}

static const struct {
    const char *what, *sql;
    uint64_t broken;
} tampering[] = {
    { "a body was changed", "UPDATE audit_event SET body = '{\"i\":9}' WHERE account = 1000000000000001 AND number = 3", 3 },
    { "a time was changed", "UPDATE audit_event SET at_s = at_s + 1 WHERE account = 1000000000000001 AND number = 3", 3 },
    { "an event was removed", "DELETE FROM audit_event WHERE account = 1000000000000001 AND number = 4", 4 },
    { "the first was removed", "DELETE FROM audit_event WHERE account = 1000000000000001 AND number = 1", 1 },
    { "a mac was swapped with the next",
      "UPDATE audit_event SET mac = (SELECT mac FROM audit_event WHERE account = 1000000000000001 AND number = 4)"
      " WHERE account = 1000000000000001 AND number = 3",
      3 },
    { "two bodies were swapped",
      "UPDATE audit_event SET body = CASE number WHEN 2 THEN '{\"i\":2}' ELSE '{\"i\":1}' END"
      " WHERE account = 1000000000000001 AND number IN (2, 3)",
      2 },
    { "a mac was taken away", "UPDATE audit_event SET mac = NULL WHERE account = 1000000000000001 AND number = 2", 2 },
    { "an event was put in", "INSERT INTO audit_event VALUES (1000000000000001, 7, 1700006400, '{}', zeroblob(32))", 7 },
    { "an event of another account was put in",
      "INSERT INTO audit_event SELECT 1000000000000001, 7, at_s, body, mac FROM audit_event"
      " WHERE account = 1000000000000002 AND number = 1",
      7 },
};

static void tamper(fixture *f, const char *sql)
{
    engine *en = NULL;
    close_store(f);
    OK(engine_open(f->db, ENGINE_WRITER, &en, &f->e));
    OK(engine_migrate(en, migrations[migration_count - 1].number, sql, &f->e));
    assert_true(engine_all_changes(en) > 0);
    engine_close(en);
    open_store(f);
}

static void tampering_is_found(void **state)
{
    for (size_t i = 0; i < sizeof tampering / sizeof *tampering; i++) {
        if (i > 0) {
            (void)tear_down(state);
            (void)set_up(state);
        }
        fixture *f = *state;
        audit_verdict v = { 0 };
        add_events(f, ACCOUNT_A, 6);
        add_events(f, ACCOUNT_B, 2);
        OK(auditor_seal_now(f->auditor, &f->e));
        OK(audit_verify(f->s, f->v, &v, &f->e));
        tamper(f, tampering[i].sql);
        status s = audit_verify(f->s, f->v, &v, &f->e);
        if (s != ST_DENIED || v.broken_account != ACCOUNT_A || v.broken_number != tampering[i].broken)
            fail_msg("%s: %s, account %llu, event %llu", tampering[i].what, status_name(s),
                     (unsigned long long)v.broken_account, (unsigned long long)v.broken_number);
        OK(auditor_seal_now(f->auditor, &f->e)); /* the sealer does not heal it, and does not hang */
        assert_int_equal(audit_verify(f->s, f->v, &v, &f->e), ST_DENIED);
    }
}

static void another_master_key_verifies_nothing(void **state)
{
    fixture *f = *state;
    audit_verdict v = { 0 };
    vault *other = NULL;
    char path[128];
    add_events(f, ACCOUNT_B, 1);
    OK(auditor_seal_now(f->auditor, &f->e));
    (void)snprintf(path, sizeof path, "%s/other.key", f->dir);
    OK(vault_create_key_file(path, &f->world, &f->e));
    OK(vault_open(path, &f->world, &other, &f->e));
    assert_int_equal(audit_verify(f->s, other, &v, &f->e), ST_DENIED);
    assert_true(v.broken_account == ACCOUNT_B && v.broken_number == 1);
    vault_free(other);
}

static bool log_holds(fixture *f, const char *event, const char *field)
{
    static char lines[256 * 1024];
    ssize_t n = pread(f->log_fd, lines, sizeof lines - 1, 0);
    assert_true(n >= 0);
    lines[n] = '\0';
    for (char *line = lines, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        *end = '\0';
        if (strstr(line, event) != NULL && strstr(line, field) != NULL)
            return true;
    }
    return false;
}

static void a_round_seals_and_logs_checkpoints(void **state)
{
    fixture *f = *state;
    add_events(f, ACCOUNT_A, AUDIT_CHECKPOINT_EVERY + 10);
    add_events(f, ACCOUNT_B, 5);
    for (int i = 0; i < 50; i++)
        auditor_round(f->auditor); /* while one runs the others do nothing */
    auditor_free(f->auditor);      /* waits for it */
    f->auditor = NULL;
    audit_verdict v = { 0 };
    OK(audit_verify(f->s, f->v, &v, &f->e));
    assert_true(v.events == AUDIT_CHECKPOINT_EVERY + 15 && v.unsealed == 0);
    listing l = list_events(f, ACCOUNT_A);
    char mac[2 * VAULT_TAG_BYTES + 1] = { 0 };
    hex_encode((bytes){ l.events[AUDIT_CHECKPOINT_EVERY - 1].mac, VAULT_TAG_BYTES }, mac);
    assert_true(log_holds(f, "audit_checkpoint", mac));
    assert_false(log_holds(f, "audit_checkpoint", "1000000000000002"));
    arena_free(l.arena);
}

/* A chain cut at its end still verifies; what was logged at the stop tells. */
static void a_stop_logs_where_each_chain_ended(void **state)
{
    fixture *f = *state;
    add_events(f, ACCOUNT_B, 5);
    OK(auditor_seal_now(f->auditor, &f->e));
    listing l = list_events(f, ACCOUNT_B);
    char mac[2 * VAULT_TAG_BYTES + 1] = { 0 };
    hex_encode((bytes){ l.events[4].mac, VAULT_TAG_BYTES }, mac);
    assert_true(log_holds(f, "audit_checkpoint", mac));
    arena_free(l.arena);
}

/* --- refusals ----------------------------------------------------------------------------------------------------- */

static void refuse(fixture *f, uint64_t account, const char *address, const char *code, unsigned times)
{
    ip_addr source;
    OK(ip_parse(str_from_c(address), &source));
    for (unsigned i = 0; i < times; i++)
        audit_refusal(f->auditor, account, &source, STR("CreateUser"), str_from_c(code), STR("LTAI1"), f->now_s);
}

static json_int_t count_of(fixture *f, uint64_t account, size_t at)
{
    json_t *event = event_json(f, account, at);
    json_int_t n = json_integer_value(json_object_get(json_object_get(event, "additionalEventData"), "count"));
    json_decref(event);
    return n;
}

static void a_round_writes_refusals_and_seals_them(void **state)
{
    fixture *f = *state;
    refuse(f, ACCOUNT_A, "203.0.113.9", "NoPermission", 100);
    auditor_round(f->auditor);
    auditor_free(f->auditor);
    f->auditor = NULL;
    assert_int_equal(count_events(f, ACCOUNT_A), 1);
    json_t *event = event_json(f, ACCOUNT_A, 0);
    assert_string_equal(text(event, "errorCode"), "NoPermission");
    assert_string_equal(text(event, "eventName"), "CreateUser");
    assert_string_equal(text(event, "sourceIpAddress"), "203.0.113.9");
    assert_string_equal(text(event, "recipientAccountId"), "1000000000000001");
    assert_string_equal(text(json_object_get(event, "userIdentity"), "accessKeyId"), "LTAI1");
    json_decref(event);
    assert_int_equal(count_of(f, ACCOUNT_A, 0), 100);
    audit_verdict v = { 0 };
    OK(audit_verify(f->s, f->v, &v, &f->e));
    assert_true(v.events == 1 && v.unsealed == 0);
}

static void a_refusal_of_nobody_known_is_the_server_s(void **state)
{
    fixture *f = *state;
    refuse(f, 0, "2001:db8::1", "InvalidAccessKeyId.NotFound", 2);
    OK(auditor_seal_now(f->auditor, &f->e));
    json_t *event = event_json(f, 0, 0);
    assert_string_equal(text(event, "sourceIpAddress"), "2001:db8::");
    assert_null(json_object_get(json_object_get(event, "userIdentity"), "accountId"));
    json_decref(event);
    assert_int_equal(count_of(f, 0, 0), 2);
}

static void a_stop_writes_what_the_minute_still_held(void **state)
{
    fixture *f = *state;
    refuse(f, ACCOUNT_A, "203.0.113.9", "NoPermission", 3);
    OK(auditor_seal_now(f->auditor, &f->e));
    refuse(f, ACCOUNT_A, "203.0.113.9", "NoPermission", 4);
    refuse(f, ACCOUNT_B, "203.0.113.9", "NoPermission", 5);
    OK(auditor_seal_now(f->auditor, &f->e));
    assert_int_equal(count_of(f, ACCOUNT_A, 0), 3);
    assert_int_equal(count_of(f, ACCOUNT_A, 1), 4);
    assert_int_equal(count_of(f, ACCOUNT_B, 0), 5);
}

static void what_finds_no_room_is_counted_and_written(void **state)
{
    fixture *f = *state;
    for (unsigned i = 0; i < AUDIT_REFUSALS_MAX + 7; i++) {
        char address[32];
        (void)snprintf(address, sizeof address, "10.0.%u.%u", i / 256, i % 256);
        refuse(f, ACCOUNT_A, address, "NoPermission", 1);
    }
    OK(auditor_seal_now(f->auditor, &f->e));
    assert_int_equal(count_events(f, ACCOUNT_A), AUDIT_REFUSALS_MAX);
    json_t *event = event_json(f, 0, 0);
    assert_string_equal(text(event, "eventName"), "RefusalsDropped");
    json_decref(event);
    assert_int_equal(count_of(f, 0, 0), 7);
    audit_verdict v = { 0 };
    OK(audit_verify(f->s, f->v, &v, &f->e));
    assert_int_equal(v.unsealed, 0);
}

static void rounds_on_a_busy_store_lose_nothing(void **state)
{
    fixture *f = *state;
    refuse(f, ACCOUNT_A, "203.0.113.9", "NoPermission", 1);
    store_options o = { .dir = f->dir, .readers = 1, .queue_max = 1, .batch_max = 1 };
    auditor_free(f->auditor);
    store_close(f->s);
    OK(store_open(&o, &f->s, &f->e)); /* room for one job: rounds are refused at times */
    f->auditor = auditor_new(f->s, f->v, &f->world);
    assert_non_null(f->auditor);
    refuse(f, ACCOUNT_A, "203.0.113.9", "NoPermission", 1);
    for (int i = 0; i < 100; i++)
        auditor_round(f->auditor);
    OK(auditor_seal_now(f->auditor, &f->e));
    assert_int_equal(count_events(f, ACCOUNT_A), 1);
}

typedef struct {
    fixture *f;
    unsigned octet;
} flood;

static void *flood_run(void *self)
{
    const flood *x = self;
    char address[32];
    (void)snprintf(address, sizeof address, "198.51.100.%u", x->octet);
    for (int i = 0; i < 500; i++)
        refuse(x->f, ACCOUNT_A, address, "SignatureDoesNotMatch", 1);
    return NULL;
}

static void every_refusal_of_many_threads_is_counted(void **state)
{
    fixture *f = *state;
    pthread_t threads[3];
    flood floods[3];
    for (unsigned i = 0; i < 3; i++) {
        floods[i] = (flood){ f, i };
        assert_int_equal(pthread_create(&threads[i], NULL, flood_run, &floods[i]), 0);
    }
    for (int i = 0; i < 20; i++)
        auditor_round(f->auditor);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    OK(auditor_seal_now(f->auditor, &f->e));
    json_int_t sum = 0;
    for (size_t i = count_events(f, ACCOUNT_A); i > 0; i--)
        sum += count_of(f, ACCOUNT_A, i - 1);
    assert_int_equal(sum, 1500);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_event_has_the_documented_envelope),
        TEST(root_is_named_as_root),
        TEST(hostile_text_stays_inside_its_string),
        TEST(a_long_value_is_cut_and_its_write_not_refused),
        TEST(a_refused_write_leaves_no_event),
        TEST(the_server_s_own_deeds_are_events),
        TEST(each_mac_covers_its_event_and_the_one_before),
        TEST(an_honest_record_verifies),
        TEST(tampering_is_found),
        TEST(another_master_key_verifies_nothing),
        TEST(a_round_seals_and_logs_checkpoints),
        TEST(a_stop_logs_where_each_chain_ended),
        TEST(a_round_writes_refusals_and_seals_them),
        TEST(a_refusal_of_nobody_known_is_the_server_s),
        TEST(a_stop_writes_what_the_minute_still_held),
        TEST(what_finds_no_room_is_counted_and_written),
        TEST(rounds_on_a_busy_store_lose_nothing),
        TEST(every_refusal_of_many_threads_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
