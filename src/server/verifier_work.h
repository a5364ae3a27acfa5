/* verifier_work.h - the arguments of `argali verifier create`, `list` and `delete`. What they do: work.h. */
#ifndef ARGALI_SERVER_VERIFIER_WORK_H
#define ARGALI_SERVER_VERIFIER_WORK_H

#include "server/arguments.h"

extern const argument_row verifier_create_arguments[];
extern const argument_row verifier_delete_arguments[];

#endif
