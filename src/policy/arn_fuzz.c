/* arn_fuzz.c - the parts of an ARN are the text again; a role's ARN can be written from what was read of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/arn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static size_t add(char *to, size_t at, str s)
{
    memcpy(to + at, s.p, s.n);
    return at + s.n;
}

static void check_parts(str text, const arn *x)
{
    const str parts[] = { x->partition, x->service, x->region, x->account, x->relative };
    char *joined = malloc(text.n + 8);
    require(joined != NULL);
    size_t n = 0;
    for (size_t i = 0; i < 5; i++) {
        if (i > 0)
            joined[n++] = ':';
        n = add(joined, n, parts[i]);
        size_t colon;
        require(i == 4 || !str_find(parts[i], ':', &colon));
    }
    require(n == text.n && memcmp(joined, text.p, n) == 0);
    free(joined);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const str text = { (const char *)data, size };
    arn x;
    uint64_t account;
    str name;
    const status split = arn_split(text, &x);
    if (split == ST_OK)
        check_parts(text, &x);
    if (arn_role(text, &account, &name) == ST_OK) {
        char digits[U64_TEXT_MAX];
        require(split == ST_OK && account > 0 && name.n > 0 && str_ends(text, name));
        require(str_eq(x.account, (str){ digits, u64_format(account, digits) }));
    }
    return 0;
}
