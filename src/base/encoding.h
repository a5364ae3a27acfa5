/* encoding.h - hex, Base64, Base64url, percent-encoding, and numbers as bytes.
 *
 * Hex and Base64 after RFC 4648 (Base64 with padding, Base64url without), decoders refuse anything a strict encoder would
 * not have written. Percent-encoding after the RPC signing rules: A-Z a-z 0-9 - _ . ~ stay, every other byte becomes %XX in
 * upper case.
 */
#ifndef ARGALI_BASE_ENCODING_H
#define ARGALI_BASE_ENCODING_H

#include "base/arena.h"
#include "base/buf.h"

void hex_encode(bytes in, char *ret);                       /* 2 * in.n lower-case characters, no NUL */
MUST_USE status hex_decode(str in, uint8_t *ret, size_t n); /* exactly 2 * n characters of either case */

void u64be_encode(uint64_t v, uint8_t ret[8]); /* the most significant byte first; back: cur_u64be */

void base64_encode(bytes in, buf *to);
void base64url_encode(bytes in, buf *to);
MUST_USE status base64_decode(str in, uint8_t *ret, size_t size, size_t *ret_n); /* ST_LIMIT: does not fit */
MUST_USE status base64url_decode(str in, uint8_t *ret, size_t size, size_t *ret_n);

size_t percent_encoded_size(str in);
size_t percent_encode(str in, char *ret); /* bytes written, at most 3 * in.n */
void percent_encode_to(str in, buf *to);

/* '+' is a space when plus_is_space. ST_INVALID: a '%' without two hex digits. Borrows `in` where nothing is encoded. */
MUST_USE status percent_decode(arena *a, str in, bool plus_is_space, str *ret);

#endif
