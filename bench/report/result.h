/*
 * From records to what is reported: the records of each case together, and what they come to. A case is
 * one combination of workload, params, executor, workers, inflight, pin, schedule, grain, and, where
 * several programs are compared, label, machine and side.
 *
 * An executor's parameters make a case of their own, but are not part of what is done: a case with them
 * is compared with the serial one without.
 *
 * A run may be several passes over the tasks, so that it is not too short to be timed: its `tasks` are
 * then a multiple of what the case's verification run says, which is always one pass. What a case comes
 * to is said of one pass, whatever its runs were: times and context switches are divided by their
 * passes.
 */
#ifndef REPORT_RESULT_H
#define REPORT_RESULT_H

#include "records/identity.h"
#include "records/record.h"
#include "stats/interval.h"
#include "stats/summary.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Numbers are NaN where not known: in every case that is not `ok`, because a wrong answer has no speed.
 */
struct case_result {
    const struct record *const *runs; /* in the order given */
    size_t runs_size;                 /* at least 1: the case's identity can be read from runs[0] */
    const char *status;               /* of the first record that is not `ok`; else `ok` */
    const char *error;                /* that record's; NULL if none */
    double pass_tasks;                /* of its verification run; NaN without one */
    double tasks, work;               /* of one pass; of the first record that tells */
    const char *work_unit;            /* "task" where the workload has none */
    size_t work_number;               /* from 0; the same for cases of the same work */
    struct summary wall_s;            /* of the measured runs, for one pass */
    size_t launches;                  /* that have measured runs */
    struct interval median_s;         /* of wall_s.median, 95 % */
    double precision;                 /* half of that interval's width / the median: 0.01 is 1 % */
    const char *stopped_by;           /* see report/origin.h; NULL: not known */
    int64_t seed;                     /* that too; RECORD_NO_COUNT */
    double work_per_s;                /* work / wall_s.median; the runs' median where work is unknown */
    const char *reference; /* what it is held against: the `serial` case of the same work, or the `first`
                            * of its cases that has a time; NULL: nothing */
    const struct record *reference_run; /* that case's first */
    double speedup;                     /* median of the reference / this one's */
    double efficiency; /* speedup / lanes x the reference's lanes; lanes: workers x inflight */
    struct interval speedup_interval, efficiency_interval; /* 95 %; unknown in the reference itself */
    double cpu_use;   /* (user + sys) / wall of all measured runs: cores kept busy */
    double startup_s; /* median over launches of their first run: making the workers */
    /* Medians of the measured runs, switches for one pass; the largest of them for `max` and `peak`. */
    double latency_p50_s, latency_p99_s, latency_max_s;
    double imbalance, ctx_switches, pss_bytes, peak_rss_bytes;
};

struct results {
    struct case_result *cases; /* in the order of their first records */
    size_t size;
    size_t works;               /* how many there are; numbered in the order of their first cases */
    const struct record **runs; /* storage of the cases' */
};

/* The records stay the caller's and must outlive the results. 0 or -ENOMEM; then there are none. */
int results_of(struct results *results, const struct record *records, size_t records_size);
void results_free(struct results *results);

/* Is it a run that counts: measured, ok, and timed? */
bool result_is_measured(const struct record *run);

/* Has the case such a run, and no failure? */
bool result_has_numbers(const struct case_result *result);

/* How many passes over the case's tasks a run of it made; 1 where that is not known. */
double result_passes(const struct case_result *result, const struct record *run);

/* The case's first run that knows this column, which a launch that ended early may not; else its first.
 */
const struct record *result_knowing(const struct case_result *result, enum column column);

/* Is it the same work: workload, its parameters, label, machine? Both are of the same results. */
bool result_same_work(const struct case_result *a, const struct case_result *b);

/* In which of label, machine and side do the cases differ: a set of enum identity_parts. */
unsigned results_parts(const struct results *results);

#endif
