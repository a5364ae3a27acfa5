/* settings.c - see settings.h. Sources are applied from the weakest to the strongest, each value checked as it is applied. */
#include "server/settings.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "server/config_file.h"
#include "server/setting_help.h"
#include "server/setting_value.h"

enum { SETTINGS_MEMORY_MAX = 1 << 20 };

struct settings {
    arena *memory;
    setting_value value[SETTING_COUNT];
    setting_source source[SETTING_COUNT];
    bool is_flag_given[SETTING_COUNT];
    str file; /* absent: none was read */
};

PRINTF(2, 3) static status complain(settings_fault *f, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    if (vsnprintf(f->text, sizeof f->text, fmt, args) < 0)
        f->text[0] = '\0';
    va_end(args);
    return ST_INVALID;
}

static status no_memory(settings_fault *f)
{
    (void)complain(f, "out of memory");
    return ST_NO_MEMORY;
}

static bool find_row(str name, setting_id *ret)
{
    for (size_t i = 0; i < SETTING_COUNT; i++)
        if (str_eq(str_from_c(setting_rows[i].name), name)) {
            *ret = (setting_id)i;
            return true;
        }
    return false;
}

static status unknown_setting(const char *where, str name, settings_fault *f)
{
    const char *near = setting_nearest(name);
    str shown = str_slice(name, 0, 64);
    if (near != NULL)
        return complain(f, "%sthere is no setting '" STR_FMT "'; did you mean '%s'?", where, STR_ARG(shown), near);
    return complain(f, "%sthere is no setting '" STR_FMT "'; `argali help settings` lists them", where, STR_ARG(shown));
}

/* --- applying one value ------------------------------------------------------------------------------------------- */

static status apply(settings *s, setting_id id, str text, setting_source source, const char *where, settings_fault *f)
{
    setting_value v;
    status st = setting_value_parse(&setting_rows[id], text, s->memory, &v);
    if (st == ST_INVALID) {
        CLEANUP(buf_done) buf allowed;
        buf_init(&allowed, SETTINGS_MESSAGE_MAX);
        setting_allowed(id, &allowed);
        str shown = str_slice(text, 0, 128);
        return complain(f, "%s: '" STR_FMT "' is not allowed for %s; allowed is " STR_FMT, where, STR_ARG(shown),
                        setting_rows[id].name, STR_ARG(buf_str(&allowed)));
    }
    if (st != ST_OK)
        return no_memory(f);
    s->value[id] = v;
    s->source[id] = source;
    return ST_OK;
}

static status apply_defaults(settings *s, settings_fault *f)
{
    for (size_t i = 0; i < SETTING_COUNT; i++)
        if (setting_rows[i].fallback != NULL)
            TRY(apply(s, (setting_id)i, str_from_c(setting_rows[i].fallback), FROM_DEFAULT, "default", f));
    return ST_OK;
}

static status apply_text(settings *s, str text, const char *name, settings_fault *f)
{
    config_entry entries[CONFIG_ENTRIES_MAX];
    size_t n = 0;
    config_fault fault;
    if (config_parse(text, entries, &n, &fault) != ST_OK)
        return complain(f, "%s:%u: %s", name, (unsigned)fault.line, fault.why);
    for (size_t i = 0; i < n; i++) {
        char where[FILE_PATH_MAX / 16];
        (void)snprintf(where, sizeof where, "%s:%u", name, (unsigned)entries[i].line);
        setting_id id;
        if (!find_row(entries[i].key, &id)) {
            (void)snprintf(where, sizeof where, "%s:%u: ", name, (unsigned)entries[i].line);
            return unknown_setting(where, entries[i].key, f);
        }
        if (id == SET_CONFIG)
            return complain(f, "%s: config may be given as --config or ARGALI_CONFIG, not in a configuration file", where);
        TRY(apply(s, id, entries[i].value, FROM_FILE, where, f));
    }
    return ST_OK;
}

/* --- environment -------------------------------------------------------------------------------------------------- */

static const str environment_prefix = STR_INIT("ARGALI_");

/* "ARGALI_LISTEN_TLS=..." to "listen-tls" and its value. */
static bool parse_variable(const char *variable, char name[64], str *ret_name, str *ret_value)
{
    str key, all = str_from_c(variable);
    if (!str_starts(all, environment_prefix) || !str_split(all, '=', &key, ret_value))
        return false;
    key = str_slice(key, environment_prefix.n, key.n);
    if (key.n >= 64)
        key.n = 63;
    for (size_t i = 0; i < key.n; i++)
        name[i] = key.p[i] == '_' ? '-' : ascii_lower(key.p[i]);
    *ret_name = (str){ name, key.n };
    return true;
}

