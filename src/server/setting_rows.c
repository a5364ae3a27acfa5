/* setting_rows.c - the table of settings. docs/configuration.md and docs/man/argali.conf.5 describe them; a test compares. */
#include "server/settings.h"

enum {
    SERVE = COMMAND_INIT | COMMAND_SERVE,
    NEW_ACCOUNT = SERVE | COMMAND_ACCOUNT_CREATE,
    HASHING = NEW_ACCOUNT | COMMAND_ACCOUNT_RECOVER,
    ONE_ACCOUNT = COMMAND_ACCOUNT_SHOW | COMMAND_ACCOUNT_RECOVER,
    ANY_ACCOUNT = ONE_ACCOUNT | COMMAND_POLICY_EXPLAIN | COMMAND_VERIFIER,
};

/* clang-format off */
#define TEXT(flag, who, dflt, text) \
    { .name = flag, .type = SETTING_TEXT, .commands = (who), .fallback = (dflt), .help = text }
#define PATH(flag, who, text) { .name = flag, .type = SETTING_PATH, .commands = (who), .help = text }
#define KIND(flag, kind, who, dflt, text) \
    { .name = flag, .type = kind, .commands = (who), .fallback = (dflt), .help = text }
#define SWITCH(flag, who, dflt, text) \
    { .name = flag, .type = SETTING_BOOL, .commands = (who), .fallback = (dflt), .help = text }
#define CHOICE(flag, who, dflt, set, text)                                                                              \
    { .name = flag, .type = SETTING_CHOICE, .commands = (who), .fallback = (dflt), .allowed = set, .help = text }
#define NUMBER(flag, who, dflt, least, most, text)                                                                      \
    { .name = flag, .type = SETTING_NUMBER, .commands = (who), .fallback = (dflt), .min = (least), .max = (most), .help = text }
/* clang-format on */

