/* certificate.c - see certificate.h. RFC 5280 4.2.1.3, 4.2.1.6, 4.2.1.9, 4.2.1.12; names after RFC 6125. */
#include "server/certificate.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"

enum { PEM_MAX = 1 << 20, NAMES_MAX = 1024, CLOCK_SLACK_S = 3600 };

static void x509_cleanup(X509 **c)
{
    X509_free(*c);
}

static void pkey_cleanup(EVP_PKEY **k)
{
    EVP_PKEY_free(*k);
}

static void bio_cleanup(BIO **b)
{
    BIO_free_all(*b);
}

void certificate_done(server_certificate *c)
{
    if (c == NULL)
        return;
    buf_done(&c->chain_pem);
    buf_done(&c->key_pem);
    *c = (server_certificate){ 0 };
}

static void certificate_init(server_certificate *c)
{
    *c = (server_certificate){ 0 };
    buf_init(&c->chain_pem, PEM_MAX);
    buf_init_secret(&c->key_pem, PEM_MAX);
}

const char *certificate_chain(const server_certificate *c)
{
    return (const char *)c->chain_pem.p;
}

const char *certificate_key(const server_certificate *c)
{
    return (const char *)c->key_pem.p;
}

/* --- making one --------------------------------------------------------------------------------------------------- */

static void add_name(buf *names, const char *kind, str name)
{
    if (name.n > 0) /* the same name twice does no harm */
        buf_addf(names, "%s%s:" STR_FMT, names->n > 0 ? "," : "", kind, STR_ARG(name));
}

/* The host of "https://host:port" and its kind. */
static void add_url_host(buf *names, str url)
{
    str host, rest;
    ip_addr ip;
    if (!str_split(url, '/', &rest, &host) || !str_split(host, '/', &rest, &host))
        return;
    if (str_starts(host, STR("[")))
        host = str_split(str_slice(host, 1, host.n), ']', &rest, &host) ? rest : (str){ 0 };
    else if (str_split(host, ':', &rest, &host))
        host = rest;
    add_name(names, ip_parse(host, &ip) == ST_OK ? "IP" : "DNS", host);
}

static bool is_name_char(char c)
{
    return ascii_is_alnum(c) || c == '-' || c == '.';
}

static void add_names(const settings *s, buf *names)
{
    char machine[256] = { 0 };
    listen_address listen = settings_address(s, SET_LISTEN_TLS);
    buf_add(names, STR("DNS:localhost,IP:127.0.0.1,IP:::1"));
    if (gethostname(machine, sizeof machine - 1) == 0 && str_is_of(str_from_c(machine), is_name_char))
        add_name(names, "DNS", str_from_c(machine));
    if (settings_has(s, SET_PUBLIC_URL))
        add_url_host(names, settings_text(s, SET_PUBLIC_URL));
    bool is_any = strcmp(listen.host, "0.0.0.0") == 0 || strcmp(listen.host, "::") == 0;
    if (!listen.is_off && !is_any)
        add_name(names, "IP", str_from_c(listen.host));
}

static bool add_extension(X509 *c, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, c, c, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    bool is_added = extension != NULL && X509_add_ext(c, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return is_added;
}

static bool set_serial(X509 *c, const world *w)
{
    uint8_t random[16];
    if (world_random(w, random, sizeof random) != ST_OK)
        return false;
    random[0] = (uint8_t)((random[0] & 0x3F) | 0x40); /* positive, and always 16 octets */
    BIGNUM *number = BN_bin2bn(random, sizeof random, NULL);
    bool is_set = number != NULL && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(c)) != NULL;
    BN_free(number);
    return is_set;
}

static bool set_subject(X509 *c)
{
    X509_NAME *name = X509_get_subject_name(c);
    return X509_NAME_add_entry_by_txt(name, "O", MBSTRING_ASC, (const unsigned char *)"Argali", -1, -1, 0) == 1 &&
           X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"Argali server (self-signed)", -1, -1,
                                      0) == 1 &&
           X509_set_issuer_name(c, name) == 1;
}

static X509 *make_certificate(EVP_PKEY *key, const char *names, const world *w)
{
    int64_t now_s = world_now_s(w);
    X509 *c = X509_new();
    bool is_good = c != NULL && X509_set_version(c, X509_VERSION_3) == 1 && set_serial(c, w) && set_subject(c) &&
                   ASN1_TIME_set(X509_getm_notBefore(c), now_s - CLOCK_SLACK_S) != NULL &&
                   ASN1_TIME_set(X509_getm_notAfter(c), now_s + (int64_t)CERTIFICATE_DAYS * 86400 - CLOCK_SLACK_S) != NULL &&
                   X509_set_pubkey(c, key) == 1 && add_extension(c, NID_basic_constraints, "critical,CA:FALSE") &&
                   add_extension(c, NID_key_usage, "critical,digitalSignature") &&
                   add_extension(c, NID_ext_key_usage, "serverAuth") && add_extension(c, NID_subject_alt_name, names) &&
                   add_extension(c, NID_subject_key_identifier, "hash") && X509_sign(c, key, EVP_sha256()) > 0;
    if (is_good)
        return c;
    X509_free(c);
    return NULL;
}

static bool bio_to_buf(BIO *b, buf *to)
{
    char *p;
    long n = BIO_get_mem_data(b, &p);
    if (n <= 0)
        return false;
    buf_add_bytes(to, (bytes){ (const uint8_t *)p, (size_t)n });
    return buf_ok(to);
}

