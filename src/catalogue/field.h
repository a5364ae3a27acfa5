/* field.h - the types of generated request fields and the generated tables behind them.
 *
 * catalogue.gen.h holds, for each of the 175 actions and Argali's own, `enum action` (IMS_CREATE_USER, RAM_CREATE_USER,
 * STS_GET_CALLER_IDENTITY, ...) and a struct `ims_create_user_request` whose fields have these types under snake_case names
 * (UserPrincipalName: user_principal_name, VirtualMFADeviceName: virtual_mfa_device_name). Everything is borrowed from the
 * request's arena.
 *
 * A parameter that was not sent is absent (.p == NULL, is_set == false); one sent empty is present and empty.
 */
#ifndef ARGALI_CATALOGUE_FIELD_H
#define ARGALI_CATALOGUE_FIELD_H

#include "base/str.h"

typedef struct {
    int32_t v;
    bool is_set;
} opt_i32;
typedef struct {
    int64_t v;
    bool is_set;
} opt_i64;
typedef struct {
    bool v;
    bool is_set;
} opt_bool;

typedef struct {
    const str *v;
    size_t n;
    bool is_set;
} str_list;

typedef struct {
    str key, value;
} tag; /* value is absent where the request named only a key */
typedef struct {
    const tag *v;
    size_t n;
    bool is_set;
} tag_list;

typedef enum { FIELD_STR, FIELD_I32, FIELD_I64, FIELD_BOOL, FIELD_STR_LIST, FIELD_TAG_LIST } field_type;

/* Characters a text may have; FIELD_CHARS_ANY still means valid UTF-8 without NUL. */
typedef enum {
    FIELD_CHARS_ANY = 0,
    FIELD_CHARS_USER_NAME,   /* A-Z a-z 0-9 . - _ */
    FIELD_CHARS_UPN,         /* the same, then @, then a domain */
    FIELD_CHARS_ID,          /* A-Z a-z 0-9 . - _, as in UserId and AccessKeyId */
    FIELD_CHARS_DOMAIN,      /* A-Z a-z 0-9 . - _ */
    FIELD_CHARS_ALIAS,       /* a-z 0-9 - */
    FIELD_CHARS_POLICY_NAME, /* A-Z a-z 0-9 - */
    FIELD_CHARS_PRINTABLE,   /* no control characters */
    FIELD_CHARS_EMAIL,       /* one @, no blanks or control characters */
    FIELD_CHARS_PHONE,       /* digits and one -, as 86-13900001234 */
    FIELD_CHARS_LABEL,       /* A-Z a-z 0-9 . -, as in the names of roles and virtual MFA devices */
} field_chars;

typedef struct {
    str name;                  /* as on the wire */
    uint16_t offset;           /* into the request struct */
    uint8_t type;              /* field_type */
    uint8_t chars;             /* field_chars */
    bool is_required;          /* absent or empty: Missing<Name> */
    bool is_secret;            /* never logged, audited or echoed in a string to sign */
    bool may_be_empty;         /* an empty text is a value (it clears, or means the caller) */
    int64_t min, max;          /* of a number; of a tag's value, in characters */
    uint32_t len_min, len_max; /* characters of a text, a list item or a tag's key; else FIELD_TEXT_MAX */
    uint16_t items_max;        /* of a list */
    const str *enum_values;    /* NULL: any */
    uint8_t enum_n;
} field_rule;

enum { FIELD_TEXT_MAX = 2048, FIELD_ITEMS_MAX = 50 }; /* characters and list items, where no document states a bound */

/* A node of a response shape: what an answer may contain. Children are sorted by name. */
typedef struct response_shape {
    str name;
    uint8_t kind;    /* shape_kind */
    uint8_t child_n; /* members of an object; for a list, 1: its element */
    const struct response_shape *children;
} response_shape;

typedef enum {
    SHAPE_STRING,
    SHAPE_BOOL,
    SHAPE_NUMBER,
    SHAPE_ANY,
    SHAPE_OBJECT,
    SHAPE_LIST,
    SHAPE_TIME_MS,
    SHAPE_TIME_S, /* texts: a time as decimal milliseconds or seconds since 1970 */
} shape_kind;

typedef enum { PRODUCT_IMS, PRODUCT_RAM, PRODUCT_STS, PRODUCT_ARGALI, PRODUCT_COUNT } product;

typedef struct {
    uint16_t id; /* enum action */
    uint8_t product;
    bool is_anonymous;     /* may be called unsigned */
    str name;              /* "CreateUser" */
    uint16_t request_size; /* sizeof the request struct */
    uint8_t field_n;
    const field_rule *fields;
    const response_shape *response; /* an object */
    const str *const *one_of;       /* groups of which exactly one member has to be given; NULL: none. */
    const str *const *any_of;       /* the same, at least one. Groups end with an absent str, their array with NULL */
} action_shape;

/* The version of a product, "2019-08-15"; and its name as audit and last-use show it: "Ims", "Ram", "Sts", "Argali". */
str product_version(product p);
str product_name(product p);

const action_shape *catalogue_find(product p, str action_name); /* case-sensitive; NULL: no such action */
const action_shape *catalogue_get(unsigned action_id);          /* asserts that it exists; for tests, as the next */
unsigned catalogue_count(void);
bool catalogue_version(str version, product *ret); /* false: no product has this version */

#endif
