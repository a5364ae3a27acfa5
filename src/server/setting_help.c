/* setting_help.c - see setting_help.h. */
#include "server/setting_help.h"

#include <string.h>

#include "server/nearest.h"

static void add_choices(const char *allowed, buf *to)
{
    buf_add(to, STR("one of: "));
    for (const char *p = allowed; *p != '\0'; p++) {
        if (*p == '|')
            buf_add(to, STR(", "));
        else
            buf_add_char(to, *p);
    }
}

void setting_allowed(setting_id id, buf *to)
{
    const setting_row *row = &setting_rows[id];
    switch (row->type) {
    case SETTING_TEXT:
        buf_add(to, STR("a text of at most 1,024 bytes without control characters"));
        break;
    case SETTING_PATH:
        buf_add(to, STR("a path"));
        break;
    case SETTING_ADDRESS:
        buf_add(to, STR("ADDRESS:PORT, such as 127.0.0.1:8080 or [::1]:8080"));
        break;
    case SETTING_ADDRESS_OR_OFF:
        buf_addf(to, "ADDRESS:PORT, such as %s or [::1]%s, or off", row->fallback, strchr(row->fallback, ':'));
        break;
    case SETTING_URL:
        buf_add(to, STR("http://HOST[:PORT] or https://HOST[:PORT] without a path"));
        break;
    case SETTING_DOMAIN:
        buf_add(to, STR("a domain name"));
        break;
    case SETTING_BOOL:
        buf_add(to, STR("one of: on, off"));
        break;
    case SETTING_NUMBER:
        buf_addf(to, "a whole number from %u to %u", (unsigned)row->min, (unsigned)row->max);
        break;
    case SETTING_CHOICE:
        add_choices(row->allowed, to);
        if (id == SET_STORE)
            buf_add(to, STR(" (SQLite in the data folder is the only engine so far)"));
        break;
    case SETTING_HOSTS:
        buf_add(to, STR("HOST or HOST:PORT, up to 64 separated by commas"));
        break;
    case SETTING_NETWORKS:
        buf_add(to, STR("addresses or networks such as 10.0.0.0/8, up to 64 separated by commas"));
        break;
    }
}

const char *setting_nearest(str given)
{
    nearest n = { .given = given };
    for (size_t i = 0; i < SETTING_COUNT; i++)
        nearest_try(&n, setting_rows[i].name);
    return nearest_get(&n);
}

bool setting_help_is_wanted(int argc, const char *const *argv)
{
    for (int i = 0; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

static void print_row(setting_id id, const char *prefix, buf *to)
{
    const setting_row *row = &setting_rows[id];
    CLEANUP(buf_done) buf allowed;
    buf_init(&allowed, SETTINGS_MESSAGE_MAX);
    setting_allowed(id, &allowed);
    buf_addf(to, "  %s%s\n      %s\n      Allowed: " STR_FMT ".", prefix, row->name, row->help, STR_ARG(buf_str(&allowed)));
    if (row->fallback != NULL)
        buf_addf(to, " Default: %s.", row->fallback);
    buf_add_char(to, '\n');
}

void setting_help_add_flags(unsigned command, buf *to)
{
    for (size_t i = 0; i < SETTING_COUNT; i++)
        if ((setting_rows[i].commands & command) != 0)
            print_row((setting_id)i, "--", to);
}

void setting_help_add_all(buf *to)
{
    for (size_t i = 0; i < SETTING_COUNT; i++)
        print_row((setting_id)i, "", to);
}
