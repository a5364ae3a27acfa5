/* client_address.h - whose request it is when it came through a proxy (threat T15).
 *
 * X-Forwarded-For counts only when the TCP peer is a listed proxy. It is read from the right: the first address that is
 * not itself a listed proxy is the client. A value that does not parse fails closed: the address is unknown (family 0),
 * which no network policy allows. Pure.
 */
#ifndef ARGALI_API_CLIENT_ADDRESS_H
#define ARGALI_API_CLIENT_ADDRESS_H

#include "base/ip.h"
#include "http/http.h"

ip_addr client_address(const http_request *rq, const cidr *proxies, size_t proxy_n);

#endif
