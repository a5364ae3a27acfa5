/* command.c - see command.h. */
#include "server/command.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "server/control.h"
#include "server/credentials_text.h"
#include "server/data_folder.h"
#include "server/first_start.h"
#include "server/privileges.h"
#include "server/serve.h"
#include "server/setting_help.h"
#include "server/settings_use.h"

enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, HELP_MAX = 65536 };

typedef struct command_row command_row;

struct command_row {
    const char *name;
    unsigned command; /* its COMMAND_ bit; 0: takes no settings */
    int (*run)(const command_row *row, const settings *s, const settings_input *in);
    const char *summary, *more;
};

/* --- output ------------------------------------------------------------------------------------------------------- */

static void write_out(int fd, str s)
{
    (void)file_write_all(fd, bytes_of(s)); /* nobody is left to tell */
}

static int fail(const command_row *row, status s, const err *e)
{
    const char *why = e->log[0] != '\0' ? e->log : status_name(s);
    (void)fprintf(stderr, "argali %s: %s%s%s\n", row->name, e->code, e->code[0] != '\0' ? ": " : "", why);
    return EXIT_FAILED;
}

/* --- the subcommands ---------------------------------------------------------------------------------------------- */

static int run_serve(const command_row *row, const settings *s, const settings_input *in)
{
    err e = { 0 };
    status st = serve_run(s, in, &e);
    return st == ST_OK ? EXIT_OK : fail(row, st, &e);
}

static void add_init_notes(const settings *s, buf *to)
{
    const char *dir = settings_path(s, SET_DATA);
    buf_addf(to, "\nThe same lies in %s/first-credentials until you delete that file.\n", dir);
    buf_addf(to, "Console sign-in is not there yet: until then the passwords wait, and the AccessKey works.\n");
    buf_addf(to, "Start the server with: argali serve --data %s\n", dir);
}

static int run_init(const command_row *row, const settings *s, const settings_input *in)
{
    (void)in;
    CLEANUP(buf_done) buf out;
    CLEANUP(buf_done) buf url;
    bootstrap *b = NULL;
    err e = { 0 };
    buf_init_secret(&out, HELP_MAX);
    buf_init(&url, 1024);
    privileges_guard_memory();
    status st = data_folder_make(settings_path(s, SET_DATA), settings_path(s, SET_USER), &e);
    if (st == ST_OK)
        st = privileges_become_user(settings_path(s, SET_USER), &e);
    if (st == ST_OK)
        st = first_start_run(s, world_system(), &b, &e);
    if (st != ST_OK)
        return fail(row, st, &e);
    settings_sign_in_url(s, NULL, &url);
    if (settings_wants_json(s)) {
        credentials_add_json(bootstrap_credentials(b), buf_str(&url), &out);
    } else {
        credentials_add_text(bootstrap_credentials(b), buf_str(&url), &out);
        add_init_notes(s, &out);
    }
    bootstrap_free(b);
    write_out(STDOUT_FILENO, buf_str(&out));
    return buf_ok(&out) ? EXIT_OK : fail(row, ST_NO_MEMORY, &e);
}

/* When no server runs: opens the folder, which takes its lock. */
static status work_here(const work_row *work, const settings *s, buf *out, int *ret_code, err *e)
{
    instance i = { 0 };
    TRY(instance_open(s, world_system(), &i, e));
    *ret_code = work->run(&i, s, out);
    err unsealed = { 0 };
    if (work->command != COMMAND_CHECK && instance_seal(&i, &unsealed) != ST_OK)
        log_event(LOG_WARNING, "audit_not_sealed", LOG_Z("why", unsealed.log));
    instance_close(&i);
    return ST_OK;
}

static int run_work(const command_row *row, const settings *s, const settings_input *in)
{
    (void)in;
    const work_row *work = work_find(str_from_c(row->name));
    const char *dir = settings_path(s, SET_DATA);
    CLEANUP(buf_done) buf request;
    CLEANUP(buf_done) buf out;
    err e = { 0 };
    int code = EXIT_FAILED;
    buf_init(&request, HELP_MAX);
    buf_init_secret(&out, WORK_OUTPUT_MAX);
    privileges_guard_memory();
    work_add_settings(s, row->command, &request);
    status st = control_call(dir, row->name, buf_str(&request), &out, &code, &e);
    if (st == ST_NOT_FOUND)
        st = work_here(work, s, &out, &code, &e);
    if (st != ST_OK)
        return fail(row, st, &e);
    write_out(code == EXIT_OK || row->command == COMMAND_CHECK ? STDOUT_FILENO : STDERR_FILENO, buf_str(&out));
    return code;
}

static int run_version(const command_row *row, const settings *s, const settings_input *in)
{
    (void)row;
    (void)s;
    (void)in;
    (void)puts("argali " ARGALI_VERSION);
    return EXIT_OK;
}

static int run_help(const command_row *row, const settings *s, const settings_input *in);

