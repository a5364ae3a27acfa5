/* network_policy_fuzz.c - any text is a policy or a complaint fit to be shown; what is stored is stable and compiles, and who
 * is let in is the same for the text that was sent and the one that is stored. The policy, then after a line of "?" an address.
 */
#include <stdlib.h>
#include <string.h>

#include "access_key/network_policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static arena *a;

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_complaint(status s, const err *e)
{
    const str m = str_from_c(e->message);
    require(s == ST_INVALID && strcmp(e->code, "InvalidParameter.AccessKeyPolicy") == 0);
    require(m.n > 0 && utf8_is_valid(m) && !utf8_has_control(m));
}

static status decide(str policy, const ip_addr *from)
{
    err e = { .code = "" };
    network_policy *p = NULL;
    require(network_policy_compile(policy, &p, &e) == ST_OK);
    const status s = network_policy_check(p, from, &e);
    network_policy_release(p);
    return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (a == NULL)
        a = arena_new(64 * 1024, 1024 * 1024);
    if (a == NULL)
        return 0;
    arena_reset(a);
    str text = { (const char *)data, size }, stored, again;
    ip_addr from = { .family = 0 };
    for (size_t i = 0; i + 3 <= size; i++) {
        if (memcmp(data + i, "\n?\n", 3) == 0) {
            if (ip_parse(str_slice(text, i + 3, size), &from) != ST_OK)
                from = (ip_addr){ .family = 0 };
            text = str_slice(text, 0, i);
            break;
        }
    }
    err e = { .code = "" };
    const status s = network_policy_settle(text, a, &stored, &e);
    if (s != ST_OK) {
        check_complaint(s, &e);
        return 0;
    }
    require(stored.n <= NETWORK_POLICY_TEXT_MAX);
    require(network_policy_settle(stored, a, &again, &e) == ST_OK && str_eq(stored, again));
    require(decide(text, &from) == decide(stored, &from));
    return 0;
}
