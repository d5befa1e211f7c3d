/* Results in Go's benchmark format, for benchstat and its like. */
#ifndef REPORT_GOBENCH_H
#define REPORT_GOBENCH_H

#include "report/result.h"

#include <bench/error.h>
#include <stdio.h>

/*
 * The text of golang.org/design/14313-benchmark-format and of golang.org/x/perf/benchfmt: configuration
 * lines, lines of `Unit` metadata that say which direction is good, and one line for each measured run:
 *
 *     BenchmarkBlur/executor=omp/workers=2/sigma=5/...-2  ITERATIONS  VALUE UNIT  VALUE UNIT ...
 *
 * The name is that of case_name.h, the number behind it the workers. A pass over the tasks is an
 * iteration and an `op`. Besides ns/op: cpu-ns/op (user and system time of all workers), the rate as
 * MB/s or UNIT/s, p50-latency-ns, p99-latency-ns, peak-RSS-bytes; each where it was measured.
 *
 * Label and machine are configuration lines only where cases differ in them: benchstat compares nothing
 * across different values of a configuration unless it is told to. There is no goarch: the CSV does not
 * have it. Failed cases, and those without a measured run, are left out. 0 or a negative errno value
 * with `err` filled. Flushes `out`.
 */
int gobench_print(FILE *out, const struct results *results, struct bench_error *err);

#endif
