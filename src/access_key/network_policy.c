/* network_policy.c - see network_policy.h. RAM, "AccessKey network access restriction policy". */
#include "access_key/network_policy.h"

#include <jansson.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

enum { BRACKETS_MAX = 64, VPC_ID_MAX = 64, MEMBERS_MAX = 3 };

struct network_policy {
    atomic_size_t references;
    size_t n;
    cidr allowed[];
};

typedef struct {
    bool is_classic, has_value;
    str value;      /* of the JSON */
    size_t address; /* where its addresses end among all */
} statement;

/* The document as it was read; texts are borrowed from its JSON. */
typedef struct {
    bool is_active;
    statement statements[NETWORK_POLICY_STATEMENTS_MAX];
    size_t statement_n;
    str addresses[NETWORK_POLICY_ADDRESSES_MAX]; /* as sent */
    cidr networks[NETWORK_POLICY_ADDRESSES_MAX]; /* the same */
    size_t address_n;
} document;

/* --- complaints --------------------------------------------------------------------------------------------------- */

static status complain(err *e, const char *place, const char *what)
{
    return err_set_message(e, ST_INVALID, "InvalidParameter.AccessKeyPolicy", "AccessKeyPolicy: %s %s.", place, what);
}

static status complain_of_statement(err *e, size_t i, const char *member, const char *what)
{
    return err_set_message(e, ST_INVALID, "InvalidParameter.AccessKeyPolicy", "AccessKeyPolicy: Statements[%zu]%s %s.", i,
                           member, what);
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

static void json_done(json_t **root)
{
    json_decref(*root);
}

static str text_of(const json_t *j)
{
    return json_is_string(j) ? (str){ json_string_value(j), json_string_length(j) } : (str){ NULL, 0 };
}

/* No document that means anything has so many: the recursive parser is kept from deep nesting. */
static bool has_too_many_brackets(str text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++)
        n += text.p[i] == '{' || text.p[i] == '[' ? 1 : 0;
    return n > BRACKETS_MAX;
}

static status read_json(str text, json_t **ret, err *e)
{
    json_error_t why;
    if (text.n > NETWORK_POLICY_TEXT_MAX || has_too_many_brackets(text))
        return complain(e, "the document", "is larger than any policy");
    *ret = json_loadb(text.p != NULL ? text.p : "", text.n, JSON_REJECT_DUPLICATES, &why);
    if (*ret == NULL && json_error_code(&why) == json_error_out_of_memory)
        return err_set(e, ST_NO_MEMORY, NULL, "no memory for a network policy");
    if (*ret == NULL)
        return err_set_message(e, ST_INVALID, "InvalidParameter.AccessKeyPolicy",
                               "AccessKeyPolicy: no JSON, at line %d column %d.", why.line, why.column);
    return ST_OK;
}

static bool has_other_members(json_t *object, const char *const known[MEMBERS_MAX])
{
    for (void *i = json_object_iter(object); i != NULL; i = json_object_iter_next(object, i)) {
        bool is_known = false;
        for (size_t k = 0; k < MEMBERS_MAX; k++)
            is_known = is_known || strcmp(json_object_iter_key(i), known[k]) == 0;
        if (!is_known)
            return true;
    }
    return false;
}

static bool is_vpc_char(char c)
{
    return ascii_is_alnum(c) || c == '-';
}

static status read_value(document *d, statement *s, const json_t *value, err *e)
{
    s->has_value = value != NULL;
    s->value = text_of(value);
    if (s->is_classic) {
        bool is_empty = value == NULL || json_is_null(value) || (json_is_string(value) && s->value.n == 0);
        s->has_value = s->has_value && !json_is_null(value);
        return is_empty ? ST_OK : complain_of_statement(e, d->statement_n, ".Value", "has to be empty in a ClassicWhiteList");
    }
    if (s->value.n == 0 || s->value.n > VPC_ID_MAX || !str_is_of(s->value, is_vpc_char))
        return complain_of_statement(e, d->statement_n, ".Value", "is neither the id of a VPC nor AllowAllVPC");
    return ST_OK;
}

static status read_addresses(document *d, statement *s, const json_t *list, err *e)
{
    if (!json_is_array(list) || json_array_size(list) == 0)
        return complain_of_statement(e, d->statement_n, ".IPList", "has to be a list of at least one address or network");
    for (size_t i = 0; i < json_array_size(list); i++) {
        str address = text_of(json_array_get(list, i));
        if (d->address_n == NETWORK_POLICY_ADDRESSES_MAX)
            return complain(e, "Statements", "hold more than 50 addresses and networks");
        if (cidr_parse(address, &d->networks[d->address_n]) != ST_OK) {
            char member[32];
            (void)snprintf(member, sizeof member, ".IPList[%zu]", i);
            return complain_of_statement(e, d->statement_n, member,
                                         "is neither an address nor a network with all its host bits zero");
        }
        d->addresses[d->address_n++] = address;
    }
    s->address = d->address_n;
    return ST_OK;
}

