/* credentials_text.c - see credentials_text.h. It and banner.c are what reveals secrets in the server. */
#include "server/credentials_text.h"

#include "server/json_text.h"

static void add_json_secret(buf *to, const char *name, const secret *s)
{
    CLEANUP(buf_done) buf plain;
    buf_init_secret(&plain, 256);
    if (s->p == NULL)
        return;
    secret_reveal(s, &plain);
    json_add_text(to, name, buf_str(&plain));
}

static void add_json_optional(buf *to, const char *name, const char *value)
{
    if (value != NULL && *value != '\0')
        json_add_text(to, name, str_from_c(value));
}

void credentials_add_json(const credentials *c, str sign_in_url, buf *to)
{
    CLEANUP(buf_done) buf id;
    buf_init(&id, 32);
    buf_add_u64(&id, c->account);
    buf_add_char(to, '{');
    json_add_text(to, "AccountId", buf_str(&id));
    add_json_optional(to, "AccountAlias", c->alias);
    json_add_text(to, "SignInUrl", sign_in_url);
    add_json_optional(to, "RootLogonName", c->root_logon_name);
    add_json_secret(to, "RootPassword", &c->root_password.s);
    if (c->admin_password.s.p != NULL)
        add_json_optional(to, "AdminLogonName", c->admin_logon_name);
    add_json_secret(to, "AdminPassword", &c->admin_password.s);
    if (c->access_key_owner != NULL) { /* what was drawn and not issued is no credential */
        add_json_optional(to, "AccessKeyId", c->access_key.id);
        add_json_secret(to, "AccessKeySecret", &c->access_key.secret.s);
    }
    buf_add(to, STR("}\n"));
}

static void add_text_secret(buf *to, const char *label, const secret *s)
{
    if (s->p == NULL)
        return;
    buf_add(to, str_from_c(label));
    secret_reveal(s, to);
    buf_add_char(to, '\n');
}

void credentials_add_text(const credentials *c, str sign_in_url, buf *to)
{
    buf_addf(to, "Account          %llu (alias %s)\n", (unsigned long long)c->account, c->alias);
    buf_addf(to, "Sign-in          " STR_FMT " (the console is not there yet: passwords are for later)\n",
             STR_ARG(sign_in_url));
    buf_addf(to, "Root             %s\n", c->root_logon_name);
    add_text_secret(to, "  password       ", &c->root_password.s);
    if (c->admin_password.s.p != NULL) {
        buf_addf(to, "Administrator    %s\n", c->admin_logon_name);
        add_text_secret(to, "  password       ", &c->admin_password.s);
    }
    if (c->access_key_owner != NULL) {
        buf_addf(to, "AccessKey        %s (of %s)\n", c->access_key.id, c->access_key_owner);
        add_text_secret(to, "  secret         ", &c->access_key.secret.s);
    } else if (c->admin_password.s.p != NULL) {
        buf_add(to, STR("AccessKey        none: admin has no room for another, delete one first\n"));
    }
}
