/* policy_reply.h - a policy and its versions in an answer, for every action: the action's shape drops what it does not list
 * (reply.h). Into an object that is open. */
#ifndef ARGALI_POLICY_POLICY_REPLY_H
#define ARGALI_POLICY_POLICY_REPLY_H

#include "catalogue/reply.h"
#include "policy/policy.h"

void policy_reply(reply *r, const policy *p);
MUST_USE status policy_reply_attachment_count(reply *r, store_tx *tx, const policy *p, err *e);
void policy_version_reply(reply *r, const policy_version *v);

#endif