static const command_row rows[] = {
    { "init", COMMAND_INIT, run_init, "fill an empty folder: master key, store, first account",
      "Prints the first credentials once and keeps them in DIR/first-credentials (0600) until you delete that file." },
    { "serve", COMMAND_SERVE, run_serve, "serve a folder; an empty one is filled first",
      "SIGTERM and SIGINT stop it, a second one at once; SIGHUP reads certificate and settings again." },
    { "account create", COMMAND_ACCOUNT_CREATE, run_work, "add an account with root, user admin and an AccessKey",
      "Works beside a running server (through DIR/control.sock) and without one." },
    { "account show", COMMAND_ACCOUNT_SHOW, run_work, "print accounts; never a secret", "All accounts without --account." },
    { "account recover", COMMAND_ACCOUNT_RECOVER, run_work, "give root a new password, and with --admin user admin too",
      "For whoever lost the credentials but has the machine. Prints the new ones once." },
    { "check", COMMAND_CHECK, run_work, "verify the store, the audit chains and every sealed value",
      "Exit code 1 and a line per problem when something is damaged. Changes nothing." },
    { "version", 0, run_version, "print the version", "" },
    { "help", 0, run_help, "explain a subcommand, or all settings: help settings", "" },
};

/* --- help --------------------------------------------------------------------------------------------------------- */

static void add_overview(buf *to)
{
    buf_add(to,
            STR("argali " ARGALI_VERSION
                " - a self-hosted RAM, IMS and STS service\n\nUsage: argali SUBCOMMAND --data DIR [--SETTING VALUE ...]\n\n"));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        buf_addf(to, "  %-16s %s\n", rows[i].name, rows[i].summary);
    buf_add(
        to,
        STR("\nA setting is a flag, a key in argali.conf and an environment variable: --log-level, log-level,\nARGALI_LOG_LEVEL.\n"
            "`argali SUBCOMMAND --help` lists the flags of one, `argali help settings` all settings.\n"
            "Exit codes: 0 ok, 1 failed, 2 usage or configuration.\n"));
}

static void add_command_help(const command_row *row, buf *to)
{
    buf_addf(to, "argali %s - %s\n", row->name, row->summary);
    if (row->more[0] != '\0')
        buf_addf(to, "%s\n", row->more);
    if (row->command == 0)
        return;
    buf_add(to, STR("\nFlags (an on/off flag alone means on):\n\n"));
    setting_help_add_flags(row->command, to);
}

/* The row that the arguments name; *ret_words says how many of them its name took. */
static const command_row *find_command(int argc, const char *const *argv, int *ret_words)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        str first, second, name = str_from_c(rows[i].name);
        bool is_pair = str_split(name, ' ', &first, &second);
        if (!str_eq(str_from_c(argv[0]), is_pair ? first : name))
            continue;
        if (is_pair && (argc < 2 || !str_eq(str_from_c(argv[1]), second)))
            continue;
        *ret_words = is_pair ? 2 : 1;
        return &rows[i];
    }
    return NULL;
}

static int unknown_command(const char *const *argv)
{
    if (strcmp(argv[0], "account") == 0)
        (void)fprintf(stderr, "argali account: say create, show or recover\n");
    else
        (void)fprintf(stderr, "argali: there is no subcommand '%.64s'; `argali help` lists them\n", argv[0]);
    return EXIT_USAGE;
}

static int run_help(const command_row *row, const settings *s, const settings_input *in)
{
    CLEANUP(buf_done) buf out;
    int words = 0;
    (void)row;
    (void)s;
    buf_init(&out, HELP_MAX);
    if (in->argc == 0) {
        add_overview(&out);
    } else if (strcmp(in->argv[0], "settings") == 0) {
        setting_help_add_all(&out);
    } else {
        const command_row *wanted = find_command(in->argc, in->argv, &words);
        if (wanted == NULL)
            return unknown_command(in->argv);
        add_command_help(wanted, &out);
    }
    write_out(STDOUT_FILENO, buf_str(&out));
    return EXIT_OK;
}

/* --- the whole ---------------------------------------------------------------------------------------------------- */

static int run_command(const command_row *row, const settings_input *in)
{
    settings *s = NULL;
    settings_fault fault = { "" };
    if (row->command == 0)
        return row->run(row, NULL, in);
    if (settings_load(in, &s, &fault) != ST_OK) {
        (void)fprintf(stderr, "argali %s: %s\n", row->name, fault.text);
        return EXIT_USAGE;
    }
    log_set_level(settings_log_level(s));
    int code = row->run(row, s, in);
    settings_free(s);
    return code;
}

static int print_help(const command_row *row)
{
    CLEANUP(buf_done) buf out;
    buf_init(&out, HELP_MAX);
    add_command_help(row, &out);
    write_out(STDOUT_FILENO, buf_str(&out));
    return EXIT_OK;
}

int command_main(int argc, const char *const *argv, const char *const *environment)
{
    int words = 0;
    if (argc < 2) {
        CLEANUP(buf_done) buf out;
        buf_init(&out, HELP_MAX);
        add_overview(&out);
        write_out(STDERR_FILENO, buf_str(&out));
        return EXIT_USAGE;
    }
    bool is_help = strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0;
    bool is_version = strcmp(argv[1], "--version") == 0;
    const char *const word[] = { is_help ? "help" : is_version ? "version" : argv[1], NULL };
    bool is_word = is_help || is_version;
    const command_row *row = is_word ? find_command(1, word, &words) : find_command(argc - 1, argv + 1, &words);
    if (row == NULL)
        return unknown_command(argv + 1);
    settings_input in = { .command_name = row->name,
                          .command = row->command,
                          .argc = argc - 1 - words,
                          .argv = argv + 1 + words,
                          .environment = environment };
    if (setting_help_is_wanted(in.argc, in.argv))
        return print_help(row);
    return run_command(row, &in);
}
