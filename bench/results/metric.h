/* What can be compared: a number that each run has, and which direction is good. */
#ifndef RESULTS_METRIC_H
#define RESULTS_METRIC_H

#include "records/record.h"

#include <stdbool.h>
#include <stddef.h>

struct metric {
    const char *name;           /* as users say it: wall, cpu, latency_p99, pss, ... */
    const char *summary;        /* in a few words, with its unit */
    const char *unit;           /* "s", "byte", "/s" or "" (a count) */
    bool more_is_better;        /* rates */
    const char *better, *worse; /* the verdicts' words: faster/slower, less/more */
    bool is_per_pass;           /* a run's is the sum over its passes, so `value` divides by them */
    bool is_of_launch;          /* of a launch's first run alone, its verification included: startup */
    /*
     * The value of one run; NaN where it was not measured. Times and counts are for one pass over the
     * tasks: `tasks_per_pass` is what the case's verification run did. 0 where that is not known: then
     * for all of the run. Proportional to tasks_per_pass if is_per_pass, else independent of it.
     */
    double (*value)(const struct record *run, double tasks_per_pass);
};

extern const struct metric metrics[]; /* metrics[0] is the default, wall */
extern const size_t metrics_size;

/* NULL where there is none of that name. */
const struct metric *metric_find(const char *name);

#endif
