/* One number of each measured run of a case, as a sample for stats/sample.h. */
#ifndef RESULTS_CASE_SAMPLE_H
#define RESULTS_CASE_SAMPLE_H

#include "results/cases.h"
#include "stats/sample.h"

struct case_sample {
    double
        *values; /* of one pass over the tasks where the column is a sum over all, launch after launch */
    size_t *launch_sizes;
    double *launch_times_s; /* when each launch's first of these runs began, by the epoch, where time_utc
                             * was asked for; NaN: not known */
    size_t size;
    size_t launches;
    struct sample sample; /* of these; no launches when there is nothing to be said: see `bad` */
    bool has_zero;        /* a run has 0 of what is counted */
    bool has_bad;         /* a run has no value, or one that makes no ratio: the first of them */
    double bad_value;
    int64_t bad_launch, bad_run;
};

/*
 * The column's values of the measured runs that went well; of startup_s, which is of a launch, that of
 * each launch's first run, its verification included. `pass_tasks`: of one pass, where the rows do not
 * say how many passes a run made. The cases are finished. The caller frees it.
 */
void case_sample_make(struct case_sample *sample, const struct cases *cases, const struct case_runs *one,
                      enum column column, double pass_tasks);
void case_sample_free(struct case_sample *sample);

/* From the first launch's beginning to the last one's; NaN where it is not known. */
double case_sample_span_s(const struct case_sample *sample);

/*
 * The sample's luck (stats/moments.h), for comparisons with what was measured at another time: so much
 * is in all its launches alike. `cases` and `one` are those of which it was made, with the times that
 * they lost to others where these were asked for.
 */
void case_sample_set_luck(struct case_sample *sample, const struct cases *cases,
                          const struct case_runs *one);

/* One more of each value: so counts that may be 0 have a ratio. */
void case_sample_add_one(struct case_sample *sample);

#endif
