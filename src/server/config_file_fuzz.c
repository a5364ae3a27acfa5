/* config_file_fuzz.c - any text parses or is refused with a line; what parsed, written out again, parses to the same. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "server/config_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool is_so)
{
    if (!is_so)
        abort();
}

static void check_again(const config_entry *entries, size_t n)
{
    CLEANUP(buf_done) buf text;
    config_entry again[CONFIG_ENTRIES_MAX];
    config_fault fault;
    size_t again_n = 0;
    buf_init(&text, 4 * CONFIG_TEXT_MAX);
    for (size_t i = 0; i < n; i++)
        buf_addf(&text, STR_FMT "=" STR_FMT "\n", STR_ARG(entries[i].key), STR_ARG(entries[i].value));
    must(buf_ok(&text));
    if (text.n > CONFIG_TEXT_MAX)
        return;
    must(config_parse(buf_str(&text), again, &again_n, &fault) == ST_OK && again_n == n);
    for (size_t i = 0; i < n; i++)
        must(str_eq(entries[i].key, again[i].key) && str_eq(entries[i].value, again[i].value));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    config_entry entries[CONFIG_ENTRIES_MAX];
    config_fault fault = { 0, NULL };
    size_t n = 0;
    status s = config_parse(str_of((bytes){ data, size }), entries, &n, &fault);
    if (s == ST_OK)
        check_again(entries, n);
    else
        must(s == ST_INVALID && fault.line > 0 && fault.why != NULL);
    return 0;
}
