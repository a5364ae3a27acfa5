/* ip.c - see ip.h. The C library's inet_pton is strict: no leading zeros, no short forms, no zone. */
#include "base/ip.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

enum { MAPPED_PREFIX_BITS = 96 }; /* ::ffff:0:0/96, RFC 4291 2.5.5.2 */

static ip_addr of_v4(const uint8_t b[4])
{
    ip_addr a = { .family = 4 };
    memcpy(a.b, b, 4);
    return a;
}

static ip_addr of_v6(const uint8_t b[16])
{
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
    if (memcmp(b, mapped, sizeof mapped) == 0)
        return of_v4(b + sizeof mapped);
    ip_addr a = { .family = 6 };
    memcpy(a.b, b, 16);
    return a;
}

status ip_parse(str s, ip_addr *ret)
{
    char text[IP_TEXT_MAX];
    uint8_t b[16];
    size_t at;
    if (s.n == 0 || s.n >= sizeof text || str_find(s, '\0', &at))
        return ST_INVALID;
    memcpy(text, s.p, s.n);
    text[s.n] = '\0';
    if (inet_pton(AF_INET, text, b) == 1)
        *ret = of_v4(b);
    else if (inet_pton(AF_INET6, text, b) == 1)
        *ret = of_v6(b);
    else
        return ST_INVALID;
    return ST_OK;
}

status ip_from_sockaddr(const struct sockaddr *sa, ip_addr *ret)
{
    if (sa->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, sa, sizeof in);
        uint8_t b[4];
        memcpy(b, &in.sin_addr, sizeof b);
        *ret = of_v4(b);
        return ST_OK;
    }
    if (sa->sa_family == AF_INET6) {
        struct sockaddr_in6 in6;
        memcpy(&in6, sa, sizeof in6);
        *ret = of_v6(in6.sin6_addr.s6_addr);
        return ST_OK;
    }
    return ST_INVALID;
}

size_t ip_format(const ip_addr *a, char ret[IP_TEXT_MAX])
{
    int family = a->family == 4 ? AF_INET : a->family == 6 ? AF_INET6 : AF_UNSPEC;
    if (inet_ntop(family, a->b, ret, IP_TEXT_MAX) == NULL)
        ret[0] = '\0'; /* unknown */
    return strlen(ret);
}

bool ip_eq(const ip_addr *a, const ip_addr *b)
{
    return a->family == b->family && memcmp(a->b, b->b, sizeof a->b) == 0;
}

bool ip_is_loopback(const ip_addr *a)
{
    static const uint8_t one[16] = { [15] = 1 };
    if (a->family == 4)
        return a->b[0] == 127;
    return a->family == 6 && memcmp(a->b, one, sizeof one) == 0;
}

ip_addr ip_network(const ip_addr *a)
{
    ip_addr network = *a;
    if (a->family == 6)
        memset(network.b + 8, 0, 8);
    return network;
}

/* Are bits [from, to) of a zero? */
static bool is_zero_after(const ip_addr *a, unsigned from, unsigned to)
{
    for (unsigned bit = from; bit < to; bit++) {
        if ((a->b[bit / 8] & (0x80u >> (bit % 8))) != 0)
            return false;
    }
    return true;
}

status cidr_parse(str s, cidr *ret)
{
    str address = s, length = { 0 };
    bool has_length = str_split(s, '/', &address, &length);
    cidr c = { 0 };
    TRY(ip_parse(address, &c.net));
    size_t at;
    unsigned bits = c.net.family == 4 ? 32 : 128;
    unsigned mapped = c.net.family == 4 && str_find(address, ':', &at) ? MAPPED_PREFIX_BITS : 0;
    uint32_t prefix = bits + mapped;
    if (has_length)
        TRY(str_to_u32(length, mapped, bits + mapped, &prefix));
    c.prefix = (uint8_t)(prefix - mapped);
    if (!is_zero_after(&c.net, c.prefix, bits))
        return ST_INVALID;
    *ret = c;
    return ST_OK;
}

bool cidr_contains(const cidr *c, const ip_addr *a)
{
    if (c->net.family == 0 || c->net.family != a->family)
        return false;
    size_t whole = c->prefix / 8;
    unsigned rest = c->prefix % 8;
    if (memcmp(c->net.b, a->b, whole) != 0)
        return false;
    return rest == 0 || ((c->net.b[whole] ^ a->b[whole]) & (0xFF00u >> rest) & 0xFFu) == 0;
}
