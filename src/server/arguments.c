/* arguments.c - see arguments.h. */
#include "server/arguments.h"

#include <stdarg.h>
#include <stdio.h>

PRINTF(2, 3) static status complain(settings_fault *f, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    if (vsnprintf(f->text, sizeof f->text, fmt, args) < 0)
        f->text[0] = '\0';
    va_end(args);
    return ST_INVALID;
}

static const argument_row *find_row(const argument_row *rows, str name)
{
    for (; rows != NULL && rows->name != NULL; rows++)
        if (str_eq(str_from_c(rows->name), name))
            return rows;
    return NULL;
}

static status put(arguments *a, const argument_row *row, str value, settings_fault *f)
{
    const str name = str_from_c(row->name);
    if (!row->is_repeatable && arguments_get(a, row->name).p != NULL)
        return complain(f, "--%s was given twice", row->name);
    if (a->n == ARGUMENTS_MAX)
        return complain(f, "--%s: more than %d arguments", row->name, ARGUMENTS_MAX);
    a->v[a->n++] = (argument){ name, value };
    return ST_OK;
}

/* The row that argv[at] is a flag of; *ret_value is what it brings along, absent if that is the next word. */
static const argument_row *row_at(const argument_row *rows, const char *word, str *ret_value)
{
    str name = str_from_c(word);
    *ret_value = (str){ NULL, 0 };
    if (!str_starts(name, STR("--")))
        return NULL;
    name = str_slice(name, 2, name.n);
    (void)str_split(name, '=', &name, ret_value);
    return find_row(rows, name);
}

status arguments_take(const argument_row *rows, const char *command_name, int *argc, const char **argv, arguments *ret,
                      settings_fault *ret_fault)
{
    int left = 0;
    ret->n = 0;
    for (int i = 0; i < *argc; i++) {
        str value;
        const argument_row *row = row_at(rows, argv[i], &value);
        if (row == NULL) {
            argv[left++] = argv[i];
            continue;
        }
        if (value.p == NULL && i + 1 == *argc)
            return complain(ret_fault, "--%s needs a value", row->name);
        if (value.p == NULL)
            value = str_from_c(argv[++i]);
        if (!utf8_is_valid(value))
            return complain(ret_fault, "--%s: the value is not UTF-8", row->name);
        TRY(put(ret, row, value, ret_fault));
    }
    for (const argument_row *row = rows; row != NULL && row->name != NULL; row++)
        if (row->is_required && arguments_get(ret, row->name).p == NULL)
            return complain(ret_fault, "--%s %s has to be given; `argali %s --help` says what it is", row->name, row->value,
                            command_name);
    *argc = left;
    return ST_OK;
}

str arguments_next(const arguments *a, const char *name, size_t *at)
{
    while (*at < a->n) {
        const argument *one = &a->v[(*at)++];
        if (str_eq(one->name, str_from_c(name)))
            return one->value;
    }
    return (str){ NULL, 0 };
}

str arguments_get(const arguments *a, const char *name)
{
    size_t at = 0;
    return arguments_next(a, name, &at);
}

void arguments_add(const arguments *a, buf *to)
{
    for (size_t i = 0; i < a->n; i++) {
        buf_add(to, a->v[i].name);
        buf_add_char(to, '\0');
        buf_add(to, a->v[i].value);
        buf_add_char(to, '\0');
    }
}

status arguments_parse(str text, arguments *ret)
{
    ret->n = 0;
    while (text.n > 0) {
        argument one;
        if (ret->n == ARGUMENTS_MAX || !str_split(text, '\0', &one.name, &text) || !str_split(text, '\0', &one.value, &text) ||
            !utf8_is_valid(one.name) || !utf8_is_valid(one.value))
            return ST_INVALID;
        ret->v[ret->n++] = one;
    }
    return ST_OK;
}

void arguments_add_help(const argument_row *rows, buf *to)
{
    for (; rows != NULL && rows->name != NULL; rows++)
        buf_addf(to, "  --%s %s%s\n      %s\n", rows->name, rows->value, rows->is_repeatable ? " (may be repeated)" : "",
                 rows->help);
}
