/* client_address.c - see client_address.h. */
#include "api/client_address.h"

static bool is_proxy(const ip_addr *a, const cidr *proxies, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (cidr_contains(&proxies[i], a))
            return true;
    }
    return false;
}

/* Walks one header value from its last item; false: it went through to its first item, all proxies, and *at is that one. */
static bool walk(str list, const cidr *proxies, size_t n, ip_addr *at)
{
    for (str rest = list; rest.n > 0;) {
        size_t comma;
        str item = rest;
        if (str_find_last(rest, ',', &comma)) {
            item = str_slice(rest, comma + 1, rest.n);
            rest = str_slice(rest, 0, comma);
        } else {
            rest = (str){ NULL, 0 };
        }
        if (ip_parse(str_trim(item), at) != ST_OK) {
            *at = (ip_addr){ 0 };
            return true;
        }
        if (!is_proxy(at, proxies, n))
            return true;
    }
    return false;
}

ip_addr client_address(const http_request *rq, const cidr *proxies, size_t proxy_n)
{
    ip_addr at = rq->peer;
    if (!is_proxy(&at, proxies, proxy_n))
        return at;
    for (size_t i = rq->header_n; i-- > 0;) {
        if (str_eq_nocase(rq->headers[i].name, STR("x-forwarded-for")) && walk(rq->headers[i].value, proxies, proxy_n, &at))
            break;
    }
    return at;
}
