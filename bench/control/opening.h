/* The message that opens a case, made from its cell of the matrix. */
#ifndef CONTROL_OPENING_H
#define CONTROL_OPENING_H

#include "plan/plan.h"
#include "protocol/message.h"

struct opening {
    struct message message;
    char **names; /* of variables */
    size_t names_count;
};

/* `op` is OP_OPEN or OP_CHECK; `counters` is child_setup's. it and the case must outlive the opening,
 * which the caller frees. */
void opening_make(struct opening *opening, const struct plan_case *one, char *const *counters,
                  enum op op);
void opening_free(struct opening *opening);

#endif
