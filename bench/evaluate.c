/* evaluate.c - argali-evaluate: how fast policies are decided on, by their number and size. One line of JSON for each.
 *
 *   argali-evaluate [SECONDS]      for each combination; 0.2 unless given
 *
 * Each policy is full of statements of the usual kind (three actions, two resources, a condition on the address) of which none
 * applies, but the last statement of the last policy, so that all of them are read. What is counted is whole decisions, on one
 * thread, by the clock on the wall.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/world.h"
#include "policy/document.h"

enum { POLICIES_MAX = 30, ROUND = 64 };

static const char statement_text[] =
    "{\"Effect\":\"Allow\",\"Action\":[\"oss:GetObject\",\"oss:PutObject\",\"ecs:Describe*\"],\"Resource\":[\"acs:oss:*:*:bucket-%u/*\","
    "\"acs:ecs:*:1234567890123456:instance/*\"],\"Condition\":{\"IpAddress\":{\"acs:SourceIp\":[\"10.0.0.0/8\",\"192.168.0.0/16\"]}}}";
static const char last_text[] =
    "{\"Effect\":\"Allow\",\"Action\":\"ram:GetUser\",\"Resource\":\"acs:ram:*:1234567890123456:user/*\","
    "\"Condition\":{\"IpAddress\":{\"acs:SourceIp\":\"10.0.0.0/8\"}}}";

/* At most `size` characters. */
static policy_document *document(unsigned size, bool is_last)
{
    CLEANUP(buf_done) buf text;
    char one[512];
    policy_document *ret = NULL;
    err e = { 0 };
    buf_init(&text, size + 1024);
    buf_add(&text, STR("{\"Version\":\"1\",\"Statement\":["));
    for (unsigned i = 0;; i++) {
        const int n = snprintf(one, sizeof one, statement_text, i);
        if (n < 0 || text.n + (size_t)n + sizeof last_text + 3 > size)
            break;
        buf_add(&text, str_from_c(one));
        buf_add_char(&text, ',');
    }
    (void)snprintf(one, sizeof one, statement_text, 0u);
    buf_add(&text, str_from_c(is_last ? last_text : one));
    buf_add(&text, STR("]}"));
    if (!buf_ok(&text) || policy_document_parse(buf_str(&text), POLICY_IDENTITY, &ret, &e) != ST_OK) {
        fprintf(stderr, "argali-evaluate: %s %s\n", e.code, e.log);
        exit(1);
    }
    return ret;
}

static policy_effect decide_all(policy_document *const *policies, unsigned n, const policy_question *q)
{
    policy_effect ret = EFFECT_NONE;
    for (unsigned i = 0; i < n && ret != EFFECT_DENY; i++) {
        size_t statement;
        const policy_effect one = policy_document_evaluate(policies[i], q, &statement, NULL);
        ret = one > ret ? one : ret;
    }
    return ret;
}

static void measure(unsigned n, unsigned size, int64_t for_ms)
{
    static const str address = STR_INIT("10.1.2.3");
    const context_entry entries[] = { { STR("acs:SourceIp"), &address, 1 } };
    const context seen = { entries, 1 };
    arena *scratch = arena_new(4096, 65536);
    const policy_question q = { .action = STR("ram:GetUser"),
                                .resource = STR("acs:ram::1234567890123456:user/alice"),
                                .context = &seen,
                                .scratch = scratch };
    policy_document *policies[POLICIES_MAX];
    for (unsigned i = 0; i < n; i++)
        policies[i] = document(size, i == n - 1);
    const world *w = world_system();
    const int64_t began = w->monotonic_ms(w->self);
    uint64_t decisions = 0;
    int64_t taken = 0;
    for (; taken < for_ms; taken = w->monotonic_ms(w->self) - began) {
        for (unsigned i = 0; i < ROUND; i++, decisions++) {
            if (decide_all(policies, n, &q) != EFFECT_ALLOW) {
                fprintf(stderr, "argali-evaluate: the last statement did not allow\n");
                exit(1);
            }
        }
        arena_reset(scratch);
    }
    printf("{\"policies\":%u,\"characters\":%u,\"per_second\":%" PRIu64 "}\n", n, size, decisions * 1000 / (uint64_t)taken);
    for (unsigned i = 0; i < n; i++)
        policy_document_release(policies[i]);
    arena_free(scratch);
}

int main(int argc, char **argv)
{
    static const unsigned counts[] = { 1, 10, 30 }, sizes[] = { 500, 2048, 6144 };
    const int64_t for_ms = argc > 1 ? (int64_t)(strtod(argv[1], NULL) * 1000) : 200;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
            measure(counts[i], sizes[k], for_ms > 0 ? for_ms : 1);
    return 0;
}
