/* What `bench selftest` counts: how often a comparison was wrong, and what it saw. */
#ifndef RESULTS_SELFTEST_H
#define RESULTS_SELFTEST_H

#include "results/doubt.h"
#include "stats/paired.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SELFTEST_SIZES_MAX = 8 };

/* A case, compared with itself and with slower ones. Zero-initialised but for the first lines. */
struct selftest_cell {
    const char *workload, *executor;
    uint32_t workers, inflight;
    double sizes[SELFTEST_SIZES_MAX]; /* of the slowdowns; 0: none */
    size_t sizes_count;
    bool failed; /* it could not be compared */
    /* By size: how many comparisons there were, how many of them said slower, and faster. */
    uint32_t trials[SELFTEST_SIZES_MAX], slower[SELFTEST_SIZES_MAX], faster[SELFTEST_SIZES_MAX];
    uint32_t undecided; /* comparisons that did not come to what is true */
    struct doubt doubt; /* of these, the one that would have needed most */
};

/* A comparison has ended; a round of it took `round_s`. */
void selftest_cell_add(struct selftest_cell *cell, size_t size, const struct paired *paired,
                       double round_s);

/* What kept more than a tenth of a cell's comparisons from an answer; DOUBT_NONE where that is not so.
 */
struct doubt selftest_doubt(const struct selftest_cell *cell);

/* "slower", "faster", "same", "not confirmed" or "inconclusive". */
const char *selftest_answer(const struct paired *paired);

/* Are so many false alarms no unlikely thing where each comparison gives one with this chance? */
bool selftest_kept_promise(const struct selftest_cell *cells, size_t count, double false_alarm);

/* The cells together, as one; those of one executor where it is not NULL. */
struct selftest_cell selftest_sum(const struct selftest_cell *cells, size_t count, const char *executor);

/* Differences that were found where there was none, in so many comparisons. */
uint32_t selftest_false_alarms(const struct selftest_cell *cell, uint32_t *trials);

/* The smallest slowdown that was found nine times in ten, as all larger ones were. NaN: none. */
double selftest_found_from(const struct selftest_cell *cell);

#endif
