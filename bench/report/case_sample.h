/* The measured runs of a case as a sample, and how well it is known what they come to. */
#ifndef REPORT_CASE_SAMPLE_H
#define REPORT_CASE_SAMPLE_H

#include "report/result.h"
#include "stats/sample.h"

struct case_sample {
    double *walls_s; /* of one pass over the tasks, launch after launch */
    size_t *launch_sizes;
    struct sample sample; /* of these; no launches when there is nothing to be said */
};

/*
 * The wall_s of a case's measured runs. Runs that follow each other in the records and have the same
 * session and launch are one launch. A run that took no time at all cannot be compared: then the sample
 * is empty. 0 or -ENOMEM; the caller frees the sample.
 */
int case_sample_make(struct case_sample *sample, const struct case_result *result);
void case_sample_free(struct case_sample *sample);

/* The interval of the median, its half-width and the number of launches into `result`. 0 or -ENOMEM. */
int case_fill_precision(struct case_result *result);

/* The interval of the speed-up and of the efficiency, with `serial` as 1. 0 or -ENOMEM. */
int case_fill_speedup_interval(struct case_result *result, const struct case_result *serial);

#endif
