/*
 * What is kept of the rows of one case: its launches, its runs and their values, what failed. Rows are
 * taken in any order; case_order (results/case_order.h) puts them in theirs.
 */
#ifndef RESULTS_CASE_RUNS_H
#define RESULTS_CASE_RUNS_H

#include "base/lever.h"
#include "records/record.h"
#include "records/text_pool.h"
#include "results/run_values.h"

#include <stdint.h>

struct case_launch {
    const char *session, *side; /* "" where there is none */
    int64_t number;
    size_t first, size; /* its runs, in case_runs.runs */
};

/* A row that is ok. */
struct case_run {
    int64_t number; /* RECORD_NO_COUNT: not known */
    uint32_t block; /* UINT32_MAX: none */
    uint32_t launch : 30, phase : 2;
};

/* The runs of one case. Begins as all zeros but for the width of `values`. Texts are the pool's. */
struct case_runs {
    struct record *identity; /* of what varies from run to run, side and the earliest time_utc */
    struct case_launch *launches;
    size_t launches_size, launches_capacity;
    struct case_run *runs;
    size_t size, runs_capacity;
    struct run_values values; /* of the columns that were requested */
    unsigned char **rows;     /* all of them (records/packed.h), in the order of the runs, where kept */
    size_t rows_size, rows_capacity;
    size_t failed, unsupported;     /* rows; `failed` are all others that are not ok */
    struct case_failure {           /* the first of them */
        const char *status, *error; /* NULL: none; `error` also where none is told */
        const char *session;
        int64_t launch, run;
        double tasks, work; /* of a pass, as far as it tells */
    } failure;
    const char *cpus;           /* of its last run */
    const char *stopped_by;     /* what ended the measuring of its launches: the least precise of them */
    double waits_s[WAIT_KINDS]; /* sums over `waits_runs`, each for one pass */
    size_t waits_runs;
    double pass_tasks;     /* tasks of one pass, as its verification run did; NaN: not known */
    size_t place;          /* where it stands among the cases */
    size_t source, number; /* the file that has it first; of those, where */
};

/* A row that is ok, and its values. */
void case_runs_add(struct case_runs *one, struct text_pool *pool, const struct record *row,
                   const double *values);

/* What its lanes have waited for, of a row that says so. */
void case_runs_add_waits(struct case_runs *one, const struct record *row);

/* A row that is not. */
void case_runs_add_failure(struct case_runs *one, struct text_pool *pool, const struct record *row);

/* Keep all of the row. */
void case_runs_keep_row(struct case_runs *one, struct text_pool *pool, const struct record *row);

/* As cases_stopped. */
void case_runs_stopped(struct case_runs *one, const char *stopped_by);

/* All that `from` has but its identity; it is freed then. */
void case_runs_take_over(struct case_runs *one, struct case_runs *from);

void case_runs_free(struct case_runs *one);

/* Below, at or above 0; NULL is as "". */
int compare_texts(const char *a, const char *b);
int compare_numbers(int64_t a, int64_t b);

#endif