static status read_statement(document *d, json_t *j, err *e)
{
    static const char *const known[MEMBERS_MAX] = { "Type", "Value", "IPList" };
    if (d->statement_n == NETWORK_POLICY_STATEMENTS_MAX)
        return complain(e, "Statements", "are more than 8");
    if (!json_is_object(j) || has_other_members(j, known))
        return complain_of_statement(e, d->statement_n, "", "has to be an object of Type, Value and IPList");
    statement *s = &d->statements[d->statement_n];
    const str type = text_of(json_object_get(j, "Type"));
    s->is_classic = str_eq(type, STR("ClassicWhiteList"));
    if (!s->is_classic && !str_eq(type, STR("VPCWhiteList")))
        return complain_of_statement(e, d->statement_n, ".Type", "is neither ClassicWhiteList nor VPCWhiteList");
    TRY(read_value(d, s, json_object_get(j, "Value"), e));
    TRY(read_addresses(d, s, json_object_get(j, "IPList"), e));
    d->statement_n++;
    return ST_OK;
}

static status read_document(json_t *root, document *d, err *e)
{
    static const char *const known[MEMBERS_MAX] = { "Version", "Status", "Statements" };
    if (!json_is_object(root) || has_other_members(root, known))
        return complain(e, "the document", "has to be an object of Version, Status and Statements");
    const json_t *version = json_object_get(root, "Version"), *list = json_object_get(root, "Statements");
    const str state = text_of(json_object_get(root, "Status"));
    if (version != NULL && (!json_is_integer(version) || json_integer_value(version) != 1))
        return complain(e, "Version", "is not 1");
    d->is_active = str_eq(state, STR("Active"));
    if (!d->is_active && !str_eq(state, STR("Inactive")))
        return complain(e, "Status", "is neither Active nor Inactive");
    if (list != NULL && !json_is_array(list))
        return complain(e, "Statements", "is no list");
    for (size_t i = 0; i < json_array_size(list); i++)
        TRY(read_statement(d, json_array_get(list, i), e));
    return ST_OK;
}

/* --- what is stored ----------------------------------------------------------------------------------------------- */

/* No text in it needs escaping: each was read as an address or an identifier. */
static void add_text(buf *to, str text)
{
    buf_add_char(to, '"');
    buf_add(to, text);
    buf_add_char(to, '"');
}

static void add_statement(const document *d, size_t i, buf *to)
{
    const statement *s = &d->statements[i];
    const size_t from = i > 0 ? d->statements[i - 1].address : 0;
    buf_add(to, STR("{\"Type\":"));
    add_text(to, s->is_classic ? STR("ClassicWhiteList") : STR("VPCWhiteList"));
    if (s->has_value) {
        buf_add(to, STR(",\"Value\":"));
        add_text(to, s->value);
    }
    buf_add(to, STR(",\"IPList\":["));
    for (size_t k = from; k < s->address; k++) {
        if (k > from)
            buf_add_char(to, ',');
        add_text(to, d->addresses[k]);
    }
    buf_add(to, STR("]}"));
}

static void add_document(const document *d, buf *to)
{
    buf_add(to, STR("{\"Version\":1,\"Status\":"));
    add_text(to, d->is_active ? STR("Active") : STR("Inactive"));
    buf_add(to, STR(",\"Statements\":["));
    for (size_t i = 0; i < d->statement_n; i++) {
        if (i > 0)
            buf_add_char(to, ',');
        add_statement(d, i, to);
    }
    buf_add(to, STR("]}"));
}

status network_policy_settle(str sent, arena *a, str *ret, err *e)
{
    CLEANUP(json_done) json_t *root = NULL;
    CLEANUP(buf_done) buf text;
    document d = { 0 };
    buf_init(&text, NETWORK_POLICY_TEXT_MAX);
    TRY(read_json(sent, &root, e));
    TRY(read_document(root, &d, e));
    add_document(&d, &text);
    return buf_ok(&text) ? arena_copy(a, buf_str(&text), ret) : ST_NO_MEMORY;
}

/* --- what decides ------------------------------------------------------------------------------------------------- */

static status compile(const document *d, network_policy **ret)
{
    network_policy *p = calloc(1, sizeof *p + d->address_n * sizeof p->allowed[0]);
    if (p == NULL)
        return ST_NO_MEMORY;
    atomic_init(&p->references, 1);
    for (size_t i = 0, k = 0; i < d->statement_n; i++)
        for (; k < d->statements[i].address; k++)
            if (d->statements[i].is_classic)
                p->allowed[p->n++] = d->networks[k];
    *ret = p;
    return ST_OK;
}

status network_policy_compile(str stored, network_policy **ret, err *e)
{
    CLEANUP(json_done) json_t *root = NULL;
    document d = { 0 };
    network_policy *p = NULL;
    if (stored.n > 0) {
        status s = read_json(stored, &root, e);
        if (s == ST_OK)
            s = read_document(root, &d, e);
        if (s == ST_INVALID)
            return err_set(e, ST_BUG, NULL, "a stored network policy does not read as one");
        TRY(s);
    }
    if (d.is_active)
        TRY(compile(&d, &p));
    *ret = p;
    return ST_OK;
}

network_policy *network_policy_hold(network_policy *p)
{
    if (p != NULL)
        atomic_fetch_add_explicit(&p->references, 1, memory_order_relaxed);
    return p;
}

void network_policy_release(network_policy *p)
{
    if (p != NULL && atomic_fetch_sub_explicit(&p->references, 1, memory_order_acq_rel) == 1)
        free(p);
}

status network_policy_check(const network_policy *p, const ip_addr *from, err *e)
{
    for (size_t i = 0; p != NULL && i < p->n; i++)
        if (cidr_contains(&p->allowed[i], from))
            return ST_OK;
    return p == NULL ? ST_OK : err_set(e, ST_DENIED, "Forbidden.AccessKeyPolicy", "an address that no statement lists");
}
