/* command.c - see command.h. */
#include "server/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "operations/backup.h"
#include "password/calibrate.h"
#include "server/backup_command.h"
#include "server/control.h"
#include "server/credentials_text.h"
#include "server/data_folder.h"
#include "server/explain_work.h"
#include "server/first_start.h"
#include "server/nearest.h"
#include "server/policy_check.h"
#include "server/privileges.h"
#include "server/rotate_work.h"
#include "server/serve.h"
#include "server/setting_help.h"
#include "server/settings_use.h"
#include "server/verifier_work.h"

enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, HELP_MAX = 65536 };

typedef struct command_row command_row;

typedef struct {
    const command_row *row;
    const settings *settings; /* NULL where the row takes none */
    const settings_input *in; /* what is left of the command line */
    const arguments *arguments;
    const char *file; /* of a row that takes one */
} invocation;

struct command_row {
    const char *name; /* of two words where it belongs to a group */
    unsigned command; /* its COMMAND_ bit; 0: takes no settings */
    int (*run)(const invocation *v);
    const char *summary, *more;
    const argument_row *arguments; /* NULL: none */
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

static int run_serve(const invocation *v)
{
    err e = { 0 };
    status st = serve_run(v->settings, v->in, &e);
    return st == ST_OK ? EXIT_OK : fail(v->row, st, &e);
}

static void add_init_notes(const settings *s, buf *to)
{
    const char *dir = settings_path(s, SET_DATA);
    buf_addf(to, "\nThe same lies in %s/first-credentials until you delete that file.\n", dir);
    buf_addf(to, "Console sign-in is not there yet: until then the passwords wait, and the AccessKey works.\n");
    buf_addf(to, "Start the server with: argali serve --data %s\n", dir);
}

static int run_init(const invocation *v)
{
    const settings *s = v->settings;
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
        return fail(v->row, st, &e);
    settings_sign_in_url(s, NULL, &url);
    if (settings_wants_json(s)) {
        credentials_add_json(bootstrap_credentials(b), buf_str(&url), &out);
    } else {
        credentials_add_text(bootstrap_credentials(b), buf_str(&url), &out);
        add_init_notes(s, &out);
    }
    bootstrap_free(b);
    write_out(STDOUT_FILENO, buf_str(&out));
    return buf_ok(&out) ? EXIT_OK : fail(v->row, ST_NO_MEMORY, &e);
}

/* When no server runs: opens the folder, which takes its lock. */
static status work_here(const work_row *work, const invocation *v, buf *out, int *ret_code, err *e)
{
    instance i = { 0 };
    TRY(instance_open(v->settings, world_system(), &i, e));
    *ret_code = work->run(&i, v->settings, v->arguments, out);
    err unsealed = { 0 };
    if (work->command != COMMAND_CHECK && instance_seal(&i, &unsealed) != ST_OK)
        log_event(LOG_WARNING, "audit_not_sealed", LOG_Z("why", unsealed.log));
    instance_close(&i);
    return ST_OK;
}

/* Where the folder is open: in the running server, else here. */
static status do_work(const invocation *v, buf *out, int *ret_code, err *e)
{
    const command_row *row = v->row;
    const char *dir = settings_path(v->settings, SET_DATA);
    CLEANUP(buf_done) buf request;
    buf_init(&request, HELP_MAX);
    work_add_settings(v->settings, row->command, &request);
    const status st = control_call(dir, row->name, buf_str(&request), v->arguments, out, ret_code, e);
    return st == ST_NOT_FOUND ? work_here(work_find(str_from_c(row->name)), v, out, ret_code, e) : st;
}

static int run_work(const invocation *v)
{
    CLEANUP(buf_done) buf out;
    err e = { 0 };
    int code = EXIT_FAILED;
    buf_init_secret(&out, WORK_OUTPUT_MAX);
    privileges_guard_memory();
    const status st = do_work(v, &out, &code, &e);
    if (st != ST_OK)
        return fail(v->row, st, &e);
    write_out(code == EXIT_OK || v->row->command == COMMAND_CHECK ? STDOUT_FILENO : STDERR_FILENO, buf_str(&out));
    return code;
}

/* --- a new master key --------------------------------------------------------------------------------------------- */

enum { IN_FLIGHT_S = 5 }; /* no call that sealed under the old key is still to be stored after that */

/* One master key in the file: another is added. More: an earlier run did not end, and this one goes on. */
static status begin_rotation(const char *path, err *e)
{
    vault *v = NULL;
    TRY(vault_open(path, world_system(), &v, e));
    const size_t keys = vault_key_count(v);
    vault_free(v);
    return keys == 1 ? vault_key_file_add(path, world_system(), e) : ST_OK;
}

static status rotate(const invocation *v, const char *path, buf *out, int *ret_code, err *e)
{
    CLEANUP(file_close_at) int held = -1;
    TRY(backup_lock(settings_path(v->settings, SET_DATA), &held, e));
    TRY(begin_rotation(path, e));
    TRY(do_work(v, out, ret_code, e));
    if (*ret_code != EXIT_OK)
        return ST_OK;
    if (arguments_get(v->arguments, "old-key").p != NULL) {
        (void)sleep(IN_FLIGHT_S);
        buf_clear(out);
        TRY(do_work(v, out, ret_code, e));
        if (*ret_code != EXIT_OK)
            return ST_OK;
    }
    TRY(vault_key_file_drop_old(path, e));
    buf_clear(out);
    return do_work(v, out, ret_code, e); /* so that a running server lets go of it too */
}

static int run_rotate_key(const invocation *v)
{
    CLEANUP(buf_done) buf out;
    char path[FILE_PATH_MAX];
    const str old_key = arguments_get(v->arguments, "old-key");
    err e = { 0 };
    int code = EXIT_FAILED;
    if (old_key.p != NULL && !str_eq(old_key, STR("wait")) && !str_eq(old_key, STR("drop"))) {
        (void)fprintf(stderr, "argali %s: old-key: say wait or drop\n", v->row->name);
        return EXIT_USAGE;
    }
    buf_init_secret(&out, WORK_OUTPUT_MAX);
    privileges_guard_memory();
    status st = data_folder_key_path(v->settings, path, &e);
    if (st == ST_OK)
        st = rotate(v, path, &out, &code, &e);
    if (st != ST_OK)
        return fail(v->row, st, &e);
    if (code == ROTATE_KEY_WAITS)
        code = EXIT_OK;
    write_out(code == EXIT_OK ? STDOUT_FILENO : STDERR_FILENO, buf_str(&out));
    return code;
}

/* --- backups ------------------------------------------------------------------------------------------------------ */

static int run_file_command(const invocation *v, status (*run)(const settings *s, const arguments *a, const char *file,
                                                               const world *w, buf *out, err *e))
{
    CLEANUP(buf_done) buf out;
    err e = { 0 };
    buf_init(&out, HELP_MAX);
    privileges_guard_memory();
    const status st = run(v->settings, v->arguments, v->file, world_system(), &out, &e);
    if (st != ST_OK)
        return fail(v->row, st, &e);
    write_out(STDOUT_FILENO, buf_str(&out));
    return EXIT_OK;
}

static int run_backup(const invocation *v)
{
    return run_file_command(v, backup_command);
}

static int run_restore(const invocation *v)
{
    return run_file_command(v, restore_command);
}

static int usage(const command_row *row, const settings_fault *fault)
{
    (void)fprintf(stderr, "argali %s: %s\n", row->name, fault->text);
    return EXIT_USAGE;
}

static int run_policy_explain(const invocation *v)
{
    settings_fault fault = { "" };
    return policy_explain_check(v->arguments, &fault) == ST_OK ? run_work(v) : usage(v->row, &fault);
}

static int run_policy_check(const invocation *v)
{
    CLEANUP(buf_done) buf out;
    buf_init(&out, HELP_MAX);
    const int code = policy_check_run(v->in->argc, v->in->argv, &out);
    write_out(code == EXIT_OK ? STDOUT_FILENO : STDERR_FILENO, buf_str(&out));
    return code;
}

/* --- password hashing --------------------------------------------------------------------------------------------- */

enum { TARGET_MS = 100, MEMORY_MAX_KIB = 262144 };

static const argument_row calibrate_arguments[] = {
    { "target-ms", false, false, "N", "Milliseconds that one hash may take, 1 to 10000; 100 unless said." },
    { "memory-max", false, false, "KIB", "The most memory for one hash, from 8192; 262144 (256 MiB) unless said." },
    { NULL, false, false, NULL, NULL },
};

static bool read_number(const invocation *v, const char *name, uint32_t least, uint32_t most, uint32_t *ret)
{
    const str given = arguments_get(v->arguments, name);
    if (given.p == NULL || str_to_u32(given, least, most, ret) == ST_OK)
        return true;
    (void)fprintf(stderr, "argali %s: %s: a number from %u to %u\n", v->row->name, name, least, most);
    return false;
}

static int run_calibrate(const invocation *v)
{
    calibration want = { TARGET_MS, MEMORY_MAX_KIB };
    calibrated got;
    err e = { 0 };
    if (!read_number(v, "target-ms", 1, 10000, &want.target_ms) ||
        !read_number(v, "memory-max", 8192, 2097151, &want.memory_max_kib))
        return EXIT_USAGE;
    if (v->in->argc > 0) {
        (void)fprintf(stderr, "argali %s: '%.64s' is no flag of it\n", v->row->name, v->in->argv[0]);
        return EXIT_USAGE;
    }
    const status st = calibrate(&want, world_system(), &got, &e);
    if (st != ST_OK)
        return fail(v->row, st, &e);
    (void)printf("# one hash takes %u ms on an idle core%s\npassword-hash-memory = %u\npassword-hash-passes = %u\n"
                 "password-hash-lanes = %u\n",
                 got.took_ms, got.is_over_target ? ": the least that is safe is over the target" : "", got.how.memory_kib,
                 got.how.passes, got.how.lanes);
    return EXIT_OK;
}

static int run_version(const invocation *v)
{
    (void)v;
    (void)puts("argali " ARGALI_VERSION);
    return EXIT_OK;
}

static int run_help(const invocation *v);

static const struct {
    const char *name, *summary;
} groups[] = {
    { "account", "make, show and recover accounts" },
    { "policy", "explain decisions and check policy documents" },
    { "verifier", "let services ask whether requests to them are rightly signed" },
};

static const command_row rows[] = {
    { "init", COMMAND_INIT, run_init, "fill an empty folder: master key, store, first account",
      "Prints the first credentials once and keeps them in DIR/first-credentials (0600) until you delete that file.", NULL },
    { "serve", COMMAND_SERVE, run_serve, "serve a folder; an empty one is filled first",
      "SIGTERM and SIGINT stop it, a second one at once; SIGHUP reads certificate and settings again.", NULL },
    { "account create", COMMAND_ACCOUNT_CREATE, run_work, "add an account with root, user admin and an AccessKey",
      "Works beside a running server (through DIR/control.sock) and without one.", NULL },
    { "account show", COMMAND_ACCOUNT_SHOW, run_work, "print accounts; never a secret", "All accounts without --account.",
      NULL },
    { "account recover", COMMAND_ACCOUNT_RECOVER, run_work, "give root a new password, and with --admin user admin too",
      "For whoever lost the credentials but has the machine. Prints the new ones once.", NULL },
    { "backup", COMMAND_BACKUP, run_backup, "write the store of a folder, served or not, into one file",
      "argali backup --data DIR FILE [--passphrase-file FILE]\n\n"
      "FILE must not exist. With a passphrase it is encrypted and holds the master key too; without one it does not.\n"
      "DIR needs room for a copy of the store while this runs.",
      backup_arguments },
    { "restore", COMMAND_RESTORE, run_restore, "fill an empty folder from a backup",
      "argali restore FILE --data DIR [--passphrase-file FILE]\n\n"
      "Proves the whole backup before the folder becomes one, and never replaces anything. May be run again after a kill.",
      backup_arguments },
    { "rotate-key", COMMAND_ROTATE_KEY, run_rotate_key, "make a new master key and seal everything under it",
      "Works beside a running server and without one. May be stopped at any moment and run again.\n"
      "The old key is dropped when nothing uses it: temporary credentials do, for up to 12 hours.",
      rotate_key_arguments },
    { "check", COMMAND_CHECK, run_work, "verify the store, its counts, the audit chains and every sealed value",
      "Exit code 1 and a line per problem when something is damaged. Changes nothing.", NULL },
    { "policy explain", COMMAND_POLICY_EXPLAIN, run_policy_explain,
      "may this user or role do that, and which statement says so?",
      "Decides as a call does, and shows every statement that was considered. Exit code 0 whatever the verdict.\n"
      "Works beside a running server (through DIR/control.sock) and without one. Changes nothing.",
      policy_explain_arguments },
    { "policy check", 0, run_policy_check, "read a policy document and say what is wrong with it",
      "argali policy check [--trust] FILE\n\n"
      "FILE - is standard input. --trust: the document says who may assume a role.\n"
      "Exit code 1 and line and column, or the path of the member, when it is refused.",
      NULL },
    { "verifier create", COMMAND_VERIFIER, run_work, "let a service ask about requests to its hosts; prints its token once",
      "For nginx and whatever cannot sign: POST /verify with the token. docs/verification.md shows how.",
      verifier_create_arguments },
    { "verifier list", COMMAND_VERIFIER, run_work, "print the verifiers of an account; never a token", "", NULL },
    { "verifier delete", COMMAND_VERIFIER, run_work, "end a verifier: its token is good for nothing any more", "",
      verifier_delete_arguments },
    { "calibrate", 0, run_calibrate, "propose password hashing settings for this machine",
      "Prints lines for argali.conf. Takes some seconds; run it while the machine is otherwise idle.", calibrate_arguments },
    { "version", 0, run_version, "print the version", "", NULL },
    { "help", 0, run_help, "explain a subcommand, or all settings: help settings", "", NULL },
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
    if (row->arguments != NULL) {
        buf_add(to, STR("\nWhat it is about:\n\n"));
        arguments_add_help(row->arguments, to);
    }
    if (row->command == 0)
        return;
    buf_add(to, STR("\nFlags (an on/off flag alone means on):\n\n"));
    setting_help_add_flags(row->command, to);
}

/* The word behind the group's name; absent: the row is not of this group. */
static str word_in_group(const command_row *row, const char *group)
{
    str first, second = { NULL, 0 };
    const bool is_pair = str_split(str_from_c(row->name), ' ', &first, &second);
    return is_pair && str_eq(first, str_from_c(group)) ? second : (str){ NULL, 0 };
}

static const char *find_group(const char *word, const char **ret_summary)
{
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        if (strcmp(groups[i].name, word) == 0) {
            *ret_summary = groups[i].summary;
            return groups[i].name;
        }
    return NULL;
}

static void add_group_help(const char *group, const char *summary, buf *to)
{
    buf_addf(to, "argali %s - %s\n\n", group, summary);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (word_in_group(&rows[i], group).p != NULL)
            buf_addf(to, "  %-16s %s\n", rows[i].name, rows[i].summary);
    buf_addf(to, "\n`argali %s SUBCOMMAND --help` lists the flags of one.\n", group);
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

/* "create, show or recover" */
static void add_words(const char *group, buf *to)
{
    str last = { NULL, 0 };
    const char *between = "";
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const str word = word_in_group(&rows[i], group);
        if (word.p == NULL)
            continue;
        if (last.p != NULL) {
            buf_addf(to, "%s" STR_FMT, between, STR_ARG(last));
            between = ", ";
        }
        last = word;
    }
    buf_addf(to, " or " STR_FMT "\n", STR_ARG(last));
}

static int unknown_command(int argc, const char *const *argv)
{
    CLEANUP(buf_done) buf out;
    const char *summary, *group = find_group(argv[0], &summary);
    buf_init(&out, HELP_MAX);
    if (group != NULL) {
        buf_addf(&out, "argali %s: say ", group);
        add_words(group, &out);
    } else {
        char given[128];
        (void)snprintf(given, sizeof given, "%.60s%s%.60s", argv[0], argc > 1 ? " " : "", argc > 1 ? argv[1] : "");
        nearest one = { .given = str_from_c(argv[0]) }, two = { .given = str_from_c(given) };
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            nearest_try(&one, rows[i].name);
            nearest_try(&two, rows[i].name);
        }
        for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
            nearest_try(&one, groups[i].name);
        const char *near = nearest_get(&two) != NULL ? nearest_get(&two) : nearest_get(&one);
        buf_addf(&out, "argali: there is no subcommand '%.64s'", argv[0]);
        if (near != NULL)
            buf_addf(&out, "; did you mean '%s'?\n", near);
        else
            buf_add(&out, STR("; `argali help` lists them\n"));
    }
    write_out(STDERR_FILENO, buf_str(&out));
    return EXIT_USAGE;
}

