/* What the runs themselves tell of how little they may mean: found here, worded in report/warnings. */
#ifndef RESULTS_FINDINGS_H
#define RESULTS_FINDINGS_H

#include "results/results.h"

enum finding_kind {
    FINDING_STEAL,   /* the share of the CPU time that the hypervisor gave to others */
    FINDING_SHORT,   /* the median time of a run, all its passes, in seconds: the clock is part of it */
    FINDING_FIRST,   /* how many times the median a launch's first run took: it was warming up */
    FINDING_OUTLIER, /* how many times the median the longest of a few runs took that are far from the
                        rest; first runs of launches are none */
    FINDING_DRIFT,   /* autocorrelation: runs are like those before them */
    FINDING_PRECISION, /* what was reached of the precision that was asked for; INFINITY: none */
};
enum { FINDINGS = FINDING_PRECISION + 1 };

/* The case of which it is worst, and how many cases have too much of it. */
struct finding {
    const struct case_result *worst;
    double value;
    size_t cases; /* 0: none */
};

/* `precision`: what was asked for, 0.01 for 1 %; 0: nothing was. */
void findings_of(const struct results *results, double precision, struct finding findings[FINDINGS]);

/* So long would have been enough for this precision, were the rest like what was measured in the time_s
 * that there were. */
double time_needed_s(const struct case_result *result, double precision, double time_s);

#endif
