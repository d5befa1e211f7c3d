/* One of those that take part in the race: a way of running the work, and what its launches came to. */
#ifndef ADVISE_ENTRANT_H
#define ADVISE_ENTRANT_H

#include "advise/adviser.h"
#include "stats/values.h"

/* Zero-initialise but for the case; entrant_free() frees it. */
struct entrant {
    struct plan_case one;
    uint64_t passes;
    struct values cpus_s, pss_bytes, switches, startups_s; /* a value a launch */
    double tasks;                                          /* of a pass; of the last launch */
    char *failure;                                         /* why it cannot be run; NULL: it can */
};

/* A launch: the median time of its runs, for one pass, into *wall_s; NaN where it failed. */
int entrant_launch(struct entrant *entrant, struct adviser *adviser, int64_t number, double *wall_s,
                   struct bench_error *err);
void entrant_free(struct entrant *entrant);

#endif