static status apply_environment(settings *s, const char *const *environment, settings_fault *f)
{
    for (; environment != NULL && *environment != NULL; environment++) {
        char text[64];
        str name = { 0 }, value = { 0 };
        setting_id id;
        if (!parse_variable(*environment, text, &name, &value))
            continue;
        char where[80];
        (void)snprintf(where, sizeof where, "%.*s", (int)(environment_prefix.n + name.n), *environment);
        if (!find_row(name, &id)) {
            (void)snprintf(where, sizeof where, "%.*s: ", (int)(environment_prefix.n + name.n), *environment);
            return unknown_setting(where, name, f);
        }
        TRY(apply(s, id, value, FROM_ENVIRONMENT, where, f));
    }
    return ST_OK;
}

/* --- flags -------------------------------------------------------------------------------------------------------- */

/* One flag at argv[*at]; moves *at past it and its value. */
static status parse_flag(const settings_input *in, int *at, setting_id *ret_id, str *ret_value, settings_fault *f)
{
    str argument = str_from_c(in->argv[*at]), name;
    if (!str_starts(argument, STR("--")) || argument.n == 2)
        return complain(f, "'%.64s' is no flag; `argali %s --help` lists them", in->argv[*at], in->command_name);
    bool has_value = str_split(str_slice(argument, 2, argument.n), '=', &name, ret_value);
    if (!has_value)
        name = str_slice(argument, 2, argument.n);
    if (!find_row(name, ret_id))
        return unknown_setting("", name, f);
    const setting_row *row = &setting_rows[*ret_id];
    if ((row->commands & in->command) == 0)
        return complain(f, "--%s is not for this subcommand; `argali %s --help` lists its flags", row->name, in->command_name);
    const char *next = *at + 1 < in->argc ? in->argv[*at + 1] : NULL;
    *at += 1;
    if (has_value)
        return ST_OK;
    bool is_next_value = next != NULL && (row->type != SETTING_BOOL || !str_starts(str_from_c(next), STR("--")));
    if (!is_next_value && row->type != SETTING_BOOL)
        return complain(f, "--%s needs a value", row->name);
    *ret_value = is_next_value ? str_from_c(next) : STR("on");
    *at += is_next_value ? 1 : 0;
    return ST_OK;
}

static status apply_flags(settings *s, const settings_input *in, settings_fault *f)
{
    memset(s->is_flag_given, 0, sizeof s->is_flag_given);
    for (int at = 0; at < in->argc;) {
        setting_id id = SET_DATA;
        str value = { 0 };
        char where[80];
        TRY(parse_flag(in, &at, &id, &value, f));
        (void)snprintf(where, sizeof where, "--%s", setting_rows[id].name);
        if (s->is_flag_given[id])
            return complain(f, "%s was given twice", where);
        s->is_flag_given[id] = true;
        TRY(apply(s, id, value, FROM_FLAG, where, f));
    }
    return ST_OK;
}

/* --- the file ----------------------------------------------------------------------------------------------------- */

/* --config, or DIR/argali.conf where it exists. */
static status find_file(settings *s, str *ret, settings_fault *f)
{
    *ret = (str){ 0 };
    if (settings_has(s, SET_CONFIG)) {
        *ret = settings_text(s, SET_CONFIG);
        return ST_OK;
    }
    if (!settings_has(s, SET_DATA))
        return ST_OK;
    str path;
    if (arena_printf(s->memory, &path, "%s/argali.conf", settings_path(s, SET_DATA)) != ST_OK)
        return no_memory(f);
    if (access(path.p, F_OK) == 0)
        *ret = path;
    return ST_OK;
}

static status apply_file(settings *s, settings_fault *f)
{
    CLEANUP(buf_done) buf text;
    buf_init(&text, CONFIG_TEXT_MAX);
    err e = { 0 };
    str path;
    TRY(find_file(s, &path, f));
    if (path.p == NULL)
        return ST_OK;
    status st = file_read(path.p, CONFIG_TEXT_MAX, &text, &e);
    if (st == ST_LIMIT)
        return complain(f, "%s: longer than 65,536 bytes", path.p);
    if (st != ST_OK)
        return complain(f, "%s", e.log);
    s->file = path;
    return apply_text(s, buf_str(&text), path.p, f);
}

/* --- rules between settings --------------------------------------------------------------------------------------- */

static status check_loopback(const settings *s, setting_id id, settings_fault *f)
{
    listen_address a = settings_address(s, id);
    if (a.is_off || ip_is_loopback(&a.ip) || settings_is_on(s, SET_INSECURE_HTTP))
        return ST_OK;
    return complain(f,
                    "%s = " STR_FMT ": plain http beyond loopback shows signed calls and what they carry to the network. Use "
                    "listen-tls there, or put a proxy before it, or allow it with insecure-http = on",
                    setting_rows[id].name, STR_ARG(settings_text(s, id)));
}

