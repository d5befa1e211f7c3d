/* Advice from rows of earlier runs: what can be said of them without running anything. */
#ifndef RESULTS_ROWS_ADVICE_H
#define RESULTS_ROWS_ADVICE_H

#include "results/advice.h"
#include "results/rows_bound.h"

/*
 * Fills the bound, the ways (cases without a lever and a rate of arrivals) and what is recommended among
 * them. `cases` is what `work` is of; both outlive the advice, and so does what `advice->scalings` is.
 */
void rows_advice(struct advice *advice, const struct rows_of_work *work, struct cases *cases);

/* The case that is recommended; NULL: none is. */
const struct case_result *rows_recommended(const struct advice *advice, const struct rows_of_work *work);

#endif
