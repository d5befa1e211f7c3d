/*
 * A comparison in the forms in which it is read: by people, on GitHub, by programs, by CI servers. Each
 * prints all of it to `out` and flushes. 0, or a negative errno value with `err` filled.
 */
#ifndef REPORT_COMPARISON_PRINT_H
#define REPORT_COMPARISON_PRINT_H

#include "results/comparison.h"

#include <bench/error.h>
#include <stdio.h>

/* For people: a table for each work, and a summary in the last line. `width` in characters; 0: any. */
int comparison_print_table(FILE *out, const struct comparison *comparison, size_t width,
                           struct bench_error *err);

/* GitHub Flavored Markdown: one table. */
int comparison_print_markdown(FILE *out, const struct comparison *comparison, struct bench_error *err);

/*
 * One object. Numbers that are not known are null; `verdict` is better, worse, same, inconclusive or
 * failed, and `word` what people are told.
 */
int comparison_print_json(FILE *out, const struct comparison *comparison, struct bench_error *err);

/*
 * JUnit XML as Jenkins, GitLab and GitHub's actions read it: a test case for each case; a regression is
 * a <failure>, a case without a number an <error>, and what is inconclusive or on one side only
 * <skipped>.
 */
int comparison_print_junit(FILE *out, const struct comparison *comparison, struct bench_error *err);

/*
 * Workflow commands of GitHub Actions, which it shows as annotations: ::error for regressions and failed
 * cases, ::warning for what is inconclusive or on one side only, ::notice for notes. Then the summary.
 */
int comparison_print_github(FILE *out, const struct comparison *comparison, struct bench_error *err);

#endif
