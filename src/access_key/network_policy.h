/* network_policy.h - from which addresses an AccessKey may be used: the account's policy, or a key's own in its place.
 *
 * {"Version":1,"Status":"Active","Statements":[{"Type":"ClassicWhiteList","IPList":["203.0.113.0/24","2001:db8::1"]}]}: at most
 * NETWORK_POLICY_STATEMENTS_MAX statements, NETWORK_POLICY_ADDRESSES_MAX addresses and networks in all of them together. An
 * active policy is a list of what is allowed: what it does not list is refused. Statements of type VPCWhiteList are kept as
 * they were sent, and as no caller comes through a virtual network of the vendor's, none is allowed by them.
 * A policy that is not active is none: the account's counts then.
 * Version is the server's: it may be left out, and is always answered.
 * A compiled policy is immutable and counted by reference. Threads: any; the parser touches nothing shared.
 * Errors: InvalidParameter.AccessKeyPolicy 400, with the place and what is wrong there; Forbidden.AccessKeyPolicy 403.
 */
#ifndef ARGALI_ACCESS_KEY_NETWORK_POLICY_H
#define ARGALI_ACCESS_KEY_NETWORK_POLICY_H

#include "base/arena.h"
#include "base/ip.h"
#include "base/str.h"

enum { NETWORK_POLICY_STATEMENTS_MAX = 8, NETWORK_POLICY_ADDRESSES_MAX = 50, NETWORK_POLICY_TEXT_MAX = 6144 };

typedef struct network_policy network_policy;

/* From what a client sent to what is stored and answered. */
MUST_USE status network_policy_settle(str sent, arena *a, str *ret, err *e);

/* From what is stored; empty, and a policy that is not active: *ret is NULL. ST_BUG: it does not read as a policy. */
MUST_USE status network_policy_compile(str stored, network_policy **ret, err *e);
network_policy *network_policy_hold(network_policy *p);
void network_policy_release(network_policy *p); /* NULL is fine */

/* p NULL: every address is allowed. An unknown one (family 0) is in no list. */
MUST_USE status network_policy_check(const network_policy *p, const ip_addr *from, err *e);

#endif
