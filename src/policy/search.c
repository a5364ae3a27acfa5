/* search.c - see search.h.
 *
 * Literals: the two-way algorithm (Crochemore and Perrin, "Two-way string-matching", J. ACM 38, 1991). The part is cut at a
 * critical position; its right half is compared from the left, then its left half from the right, and what a mismatch allows to
 * skip follows from the period alone, so no table is needed. What was equal is not remembered from one place to the next, as only
 * the first place is looked for: behind a left half that differs comes the place itself, or a skip of most of the part.
 * Gaps: Shift-And (Baeza-Yates and Gonnet, "A new approach to text searching", CACM 35, 1992). Bit i of the state says that the
 * first i + 1 characters of the part stand before this place. Which bits a character of the text lets through is kept sparsely,
 * only for the words in which it occurs; it is found by halving among the distinct characters of the part.
 */
#include "policy/search.h"

#include <stdlib.h>
#include <string.h>

size_t character_size(str s, size_t at)
{
    const uint8_t first = (uint8_t)s.p[at];
    if (first < 0xC0 || first > 0xF7)
        return 1;
    const size_t size = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (size > s.n - at)
        return 1;
    for (size_t i = 1; i < size; i++) {
        if (((uint8_t)s.p[at + i] & 0xC0) != 0x80)
            return 1;
    }
    return size;
}

uint32_t character_at(str s, size_t at, size_t size)
{
    uint32_t c = 0;
    for (size_t i = 0; i < size; i++)
        c = c << 8 | (uint8_t)s.p[at + i];
    return c;
}

size_t character_count(str s)
{
    size_t n = 0;
    for (size_t at = 0; at < s.n; at += character_size(s, at))
        n++;
    return n;
}

/* --- literals ------------------------------------------------------------------------------------ */

typedef struct {
    str text, part;
    bool is_nocase;
    uint64_t steps;
} two_way;

static uint8_t byte_at(const two_way *w, str s, size_t at)
{
    return (uint8_t)(w->is_nocase ? ascii_lower(s.p[at]) : s.p[at]);
}

static bool is_same(two_way *w, size_t in_part, size_t in_text)
{
    w->steps++;
    return byte_at(w, w->part, in_part) == byte_at(w, w->text, in_text);
}

/* Where the greatest suffix of the part begins, in the order of bytes or in its reverse, and the period of that suffix. */
static size_t greatest_suffix(two_way *w, bool is_reverse, size_t *ret_period)
{
    size_t start = 0, candidate = 1, k = 0, period = 1;
    while (candidate + k < w->part.n) {
        const uint8_t a = byte_at(w, w->part, candidate + k), b = byte_at(w, w->part, start + k);
        w->steps++;
        if (a == b) {
            if (++k == period) {
                candidate += period;
                k = 0;
            }
        } else if ((a < b) != is_reverse) {
            candidate += k + 1;
            k = 0;
            period = candidate - start;
        } else {
            start = candidate++;
            k = 0;
            period = 1;
        }
    }
    *ret_period = period;
    return start;
}

static bool part_repeats(two_way *w, size_t cut, size_t period)
{
    for (size_t i = 0; i < cut; i++) {
        w->steps++;
        if (byte_at(w, w->part, i) != byte_at(w, w->part, period + i))
            return false;
    }
    return true;
}

static bool two_way_search(two_way *w, size_t *ret_at)
{
    size_t period, reverse_period;
    size_t cut = greatest_suffix(w, false, &period);
    const size_t reverse_cut = greatest_suffix(w, true, &reverse_period);
    if (reverse_cut > cut) {
        cut = reverse_cut;
        period = reverse_period;
    }
    const size_t n = w->part.n;
    if (!part_repeats(w, cut, period))
        period = (cut > n - cut ? cut : n - cut) + 1;
    for (size_t at = 0; w->text.n - at >= n;) {
        size_t i = cut;
        while (i < n && is_same(w, i, at + i))
            i++;
        if (i < n) {
            at += i - cut + 1;
            continue;
        }
        i = cut;
        while (i > 0 && is_same(w, i - 1, at + i - 1))
            i--;
        if (i == 0) {
            *ret_at = at;
            return true;
        }
        if (period > w->text.n - at)
            return false;
        at += period;
    }
    return false;
}

bool search_literal(str text, str part, bool is_nocase, size_t *ret_at, uint64_t *steps)
{
    if (part.n > text.n)
        return false;
    if (part.n == 0) {
        *ret_at = 0;
        return true;
    }
    two_way w = { text, part, is_nocase, 0 };
    const bool found = two_way_search(&w, ret_at);
    *steps += w.steps;
    return found;
}

/* --- parts with gaps ----------------------------------------------------------------------------- */

enum { WORD_BITS = 64, WORDS_MAX = GAPPED_MAX / WORD_BITS };

typedef struct {
    uint32_t character;
    uint32_t first_mask; /* up to that of the next character */
} masked_character;

struct gapped {
    size_t n, words;
    bool is_nocase;
    const uint64_t *any;                /* the places of CHARACTER_ANY, words of them */
    const masked_character *characters; /* in order, with one behind the last */
    size_t character_n;
    const uint64_t *masks;      /* of one character in one word */
    const uint16_t *mask_words; /* which word that is */
};

