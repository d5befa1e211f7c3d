/* The cases of one workload, which stand in one table: what they have in common, and what is said of
 * them. */
#ifndef REPORT_GROUP_H
#define REPORT_GROUP_H

#include "report/case_name.h"
#include "results/results.h"

struct group {
    const struct case_result **cases; /* in their order */
    size_t size;
    const struct record **identities; /* of each */
    size_t works;                     /* how many different ones there are */
    struct case_naming naming;
};

/* The cases that have the workload of results->cases[first], which is its first. */
void group_make(struct group *group, const struct results *results, size_t first,
                const struct case_defaults *defaults);
void group_free(struct group *group);

/*
 * "blur radius=4 (270 tasks, 8.29 Mpixel) [label]": what all have in common, with " on MACHINE" where
 * `parts` (of results_parts) says that others are on another one. For free().
 */
char *group_heading(const struct group *group, unsigned parts);

/*
 * The ratios between its rows in words, for one work of the group or, where each work has
 * one case only, for all: "pthread with 2 workers was 1.98 +- 0.04 times as fast as serial". NULL: there
 * is nothing to be said. For free().
 */
char *group_sentence(const struct group *group, size_t work_number);

/* What cannot be: more CPU time than the machine has. */
bool result_is_too_busy(const struct case_result *result);

#endif
