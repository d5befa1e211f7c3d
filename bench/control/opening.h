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

/* `op` is OP_OPEN or OP_CHECK. The case must outlive it; the caller frees it. */
void opening_make(struct opening *opening, const struct plan_case *one, enum op op);
void opening_free(struct opening *opening);

#endif