const setting_row setting_rows[SETTING_COUNT] = {
    [SET_DATA] = PATH("data", COMMAND_ALL, "Folder that holds everything Argali keeps."),
    [SET_CONFIG] =
        PATH("config", COMMAND_ALL, "Configuration file; without it argali.conf in the data folder is read where it exists."),
    [SET_FORMAT] = CHOICE("format", COMMAND_ALL, "text", "text|json", "How results are printed on standard output."),
    [SET_MASTER_KEY_FILE] =
        PATH("master-key-file", COMMAND_ALL, "File with the master key; without it master.key in the data folder."),
    [SET_STORE] = CHOICE("store", COMMAND_ALL, "sqlite:", "sqlite:", "Storage engine."),

    [SET_LISTEN] =
        KIND("listen", SETTING_ADDRESS, COMMAND_SERVE, "127.0.0.1:8080", "Address of the API over http; port 0 picks one."),
    [SET_LISTEN_TLS] =
        KIND("listen-tls", SETTING_ADDRESS_OR_OFF, COMMAND_SERVE, "127.0.0.1:8443", "Address of the API over https."),
    [SET_LISTEN_ADMIN] = KIND("listen-admin", SETTING_ADDRESS_OR_OFF, COMMAND_SERVE, "127.0.0.1:9080",
                              "Address of /healthz, /readyz and /metrics over http."),
    [SET_INSECURE_HTTP] =
        SWITCH("insecure-http", COMMAND_SERVE, "off", "Allows listen and listen-admin on addresses beyond loopback."),
    [SET_PUBLIC_URL] = KIND("public-url", SETTING_URL, SERVE, NULL,
                            "Where people reach the server: names and links come from it; without it http://localhost:PORT."),
    [SET_TLS_CERTIFICATE] = PATH("tls-certificate", COMMAND_SERVE, "PEM file with the certificate chain; needs tls-key."),
    [SET_TLS_KEY] = PATH("tls-key", COMMAND_SERVE, "PEM file with the private key of tls-certificate."),
    [SET_API_HOSTS] =
        KIND("api-hosts", SETTING_HOSTS, COMMAND_SERVE, NULL, "Host values that the API answers to; without it, any."),
    [SET_TRUSTED_PROXIES] =
        KIND("trusted-proxies", SETTING_NETWORKS, COMMAND_SERVE, NULL, "Peers whose X-Forwarded-For names the client."),
    [SET_DOMAIN_SUFFIX] = KIND("domain-suffix", SETTING_DOMAIN, NEW_ACCOUNT | ONE_ACCOUNT, "onaliyun.com",
                               "What default domains end in, as in alice@example.onaliyun.com."),

    [SET_SIGNATURE_V1] = SWITCH("signature-v1", COMMAND_SERVE, "on", "Accepts the older RPC v1 (HMAC-SHA1) signatures."),
    [SET_CALLS_PER_SECOND] = NUMBER("calls-per-second", COMMAND_SERVE, "1000", 1, 1000000,
                                    "Signed calls a second for which nonces are remembered; sets the size of the nonce file."),
    [SET_FAILURES_PER_MINUTE] = NUMBER("failures-per-minute", COMMAND_SERVE, "1000", 0, 1000000,
                                       "Failed signatures per network and minute before Throttling; 0: no limit."),
    [SET_CONNECTIONS_MAX] = NUMBER("connections-max", COMMAND_SERVE, "10000", 16, 1000000, "Open connections per listener."),
    [SET_CONNECTIONS_PER_NETWORK_MAX] =
        NUMBER("connections-per-network-max", COMMAND_SERVE, "1000", 0, 1000000,
               "Open connections per IPv4 address or IPv6 /64; 0: no limit; never of loopback."),
    [SET_HEAD_MAX] = NUMBER("head-max", COMMAND_SERVE, "24576", 8192, 1048576, "Bytes of request line and headers together."),
    [SET_BODY_MAX] = NUMBER("body-max", COMMAND_SERVE, "65536", 1024, 16777216, "Bytes of a request's body."),
    [SET_IDLE_TIMEOUT] = NUMBER("idle-timeout", COMMAND_SERVE, "60", 1, 3600, "Seconds that a connection may be silent."),
    [SET_TOTAL_TIMEOUT] =
        NUMBER("total-timeout", COMMAND_SERVE, "30", 1, 3600, "Seconds from the first byte of a request to its last."),

    [SET_IO_THREADS] = NUMBER("io-threads", COMMAND_SERVE, "1", 1, 64, "Event loops per API listener."),
    [SET_READER_THREADS] = NUMBER("reader-threads", COMMAND_SERVE, "2", 1, 64, "Threads that read the store."),
    [SET_BLOCKING_THREADS] = NUMBER("blocking-threads", COMMAND_SERVE, "2", 1, 64, "Threads for work that waits."),
    [SET_BATCH_MAX] = NUMBER("batch-max", COMMAND_SERVE, "256", 1, 1024, "Writes per commit; 1 turns group commit off."),
    [SET_CACHED_CALLERS] = NUMBER("cached-callers", COMMAND_SERVE, "4096", 64, 1000000, "Callers that are kept in memory."),

    [SET_USERS_PER_ACCOUNT] =
        NUMBER("users-per-account", COMMAND_SERVE, "5000", 1, 10000000, "Quota: RAM users in an account."),
    [SET_ACCESS_KEYS_PER_USER] =
        NUMBER("access-keys-per-user", COMMAND_SERVE, "2", 1, 100, "Quota: AccessKey pairs of a user."),
    [SET_ACCESS_KEYS_PER_ROOT] = NUMBER("access-keys-per-root", COMMAND_SERVE, "2", 1, 100, "Quota: AccessKey pairs of root."),
    [SET_TAGS_PER_USER] = NUMBER("tags-per-user", COMMAND_SERVE, "20", 1, 100, "Quota: tags on a user, role or custom policy."),
    [SET_POLICIES_PER_USER] =
        NUMBER("policies-per-user", COMMAND_SERVE, "20", 1, 100, "Quota: system policies attached to a user, group or role."),
    [SET_CUSTOM_POLICIES_PER_USER] = NUMBER("custom-policies-per-user", COMMAND_SERVE, "10", 1, 100,
                                            "Quota: custom policies attached to a user, group or role."),
    [SET_GROUPS_PER_ACCOUNT] = NUMBER("groups-per-account", COMMAND_SERVE, "300", 1, 100000, "Quota: groups in an account."),
    [SET_GROUPS_PER_USER] = NUMBER("groups-per-user", COMMAND_SERVE, "10", 1, 100, "Quota: groups that a user is in."),
    [SET_ROLES_PER_ACCOUNT] = NUMBER("roles-per-account", COMMAND_SERVE, "1000", 1, 1000000, "Quota: roles in an account."),
    [SET_POLICIES_PER_ACCOUNT] =
        NUMBER("policies-per-account", COMMAND_SERVE, "1500", 1, 1000000, "Quota: custom policies in an account."),
    [SET_VERSIONS_PER_POLICY] =
        NUMBER("versions-per-policy", COMMAND_SERVE, "5", 1, 100, "Quota: versions of a custom policy."),
    [SET_USERS_IN_RECYCLE_BIN] = NUMBER("users-in-recycle-bin", COMMAND_SERVE, "1000", 1, 1000000,
                                        "Quota: deleted users of an account that can be restored."),
    [SET_ACCESS_KEYS_IN_RECYCLE_BIN] = NUMBER("access-keys-in-recycle-bin", COMMAND_SERVE, "3", 1, 100,
                                              "Quota: deleted AccessKey pairs of a user that can be restored."),

    [SET_USER] = TEXT("user", SERVE | COMMAND_RESTORE, NULL,
                      "System user to become after a start as root; it has to own the data folder."),
    [SET_SANDBOX] = SWITCH("sandbox", SERVE, "on", "Confines the process with Landlock and seccomp where the kernel has them."),
    [SET_LOG_LEVEL] = { .name = "log-level",
                        .type = SETTING_CHOICE,
                        .commands = COMMAND_ALL,
                        .fallback = "info",
                        .allowed = "error|warning|info|debug",
                        .is_reloadable = true,
                        .help = "The least important lines that are logged." },

    [SET_ACCOUNT] =
        TEXT("account", ANY_ACCOUNT, NULL, "Account that is meant: its id or alias; not needed where there is only one."),
    [SET_ADMIN] = SWITCH(
        "admin", COMMAND_ACCOUNT_RECOVER, "off",
        "Recovers user admin too: made if it is gone, active, AdministratorAccess, new password, AccessKey where it has room."),
    [SET_ACCOUNT_ALIAS] = TEXT("account-alias", NEW_ACCOUNT, NULL, "Alias of a new account; without it, the account id."),
    [SET_OWNER_EMAIL] = TEXT("owner-email", NEW_ACCOUNT, NULL, "E-mail address of a new account's owner; root's logon name."),
    [SET_MFA] = CHOICE("mfa", NEW_ACCOUNT, "mandatory", "mandatory|independent",
                       "Whether a new account asks all its users for a second factor, or each user's own setting counts."),
    [SET_ROOT_ACCESS_KEY] =
        SWITCH("root-access-key", NEW_ACCOUNT, "off", "The AccessKey of a new account is root's, for emulators."),
    [SET_PASSWORD_HASH_MEMORY] =
        NUMBER("password-hash-memory", HASHING, "47104", 7168, 2097151, "Argon2id: KiB of memory per hash."),
    [SET_PASSWORD_HASH_PASSES] = NUMBER("password-hash-passes", HASHING, "1", 1, 64, "Argon2id: passes over the memory."),
    [SET_PASSWORD_HASH_LANES] = NUMBER("password-hash-lanes", HASHING, "1", 1, 16, "Argon2id: lanes."),
    [SET_PASSWORD_HASH_THREADS] = NUMBER("password-hash-threads", COMMAND_SERVE, "0", 0, 256,
                                         "Threads that hash passwords, each with memory of its own; 0: one per core."),
    [SET_BREACHED_PASSWORDS] = PATH("breached-passwords", COMMAND_SERVE,
                                    "File of SHA-1 hashes of breached passwords, sorted, 40 upper-case hex digits a line."),
};