static int run_help(const invocation *v)
{
    const settings_input *in = v->in;
    CLEANUP(buf_done) buf out;
    const char *summary, *group = in->argc == 1 ? find_group(in->argv[0], &summary) : NULL;
    int words = 0;
    buf_init(&out, HELP_MAX);
    if (in->argc == 0) {
        add_overview(&out);
    } else if (strcmp(in->argv[0], "settings") == 0) {
        setting_help_add_all(&out);
    } else if (group != NULL) {
        add_group_help(group, summary, &out);
    } else {
        const command_row *wanted = find_command(in->argc, in->argv, &words);
        if (wanted == NULL)
            return unknown_command(in->argc, in->argv);
        add_command_help(wanted, &out);
    }
    write_out(STDOUT_FILENO, buf_str(&out));
    return EXIT_OK;
}

/* --- the whole ---------------------------------------------------------------------------------------------------- */

static int run_command(const command_row *row, const settings_input *in, const arguments *a, const char *file)
{
    settings *s = NULL;
    settings_fault fault = { "" };
    invocation v = { .row = row, .in = in, .arguments = a, .file = file };
    if (row->command == 0)
        return row->run(&v);
    if (settings_load(in, &s, &fault) != ST_OK)
        return usage(row, &fault);
    log_set_level(settings_log_level(s));
    v.settings = s;
    int code = row->run(&v);
    settings_free(s);
    return code;
}

