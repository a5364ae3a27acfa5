/* work.c - see work.h. */
#include "server/work.h"

static const work_row rows[] = {
    { "account create", COMMAND_ACCOUNT_CREATE, account_create_work },
    { "account show", COMMAND_ACCOUNT_SHOW, account_show_work },
    { "account recover", COMMAND_ACCOUNT_RECOVER, account_recover_work },
    { "check", COMMAND_CHECK, check_work },
    { "rotate-key", COMMAND_ROTATE_KEY, rotate_key_work },
    { "policy explain", COMMAND_POLICY_EXPLAIN, policy_explain_work },
    { "verifier create", COMMAND_VERIFIER, verifier_create_work },
    { "verifier list", COMMAND_VERIFIER, verifier_list_work },
    { "verifier delete", COMMAND_VERIFIER, verifier_delete_work },
};

const work_row *work_find(str name)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (str_eq(str_from_c(rows[i].name), name))
            return &rows[i];
    return NULL;
}

void work_add_settings(const settings *s, unsigned command, buf *to)
{
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        setting_id id = (setting_id)i;
        if (setting_is_subject(id) && (setting_rows[i].commands & command) != 0 && settings_has(s, id))
            buf_addf(to, "%s = " STR_FMT "\n", setting_rows[i].name, STR_ARG(settings_text(s, id)));
    }
}

int work_failed(buf *out, status s, const err *e)
{
    buf_clear(out);
    const char *why = e->message[0] != '\0' ? e->message : e->log[0] != '\0' ? e->log : status_name(s);
    if (e->code[0] != '\0')
        buf_addf(out, "argali: %s: %s\n", e->code, why);
    else
        buf_addf(out, "argali: %s\n", why);
    return 1;
}
