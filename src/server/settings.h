/* settings.h - every setting of Argali, in one table, from wherever it was given.
 *
 * A setting NAME is the flag --NAME, the configuration key NAME and the environment variable ARGALI_NAME (upper case, '-' as
 * '_'). A flag wins over the environment, that over the configuration file (--config, else DIR/argali.conf where it exists),
 * that over the default. Every given value is checked, also one that another overrules. Unknown names are refused with the
 * nearest known one. No setting holds a secret: what is secret is given as the path of a file.
 *
 * Ownership: the settings own all their text, which is NUL-terminated. Reads a file at load; threads: read-only after load.
 */
#ifndef ARGALI_SERVER_SETTINGS_H
#define ARGALI_SERVER_SETTINGS_H

#include "base/buf.h"
#include "base/ip.h"
#include "base/str.h"

typedef enum {
    SET_DATA,
    SET_CONFIG,
    SET_FORMAT,
    SET_MASTER_KEY_FILE,
    SET_STORE,
    SET_LISTEN,
    SET_LISTEN_TLS,
    SET_LISTEN_ADMIN,
    SET_INSECURE_HTTP,
    SET_PUBLIC_URL,
    SET_TLS_CERTIFICATE,
    SET_TLS_KEY,
    SET_API_HOSTS,
    SET_TRUSTED_PROXIES,
    SET_DOMAIN_SUFFIX,
    SET_SIGNATURE_V1,
    SET_CALLS_PER_SECOND,
    SET_FAILURES_PER_MINUTE,
    SET_CONNECTIONS_MAX,
    SET_CONNECTIONS_PER_NETWORK_MAX,
    SET_HEAD_MAX,
    SET_BODY_MAX,
    SET_IDLE_TIMEOUT,
    SET_TOTAL_TIMEOUT,
    SET_IO_THREADS,
    SET_READER_THREADS,
    SET_BLOCKING_THREADS,
    SET_BATCH_MAX,
    SET_CACHED_CALLERS,
    SET_USERS_PER_ACCOUNT,
    SET_ACCESS_KEYS_PER_USER,
    SET_ACCESS_KEYS_PER_ROOT,
    SET_TAGS_PER_USER,
    SET_POLICIES_PER_USER,
    SET_CUSTOM_POLICIES_PER_USER,
    SET_GROUPS_PER_ACCOUNT,
    SET_GROUPS_PER_USER,
    SET_ROLES_PER_ACCOUNT,
    SET_POLICIES_PER_ACCOUNT,
    SET_VERSIONS_PER_POLICY,
    SET_USERS_IN_RECYCLE_BIN,
    SET_ACCESS_KEYS_IN_RECYCLE_BIN,
    SET_USER,
    SET_SANDBOX,
    SET_LOG_LEVEL,
    SET_ACCOUNT,
    SET_ADMIN,
    SET_ACCOUNT_ALIAS,
    SET_OWNER_EMAIL,
    SET_MFA,
    SET_ROOT_ACCESS_KEY,
    SET_PASSWORD_HASH_MEMORY,
    SET_PASSWORD_HASH_PASSES,
    SET_PASSWORD_HASH_LANES,
    SET_PASSWORD_HASH_THREADS,
    SET_BREACHED_PASSWORDS,
    SETTING_COUNT
} setting_id;

typedef enum {
    SETTING_TEXT,
    SETTING_PATH,
    SETTING_ADDRESS, /* 127.0.0.1:8080, [::1]:8080 */
    SETTING_ADDRESS_OR_OFF,
    SETTING_URL, /* http(s)://host[:port], no path */
    SETTING_DOMAIN,
    SETTING_BOOL,     /* on, off */
    SETTING_NUMBER,   /* within min and max */
    SETTING_CHOICE,   /* one of `allowed` */
    SETTING_HOSTS,    /* host[:port], separated by commas */
    SETTING_NETWORKS, /* addresses and CIDR networks, separated by commas */
} setting_type;

/* Which subcommands take the flag; the file and the environment may hold any setting for all of them. */
enum {
    COMMAND_INIT = 1u << 0,
    COMMAND_SERVE = 1u << 1,
    COMMAND_ACCOUNT_CREATE = 1u << 2,
    COMMAND_ACCOUNT_SHOW = 1u << 3,
    COMMAND_ACCOUNT_RECOVER = 1u << 4,
    COMMAND_CHECK = 1u << 5,
    COMMAND_POLICY_EXPLAIN = 1u << 6,
    COMMAND_VERIFIER = 1u << 7, /* create, list and delete */
    COMMAND_BACKUP = 1u << 8,
    COMMAND_RESTORE = 1u << 9,
    COMMAND_ROTATE_KEY = 1u << 10,
    COMMAND_ALL = 0x7FF,
};

typedef struct {
    const char *name;
    setting_type type;
    unsigned commands;
    const char *fallback; /* the default; NULL: none */
    const char *allowed;  /* SETTING_CHOICE: "text|json" */
    uint32_t min, max;    /* SETTING_NUMBER */
    bool is_reloadable;   /* SIGHUP applies it to a running server */
    const char *help;     /* one sentence */
} setting_row;

extern const setting_row setting_rows[SETTING_COUNT];

typedef enum { FROM_DEFAULT, FROM_FILE, FROM_ENVIRONMENT, FROM_FLAG } setting_source;

enum { SETTINGS_MESSAGE_MAX = 640 };

/* What is wrong and what would be right, in one line for a person, with file and line where there is one. */
typedef struct {
    char text[SETTINGS_MESSAGE_MAX];
} settings_fault;

typedef struct settings settings;

typedef struct {
    const char *command_name; /* for messages */
    unsigned command;         /* one COMMAND_ bit */
    int argc;                 /* the arguments behind the subcommand's name */
    const char *const *argv;
    const char *const *environment; /* as environ; NULL: none */
} settings_input;

MUST_USE status settings_load(const settings_input *in, settings **ret, settings_fault *ret_fault); /* ST_INVALID */

/* What one run of a subcommand is about: format, account, admin, account-alias, owner-email, mfa, root-access-key. */
bool setting_is_subject(setting_id id);

/* For a request on the control socket: the subjects from `key = value` text, everything else as the running server has it.
 * `base` has to live as long as the result. */
MUST_USE status settings_load_text(const settings *base, str text, unsigned command, settings **ret, settings_fault *ret_fault);
void settings_free(settings *s); /* NULL is fine */

bool settings_has(const settings *s, setting_id id); /* a value that is not empty */
setting_source settings_source(const settings *s, setting_id id);
str settings_text(const settings *s, setting_id id);         /* as given; absent: no value */
const char *settings_path(const settings *s, setting_id id); /* NULL: no value */
uint32_t settings_number(const settings *s, setting_id id);  /* a number, or the index of a choice */
bool settings_is_on(const settings *s, setting_id id);
size_t settings_list(const settings *s, setting_id id, const str **ret);
size_t settings_networks(const settings *s, setting_id id, const cidr **ret);

enum { ADDRESS_MAX = 64 };
typedef struct {
    bool is_off;
    char host[ADDRESS_MAX]; /* without brackets */
    ip_addr ip;
    uint16_t port;
} listen_address;
listen_address settings_address(const settings *s, setting_id id);

const char *settings_file(const settings *s); /* the configuration file that was read; NULL: none */

#endif
