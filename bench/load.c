/* load.c - argali-load: signs requests in advance, sends them to each target in turn, prints a line of JSON for each.
 *
 *   argali-load --credentials FILE [--action A] [--verifier TOKEN] [--count N] [--warm N] [--connections N] [--rate N] [--first N] [--users N]
 *               TARGET...
 *
 * FILE is what `argali init --format json` printed. A TARGET is an IPv4 address and a port, 127.0.0.1:8080, or with the
 * server's process id, whose processor time is then measured: 127.0.0.1:8080/1234. All targets get the same bytes.
 * Exit codes: 0 all requests were answered, whatever the answers; 1 not; 2 usage.
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drive.h"

enum { TARGETS_MAX = 8, EXIT_USAGE = 2 };

typedef struct {
    const char *credentials;
    request_plan requests;
    drive_plan drive;
    drive_target targets[TARGETS_MAX];
    const char *names[TARGETS_MAX];
    size_t target_n;
} options;

static status parse_target(const char *text, drive_target *ret)
{
    str address = str_from_c(text), pid = { 0 }, host, port;
    uint32_t number = 0, process = 0;
    char zero_ended[INET_ADDRSTRLEN];
    if (str_split(address, '/', &address, &pid) && str_to_u32(pid, 1, INT32_MAX, &process) != ST_OK)
        return ST_INVALID;
    if (!str_split(address, ':', &host, &port) || str_to_u32(port, 1, UINT16_MAX, &number) != ST_OK ||
        host.n >= sizeof zero_ended)
        return ST_INVALID;
    memcpy(zero_ended, host.p, host.n);
    zero_ended[host.n] = '\0';
    *ret = (drive_target){ .address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)number) }, .pid = (pid_t)process };
    return inet_pton(AF_INET, zero_ended, &ret->address.sin_addr) == 1 ? ST_OK : ST_INVALID;
}

static status parse_option(const char *name, const char *value, options *o)
{
    str text = str_from_c(value);
    if (strcmp(name, "--credentials") == 0) {
        o->credentials = value;
        return ST_OK;
    }
    if (strcmp(name, "--action") == 0)
        return load_action_parse(text, &o->requests.action);
    if (strcmp(name, "--verifier") == 0) {
        o->requests.verifier_token = text;
        return ST_OK;
    }
    if (strcmp(name, "--count") == 0)
        return str_to_u64(text, 1, 100000000, &o->requests.count);
    if (strcmp(name, "--warm") == 0)
        return str_to_u64(text, 0, 100000000, &o->drive.warm);
    if (strcmp(name, "--connections") == 0)
        return str_to_u32(text, 1, CONNECTIONS_MAX, &o->drive.connections);
    if (strcmp(name, "--rate") == 0)
        return str_to_u32(text, 0, 10000000, &o->drive.rate);
    if (strcmp(name, "--first") == 0)
        return str_to_u64(text, 0, UINT32_MAX, &o->requests.first_user);
    if (strcmp(name, "--users") == 0)
        return str_to_u64(text, 1, UINT32_MAX, &o->requests.users);
    return ST_INVALID;
}

static status parse_options(int argc, char **argv, options *o)
{
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--", 2) != 0) {
            if (o->target_n == TARGETS_MAX || parse_target(argv[i], &o->targets[o->target_n]) != ST_OK)
                return ST_INVALID;
            o->names[o->target_n++] = argv[i];
        } else {
            if (i + 1 == argc || parse_option(argv[i], argv[i + 1], o) != ST_OK)
                return ST_INVALID;
            i++;
        }
    }
    return o->credentials != NULL && o->target_n > 0 && o->drive.warm < o->requests.count ? ST_OK : ST_INVALID;
}

/* Borrowed from the JSON. */
static status use_credentials(const json_t *j, request_plan *p, err *e)
{
    str name = str_from_c(json_string_value(json_object_get(j, "AdminLogonName"))), user;
    p->access_key_id = str_from_c(json_string_value(json_object_get(j, "AccessKeyId")));
    p->access_key_secret = str_from_c(json_string_value(json_object_get(j, "AccessKeySecret")));
    if (p->access_key_id.n == 0 || p->access_key_secret.n == 0 || !str_split(name, '@', &user, &p->domain))
        return err_set(e, ST_INVALID, NULL, "the credentials lack AccessKeyId, AccessKeySecret or AdminLogonName");
    return ST_OK;
}

static double us_of(const histogram *h, double share)
{
    return (double)histogram_percentile(h, share) / 1000;
}

static void print_result(const char *target, const drive_result *r)
{
    printf("{\"target\":\"%s\",\"ok\":%" PRIu64 ",\"other\":%" PRIu64
           ",\"other_status\":%u,\"other_code\":\"%s\",\"measured\":%" PRIu64 ",\"seconds\":%.6f,"
           "\"per_second\":%.1f,\"server_cpu_seconds\":%.6f,\"load_cpu_seconds\":%.6f,"
           "\"p50_us\":%.1f,\"p99_us\":%.1f,\"p999_us\":%.1f,\"max_us\":%.1f}\n",
           target, r->ok, r->other, r->other_status, r->other_code, r->measured, r->seconds, (double)r->measured / r->seconds,
           r->server_cpu_seconds, r->load_cpu_seconds, us_of(&r->latency, 0.5), us_of(&r->latency, 0.99),
           us_of(&r->latency, 0.999), (double)r->latency.max / 1000);
    (void)fflush(stdout);
}

static status drive_all(const options *o, err *e)
{
    drive_result *r = malloc(sizeof *r);
    status st = r != NULL ? ST_OK : ST_NO_MEMORY;
    for (size_t i = 0; st == ST_OK && i < o->target_n; i++) {
        st = drive(&o->targets[i], &o->drive, r, e);
        if (st == ST_OK)
            print_result(o->names[i], r);
    }
    free(r);
    return st;
}

static status run(options *o, err *e)
{
    json_error_t why;
    requests signed_requests = { 0 };
    json_t *credentials = json_load_file(o->credentials, JSON_REJECT_DUPLICATES, &why);
    if (credentials == NULL)
        return err_set(e, ST_INVALID, NULL, "%s: %s", o->credentials, why.text);
    status st = use_credentials(credentials, &o->requests, e);
    if (st == ST_OK)
        st = requests_sign(&o->requests, &signed_requests, e);
    if (st == ST_OK) {
        o->drive.requests = &signed_requests;
        st = drive_all(o, e);
    }
    requests_done(&signed_requests);
    json_decref(credentials);
    return st;
}

int main(int argc, char **argv)
{
    err e = { 0 };
    options o = {
        .requests = { .count = 10000, .users = 1, .world = world_system() },
        .drive = { .connections = 64 },
    };
    if (parse_options(argc, argv, &o) != ST_OK) {
        (void)fprintf(
            stderr,
            "usage: argali-load --credentials FILE [--action GetCallerIdentity|CreateUser|GetUser|ListUsers|Verify]\n"
            "         [--verifier TOKEN] [--count N] [--warm N] [--connections N] [--rate N] [--first N] [--users N] ADDRESS:PORT[/PID]...\n");
        return EXIT_USAGE;
    }
    status st = run(&o, &e);
    if (st == ST_OK)
        return 0;
    (void)fprintf(stderr, "argali-load: %s\n", e.log[0] != '\0' ? e.log : status_name(st));
    return 1;
}
