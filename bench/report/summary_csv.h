/* Results as CSV with one row per case. */
#ifndef REPORT_SUMMARY_CSV_H
#define REPORT_SUMMARY_CSV_H

#include "records/csv.h"
#include "results/results.h"

#include <bench/error.h>

/* Open `path` to append to, under the rules of csv_open; columns as in fields.c. csv_close closes it. */
int summary_csv_open(struct csv *csv, const char *path, struct bench_error *err);

/* A row for each case. 0 or a negative errno value with `err` filled. */
int summary_csv_write(struct csv *csv, const struct results *results, struct bench_error *err);

#endif
