/* One case of a paired comparison, as every comparison is reported: what A and B have in common, the
 * numbers, the verdict. */
#ifndef RESULTS_PAIR_H
#define RESULTS_PAIR_H

#include "results/comparison.h"
#include "stats/paired.h"

/* What A and B have in common of workload, parameters, executor and knobs, into `common`, which is
 * overwritten and is the caller's. */
void pair_describe(struct record *common, const struct record *a, const struct record *b);

/* The answer of the pairs, and the medians of `runs` runs of A and of B, into the case's numbers and its
 * verdict; the rest of it stays as it is. */
void pair_judge(struct compared_case *one, const struct paired *paired, const double values[2],
                size_t runs, const struct metric *metric);

#endif
