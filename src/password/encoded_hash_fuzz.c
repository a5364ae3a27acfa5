/* encoded_hash_fuzz.c - what is accepted is within its bounds, and is stored and read back as the same recipe. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "password/encoded_hash.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(encoded_hash_done) encoded_hash h = { 0 };
    err e;
    if (encoded_hash_parse((str){ (const char *)data, size }, &h, &e) != ST_OK)
        return 0;
    if (hash_recipe_check(&h.recipe, &e) != ST_OK || size > ENCODED_HASH_MAX)
        abort();
    CLEANUP(arena_free_at) arena *a = arena_new(1024, 4096);
    str parameters;
    hash_recipe again;
    if (a == NULL || hash_recipe_format(&h.recipe, a, &parameters) != ST_OK ||
        hash_recipe_parse(hash_scheme_name(h.recipe.scheme), parameters, (bytes){ h.recipe.salt, h.recipe.salt_n },
                          h.recipe.digest_n, &again, &e) != ST_OK ||
        !hash_recipe_equal(&h.recipe, &again))
        abort();
    return 0;
}
