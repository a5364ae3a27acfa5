/* TLS, spoken to by a GnuTLS client; certificates are made here. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/test_client.h"

typedef struct {
    gnutls_datum_t certificate, key; /* PEM, NUL-terminated */
} pair;

static pair make_pair(const char *name)
{
    pair p = { { NULL, 0 }, { NULL, 0 } };
    gnutls_x509_privkey_t key;
    gnutls_x509_crt_t crt;
    int64_t now_s = world_now_s(world_system());
    assert_int_equal(gnutls_x509_privkey_init(&key), 0);
    assert_int_equal(gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0),
                     0);
    assert_int_equal(gnutls_x509_crt_init(&crt), 0);
    assert_int_equal(gnutls_x509_crt_set_version(crt, 3), 0);
    assert_int_equal(gnutls_x509_crt_set_serial(crt, "\x01", 1), 0);
    gnutls_x509_crt_set_activation_time(crt, (time_t)now_s - 3600);
    gnutls_x509_crt_set_expiration_time(crt, (time_t)now_s + 3600);
    assert_int_equal(gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, name, (unsigned)strlen(name)), 0);
    assert_int_equal(gnutls_x509_crt_set_key(crt, key), 0);
    assert_int_equal(gnutls_x509_crt_sign2(crt, crt, key, GNUTLS_DIG_SHA256, 0), 0);
    assert_int_equal(gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &p.certificate), 0);
    assert_int_equal(gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_PEM, &p.key), 0);
    gnutls_x509_crt_deinit(crt);
    gnutls_x509_privkey_deinit(key);
    return p;
}

static void pair_done(pair *p)
{
    gnutls_free(p->certificate.data);
    gnutls_free(p->key.data);
}

static const char *pem(const gnutls_datum_t *d)
{
    return (const char *)d->data;
}

typedef struct {
    int fd;
    gnutls_session_t session;
    gnutls_certificate_credentials_t credentials;
} tls_client;

/* False: the handshake failed. */
static bool tls_connect(tls_client *c, uint16_t port, const char *priorities)
{
    c->fd = test_connect(port);
    assert_int_equal(gnutls_certificate_allocate_credentials(&c->credentials), 0);
    assert_int_equal(gnutls_init(&c->session, GNUTLS_CLIENT), 0);
    assert_int_equal(gnutls_priority_set_direct(c->session, priorities, NULL), 0);
    assert_int_equal(gnutls_credentials_set(c->session, GNUTLS_CRD_CERTIFICATE, c->credentials), 0);
    gnutls_transport_set_int(c->session, c->fd);
    gnutls_handshake_set_timeout(c->session, 20000);
    int result;
    do
        result = gnutls_handshake(c->session);
    while (result < 0 && gnutls_error_is_fatal(result) == 0);
    return result == 0;
}

static void tls_close(tls_client *c)
{
    gnutls_deinit(c->session);
    gnutls_certificate_free_credentials(c->credentials);
    close(c->fd);
}

static bool was_shown(const tls_client *c, const pair *p)
{
    unsigned n = 0;
    const gnutls_datum_t *shown = gnutls_certificate_get_peers(c->session, &n);
    gnutls_datum_t der = { NULL, 0 };
    assert_int_equal(gnutls_pem_base64_decode2("CERTIFICATE", &p->certificate, &der), 0);
    bool is_same = n == 1 && shown->size == der.size && memcmp(shown->data, der.data, der.size) == 0;
    gnutls_free(der.data);
    return is_same;
}

static void tls_ask(tls_client *c, str request, char *ret, size_t n, str until)
{
    assert_int_equal(gnutls_record_send(c->session, request.p, request.n), request.n);
    size_t have = 0;
    while (!str_ends((str){ ret, have }, until)) {
        ssize_t got = gnutls_record_recv(c->session, ret + have, n - 1 - have);
        if (got < 0 && gnutls_error_is_fatal((int)got) == 0)
            continue; /* TLS 1.3 sends its tickets in between */
        if (got <= 0)
            break;
        have += (size_t)got;
    }
    ret[have] = '\0';
}

static void say_tls(void *self, http_exchange *x, const http_request *rq)
{
    (void)self;
    http_response r = { .status = 200 };
    buf_init(&r.body, 100);
    buf_addf(&r.body, "tls=%d body=%zu.", rq->is_tls, rq->body.n);
    http_reply(x, &r);
}

static http_server *start_tls(const pair *p)
{
    http_options o = test_options(say_tls, NULL);
    o.body_max = 10;
    o.certificate_pem = pem(&p->certificate);
    o.key_pem = pem(&p->key);
    return test_start(&o);
}

#define GET        STR("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
#define VERSION(v) "NORMAL:-VERS-ALL:+VERS-" v

