/* The two sides of a comparison as a whole: what may not be compared, and what is worth a warning. */
#ifndef RESULTS_MATCH_H
#define RESULTS_MATCH_H

#include "results/comparison.h"
#include "results/samples.h"

/*
 * Add notes to a comparison of these: machines that differ; labels and sessions that were taken
 * together; the same session on both sides; one launch only; few runs. 0 or -ENOMEM.
 */
int sides_note(struct comparison *comparison, const struct samples *old, const struct samples *new);

#endif
