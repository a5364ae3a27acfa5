/* weak_password.c - see weak_password.h. The strength of a text is libzxcvbn's estimate of the guesses it takes; beside it
 * stands a list of the passwords used most (common_passwords.c), as the library's word lists do not hold all of them.
 */
#include "password/weak_password.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zxcvbn.h>

#include "base/log.h"
#include "password/common_passwords.h"

enum { HASH_CHARS = 2 * SHA_DIGEST_LENGTH, LINE_MAX_BYTES = 64 /* a hash, a colon, a count, CR LF */ };

/* A million guesses, in bits: what the attempt ledger makes last for years. */
#define WEAK_BELOW_BITS 19.93

/* --- guessable ---------------------------------------------------------------------------------------------------- */

enum { WORD_MIN = 3, WORD_MAX = 64, WORDS_MAX = 64, WORDS_TEXT_MAX = WORDS_MAX * (WORD_MAX + 1) };

typedef struct {
    char text[WORDS_TEXT_MAX]; /* NUL-terminated words, one behind the other */
    size_t used, n;
    const char *of[WORDS_MAX + 1]; /* NULL behind the last */
} word_list;

static void add_word(word_list *l, str word)
{
    if (word.n < WORD_MIN || word.n > WORD_MAX || l->n >= WORDS_MAX || memchr(word.p, 0, word.n) != NULL)
        return;
    char *to = l->text + l->used;
    for (size_t i = 0; i < word.n; i++)
        to[i] = ascii_lower(word.p[i]);
    to[word.n] = '\0';
    l->of[l->n++] = to;
    l->used += word.n + 1;
}

/* The text itself, and its parts: "Alice Liddell" is guessed as "alice" too. Bytes beyond ASCII belong to words. */
static void add_words_of(word_list *l, str text)
{
    size_t from = 0;
    add_word(l, text);
    for (size_t i = 0; i <= text.n; i++) {
        if (i < text.n && (ascii_is_alnum(text.p[i]) || (uint8_t)text.p[i] >= 0x80))
            continue;
        if (i - from < text.n)
            add_word(l, str_slice(text, from, i));
        from = i + 1;
    }
}

bool password_is_guessable(const password *p, const str *words, size_t words_n)
{
    if (password_is_common(p))
        return true;
    CLEANUP(secret_done) secret text = { NULL, 0 };
    word_list list = { .used = 0 };
    for (size_t i = 0; i < words_n && i < OWN_WORDS_MAX; i++)
        add_words_of(&list, words[i]);
    if (secret_new(p->s.n + 1, &text) != ST_OK) /* with a NUL behind it */
        return false;
    if (p->s.n > 0)
        memcpy(text.p, p->s.p, p->s.n);
    return ZxcvbnMatch((const char *)text.p, list.of, NULL) < WEAK_BELOW_BITS;
}

/* --- breached ----------------------------------------------------------------------------------------------------- */

struct breached_passwords {
    int fd;
    off_t size;
};

/* The line that `at` lies in or, where `at` is not its first byte, the one behind it: its first 40 characters and where it
 * begins. A line begins at 0 or behind a line feed. ST_NOT_FOUND: none begins there before the end. */
static status line_from(const breached_passwords *b, off_t at, char ret[HASH_CHARS], off_t *ret_at, off_t *ret_next, err *e)
{
    char text[2 * LINE_MAX_BYTES + 1];
    const off_t start = at > 0 ? at - 1 : 0;
    const ssize_t got = pread(b->fd, text, sizeof text, start);
    if (got < 0)
        return err_set(e, ST_UNAVAILABLE, NULL, "breached passwords: %s", strerrordesc_np(errno));
    const str all = { text, (size_t)got };
    size_t skip = 0, end = 0;
    if (at > 0) {
        if (!str_find(all, '\n', &skip))
            return all.n < sizeof text ? ST_NOT_FOUND : err_set(e, ST_INVALID, NULL, "breached passwords: a line is too long");
        skip++;
    }
    const str line = str_slice(all, skip, all.n);
    if (line.n == 0)
        return ST_NOT_FOUND;
    const bool ends = str_find(line, '\n', &end);
    if (!ends)
        end = line.n;
    if (end < HASH_CHARS || (end > HASH_CHARS && line.p[HASH_CHARS] != ':' && line.p[HASH_CHARS] != '\r') ||
        (!ends && all.n == sizeof text))
        return err_set(e, ST_INVALID, NULL, "breached passwords: the line at byte %lld does not begin with a SHA-1 hash",
                       (long long)start + (long long)skip);
    for (size_t i = 0; i < HASH_CHARS; i++) {
        if (!ascii_is_digit(line.p[i]) && (line.p[i] < 'A' || line.p[i] > 'F'))
            return err_set(e, ST_INVALID, NULL, "breached passwords: the line at byte %lld is not in upper-case hex",
                           (long long)start + (long long)skip);
    }
    memcpy(ret, line.p, HASH_CHARS);
    *ret_at = start + (off_t)skip;
    *ret_next = *ret_at + (off_t)end + (ends ? 1 : 0);
    return ST_OK;
}

