/* Results as people read them: grouped by the work done, a line for each way of doing it. */
#ifndef REPORT_GROUPS_H
#define REPORT_GROUPS_H

#include "report/columns.h"
#include "report/result.h"

#include <stdbool.h>

/*
 * The cases of one work, which are numbered from 0 to results->works - 1 in their order. Shares all with
 * `results`; the caller frees group->cases. 0 or -ENOMEM.
 */
int group_of(const struct results *results, size_t work_number, struct results *group);

/*
 * "blur radius=4 (270 tasks, 8.29 Mpixel) [label]", with " on MACHINE" where that is among the `parts`
 * that results_parts says of all. The caller frees it. NULL: no memory.
 */
char *group_heading(const struct results *group, unsigned parts);

/* "omp workers=2: crashed: killed by signal 11", of a case that is not `ok`; as above. */
char *group_failure(const struct report_column *const *columns, const struct case_result *result);

#endif
