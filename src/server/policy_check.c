/* policy_check.c - see policy_check.h. */
#include "server/policy_check.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "policy/document.h"

enum { FILE_BYTES_MAX = 1 << 20 }; /* far more than any document: what is too long is still told how long it is */

typedef struct {
    const char *path;
    policy_kind kind;
} request;

static status read_arguments(int argc, const char *const *argv, request *ret)
{
    *ret = (request){ .kind = POLICY_IDENTITY };
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--trust") == 0)
            ret->kind = POLICY_TRUST;
        else if (ret->path == NULL && (argv[i][0] != '-' || argv[i][1] == '\0'))
            ret->path = argv[i];
        else
            return ST_INVALID;
    }
    return ret->path != NULL ? ST_OK : ST_INVALID;
}

static const char *name_of(const request *rq)
{
    return strcmp(rq->path, "-") == 0 ? "standard input" : rq->path;
}

static status check_length(str text, err *e)
{
    if (!utf8_is_valid(text))
        return err_set(e, ST_INVALID, NULL, "not UTF-8");
    const size_t n = utf8_count(text);
    if (n > POLICY_DOCUMENT_MAX)
        return err_set(e, ST_INVALID, NULL, "%zu characters, and a policy document has at most %d", n, POLICY_DOCUMENT_MAX);
    return ST_OK;
}

static int check(const request *rq, str text, buf *out)
{
    err e = { 0 };
    policy_document *d = NULL;
    status s = check_length(text, &e);
    if (s == ST_OK)
        s = policy_document_parse(text, rq->kind, &d, &e);
    if (s != ST_OK) {
        const char *why = e.message[0] != '\0' ? e.message : e.log[0] != '\0' ? e.log : status_name(s);
        buf_addf(out, "%s: %s\n", name_of(rq), why);
        return 1;
    }
    const size_t n = policy_document_statement_count(d);
    buf_addf(out, "%s: ok, %zu statement%s, %zu of %d characters\n", name_of(rq), n, n == 1 ? "" : "s", utf8_count(text),
             POLICY_DOCUMENT_MAX);
    policy_document_release(d);
    return 0;
}

/* Of any kind, as people pipe documents. */
static status read_all(const char *path, buf *to, err *e)
{
    const bool is_stdin = strcmp(path, "-") == 0;
    CLEANUP(file_close_at) int opened = is_stdin ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    const int fd = is_stdin ? STDIN_FILENO : opened;
    for (;;) {
        if (fd < 0 || !buf_reserve(to, 4096))
            return err_set(e, ST_INVALID, NULL, "%.120s: %s", path, fd < 0 ? strerror(errno) : "longer than any policy");
        const ssize_t n = read(fd, to->p + to->n, 4096);
        if (n < 0 && errno != EINTR)
            return err_set(e, ST_INVALID, NULL, "%.120s: %s", path, strerror(errno));
        if (n == 0)
            return ST_OK;
        to->n += n > 0 ? (size_t)n : 0;
    }
}

int policy_check_run(int argc, const char *const *argv, buf *out)
{
    CLEANUP(buf_done) buf text;
    request rq;
    err e = { 0 };
    buf_init(&text, FILE_BYTES_MAX);
    if (read_arguments(argc, argv, &rq) != ST_OK) {
        buf_add(out, STR("argali policy check: say which file: argali policy check [--trust] FILE\n"));
        return 2;
    }
    if (read_all(rq.path, &text, &e) != ST_OK) {
        buf_addf(out, "argali policy check: %s\n", e.log);
        return 1;
    }
    return check(&rq, buf_str(&text), out);
}
