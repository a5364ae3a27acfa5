/* config_file.c - see config_file.h. */
#include "server/config_file.h"

#include "base/cursor.h"

static bool is_key_char(char c)
{
    return (c >= 'a' && c <= 'z') || ascii_is_digit(c) || c == '-';
}

static bool has_key(const config_entry *entries, size_t n, str key)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(entries[i].key, key))
            return true;
    return false;
}

/* NULL: the line is good; *ret_is_entry says whether it holds one. */
static const char *parse_line(str line, str *ret_key, str *ret_value, bool *ret_is_entry)
{
    *ret_is_entry = false;
    if (line.n > 0 && line.p[line.n - 1] == '\r') /* written on another system */
        line.n--;
    line = str_trim(line);
    if (!utf8_is_valid(line))
        return "not UTF-8";
    if (line.n == 0 || line.p[0] == '#')
        return NULL;
    str key, value;
    if (!str_split(line, '=', &key, &value))
        return "no '=': a line is `key = value`, and a comment begins with '#'";
    key = str_trim(key);
    if (key.n == 0 || !str_is_of(key, is_key_char))
        return "a key is made of a-z, 0-9 and '-'";
    value = str_trim(value);
    if (utf8_has_control(value))
        return "a control character";
    *ret_key = key;
    *ret_value = value;
    *ret_is_entry = true;
    return NULL;
}

status config_parse(str text, config_entry ret[CONFIG_ENTRIES_MAX], size_t *ret_n, config_fault *ret_fault)
{
    cursor c = cur_of(bytes_of(text));
    config_fault fault = { 1, text.n > CONFIG_TEXT_MAX ? "longer than 65,536 bytes" : NULL };
    size_t n = 0;
    for (uint32_t line_number = 1; fault.why == NULL && c.left > 0; line_number++) {
        config_entry entry = { .line = line_number };
        bool is_entry = false;
        fault = (config_fault){ line_number, parse_line(cur_until(&c, '\n'), &entry.key, &entry.value, &is_entry) };
        if (is_entry && has_key(ret, n, entry.key))
            fault.why = "this key was given before";
        else if (is_entry && n == CONFIG_ENTRIES_MAX)
            fault.why = "too many settings";
        else if (is_entry)
            ret[n++] = entry;
        (void)cur_skip(&c, '\n');
    }
    if (fault.why != NULL) {
        *ret_fault = fault;
        return ST_INVALID;
    }
    *ret_n = n;
    return ST_OK;
}
