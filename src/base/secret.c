/* secret.c - see secret.h. sodium_malloc puts guard pages around the bytes, locks them and keeps them out of core dumps. */
#include "base/secret.h"

#include <assert.h>
#include <pthread.h>
#include <sodium.h>
#include <string.h>

enum { SECRET_MAX = 65536 };

static pthread_once_t sodium_once = PTHREAD_ONCE_INIT;
static bool is_sodium_ready;

static void start_sodium(void)
{
    is_sodium_ready = sodium_init() >= 0;
}

status secret_new(size_t n, secret *ret)
{
    if (n < 1 || n > SECRET_MAX)
        return ST_INVALID;
    (void)pthread_once(&sodium_once, start_sodium);
    if (!is_sodium_ready)
        return ST_UNAVAILABLE;
    uint8_t *p = sodium_malloc(n);
    if (p == NULL)
        return ST_NO_MEMORY;
    memset(p, 0, n);
    *ret = (secret){ p, n };
    return ST_OK;
}

status secret_copy(bytes from, secret *ret)
{
    secret s;
    TRY(secret_new(from.n, &s));
    memcpy(s.p, from.p, from.n);
    *ret = s;
    return ST_OK;
}

void secret_done(secret *s)
{
    if (s == NULL)
        return;
    sodium_free(s->p); /* wipes; NULL is fine */
    *s = (secret){ 0 };
}

bool bytes_eq_secret(bytes a, bytes b)
{
    return a.n == b.n && (a.n == 0 || sodium_memcmp(a.p, b.p, a.n) == 0);
}

bool secret_eq(secret a, secret b)
{
    return bytes_eq_secret((bytes){ a.p, a.n }, (bytes){ b.p, b.n });
}

void secret_wipe(void *p, size_t n)
{
    if (n > 0)
        sodium_memzero(p, n);
}

void secret_reveal(const secret *s, buf *to)
{
    assert(to->wipes);
    buf_add_bytes(to, (bytes){ s->p, s->n });
}
