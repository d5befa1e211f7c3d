/* Results as Google Benchmark's JSON, which its tools/compare.py and much else read. */
#ifndef REPORT_GBENCH_H
#define REPORT_GBENCH_H

#include "report/result.h"

#include <bench/error.h>
#include <stdio.h>

/*
 * The keys of its 1.7 (src/json_reporter.cc): "context", and in "benchmarks", case by case, an
 * `iteration` for each measured run, then the aggregates mean, median, stddev and cv where there are
 * several. A pass over the tasks is an iteration, of which the times are. `time_unit` is always ns:
 * compare.py leaves out what has another unit in the other file, and prints no decimals. `cpu_time` is
 * user and system time of all workers; 0, as Google Benchmark has it, where it was not measured.
 *
 * A failed case has `error_occurred` and `error_message`, and 0 s for its times: in another unit than
 * the rest, so that compare.py does not take it for one that has become infinitely fast. Cases without a
 * measured run are left out. A case has the name of case_name.h. One line each, so that a million take
 * no memory. 0 or a negative errno value with `err` filled. Flushes `out`.
 */
int gbench_print(FILE *out, const struct results *results, struct bench_error *err);

#endif
