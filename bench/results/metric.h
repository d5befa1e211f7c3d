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
    /* Its value in each run. Of one pass over the tasks where the column is a sum over all of them; of
     * a launch's first run alone, its verification included, for startup_s. */
    enum column column;
};

extern const struct metric metrics[]; /* metrics[0] is the default, wall */
extern const size_t metrics_size;

/* NULL where there is none of that name. */
/* Is it a time, or a rate: what the machine's speed changes? */
bool metric_is_time(const struct metric *metric);

const struct metric *metric_find(const char *name);

#endif
