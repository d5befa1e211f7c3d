/* The latencies of cases: of each case those of all its measured runs together, from the file of
 * --histograms. */
#ifndef RESULTS_CASE_LATENCIES_H
#define RESULTS_CASE_LATENCIES_H

#include "records/latencies.h"
#include "results/cases.h"

struct case_latencies {
    struct latencies all;
    size_t runs;     /* that are in it */
    size_t measured; /* that the case has */
};

/*
 * One for each of `cases`, which are finished, in their order. Lines of other runs are passed over, and
 * those of a run that was there before. *was_torn as latency_file_read has it. The caller frees them in
 * any case.
 */
int case_latencies_read(struct case_latencies **list, const struct cases *cases, const char *path,
                        bool *was_torn, struct bench_error *err);
void case_latencies_free(struct case_latencies *list, size_t count);

#endif
