/* actions.h - the action table: one row says all about an action that Argali runs. An action without a row answers 400
 * NotImplemented. */
#ifndef ARGALI_API_ACTIONS_H
#define ARGALI_API_ACTIONS_H

#include "catalogue/call.h"

const action_row *action_row_get(unsigned action); /* enum action; NULL: not implemented */
const action_row *action_rows(size_t *ret_n);      /* all of them, for tests */

#endif
