/* Where the time of a case goes: what its workers or lanes did with the wall time that they had. */
#ifndef RESULTS_TIME_PARTS_H
#define RESULTS_TIME_PARTS_H

#include "base/lever.h"
#include "results/case_result.h"

#include <stdbool.h>

/*
 * Shares of the time that there was, 0.25 being a quarter; means over the measured runs. NaN: not known.
 * Where waits by kind are known, the time is that of all lanes, which wait beside each other; else that
 * of the workers, and what is neither of these parts was waiting or idle.
 */
struct time_parts {
    bool has_waits;
    double had_s;     /* the time that there was in a run, of one pass */
    double cpu;       /* CPU time */
    double user, sys; /* of which this is the program's and that the kernel's */
    /* Ready, without a CPU, as far as the others leave room: the clocks of waits count it, too, and
     * on a busy machine rows were seen with more of it than their workers had time. NaN where it is not
     * known. */
    double run_delay;
    double block_delay;       /* for storage; NaN where waits tell it */
    double waits[WAIT_KINDS]; /* all 0 without has_waits */
    double rest;
};

/* Of results with the columns of results_ask_pictures. False: not even the CPU time is known. */
bool time_parts_of(struct time_parts *parts, const struct case_result *result);

#endif