static void tls_1_2_and_1_3_are_spoken_and_nothing_older(void **state)
{
    (void)state;
    pair p = make_pair("one");
    http_server *s = start_tls(&p);
    static const struct {
        const char *priorities;
        bool works;
    } cases[] = {
        { VERSION("TLS1.3"), true },
        { VERSION("TLS1.2"), true },
        { VERSION("TLS1.1"), false },
        { VERSION("TLS1.0"), false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        tls_client c;
        assert_int_equal(tls_connect(&c, http_port(s), cases[i].priorities), cases[i].works);
        if (cases[i].works) {
            assert_true(was_shown(&c, &p));
            char text[4096];
            for (int round = 0; round < 3; round++) {
                tls_ask(&c, GET, text, sizeof text, STR("."));
                assert_non_null(strstr(text, "\r\n\r\ntls=1 body=0."));
            }
        }
        tls_close(&c);
    }
    http_stop(s);
    pair_done(&p);
}

static void refusals_are_sent_through_tls(void **state)
{
    (void)state;
    pair p = make_pair("one");
    http_server *s = start_tls(&p);
    static const struct {
        str request;
        const char *want;
    } cases[] = {
        { STR_INIT("GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n"), "HTTP/1.1 400 " },
        { STR_INIT("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n"), "HTTP/1.1 413 " },
        { STR_INIT("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nB\r\n12345678901"), "HTTP/1.1 413 " },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        tls_client c;
        char text[4096];
        assert_true(tls_connect(&c, http_port(s), "NORMAL"));
        tls_ask(&c, cases[i].request, text, sizeof text, STR("never"));
        assert_memory_equal(text, cases[i].want, strlen(cases[i].want));
        tls_close(&c);
    }
    http_stop(s);
    pair_done(&p);
}

static void plain_text_gets_no_answer(void **state)
{
    (void)state;
    pair p = make_pair("one");
    http_server *s = start_tls(&p);
    int fd = test_connect(http_port(s));
    test_send(fd, GET);
    test_skip_to_end(fd); /* an alert, at most */
    close(fd);
    assert_int_equal(http_count(s).requests, 0);
    tls_client c;
    assert_true(tls_connect(&c, http_port(s), "NORMAL")); /* and it goes on */
    tls_close(&c);
    http_stop(s);
    pair_done(&p);
}

static void a_new_certificate_serves_new_connections(void **state)
{
    (void)state;
    err e = { 0 };
    pair one = make_pair("one"), two = make_pair("two");
    http_server *s = start_tls(&one);
    tls_client before, after;
    char text[4096];
    assert_true(tls_connect(&before, http_port(s), "NORMAL"));
    assert_int_equal(http_reload_certificate(s, pem(&two.certificate), pem(&two.key), &e), ST_OK);
    assert_true(tls_connect(&after, http_port(s), "NORMAL"));
    assert_true(was_shown(&before, &one));
    assert_true(was_shown(&after, &two));
    tls_ask(&before, GET, text, sizeof text, STR("."));
    assert_non_null(strstr(text, "tls=1"));
    tls_close(&before);

    static const char broken[] = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    const struct {
        const char *certificate, *key;
    } bad[] = {
        { broken, pem(&one.key) },
        { "", pem(&one.key) },
        { pem(&one.certificate), "" },
        { pem(&one.certificate), pem(&two.key) }, /* not its key */
        { pem(&one.key), pem(&one.certificate) },
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(http_reload_certificate(s, bad[i].certificate, bad[i].key, &e), ST_INVALID);
        assert_true(e.log[0] != '\0');
    }
    tls_client still;
    assert_true(tls_connect(&still, http_port(s), "NORMAL"));
    assert_true(was_shown(&still, &two));
    tls_close(&still);
    tls_close(&after);
    http_stop(s);

    http_server *none = NULL;
    http_options o = test_options(say_tls, NULL);
    o.certificate_pem = pem(&one.certificate);
    o.key_pem = pem(&two.key);
    assert_int_equal(http_start(&o, &none, &e), ST_INVALID);
    assert_null(none);
    o.certificate_pem = o.key_pem = NULL;
    s = test_start(&o);
    assert_int_equal(http_reload_certificate(s, pem(&one.certificate), pem(&one.key), &e), ST_INVALID);
    http_stop(s);
    pair_done(&one);
    pair_done(&two);
}

static void a_handshake_that_never_comes_is_cut_off(void **state)
{
    (void)state;
    pair p = make_pair("one");
    http_options o = test_options(say_tls, NULL);
    o.idle_timeout_s = o.total_timeout_s = 1;
    o.certificate_pem = pem(&p.certificate);
    o.key_pem = pem(&p.key);
    http_server *s = test_start(&o);
    int silent = test_connect(http_port(s)), half = test_connect(http_port(s));
    test_send(half, STR("\x16\x03\x01\x02"));
    test_skip_to_end(silent);
    test_skip_to_end(half);
    close(silent);
    close(half);
    http_stop(s);
    pair_done(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tls_1_2_and_1_3_are_spoken_and_nothing_older),
        cmocka_unit_test(refusals_are_sent_through_tls),
        cmocka_unit_test(plain_text_gets_no_answer),
        cmocka_unit_test(a_new_certificate_serves_new_connections),
        cmocka_unit_test(a_handshake_that_never_comes_is_cut_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
