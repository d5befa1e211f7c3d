/* The options of a comparison of results, of `bench compare` and of `bench run --baseline`. */
#ifndef CLI_COMPARE_OPTIONS_H
#define CLI_COMPARE_OPTIONS_H

#include "base/option.h"
#include "cli/verdicts.h"

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

/* All but --format, which is each command's own. */
extern const struct option_row compare_rows[];

#endif
