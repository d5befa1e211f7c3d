/* Options of open loops. See arrival_options.h. */
#include "cli/arrival_options.h"

#include <errno.h>
#include <string.h>

/* With --rate: the time of a case, and the runs that share it. */
#define ARRIVALS_TIME_NS UINT64_C(10000000000)
#define ARRIVALS_RUNS 5

/* With --slo: the time of a case, over all steps of the search. */
#define SLO_TIME_NS UINT64_C(30000000000)

/* What goes with neither --rate nor --slo. */
static int check_arrivals(struct options *options, struct bench_error *err)
{
    const char *name = options->rates ? "rate" : "slo";
    const struct stopping_limits *limits = &options->limits;
    if (limits->precision > 0 || limits->min_runs || limits->max_runs)
        return bench_error_set(
            err, -EINVAL,
            "--%s: goes with --time%s; --precision, --min-runs and --max-runs are for "
            "runs that end when their work is done",
            name, options->rates ? " and --runs" : "");
    if (options->shape.lever[0] || options->no_latency)
        return bench_error_set(err, -EINVAL, "--%s and --%s exclude each other", name,
                               options->no_latency ? "no-latency" : "lever");
    if (options->shape.grain > 1)
        return bench_error_set(err, -EINVAL, "--grain: with --%s an arrival is one task; leave it out",
                               name);
    if (!options->shape.arrivals[0])
        options->shape.arrivals = "poisson";
    return 0;
}

static int check_slo(struct options *options, struct bench_error *err)
{
    const char *format = options->format_word;
    if (options->rates)
        return bench_error_set(err, -EINVAL,
                               "--rate and --slo exclude each other: --slo finds the rate");
    if (options->limits.runs || options->launches > 1 || options->resume || options->baseline ||
        options->save_baseline || options->summary || options->per_rank)
        return bench_error_set(err, -EINVAL,
                               "--slo: chooses runs and launches itself; leave out --runs, --launches, "
                               "--resume, --summary, --per-rank, --baseline and --save-baseline");
    if (format && strcmp(format, "table") != 0 && strcmp(format, "markdown") != 0 &&
        strcmp(format, "json") != 0)
        return bench_error_set(err, -EINVAL,
                               "--format: '%s' must be table, markdown or json with --slo; the runs are "
                               "in the file of -o",
                               format);
    options->slo_time_ns = options->limits.time_ns ? options->limits.time_ns : SLO_TIME_NS;
    options->is_compared_only = true; /* each launch by itself says nothing */
    return 0;
}

/* Each run has an equal share of the case's time, warm-up included. */
static void share_arrivals(struct options *options)
{
    struct stopping_limits *limits = &options->limits;
    uint64_t time_ns = limits->time_ns ? limits->time_ns : ARRIVALS_TIME_NS;
    limits->runs = limits->runs ? limits->runs : ARRIVALS_RUNS;
    limits->warmup = limits->warmup == WARMUP_NOT_GIVEN ? 1 : limits->warmup;
    limits->time_ns = 0;
    options->arrivals_s =
        (double)time_ns * 1e-9 / (double)options->launches / (double)(limits->warmup + limits->runs);
}

int arrival_options_settle(struct options *options, struct bench_error *err)
{
    bool arrives = options->rates || options->slo.word;
    int rc = 0;
    if (!arrives && options->shape.arrivals[0])
        rc = bench_error_set(err, -EINVAL, "--arrivals: needs --rate N, the arrivals a second");
    if (rc == 0 && arrives)
        rc = check_arrivals(options, err);
    if (rc == 0 && options->slo.word)
        rc = check_slo(options, err);
    if (rc == 0 && options->rates)
        share_arrivals(options);
    return rc;
}
