/*
 * What every command that compares does with its comparison: print it, and end with the status that it
 * deserves.
 */
#ifndef CLI_VERDICTS_H
#define CLI_VERDICTS_H

#include "results/metric.h"

#include <bench/error.h>
#include <stdbool.h>
#include <stdio.h>

struct comparison; /* results/comparison.h */
struct samples;    /* results/samples.h */

enum comparison_format {
    COMPARISON_AUTO, /* table */
    COMPARISON_TABLE,
    COMPARISON_MARKDOWN,
    COMPARISON_JSON,
    COMPARISON_JUNIT,
    COMPARISON_GITHUB,
};

/* What --format may be, and the help says. */
#define COMPARISON_FORMATS "table, markdown, json, junit or github"

/* The word of format index + 1; NULL behind the last. */
const char *comparison_format_word(size_t index);

/* False, and *format as it was, for a word that is none of them. */
bool comparison_format_parse(const char *word, enum comparison_format *format);

/*
 * Print the comparison to `out`. As github: also appends the table in Markdown to the file that the
 * environment names in GITHUB_STEP_SUMMARY. 0, or a negative errno value with `err` filled.
 */
int comparison_report(const struct comparison *comparison, enum comparison_format format, FILE *out,
                      struct bench_error *err);

/*
 * EXIT_REGRESSION if there is one, whatever else there is; else EXIT_CASE if a case failed; EXIT_USAGE
 * if nothing was compared; with `strict` EXIT_INCONCLUSIVE if a case is inconclusive or on one side
 * only; else EXIT_OK.
 */
int comparison_exit_status(const struct comparison *comparison, bool strict);

/* -EINVAL: no case is on both sides; the message has one of each, so that it can be seen how they
 * differ.
 */
int comparison_refuse_unmatched(const struct comparison *comparison, struct bench_error *err);

/* Everything that `bench compare` does once it knows its options. */
struct compare_request {
    const struct metric *metric;
    double threshold, confidence; /* 0.02, 0.95 */
    enum comparison_format format;
    bool across_machines, strict;
};
#define COMPARE_REQUEST_DEFAULT                                \
    {                                                          \
        &metrics[0], 0.02, 0.95, COMPARISON_AUTO, false, false \
    }

/*
 * Compare what has been read, or run just now, and print to stdout. `old` and `new` are finished and of
 * the request's metric. An exit status, or a negative errno value with `err` filled: sides that may not
 * be compared, or have no case in common.
 */
int compare_samples(const struct compare_request *request, const struct samples *old,
                    const struct samples *new, struct bench_error *err);

/*
 * The same for two results files. A negative errno value too for files that cannot be read.
 */
int compare_files(const struct compare_request *request, const char *old_path, const char *new_path,
                  struct bench_error *err);

#endif
