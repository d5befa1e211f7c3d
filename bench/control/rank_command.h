/* What starts the ranks of a case: the user's --launcher, or else srun within an allocation, or mpiexec.
 */
#ifndef CONTROL_RANK_COMMAND_H
#define CONTROL_RANK_COMMAND_H

#include "control/child.h"
#include "plan/plan.h"

struct rank_command {
    char **words;                 /* of the launcher; ended by NULL */
    const struct launcher *known; /* which it is; NULL: none that is known */
    const char *engine;           /* by which the ranks are connected; static storage */
    const char *title;            /* whose that is, "Open MPI"; static storage */
    char *text;                   /* the words as one would type them */
};

/* Are this case's workers ranks? */
bool case_has_ranks(const struct plan_case *one);

/*
 * Of a case whose workers are ranks. -ENOTSUP: it cannot be run here so, and why not, and what to do.
 * The caller frees it in any case.
 */
int rank_command_make(struct rank_command *command, const struct plan_case *one,
                      const struct child_setup *setup, struct bench_error *err);
void rank_command_free(struct rank_command *command);

#endif
