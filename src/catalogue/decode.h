/* decode.h - from parameters to a request struct.
 *
 * The parameters are those of the one parse (src/api/request.h): decoded, valid UTF-8, without NUL, no name twice, sorted by
 * name. Unknown parameters are ignored. The first rule that is broken, in the order of the field table, decides the code:
 * Missing<Name>, InvalidParameter.<Name>.Length | .InvalidChars | .Range | .Format, InvalidParameter.<Name> for an enumeration.
 * Then the groups: Missing<first of the group> where none is given, InvalidParameter.<the second given> where only one may be.
 *
 * Empty. An optional parameter sent empty is a value where that means something (it clears a field, names the caller, asks
 * for the first page: field_rule.may_be_empty); everywhere else it counts as not sent, as official clients send empty texts for
 * what nobody set.
 * Lists come numbered from 1 without gaps (Name.N, Tag.N.Key and Tag.N.Value) or as a JSON array in one parameter; never both.
 * `[]` is an empty list that is set. Tags: InvalidParameter.Tag.Key.Length (also: no key), .Value.Length, and
 * InvalidParameter.Tag.Key for a key that comes twice.
 * Pure; threads: reentrant.
 */
#ifndef ARGALI_CATALOGUE_DECODE_H
#define ARGALI_CATALOGUE_DECODE_H

#include "base/arena.h"
#include "catalogue/field.h"

typedef struct {
    str name, value;
} param;

/* *ret_request is a zeroed struct of shape->request_size bytes in the arena. ST_INVALID with its code, or ST_NO_MEMORY. */
MUST_USE status decode_request(const action_shape *shape, const param *params, size_t n, arena *a, const void **ret_request,
                               err *e);

/* Is a parameter of this name secret in this action (NULL: not known)? If the action has none of this name, what it is called
 * decides (...Password..., ...Secret..., SecurityToken, AuthenticationCode...). */
bool decode_is_secret(const action_shape *shape, str name);

#endif