static uint32_t fold(uint32_t c, bool is_nocase)
{
    return is_nocase && c < 0x80 ? (uint8_t)ascii_lower((char)c) : c;
}

static int compare_keys(const void *a, const void *b)
{
    uint64_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

/* Character and place of each one that is no gap, in order. */
static size_t sorted_keys(const uint32_t *characters, size_t n, bool is_nocase, uint64_t *ret)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        if (characters[i] != CHARACTER_ANY)
            ret[count++] = (uint64_t)fold(characters[i], is_nocase) << 32 | i;
    }
    qsort(ret, count, sizeof *ret, compare_keys);
    return count;
}

static size_t key_word(uint64_t key)
{
    return (size_t)(uint32_t)key / WORD_BITS;
}

static status fill_masks(gapped *g, const uint64_t *keys, size_t n, arena *a)
{
    size_t mask_n = 0, character_n = 0;
    for (size_t i = 0; i < n; i++) {
        const bool is_new = i == 0 || keys[i] >> 32 != keys[i - 1] >> 32;
        character_n += is_new ? 1 : 0;
        mask_n += is_new || key_word(keys[i]) != key_word(keys[i - 1]) ? 1 : 0;
    }
    masked_character *characters = arena_alloc_n(a, character_n + 1, sizeof *characters);
    uint64_t *masks = arena_alloc_n(a, mask_n, sizeof *masks);
    uint16_t *mask_words = arena_alloc_n(a, mask_n, sizeof *mask_words);
    if (characters == NULL || masks == NULL || mask_words == NULL)
        return ST_NO_MEMORY;
    size_t c = 0, m = 0;
    for (size_t i = 0; i < n; i++) {
        const bool is_new = i == 0 || keys[i] >> 32 != keys[i - 1] >> 32;
        if (is_new)
            characters[c++] = (masked_character){ (uint32_t)(keys[i] >> 32), (uint32_t)m };
        if (is_new || key_word(keys[i]) != key_word(keys[i - 1]))
            mask_words[m++] = (uint16_t)key_word(keys[i]);
        masks[m - 1] |= UINT64_C(1) << (uint32_t)keys[i] % WORD_BITS;
    }
    characters[c].first_mask = (uint32_t)m;
    g->characters = characters;
    g->character_n = character_n;
    g->masks = masks;
    g->mask_words = mask_words;
    return ST_OK;
}

status gapped_compile(const uint32_t *characters, size_t n, bool is_nocase, arena *a, const gapped **ret)
{
    if (n > GAPPED_MAX)
        return ST_LIMIT;
    gapped *g = arena_alloc(a, sizeof *g);
    uint64_t *any = arena_alloc_n(a, (n + WORD_BITS - 1) / WORD_BITS, sizeof *any);
    uint64_t *keys = malloc(n * sizeof *keys);
    status s = g != NULL && any != NULL && keys != NULL ? ST_OK : ST_NO_MEMORY;
    if (s == ST_OK) {
        *g = (gapped){ .n = n, .words = (n + WORD_BITS - 1) / WORD_BITS, .is_nocase = is_nocase, .any = any };
        for (size_t i = 0; i < n; i++) {
            if (characters[i] == CHARACTER_ANY)
                any[i / WORD_BITS] |= UINT64_C(1) << i % WORD_BITS;
        }
        s = fill_masks(g, keys, sorted_keys(characters, n, is_nocase, keys), a);
    }
    free(keys);
    if (s == ST_OK)
        *ret = g;
    return s;
}

/* The masks [*ret_from, *ret_to) of this character; none: both the same. */
static void find_masks(const gapped *g, uint32_t c, size_t *ret_from, size_t *ret_to)
{
    size_t low = 0, high = g->character_n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (g->characters[middle].character < c)
            low = middle + 1;
        else
            high = middle;
    }
    const bool is_there = low < g->character_n && g->characters[low].character == c;
    *ret_from = is_there ? g->characters[low].first_mask : 0;
    *ret_to = is_there ? g->characters[low + 1].first_mask : 0;
}

static void shift(const gapped *g, uint64_t *state, uint32_t c)
{
    size_t mask, end;
    find_masks(g, fold(c, g->is_nocase), &mask, &end);
    uint64_t carry = 1;
    for (size_t w = 0; w < g->words; w++) {
        uint64_t through = g->any[w];
        if (mask < end && g->mask_words[mask] == w)
            through |= g->masks[mask++];
        const uint64_t next = state[w] >> (WORD_BITS - 1);
        state[w] = (state[w] << 1 | carry) & through;
        carry = next;
    }
}

bool gapped_search(const gapped *g, str text, size_t *ret_end, uint64_t *steps)
{
    uint64_t state[WORDS_MAX];
    memset(state, 0, g->words * sizeof *state);
    const uint64_t last = UINT64_C(1) << (g->n - 1) % WORD_BITS;
    for (size_t at = 0; at < text.n;) {
        const size_t size = character_size(text, at);
        shift(g, state, character_at(text, at, size));
        *steps += g->words + 1;
        at += size;
        if ((state[g->words - 1] & last) != 0) {
            *ret_end = at;
            return true;
        }
    }
    return false;
}