static status make_pem(const settings *s, const world *w, server_certificate *ret, err *e)
{
    CLEANUP(buf_done) buf names;
    CLEANUP(pkey_cleanup) EVP_PKEY *key = EVP_EC_gen("P-256");
    CLEANUP(bio_cleanup) BIO *chain_out = BIO_new(BIO_s_mem());
    CLEANUP(bio_cleanup) BIO *key_out = BIO_new(BIO_s_secmem());
    buf_init(&names, NAMES_MAX);
    add_names(s, &names);
    buf_add_char(&names, '\0');
    if (!buf_ok(&names))
        return err_set(e, ST_LIMIT, NULL, "the names for the certificate are too long");
    CLEANUP(x509_cleanup) X509 *c = key != NULL ? make_certificate(key, (const char *)names.p, w) : NULL;
    if (c == NULL || chain_out == NULL || key_out == NULL || PEM_write_bio_X509(chain_out, c) != 1 ||
        PEM_write_bio_PrivateKey(key_out, key, NULL, NULL, 0, NULL, NULL) != 1 || !bio_to_buf(chain_out, &ret->chain_pem) ||
        !bio_to_buf(key_out, &ret->key_pem))
        return err_set(e, ST_UNAVAILABLE, NULL, "the self-signed certificate cannot be made");
    return ST_OK;
}

/* --- reading one -------------------------------------------------------------------------------------------------- */

/* Do the two texts hold a certificate and its key? */
static bool inspect(server_certificate *c)
{
    struct tm t;
    CLEANUP(bio_cleanup) BIO *chain = BIO_new_mem_buf(c->chain_pem.p, (int)c->chain_pem.n);
    CLEANUP(bio_cleanup) BIO *key_in = BIO_new_mem_buf(c->key_pem.p, (int)c->key_pem.n);
    if (chain == NULL || key_in == NULL)
        return false;
    CLEANUP(x509_cleanup) X509 *first = PEM_read_bio_X509(chain, NULL, NULL, NULL);
    CLEANUP(pkey_cleanup)
    EVP_PKEY *key = PEM_read_bio_PrivateKey(key_in, NULL, NULL, (void *)(uintptr_t) ""); /* no passphrase is asked for */
    if (first == NULL || key == NULL || X509_check_private_key(first, key) != 1 ||
        ASN1_TIME_to_tm(X509_get0_notAfter(first), &t) != 1)
        return false;
    c->expires_at_s = timegm(&t);
    return true;
}

static status read_pair(const char *chain_path, const char *key_path, server_certificate *c, err *e)
{
    TRY(file_read(chain_path, PEM_MAX, &c->chain_pem, e));
    TRY(file_read_private(key_path, PEM_MAX, &c->key_pem, e));
    if (!inspect(c))
        return err_set(e, ST_INVALID, NULL, "%.80s and %.80s do not hold a certificate and its key", chain_path, key_path);
    return ST_OK;
}

static status make_pair(const settings *s, const world *w, const char *chain_path, const char *key_path, server_certificate *c,
                        err *e)
{
    certificate_done(c);
    certificate_init(c);
    TRY(make_pem(s, w, c, e));
    if (!inspect(c))
        return err_set(e, ST_BUG, NULL, "the certificate just made does not read");
    TRY(file_replace(key_path, buf_bytes(&c->key_pem), 0600, e)); /* first: a certificate without its key is made again */
    TRY(file_replace(chain_path, buf_bytes(&c->chain_pem), 0644, e));
    log_event(LOG_INFO, "certificate_made", LOG_Z("path", chain_path), LOG_N("expires_at_s", c->expires_at_s));
    return ST_OK;
}

static status open_own(const settings *s, const world *w, int64_t renew_below_s, server_certificate *c, err *e)
{
    char chain[FILE_PATH_MAX], key[FILE_PATH_MAX];
    err unread;
    TRY(file_path(settings_path(s, SET_DATA), "tls.crt", chain, e));
    TRY(file_path(settings_path(s, SET_DATA), "tls.key", key, e));
    status st = read_pair(chain, key, c, &unread);
    if (st == ST_UNAVAILABLE) /* it may well be good: do not replace what cannot be read */
        return err_set(e, st, NULL, "%s", unread.log);
    if (st != ST_OK || c->expires_at_s - world_now_s(w) < renew_below_s)
        TRY(make_pair(s, w, chain, key, c, e));
    c->is_self_signed = true;
    (void)snprintf(c->path, sizeof c->path, "%s", chain);
    return ST_OK;
}

static status open_either(const settings *s, const world *w, int64_t renew_below_s, server_certificate *c, err *e)
{
    const char *path = settings_path(s, SET_TLS_CERTIFICATE);
    if (path == NULL)
        TRY(open_own(s, w, renew_below_s, c, e));
    else
        TRY(read_pair(path, settings_path(s, SET_TLS_KEY), c, e));
    if (path != NULL)
        (void)snprintf(c->path, sizeof c->path, "%s", path);
    buf_add_char(&c->chain_pem, '\0');
    buf_add_char(&c->key_pem, '\0');
    return buf_ok(&c->chain_pem) && buf_ok(&c->key_pem) ? ST_OK : ST_NO_MEMORY;
}

status certificate_open(const settings *s, const world *w, int64_t renew_below_s, server_certificate *ret, err *e)
{
    server_certificate c;
    certificate_init(&c);
    status st = open_either(s, w, renew_below_s, &c, e);
    if (st != ST_OK) {
        certificate_done(&c);
        return st;
    }
    *ret = c;
    return ST_OK;
}
