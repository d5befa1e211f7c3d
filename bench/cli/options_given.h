/* What the command line of `bench [run]` is parsed into. */
#ifndef CLI_OPTIONS_GIVEN_H
#define CLI_OPTIONS_GIVEN_H

#include "base/command_line.h"
#include "cli/compare_options.h"
#include "control/measure.h"
#include "report/formats.h"
#include "results/capacity.h"

#include <bench/error.h>

/* How many warm-ups, before the options are settled. */
#define WARMUP_NOT_GIVEN UINT64_MAX

/* Texts are those of argv. */
struct options {
    const char *workloads, *executors; /* NULL: not given */
    const char *workers, *inflight;
    const char *rates;    /* NULL: closed loops */
    double arrivals_s;    /* with rates: for how long tasks arrive in each run */
    struct slo slo;       /* its word NULL: none */
    uint64_t slo_time_ns; /* of each case */
    struct option_texts settings, plugins, operands;
    struct shape shape; /* of every case, but for workers and inflight */
    struct stopping_limits limits;
    uint64_t launches;     /* options_parse's are at least 1; 0: not given */
    uint64_t timeout_ns;   /* of a launch; 0: none */
    uint64_t max_requests; /* to other machines, over all runs */
    const char *trace;     /* NULL: none */
    uint64_t trace_bytes;  /* at most */
    const char *output, *summary, *per_rank, *label, *launcher, *hosts;
    const char *histograms;      /* NULL: none */
    const char *counters;        /* NULL: none */
    const char *format_word;     /* as given; NULL */
    const struct format *format; /* of what was run; NULL: not given */
    bool is_compared_only;       /* and it is not told but for the comparison */
    const char *baseline, *save_baseline;
    struct compare_options compare; /* with the baseline */
    const char *columns;            /* of what is printed; NULL: not given */
    bool dry_run, quiet, verbose, resume;
    bool no_latency;        /* ranges are not timed */
    bool is_with_reference; /* work by which bench history tells the machine's steps */
};

#endif
