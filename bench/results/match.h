/* The cases of two sides, side by side. */
#ifndef RESULTS_MATCH_H
#define RESULTS_MATCH_H

#include "results/case_sample.h"
#include "results/comparison.h"
#include "results/sides.h"

/* A case that has numbers on both sides. */
struct pair {
    size_t number;               /* of comparison.cases */
    double cpu_ratio;            /* new / old of the CPU time for a task; NaN where not known */
    struct case_sample old, new; /* where a run has 0 of what is counted, one more of each */
    bool is_nothing;             /* but where all runs have 0: then they are that */
    double level;                /* of its interval */
    struct sample_ratio found;
};

/*
 * Fills the comparison's cases, those that are FAILED with all they get, and the lists of those that one
 * side has. The others are returned, *size of them, with samples and medians.
 *
 * What is unknown in a column that records/columns.def calls ALIKE is like anything. A parameter that
 * only one side knows, as of a program that has learned it since, does not part a case from its old self
 * where that is the only candidate: a note says so.
 */
struct pair *match_sides(struct comparison *comparison, const struct side *old, const struct side *new,
                         size_t *size);
void pairs_free(struct pair *pairs, size_t size);

#endif
