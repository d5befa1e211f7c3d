/* The options of a comparison of results, of `bench compare` and of `bench run --baseline`. */
#ifndef CLI_COMPARE_OPTIONS_H
#define CLI_COMPARE_OPTIONS_H

#include "cli/arguments.h"
#include "cli/verdicts.h"

struct compare_options {
    struct compare_request request;
    const char *given; /* one that was given, without its dashes; NULL: none */
};
#define COMPARE_OPTIONS_DEFAULT       \
    {                                 \
        COMPARE_REQUEST_DEFAULT, NULL \
    }

/* All but --format, which is each command's own. They begin as COMPARE_OPTIONS_DEFAULT. In group 5. */
struct arguments_part compare_options_part(struct compare_options *options);

#endif
