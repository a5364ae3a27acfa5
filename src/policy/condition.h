/* condition.h - one condition of a statement: an operator, a key, and the values that it is compared with.
 *
 * Operators (RAM, "Condition operators"): String{Equals,NotEquals,EqualsIgnoreCase,NotEqualsIgnoreCase,Like,NotLike},
 * Numeric{Equals,NotEquals,LessThan,LessThanEquals,GreaterThan,GreaterThanEquals}, the same six for Date, Bool, IpAddress,
 * NotIpAddress; Null ("true": the key is absent); the prefixes ForAnyValue: and ForAllValues:, the suffix IfExists (neither
 * with Null). Names of operators are compared exactly, keys without regard to case. A key is <service>:<name>.
 *
 * How several values combine. Several values written = OR; under a negated operator (Not...) none of them may match. A key with
 * several values in the context: without a prefix and with ForAnyValue one of them has to satisfy the condition (under a
 * negated operator without a prefix: every one has to); with ForAllValues every one has to, and an absent key satisfies it.
 * Absent key: IfExists is satisfied; else a negated operator is satisfied, any other is not. A value of the context that is not
 * of the operator's type (a time that is none, an address that is none) matches nothing.
 *
 * Values written are parsed when the policy is compiled, so a policy with a bad number, time, address or boolean is refused:
 * numbers are decimals of any length without exponent, compared exactly; times are ISO 8601 dates and times with Z or an offset
 * (2026-11-24T08:00:00+08:00, 2026-11-24T00:00:00Z, 2026-11-24) or seconds since 1970; addresses are IPv4 or IPv6, alone or as
 * a network (host bits are ignored); JSON numbers and booleans are taken as their text (a number of more than 15 digits with a
 * point has to be written as one). Variables count in the values of String operators only.
 * Cost: linear in the text of the condition and of the context's values; lists of StringEquals values are compared one by one.
 */
#ifndef ARGALI_POLICY_CONDITION_H
#define ARGALI_POLICY_CONDITION_H

#include "policy/pattern.h"

typedef struct condition condition;

/* Is there such an operator? The name as written, prefix and suffix included. */
bool condition_operator_is_known(str name);

/* Lives in the arena. ST_INVALID: *ret_at is the index of the value at fault (SIZE_MAX: the operator or the key), *ret_why says
 * what is wrong with it. */
MUST_USE status condition_compile(str operator_name, str key, const str *values, size_t n, arena *a, const condition **ret,
                                  size_t *ret_at, const char **ret_why);

bool condition_holds(const condition *k, const context *c, arena *scratch, bool *ret_failed); /* failed: as pattern_match */

bool condition_uses(const condition *k, str key); /* its own key or that of a variable; context_key_is_of */

str condition_operator(const condition *k); /* as written */
str condition_key(const condition *k);

#endif
