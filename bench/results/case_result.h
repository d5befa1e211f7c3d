/* What one case comes to. results/results.h makes them. */
#ifndef RESULTS_CASE_RESULT_H
#define RESULTS_CASE_RESULT_H

#include "results/cases.h"
#include "stats/interval.h"
#include "stats/summary.h"

#include <stddef.h>

/* Numbers are NaN where not known: in every case that is not `ok`, because a wrong answer has no speed.
 */
struct case_result {
    const struct cases *cases;      /* of which it is one */
    const struct case_runs *source; /* all that is known of its runs */
    const struct record *identity;  /* what its rows have in common, and the earliest time_utc */
    const char *status;             /* of the first row that is not `ok`; else `ok` */
    const char *error;              /* that row's; NULL if none */
    double tasks, work;             /* of one pass; of the first run that tells */
    const char *work_unit;          /* "task" where the workload has none */
    size_t work_number;             /* from 0; the same for cases of the same work */
    struct summary wall_s;          /* of the measured runs, for one pass */
    size_t launches;                /* that have measured runs */
    struct interval median_s;       /* of wall_s.median, 95 % */
    double precision;               /* half of that interval's width / the median: 0.01 is 1 % */
    const char *stopped_by;         /* see cases_stopped; NULL: not known, or the case is not `ok` */
    double work_per_s;              /* work / wall_s.median; the runs' median where work is not known */
    const char *reference;          /* what it is held against: "serial", "first", or as it was named */
    const struct record *reference_run; /* that case's identity; NULL: nothing */
    double speedup;                     /* median of the reference / this one's */
    double over_own;   /* in cases of another runtime: median of bench's own serial / this one's */
    double efficiency; /* speedup / lanes x the reference's lanes, which are workers x inflight */
    struct interval speedup_interval, efficiency_interval; /* 95 %; unknown in the reference itself */
    double cpu_use;   /* (user + sys) / wall of all measured runs: cores kept busy */
    double startup_s; /* median over launches of their first run: making the workers */
    /* Medians of the measured runs, switches for one pass; the largest of them for `max` and `peak`. */
    double latency_p50_s, latency_p99_s, latency_p999_s, latency_max_s, service_p50_s;
    double cycles, instructions, cache_misses, branch_misses; /* for one pass */
    double imbalance, ctx_switches, pss_bytes, peak_rss_bytes;
};

#endif