static status check_together(const settings *s, unsigned command, settings_fault *f)
{
    if (!settings_has(s, SET_DATA))
        return complain(f, "no data folder was given: add --data DIR (or set ARGALI_DATA)");
    if (settings_has(s, SET_TLS_CERTIFICATE) != settings_has(s, SET_TLS_KEY))
        return complain(f, "tls-certificate and tls-key go together: give both or none");
    if (command != COMMAND_SERVE)
        return ST_OK;
    TRY(check_loopback(s, SET_LISTEN, f));
    return check_loopback(s, SET_LISTEN_ADMIN, f);
}

/* --- loading ------------------------------------------------------------------------------------------------------ */

static status settings_new(settings **ret, settings_fault *f)
{
    settings *s = calloc(1, sizeof *s);
    if (s != NULL)
        s->memory = arena_new(16384, SETTINGS_MEMORY_MAX);
    if (s == NULL || s->memory == NULL) {
        free(s);
        return no_memory(f);
    }
    *ret = s;
    return ST_OK;
}

static void settings_cleanup(settings **s)
{
    settings_free(*s);
}

/* Flags and environment are applied before the file as well: they may say which file, and where. */
status settings_load(const settings_input *in, settings **ret, settings_fault *ret_fault)
{
    CLEANUP(settings_cleanup) settings *s = NULL;
    TRY(settings_new(&s, ret_fault));
    TRY(apply_defaults(s, ret_fault));
    TRY(apply_environment(s, in->environment, ret_fault));
    TRY(apply_flags(s, in, ret_fault));
    TRY(apply_file(s, ret_fault));
    TRY(apply_environment(s, in->environment, ret_fault));
    TRY(apply_flags(s, in, ret_fault));
    TRY(check_together(s, in->command, ret_fault));
    *ret = s;
    s = NULL;
    return ST_OK;
}

bool setting_is_subject(setting_id id)
{
    return id == SET_FORMAT || id == SET_ACCOUNT || id == SET_ADMIN || id == SET_ACCOUNT_ALIAS || id == SET_OWNER_EMAIL ||
           id == SET_MFA || id == SET_ROOT_ACCESS_KEY;
}

static status check_subjects(const settings *s, unsigned command, settings_fault *f)
{
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        bool is_taken = setting_is_subject((setting_id)i) && (setting_rows[i].commands & command) != 0;
        if (s->source[i] == FROM_FILE && !is_taken)
            return complain(f, "request: %s is not taken here", setting_rows[i].name);
    }
    return ST_OK;
}

status settings_load_text(const settings *base, str text, unsigned command, settings **ret, settings_fault *ret_fault)
{
    CLEANUP(settings_cleanup) settings *s = NULL;
    TRY(settings_new(&s, ret_fault));
    TRY(apply_defaults(s, ret_fault));
    TRY(apply_text(s, text, "request", ret_fault));
    TRY(check_subjects(s, command, ret_fault));
    for (size_t i = 0; i < SETTING_COUNT; i++)
        if (!setting_is_subject((setting_id)i)) {
            s->value[i] = base->value[i];
            s->source[i] = base->source[i];
        }
    *ret = s;
    s = NULL;
    return ST_OK;
}

void settings_free(settings *s)
{
    if (s == NULL)
        return;
    arena_free(s->memory);
    free(s);
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

bool settings_has(const settings *s, setting_id id)
{
    return s->value[id].text.p != NULL && s->value[id].text.n > 0;
}

setting_source settings_source(const settings *s, setting_id id)
{
    return s->source[id];
}

str settings_text(const settings *s, setting_id id)
{
    return s->value[id].text.n > 0 ? s->value[id].text : (str){ 0 };
}

const char *settings_path(const settings *s, setting_id id)
{
    return settings_text(s, id).p;
}

uint32_t settings_number(const settings *s, setting_id id)
{
    return s->value[id].number;
}

bool settings_is_on(const settings *s, setting_id id)
{
    assert(setting_rows[id].type == SETTING_BOOL);
    return s->value[id].number != 0;
}

size_t settings_list(const settings *s, setting_id id, const str **ret)
{
    *ret = s->value[id].items;
    return s->value[id].n;
}

size_t settings_networks(const settings *s, setting_id id, const cidr **ret)
{
    *ret = s->value[id].networks;
    return s->value[id].n;
}

listen_address settings_address(const settings *s, setting_id id)
{
    return s->value[id].address;
}

const char *settings_file(const settings *s)
{
    return s->file.p;
}
