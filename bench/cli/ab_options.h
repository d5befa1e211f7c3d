/* The command line of `bench ab`: what is common, what A adds, what B adds. */
#ifndef CLI_AB_OPTIONS_H
#define CLI_AB_OPTIONS_H

#include "cli/options.h"
#include "results/metric.h"

/* Of --threshold. A change of twice as much is found as a change; most cases are called the same within
 * it in two seconds. */
#define AB_THRESHOLD 0.0025

struct ab_options {
    struct options sides[2]; /* of A and B: the common ones and its own */
    char *names[2];          /* what each adds, as it was typed; owned */
    const char *programs[2]; /* --bench-a, --bench-b; NULL: this very one */
    const struct metric *metric;
    double threshold, confidence;
    uint64_t time_ns, launches; /* of each case, at most; launches 0: as many as it takes */
    unsigned format;            /* of a comparison */
    const char *page;           /* --page; NULL: none */
    bool strict, duet;
};

/* Like options_parse. */
int ab_options_parse(struct ab_options *options, int argc, char **argv, struct bench_error *err);
void ab_options_free(struct ab_options *options);

#endif
