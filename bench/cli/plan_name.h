/* What planned cases are called while they run: as in the tables, but before there is a record of them.
 */
#ifndef CLI_PLAN_NAME_H
#define CLI_PLAN_NAME_H

#include "plan/plan.h"
#include "report/case_name.h"

/* What tells the plan's cases apart. case_naming_free frees it. */
void plan_naming(struct case_naming *naming, const struct plan *plan);

/* "blur radius=4 under omp, 2 workers"; `naming` may be NULL. For free(). */
char *plan_name(const struct plan_case *one, const struct case_naming *naming);

/* A line on stdout: `before`, then the case with all that it has; what --dry-run shows of it. */
void plan_show(const char *before, const struct plan_case *one);

#endif
