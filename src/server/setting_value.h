/* setting_value.h - one value of a setting: from text to what its type means. Private to settings.c and its tests.
 *
 * Pure; lists and copies live in the given arena. ST_INVALID: the text is not allowed;
 * setting_allowed() (setting_help.h) says what is.
 */
#ifndef ARGALI_SERVER_SETTING_VALUE_H
#define ARGALI_SERVER_SETTING_VALUE_H

#include "base/arena.h"
#include "server/settings.h"

enum { SETTING_LIST_MAX = 64, SETTING_TEXT_MAX = 1024 };

typedef struct {
    str text;        /* as given, a NUL behind it; absent: no value */
    uint32_t number; /* SETTING_NUMBER; SETTING_BOOL: 0 or 1; SETTING_CHOICE: index in `allowed` */
    const str *items;
    const cidr *networks;
    size_t n;
    listen_address address;
} setting_value;

MUST_USE status setting_value_parse(const setting_row *row, str text, arena *a, setting_value *ret);

#endif
