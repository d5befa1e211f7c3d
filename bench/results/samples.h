/*
 * The runs of one side of a comparison, case by case, as samples of one metric. Rows are taken one after
 * the other and only the metric's value of each run is kept: 8 bytes, and some 40 for each launch of a
 * case. Not shared between threads.
 *
 * What makes a case: workload, params, executor, workers, inflight, pin, schedule and grain
 * (records/identity.h), whatever the label, the machine and the side. A launch, the cluster of the
 * statistics, is a session and a launch number. Only measured runs that went well are in the sample; of
 * a metric `is_of_launch`, the first run of each launch.
 *
 * A run may go over the tasks several times. Times and counts are kept for one task, and multiplied by
 * the tasks of a pass once both sides are known (comparison_make).
 */
#ifndef RESULTS_SAMPLES_H
#define RESULTS_SAMPLES_H

#include "records/identity.h"
#include "records/text_pool.h"
#include "results/metric.h"
#include "stats/sample.h"

#include <bench/error.h>

/* Runs of one launch that follow each other in the file. */
struct stretch {
    const char *session; /* "" where there is none */
    int64_t launch;
    size_t first, size; /* in case_samples.values */
};

struct case_samples {
    struct record *identity; /* the case's first row (the first that knows its grain) */
    struct stretch *stretches;
    size_t stretches_size, stretches_capacity;
    double *values; /* launch after launch once samples_finish has been called */
    size_t size, capacity;
    size_t *launch_sizes;
    size_t launches;
    double tasks_per_pass;   /* of the first verification run; 0 where there was none */
    double tasks_per_run;    /* of the first measured one; 0 likewise */
    double cpu_s, cpu_tasks; /* CPU time of all measured runs together, NaN where one has none; tasks */
    size_t failed, unsupported; /* rows with these statuses; `failed` are all others but ok */
    const char *status, *error; /* of the first row that is not ok; NULL */
    bool has_bad;               /* some run has no value, or one that is not over 0: the first of them */
    double bad_value;
    int64_t bad_launch, bad_run;
};

/* Of a column: what there is in it, NULL being "". */
struct variety {
    struct text_pool texts; /* size: how many */
    const char *first, *second, *last;
};

struct samples {
    const struct metric *metric;
    const char *name; /* for messages: the file */
    struct case_samples *cases;
    size_t size, capacity, rows;
    struct identity_index index;
    struct variety sessions, labels, machines, sides;
    struct csv_reader *reader; /* whose texts they are, of samples_read; else NULL */
};

/* `name` is the caller's and must live as long as the samples. */
void samples_init(struct samples *samples, const struct metric *metric, const char *name);

/* Take a row. Its texts must live as long as the samples. 0 or -ENOMEM. */
int samples_add(struct samples *samples, const struct record *row);

/* After the last row: puts the launches in order. 0 or -ENOMEM. */
int samples_finish(struct samples *samples);

/*
 * All of it for a results file: init, its rows, finish. -EINVAL with file:line:column for what is not
 * one, and for one without rows. After a failure too samples_free is due.
 */
int samples_read(struct samples *samples, const char *path, const struct metric *metric,
                 struct bench_error *err);

void samples_free(struct samples *samples);

#endif
