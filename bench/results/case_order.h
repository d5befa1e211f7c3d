/* The order in which a case has its launches and runs, whatever that of its rows was. */
#ifndef RESULTS_CASE_ORDER_H
#define RESULTS_CASE_ORDER_H

#include "results/case_runs.h"

/*
 * Each launch once, in the order of session, number and side; the runs of a launch in that of phase and
 * number. Returns how many runs are there again: of the same session, launch, side, phase, run and
 * block.
 */
size_t case_order(struct case_runs *one);

#endif
