/* The options of a comparison of results, of `bench compare` and of `bench run --baseline`. */
#ifndef CLI_COMPARE_OPTIONS_H
#define CLI_COMPARE_OPTIONS_H

#include "base/option.h"
#include "results/metric.h"

#include <stdbool.h>

struct case_defaults; /* report/case_name.h */

/* Everything that `bench compare` does once it knows its options. */
struct compare_request {
    const struct metric *metric;
    double threshold, confidence; /* 0.02, 0.95 */
    unsigned format;              /* of report/formats.h, as it was chosen */
    const char *page;             /* --page; NULL: none */
    bool across_machines, strict;
    const struct case_defaults *defaults; /* NULL: not known */
};
#define COMPARE_REQUEST_DEFAULT                                      \
    {                                                                \
        .metric = &metrics[0], .threshold = 0.02, .confidence = 0.95 \
    }

struct compare_options {
    struct compare_request request;
    const char *given; /* the last one that was given, without its dashes; NULL: none */
};
#define COMPARE_OPTIONS_DEFAULT       \
    {                                 \
        COMPARE_REQUEST_DEFAULT, NULL \
    }

/* The heading they stand under. */
#define COMPARISON "Comparison:"

/* The value of an option that names a metric, into a const struct metric *. */
#define METRIC_OPTION(T, F) PARSED_OPTION(T, F, metric_take), .word = metric_word, .initial = "wall"
int metric_take(void *field, const char *value, struct bench_error *err);
const char *metric_word(size_t index);

/* The value of --page, into a const char *. */
#define PAGE_OPTION(T, F)                                                                              \
    TEXT_OPTION(T, F),                                                                                 \
        .completes = COMPLETES_FILES,                                                                  \
        .help = "also write the comparison to this file, replacing it, as a page with pictures for a " \
                "browser"

/* All but --format, which is each command's own. */
extern const struct option_row compare_rows[];

#endif
