/* field.c - finding an action in the generated tables, which are sorted by product and then by name. */
#include "catalogue/field.h"

#include <assert.h>

#include "catalogue/catalogue.gen.h"

str product_version(product p)
{
    assert(p < PRODUCT_COUNT);
    return catalogue_products[p].version;
}

str product_name(product p)
{
    assert(p < PRODUCT_COUNT);
    return catalogue_products[p].name;
}

const action_shape *catalogue_find(product p, str action_name)
{
    assert(p < PRODUCT_COUNT);
    size_t low = catalogue_products[p].first;
    size_t high = low + catalogue_products[p].n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_cmp(action_name, catalogue_actions[middle].name);
        if (order == 0)
            return &catalogue_actions[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const action_shape *catalogue_get(unsigned action_id)
{
    assert(action_id > ACTION_NONE && action_id <= ACTION_COUNT);
    return &catalogue_actions[action_id - 1];
}

unsigned catalogue_count(void)
{
    return ACTION_COUNT;
}

bool catalogue_version(str version, product *ret)
{
    for (unsigned p = 0; p < PRODUCT_COUNT; p++) {
        if (str_eq(version, catalogue_products[p].version)) {
            *ret = (product)p;
            return true;
        }
    }
    return false;
}
