/* What whoever has made the records knows beside them, and the CSV does not tell. */
#ifndef REPORT_ORIGIN_H
#define REPORT_ORIGIN_H

#include "report/result.h"

/* What ended the measuring of a launch. */
struct launch_stop {
    size_t record; /* index of one of the launch's records, in those that results_of was given */
    const char *stopped_by; /* "precision", "runs", "max-runs", "time"; static */
};

struct results_origin {
    int64_t seed;
    const struct launch_stop *stops;
    size_t stops_size;
    const size_t *places; /* of each record: where its case stands among the cases */
};

/*
 * Complete the results by it: the cases' seed and, of those whose launches all ended well, what stopped
 * them; where launches of a case differ, what has left it furthest from precision: time, then max-runs.
 * Cases are brought into the order of their places. `records` is what results_of was given. 0 or
 * -ENOMEM.
 */
int results_set_origin(struct results *results, const struct record *records,
                       const struct results_origin *origin);

#endif
