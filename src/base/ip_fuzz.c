/* An address that is taken is read back from its text as the same; a network holds its own first and last address. */
#include <stdlib.h>
#include <string.h>

#include "base/ip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_address(const ip_addr *a)
{
    char text[IP_TEXT_MAX];
    ip_addr back;
    cidr own;
    size_t n = ip_format(a, text);
    require(n > 0 && n == strlen(text));
    require(ip_parse((str){ text, n }, &back) == ST_OK && ip_eq(a, &back));
    require(cidr_parse((str){ text, n }, &own) == ST_OK && cidr_contains(&own, a));
    ip_addr network = ip_network(a), again = ip_network(&network);
    require(ip_eq(&network, &again));
}

static void check_network(const cidr *c)
{
    unsigned bits = c->net.family == 4 ? 32 : 128;
    require(c->prefix <= bits && cidr_contains(c, &c->net));
    ip_addr last = c->net;
    for (unsigned bit = c->prefix; bit < bits; bit++)
        last.b[bit / 8] = (uint8_t)(last.b[bit / 8] | 0x80u >> (bit % 8));
    require(cidr_contains(c, &last));
    if (c->prefix > 0) {
        unsigned bit = c->prefix - 1u;
        last.b[bit / 8] = (uint8_t)(last.b[bit / 8] ^ 0x80u >> (bit % 8));
        require(!cidr_contains(c, &last));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str s = { (const char *)data, size };
    ip_addr a;
    cidr c;
    if (ip_parse(s, &a) == ST_OK)
        check_address(&a);
    if (cidr_parse(s, &c) == ST_OK)
        check_network(&c);
    if (size == 16) {
        a = (ip_addr){ .family = 4 };
        memcpy(a.b, data, 4);
        check_address(&a);
        if (memcmp(data, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12) != 0) {
            a.family = 6;
            memcpy(a.b, data, 16);
            check_address(&a);
        }
    }
    return 0;
}
