/* What a paired comparison came to, as every comparison is reported. */
#ifndef CLI_AB_OUTCOME_H
#define CLI_AB_OUTCOME_H

#include "cli/ab_options.h"
#include "control/alternate.h"
#include "plan/plan.h"
#include "results/comparison.h"

/*
 * Into *one, which is overwritten: what A and B have in common, the numbers, the verdict, and why it has
 * failed; why it is inconclusive, cli/ab_doubt.h knows. `failure` is what the last record said that was
 * not ok; NULL if there was none.
 */
void ab_outcome_tell(struct compared_case *one, const struct ab_options *options,
                     const struct plan_case *a, const struct plan_case *b,
                     const struct alternate_outcome *outcome, const char *failure);

#endif
