/* explain_api.h - handler of ExplainDecision, and its answer in the form that `argali policy explain` prints as JSON too.
 * Contract: catalogue/call.h.
 */
#ifndef ARGALI_POLICY_EXPLAIN_API_H
#define ARGALI_POLICY_EXPLAIN_API_H

#include "catalogue/call.h"
#include "policy/explain.h"

status argali_explain_decision_read(call *c, err *e);

void explain_reply(reply *r, const explanation *x); /* the members of the action's answer, after RequestId */

#endif
