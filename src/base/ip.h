/* ip.h - IPv4 and IPv6 addresses and networks. IPv4-mapped IPv6 addresses are IPv4. Pure. */
#ifndef ARGALI_BASE_IP_H
#define ARGALI_BASE_IP_H

#include <sys/socket.h>

#include "base/str.h"

enum { IP_TEXT_MAX = 46 };

typedef struct {
    uint8_t b[16];  /* network order; IPv4 in the first four, the rest zero */
    uint8_t family; /* 4 or 6; 0: unknown */
} ip_addr;

typedef struct {
    ip_addr net;
    uint8_t prefix; /* bits */
} cidr;

MUST_USE status ip_parse(str s, ip_addr *ret); /* textual form of RFC 4291 2.2 or dotted decimal; no zone, no port */
MUST_USE status ip_from_sockaddr(const struct sockaddr *sa, ip_addr *ret);
size_t ip_format(const ip_addr *a, char ret[IP_TEXT_MAX]); /* RFC 5952; NUL-terminated; length without it */
bool ip_eq(const ip_addr *a, const ip_addr *b);
bool ip_is_loopback(const ip_addr *a);
ip_addr ip_network(const ip_addr *a);         /* what limits are counted on: IPv4 whole, IPv6 its /64 */
MUST_USE status cidr_parse(str s, cidr *ret); /* an address alone is /32 or /128; host bits must be zero */
bool cidr_contains(const cidr *c, const ip_addr *a);

#endif
