/* vault.h - the one place where stored secrets exist in the clear, and only while it computes with them.
 *
 * NO FUNCTION RETURNS A STORED SECRET. A test reads the exported symbols of this module and compares them with this list:
 * whoever adds a function has to change that test and say why. The interface is narrow enough to become a process.
 *
 * Sealing: XChaCha20-Poly1305 (libsodium) under a key derived from the master key per purpose. A sealed value is
 *   format[1] key_id[1] nonce[24] ciphertext tag[16]
 * and its associated data are purpose, format, account id, immutable row id and field: never a name, so renaming cannot
 * move a secret. The master key, derived keys and every unsealed byte live in locked, guarded memory and are wiped.
 *
 * Threads: any; no call waits for another. The keys change with vault_reload alone, which one thread calls at a time; a call
 * works with the keys that were there when it began.
 * Errors: ST_DENIED, a MAC, tag or digest is wrong; ST_INVALID, a sealed value does not open (damaged, moved to another
 * row, or of another master key): the operator has to know, so err.log says which purpose. Nothing says more to a
 * client.
 */
#ifndef ARGALI_VAULT_VAULT_H
#define ARGALI_VAULT_VAULT_H

#include "base/buf.h"
#include "base/secret.h"
#include "base/str.h"
#include "base/world.h"

typedef struct vault vault;

/* What a sealed value or a tag is for. One key, one purpose: a value of one is invalid in all others (threats T39, T46). */
typedef enum {
    SEAL_NONE = 0,
    SEAL_ACCESS_KEY,  /* AccessKey secret: used by vault_mac_check */
    SEAL_PASSWORD,    /* password digest: used by vault_digest_check */
    SEAL_STORE_CHECK, /* the known value that proves at start that this master key belongs to this store */
    TAG_MARKER,       /* list markers */
    TAG_AUDIT,        /* the audit chain */
    TOKEN_STS,        /* temporary credentials */
    TOKEN_DIAGNOSTIC, /* EncodedDiagnosticMessage */
    SEAL_SESSION_KEY, /* secret of a temporary AccessKey, inside its token: used by vault_mac_check */
    SEAL_PURPOSE_COUNT
} seal_purpose;

typedef struct {
    seal_purpose purpose;
    uint64_t account; /* account id */
    uint64_t row;     /* immutable id of the row that holds the sealed value */
} seal_place;

enum {
    SEALED_OVERHEAD = 42, /* format, key id, nonce, tag */
    SEALED_MAX = 512,
    VAULT_KEY_BYTES = 32,
    VAULT_TAG_BYTES = 32,
};

typedef struct {
    uint8_t b[SEALED_MAX];
    uint16_t n;
} sealed; /* ciphertext: may lie anywhere */

typedef enum { MAC_HMAC_SHA1, MAC_HMAC_SHA256, MAC_HMAC_SM3 } mac_algorithm;
enum { MAC_MAX = 32 };

/* --- opening ------------------------------------------------------------------------------------------------------ */

/* A new master key file: text, one line "argali-master-key-1 <key id> <64 hex>" per key, mode 0400, fsynced with its folder.
 * ST_CONFLICT: the file exists. A file may hold lines "argali-audit-key-1 <key id> <64 hex>" too: what is left of a master key
 * that was dropped, good for checking the audit events that were sealed under it and for nothing else. */
MUST_USE status vault_create_key_file(const char *path, const world *w, err *e);

/* One more master key, from now on the one that seals. ST_LIMIT: no room for another. The file's owner and mode stay. */
MUST_USE status vault_key_file_add(const char *path, const world *w, err *e);
/* All master keys but the last become audit keys: whatever they sealed, tagged or issued is void, but for the audit chain. */
MUST_USE status vault_key_file_drop_old(const char *path, err *e);

/* Reads the key file (at most 8 master keys; the last is the one that seals). ST_INVALID: malformed or readable by others;
 * ST_NOT_FOUND, ST_LIMIT and ST_UNAVAILABLE as file_read_private. `w` (chance, for nonces) has to outlive the vault. */
MUST_USE status vault_open(const char *key_path, const world *w, vault **ret, err *e);
void vault_free(vault *v);

/* Takes on the keys that the file holds now. ST_INVALID also: no master key of the file is one that the vault has. */
MUST_USE status vault_reload(vault *v, const char *key_path, err *e);
size_t vault_key_count(const vault *v);     /* master keys */
unsigned vault_sealing_key(const vault *v); /* the id of the one that seals */

/* --- sealing ------------------------------------------------------------------------------------------------------ */

/* 1 to SEALED_MAX - SEALED_OVERHEAD bytes. */
MUST_USE status vault_seal_new(vault *v, seal_place at, bytes plain, sealed *ret, err *e);
MUST_USE status vault_reseal(vault *v, seal_place at, bytes old, sealed *ret, err *e); /* under the newest key, same place */
MUST_USE status vault_check(vault *v, seal_place at, bytes sealed_value, err *e);      /* does it open at this place? */
bool vault_is_newest(const vault *v, bytes sealed_value); /* does it say that it is sealed under the key that seals now? */

/* --- keyed operations on sealed secrets --------------------------------------------------------------------------- */

/* Is `mac` the MAC of `message` under the sealed secret (followed by `key_suffix`, which may be empty: RPC v1 signs with
 * secret + "&")? Constant time in the MAC. ST_OK, ST_DENIED, ST_INVALID. */
MUST_USE status vault_mac_check(vault *v, seal_place at, bytes sealed_secret, mac_algorithm alg, str key_suffix, bytes message,
                                bytes mac, err *e);

/* Is `digest` the sealed one? Constant time. */
MUST_USE status vault_digest_check(vault *v, seal_place at, bytes sealed_digest, bytes digest, err *e);

/* --- tags and tokens: values that leave Argali and come back ------------------------------------------------------ */

/* HMAC-SHA256 of the message under a key of its own for each purpose. */
void vault_tag(vault *v, seal_purpose purpose, bytes message, uint8_t ret[VAULT_TAG_BYTES]);
MUST_USE status vault_tag_check(vault *v, seal_purpose purpose, bytes message, bytes tag); /* any key of the file is tried */

/* A token is sealed content that only Argali reads: it is not a stored secret. Appends to `ret`; content up to 64 KiB. A
 * token comes from a client, so one that does not open is ST_DENIED and no news for the operator. */
MUST_USE status vault_token_seal(vault *v, seal_purpose purpose, uint64_t account, bytes content, buf *ret, err *e);
MUST_USE status vault_token_open(vault *v, seal_purpose purpose, uint64_t account, bytes token, buf *ret, err *e);

#endif