/* Lines that begin in [low, high) are left to look at. */
static status search(const breached_passwords *b, const char want[HASH_CHARS], bool *ret, err *e)
{
    off_t low = 0, high = b->size;
    *ret = false;
    while (low < high) {
        const off_t middle = low + (high - low) / 2;
        char found[HASH_CHARS];
        off_t at = 0, next = 0;
        const status s = line_from(b, middle, found, &at, &next, e);
        if (s != ST_OK && s != ST_NOT_FOUND)
            return s;
        if (s == ST_NOT_FOUND || at >= high) {
            high = middle; /* no line begins in [middle, high) */
            continue;
        }
        const int order = memcmp(want, found, HASH_CHARS);
        if (order == 0) {
            *ret = true;
            return ST_OK;
        }
        if (order < 0)
            high = middle; /* the line found is the first from there on, and it is too large */
        else
            low = next;
    }
    return ST_OK;
}

status breached_passwords_find(const breached_passwords *b, const password *p, bool *ret, err *e)
{
    static const char digits[] = "0123456789ABCDEF";
    uint8_t digest[SHA_DIGEST_LENGTH];
    char want[HASH_CHARS];
    bool is_there = false;
    (void)SHA1(p->s.p, p->s.n, digest);
    for (size_t i = 0; i < sizeof digest; i++) {
        want[2 * i] = digits[digest[i] >> 4];
        want[2 * i + 1] = digits[digest[i] & 15];
    }
    const status s = search(b, want, &is_there, e);
    secret_wipe(digest, sizeof digest);
    secret_wipe(want, sizeof want);
    TRY(s == ST_INVALID ? ST_UNAVAILABLE : s);
    *ret = is_there;
    return ST_OK;
}

/* Some line at the start and one near the end have to be hashes, in this order. */
static status test_file(const breached_passwords *b, err *e)
{
    char first[HASH_CHARS], last[HASH_CHARS];
    off_t at, next;
    const status s = line_from(b, 0, first, &at, &next, e);
    if (s == ST_NOT_FOUND)
        return err_set(e, ST_INVALID, NULL, "breached passwords: the file is empty");
    TRY(s);
    if (next >= b->size)
        return ST_OK;
    const off_t near_end = b->size > 2 * LINE_MAX_BYTES ? b->size - 2 * LINE_MAX_BYTES : next;
    TRY(line_from(b, near_end, last, &at, &next, e));
    return memcmp(first, last, HASH_CHARS) < 0 ? ST_OK
                                               : err_set(e, ST_INVALID, NULL, "breached passwords: the file is not sorted");
}

status breached_passwords_open(const char *path, breached_passwords **ret, err *e)
{
    struct stat st;
    breached_passwords *b = calloc(1, sizeof *b);
    if (b == NULL)
        return err_set(e, ST_NO_MEMORY, NULL, "breached passwords");
    b->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (b->fd < 0 || fstat(b->fd, &st) != 0) {
        const int failure = errno;
        breached_passwords_close(b);
        return err_set(e, failure == ENOENT ? ST_NOT_FOUND : ST_UNAVAILABLE, NULL, "%s: %s", path, strerrordesc_np(failure));
    }
    b->size = st.st_size;
    const status s = S_ISREG(st.st_mode) ? test_file(b, e) : err_set(e, ST_INVALID, NULL, "%s: not a regular file", path);
    if (s != ST_OK) {
        breached_passwords_close(b);
        return s;
    }
    *ret = b;
    return ST_OK;
}

void breached_passwords_close(breached_passwords *b)
{
    if (b == NULL)
        return;
    if (b->fd >= 0)
        (void)close(b->fd);
    free(b);
}

/* --- both --------------------------------------------------------------------------------------------------------- */

status weak_password_check(const breached_passwords *file, const password *p, const str *words, size_t words_n,
                           const char *code, err *e)
{
    bool is_breached = false;
    if (password_is_guessable(p, words, words_n))
        return err_set_message(e, ST_INVALID, code, "The password is among the first that would be guessed.");
    if (file != NULL && breached_passwords_find(file, p, &is_breached, e) != ST_OK)
        log_event(LOG_ERROR, "breached_passwords_unreadable", LOG_Z("reason", e->log));
    if (is_breached)
        return err_set_message(e, ST_INVALID, code, "The password is known from a breach.");
    return ST_OK;
}
