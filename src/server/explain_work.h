/* explain_work.h - the arguments of `argali policy explain`. What it does: work.h. */
#ifndef ARGALI_SERVER_EXPLAIN_WORK_H
#define ARGALI_SERVER_EXPLAIN_WORK_H

#include "server/arguments.h"

extern const argument_row policy_explain_arguments[];

/* What would be wrong with the question before any folder is opened; ST_INVALID. */
MUST_USE status policy_explain_check(const arguments *a, settings_fault *ret_fault);

#endif
