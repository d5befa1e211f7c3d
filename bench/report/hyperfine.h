/* Results as hyperfine's JSON, for the many scripts that read it. */
#ifndef REPORT_HYPERFINE_H
#define REPORT_HYPERFINE_H

#include "report/result.h"

#include <bench/error.h>
#include <stdio.h>

/*
 * What `hyperfine --export-json` writes (1.15): in "results", for each case, command, mean, stddev (null
 * of one run), median, user, system, min, max, times, exit_codes and parameters. Seconds, of one pass
 * over the tasks; user and system are means. The command is the case's name (case_name.h) in words, and
 * the parameters are its parts, as strings. All exit codes are 0: failed cases, and those without a
 * measured run, are left out. 0 or a negative errno value with `err` filled. Flushes `out`.
 */
int hyperfine_print(FILE *out, const struct results *results, struct bench_error *err);

#endif
