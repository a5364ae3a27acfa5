/* banner.c - what `argali serve` says when it is ready. Contract: server.h. */
#include "server/credentials_text.h"
#include "server/json_text.h"
#include "server/server.h"
#include "server/settings_use.h"

static str address_or_none(const char *address)
{
    return *address != '\0' ? str_from_c(address) : (str){ 0 };
}

static void add_json(const server *v, buf *to)
{
    char api_address[ADDRESS_MAX], tls_address[ADDRESS_MAX], admin_address[ADDRESS_MAX];
    server_address(v, LISTENER_API, api_address);
    server_address(v, LISTENER_API_TLS, tls_address);
    server_address(v, LISTENER_ADMIN, admin_address);
    buf_add_char(to, '{');
    json_add_text(to, "Listen", address_or_none(api_address));
    json_add_text(to, "ListenTls", address_or_none(tls_address));
    json_add_text(to, "ListenAdmin", address_or_none(admin_address));
    json_add_text(to, "PublicUrl", str_from_c(v->public_url));
    json_add_text(to, "Certificate", address_or_none(v->certificate.path));
    buf_add(to, STR("}\n"));
}

static void add_address(const char *label, const char *scheme, const char *address, const char *what, buf *to)
{
    if (*address == '\0')
        buf_addf(to, "%s off\n", label);
    else
        buf_addf(to, "%s %s://%s%s\n", label, scheme, address, what);
}

static void add_addresses(const server *v, buf *to)
{
    char api_address[ADDRESS_MAX], tls_address[ADDRESS_MAX], admin_address[ADDRESS_MAX];
    server_address(v, LISTENER_API, api_address);
    server_address(v, LISTENER_API_TLS, tls_address);
    server_address(v, LISTENER_ADMIN, admin_address);
    buf_addf(to, "\nArgali %s is ready.\n\n", ARGALI_VERSION);
    add_address("API             ", "http", api_address, "", to);
    add_address("API over TLS    ", "https", tls_address, "", to);
    add_address("Health, metrics ", "http", admin_address, " (/healthz /readyz /metrics)", to);
    buf_addf(to, "Names and links  %s\n", v->public_url);
}

static void add_shown(const server *v, const credentials *shown, bool is_terminal, buf *to)
{
    CLEANUP(buf_done) buf url;
    const char *dir = settings_path(v->settings, SET_DATA);
    buf_init(&url, 1024);
    if (shown == NULL) {
        buf_addf(to, "\nData             %s\n", dir);
        return;
    }
    buf_addf(to, "\nA first account was made in %s.\n", dir);
    if (is_terminal) {
        settings_sign_in_url(v->settings, v->public_url, &url);
        buf_add(to, STR("These credentials are shown once:\n\n"));
        credentials_add_text(shown, buf_str(&url), to);
    }
    buf_addf(to, "Its credentials lie in %s/first-credentials until you delete that file.\n", dir);
}

static void add_trust(const server *v, buf *to)
{
    if (v->listener[LISTENER_API_TLS] == NULL || !v->certificate.is_self_signed)
        return;
    buf_addf(to, "\nTrust for https  %s (self-signed)\n", v->certificate.path);
    buf_addf(to, "  Node           NODE_EXTRA_CA_CERTS=%s\n", v->certificate.path);
    buf_addf(to, "  Go, Python     SSL_CERT_FILE=%s (aliyun CLI, Terraform, OpenSSL)\n", v->certificate.path);
}

static void add_next(const server *v, const credentials *shown, bool is_terminal, buf *to)
{
    char api_address[ADDRESS_MAX];
    server_address(v, LISTENER_API, api_address);
    buf_add(to, STR("\nTry next\n"));
    if (shown != NULL && shown->access_key_owner != NULL && is_terminal) {
        buf_addf(
            to, "  aliyun configure set --profile local --mode AK --region cn-hangzhou --access-key-id %s --access-key-secret ",
            shown->access_key.id);
        secret_reveal(&shown->access_key.secret.s, to);
        buf_addf(to, "\n  aliyun sts GetCallerIdentity --profile local --endpoint %s --insecure\n", api_address);
    } else { /* which profiles there are is not known here */
        buf_add(to, STR("  export ALIBABA_CLOUD_IGNORE_PROFILE=TRUE ALIBABA_CLOUD_ACCESS_KEY_ID=... "
                        "ALIBABA_CLOUD_ACCESS_KEY_SECRET=...\n"));
        buf_addf(to, "  aliyun sts GetCallerIdentity --region cn-hangzhou --endpoint %s --insecure\n", api_address);
    }
    buf_add(to, STR("  README.md has the same with the Node and Python SDKs.\n"));
    buf_addf(to, "\nStop with Ctrl-C. To start over: make reset DATA=%s\n\n", settings_path(v->settings, SET_DATA));
}

void banner_add(const server *v, const credentials *shown, bool is_terminal, buf *to)
{
    if (settings_wants_json(v->settings)) {
        add_json(v, to);
        return;
    }
    add_addresses(v, to);
    add_shown(v, shown, is_terminal, to);
    add_trust(v, to);
    add_next(v, shown, is_terminal, to);
}