/* Takes the one word that is neither a flag nor a flag's value out of argv: all flags of these subcommands take a value. */
static const char *take_file(int *argc, const char **argv)
{
    for (int i = 0; i < *argc; i++) {
        const str word = str_from_c(argv[i]);
        if (str_starts(word, STR("--"))) {
            i += !str_contains(word, STR("="));
            continue;
        }
        const char *file = argv[i];
        for (int k = i + 1; k < *argc; k++)
            argv[k - 1] = argv[k];
        --*argc;
        return file;
    }
    return NULL;
}

/* `words` holds what follows the subcommand's name, and stays until the subcommand ends. */
static int start_command(const command_row *row, int argc, const char **words, const char *const *environment)
{
    arguments a;
    settings_fault fault = { "" };
    if (setting_help_is_wanted(argc, words)) {
        CLEANUP(buf_done) buf out;
        buf_init(&out, HELP_MAX);
        add_command_help(row, &out);
        write_out(STDOUT_FILENO, buf_str(&out));
        return EXIT_OK;
    }
    if (arguments_take(row->arguments, row->name, &argc, words, &a, &fault) != ST_OK)
        return usage(row, &fault);
    const bool takes_file = (row->command & (COMMAND_BACKUP | COMMAND_RESTORE)) != 0;
    const char *file = takes_file ? take_file(&argc, words) : NULL;
    if (takes_file && file == NULL) {
        (void)fprintf(stderr, "argali %s: say which FILE\n", row->name);
        return EXIT_USAGE;
    }
    const settings_input in = {
        .command_name = row->name, .command = row->command, .argc = argc, .argv = words, .environment = environment
    };
    return run_command(row, &in, &a, file);
}

