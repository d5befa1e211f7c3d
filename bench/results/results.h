/*
 * What cases come to, as it is reported: medians, intervals, and how they are to each other. A case is
 * one of results/cases.h, with label, machine and side.
 *
 * An executor's parameters make a case of their own, but are not part of what is done: a case with them
 * is compared with the serial one without.
 *
 * A run may be several passes over the tasks, so that it is not too short to be timed. What a case comes
 * to is said of one pass, whatever its runs were: sums over all passes are divided by them.
 */
#ifndef RESULTS_RESULTS_H
#define RESULTS_RESULTS_H

#include "results/cases.h"
#include "stats/interval.h"
#include "stats/summary.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
    double efficiency; /* speedup / lanes x the reference's lanes, which are workers x inflight */
    struct interval speedup_interval, efficiency_interval; /* 95 %; unknown in the reference itself */
    double cpu_use;   /* (user + sys) / wall of all measured runs: cores kept busy */
    double startup_s; /* median over launches of their first run: making the workers */
    /* Medians of the measured runs, switches for one pass; the largest of them for `max` and `peak`. */
    double latency_p50_s, latency_p99_s, latency_max_s;
    double imbalance, ctx_switches, pss_bytes, peak_rss_bytes;
};

struct results {
    struct case_result *cases; /* in the order of the cases */
    size_t size;
    size_t works;      /* how many there are; numbered in the order of their first cases */
    struct cases *own; /* of results_of; else NULL */
};

/* Ask for what results are made of; before the first row. */
void results_ask(struct cases *cases);

/* Of cases that are finished and outlive the results. */
void results_make(struct results *results, const struct cases *cases);

/* All in one, whole rows kept, of rows in memory. Their texts need not outlive the call. */
void results_of(struct results *results, const struct record *records, size_t records_size);

void results_free(struct results *results);

/* Has the case measured runs, and no failure? */
bool result_has_numbers(const struct case_result *result);

/* Its runs that went well, those before the measured ones included: in the order of launches and runs.
 */
size_t result_runs(const struct case_result *result);

/* Of one of them: was it measured; how many passes over the tasks did it make; and a column that was
 * asked for, of one pass where it is a sum over all. */
bool result_is_measured(const struct case_result *result, size_t run);
double result_passes(const struct case_result *result, size_t run);
double result_value(const struct case_result *result, size_t run, enum column column);

/* Is it the same work: workload, its parameters, label, machine? Both are of the same results. */
bool result_same_work(const struct case_result *a, const struct case_result *b);

/* In which of label, machine and side do the cases differ: a set of enum identity_parts. */
unsigned results_parts(const struct results *results);

#endif
