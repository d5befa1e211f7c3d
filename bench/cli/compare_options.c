/* The options of a comparison of results. */
#include "cli/compare_options.h"

#include "base/text.h"

#include <errno.h>

const char *metric_word(size_t index)
{
    return index < metrics_size ? metrics[index].name : NULL;
}

int metric_take(void *field, const char *value, struct bench_error *err)
{
    const struct metric *metric = metric_find(value);
    const char *names[metrics_size];
    if (metric) {
        *(const struct metric **)field = metric;
        return 0;
    }
    for (size_t i = 0; i < metrics_size; i++)
        names[i] = metrics[i].name;
    const char *nearest = text_nearest(value, names, metrics_size);
    return bench_error_set(err, -EINVAL, "--metric: no metric '%s'%s%s%s (bench compare --help)", value,
                           nearest ? "; did you mean '" : "", nearest ? nearest : "",
                           nearest ? "'?" : "");
}

const struct option_row compare_rows[] = {
    {GIVEN_OPTION(struct compare_options, given)},
    HEADING(COMPARISON),
    {"metric", 'm', "NAME", METRIC_OPTION(struct compare_options, request.metric),
     .help = "what to compare; bench compare --help lists the metrics"},
    {"threshold", 0, "PERCENT", THRESHOLD_OPTION(struct compare_options, request.threshold),
     .initial = "2%", .help = "ignore changes up to this size, such as 0.5%"},
    {"confidence", 0, "PERCENT", CONFIDENCE_OPTION(struct compare_options, request.confidence),
     .initial = "95%", .help = "confidence of all verdicts together"},
    {"page", 0, "FILE", PAGE_OPTION(struct compare_options, request.page)},
    {"across-machines", 0, NULL, FLAG_OPTION(struct compare_options, request.across_machines),
     .help = "compare even if the machines differ"},
    {"strict", 0, NULL, FLAG_OPTION(struct compare_options, request.strict),
     .help = "exit with status 4 if a case is inconclusive or on one side only"},
    {0},
};