static int print_overview(void)
{
    CLEANUP(buf_done) buf out;
    buf_init(&out, HELP_MAX);
    add_overview(&out);
    write_out(STDERR_FILENO, buf_str(&out));
    return EXIT_USAGE;
}

static int print_group_help(const char *group, const char *summary)
{
    CLEANUP(buf_done) buf out;
    buf_init(&out, HELP_MAX);
    add_group_help(group, summary, &out);
    write_out(STDOUT_FILENO, buf_str(&out));
    return EXIT_OK;
}

int command_main(int argc, const char *const *argv, const char *const *environment)
{
    int named = 0;
    if (argc < 2)
        return print_overview();
    bool is_help = strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0;
    bool is_version = strcmp(argv[1], "--version") == 0;
    const char *const word[] = { is_help ? "help" : is_version ? "version" : argv[1], NULL };
    const command_row *row = is_help || is_version ? find_command(1, word, &named) : find_command(argc - 1, argv + 1, &named);
    const char *summary, *group = find_group(argv[1], &summary);
    if (row == NULL && group != NULL && argc > 2 && setting_help_is_wanted(1, argv + 2))
        return print_group_help(group, summary);
    if (row == NULL)
        return unknown_command(argc - 1, argv + 1);
    const int first = 1 + named;
    const char **words = calloc((size_t)(argc - first) + 1, sizeof *words);
    if (words == NULL)
        return EXIT_FAILED;
    for (int i = first; i < argc; i++)
        words[i - first] = argv[i];
    int code = start_command(row, argc - first, words, environment);
    free(words);
    return code;
}
