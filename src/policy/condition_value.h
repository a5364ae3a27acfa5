/* condition_value.h - the numbers, times and networks of conditions: what an author writes and what a request carries.
 *
 * Pure. What is parsed borrows from its text. ST_INVALID: the text is none.
 */
#ifndef ARGALI_POLICY_CONDITION_VALUE_H
#define ARGALI_POLICY_CONDITION_VALUE_H

#include "base/ip.h"

/* [-]digits[.digits], of any length, without exponent; zero has no sign. */
typedef struct {
    str whole, fraction; /* without zeros that mean nothing; either may be empty */
    bool is_negative;
} decimal;
MUST_USE status decimal_parse(str s, decimal *ret);
int decimal_compare(const decimal *a, const decimal *b); /* exact; below, at or above 0 */

/* Seconds since 1970, or YYYY-MM-DD (its first moment in UTC), or YYYY-MM-DDThh:mm[:ss[.fraction]] with Z, +hh:mm or -hh:mm.
 * The written date lies in the years 1970 to 9999; a fraction has up to 9 digits. */
typedef struct {
    int64_t s;
    uint32_t ns;
} instant;
MUST_USE status instant_parse(str s, instant *ret);
int instant_compare(const instant *a, const instant *b);

/* As cidr_parse, but the bits behind the prefix may be anything. */
MUST_USE status network_parse(str s, cidr *ret);

#endif
