/* Results as JSON, for programs. */
#ifndef REPORT_JSON_H
#define REPORT_JSON_H

#include "report/result.h"

#include <bench/error.h>
#include <stdio.h>

/*
 * {"schema": 1, "session": ..., "host": ..., "machine": ..., "label": ..., "cases": [{...}]}, with what
 * identifies the session taken from the first record; a case of another session says where it differs. A
 * case has its identity, what it comes to, under the names of the summary CSV (null: not known), and
 * "runs": each record's remaining columns, those that were measured, under their names in the CSV. 0 or
 * a negative errno value with `err` filled. Flushes `out`.
 */
int json_print(FILE *out, const struct results *results, struct bench_error *err);

#endif
