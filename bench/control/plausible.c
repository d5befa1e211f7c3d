/* What a reply says, held against what is known without it. */
#include "control/plausible.h"

#include "base/quantity.h"
#include "records/counters.h"
#include "records/lever_seen.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Clocks that are not ours, or on another host, may go this much faster; and reading them takes time. */
static const double clocks_differ = 1.001, reading_s = 10e-6;

/* Quantiles come from buckets (measure/histogram.h), and ticks are turned into seconds. */
static const double quantiles_differ = 1.02;

/* CPU time is counted in ticks here and there. */
static const double tick_s = 0.02;

/* Nothing hands out a range in less than a picosecond. */
static const double ranges_per_s_most = 1e12;

static int wrong(struct bench_error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

static int wrong(struct bench_error *err, const char *format, ...)
{
    char text[BENCH_ERROR_TEXT];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return bench_error_set(err, -EPROTO, "the runner's reply cannot be true: %s", text);
}

int plausible_opened(const struct opened *opened, struct bench_error *err)
{
    if (opened->tasks == RECORD_NO_COUNT)
        return wrong(err, "tasks is missing; the reply to open must say how many tasks a run has");
    if (opened->grain > opened->tasks)
        return wrong(err, "grain is %" PRId64 ", more than the %" PRId64 " tasks", opened->grain,
                     opened->tasks);
    if (opened->workers > 65536 || opened->inflight > 16777216)
        return wrong(err, "%" PRId64 " workers with %" PRId64 " in flight each", opened->workers,
                     opened->inflight);
    if (opened->clock && strcmp(opened->clock, "release") != 0 && strcmp(opened->clock, "submit") != 0)
        return wrong(err, "clock is '%.40s'; it must be release or submit", opened->clock);
    if (opened->count && strcmp(opened->count, "tree") != 0)
        return wrong(err, "count is '%.40s'; it must be tree, or be left out", opened->count);
    return 0;
}

static int check_tasks(const struct record *record, const struct opened *opened,
                       const struct run_asked *asked, const struct run_seen *seen,
                       struct bench_error *err)
{
    if (record->tasks == RECORD_NO_COUNT)
        return wrong(err, "tasks is missing; the reply to run must say how many were done");
    if (asked->arrivals)
        return record->tasks <= asked->arrivals
                   ? 0
                   : wrong(err, "done were %" PRId64 " tasks; no more than %" PRId64 " arrived",
                           record->tasks, asked->arrivals);
    bool passes =
        opened->tasks <= INT64_MAX / asked->passes && record->tasks == opened->tasks * asked->passes;
    if (passes || (seen->old && record->tasks == opened->tasks)) /* it may know of one pass only */
        return 0;
    return wrong(
        err, "%s %" PRId64 " task%s; it must be the %" PRId64 " of open, times %" PRId64 " pass%s",
        asked->verify ? "verified were" : "done were", record->tasks, record->tasks == 1 ? "" : "s",
        opened->tasks, asked->passes, asked->passes == 1 ? "" : "es");
}

static int check_work(const struct record *record, const struct opened *opened, struct bench_error *err)
{
    double promised = opened->work * (double)record->tasks / (double)opened->tasks;
    if (isnan(opened->work) || isnan(record->work) || fabs(record->work - promised) <= 1e-9 * promised)
        return 0;
    return wrong(err, "work is %g; it must be the %g of open, for each pass over its tasks",
                 record->work, opened->work);
}

static int check_wall(const struct record *record, const struct opened *opened,
                      const struct run_seen *seen, struct bench_error *err)
{
    double most_s = seen->elapsed_s * clocks_differ + reading_s;
    if (isnan(record->wall_s))
        return wrong(err, "wall_s is missing: the run has no time");
    if (record->wall_s <= 0)
        return wrong(err, "wall_s is %g; a run takes time", record->wall_s);
    if (record->wall_s > most_s)
        return wrong(err, "wall_s is %g, but the reply came %g s after the request", record->wall_s,
                     seen->elapsed_s);
    double ranges = ceil((double)record->tasks / (double)(opened->grain > 0 ? opened->grain : 1));
    if (ranges / record->wall_s > ranges_per_s_most)
        return wrong(err, "%g ranges of tasks in %g s; no machine is that fast", ranges, record->wall_s);
    return 0;
}

static int check_usage(const struct record *record, const struct opened *opened,
                       const struct run_seen *seen, struct bench_error *err)
{
    double cpus = fmax(seen->cpus, (double)opened->workers);
    double most_s = (seen->elapsed_s * clocks_differ + tick_s) * cpus;
    double user_s = isnan(record->user_s) ? 0 : record->user_s;
    double sys_s = isnan(record->sys_s) ? 0 : record->sys_s;
    if (user_s + sys_s <= most_s)
        return 0;
    return wrong(err, "user_s and sys_s are %g s of CPU time; in %g s, %g CPUs have less",
                 user_s + sys_s, seen->elapsed_s, cpus);
}

static int check_latency(const struct record *record, const struct run_seen *seen,
                         struct bench_error *err)
{
    static const enum column columns[] = {COLUMN_latency_p50_s, COLUMN_latency_p90_s,
                                          COLUMN_latency_p99_s, COLUMN_latency_p999_s,
                                          COLUMN_latency_max_s};
    double most_s = seen->elapsed_s * quantiles_differ + reading_s;
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        double latency_s = record_real(record, columns[i]);
        if (latency_s > most_s)
            return wrong(err, "%s is %g, but the run was over after %g s", column_name(columns[i]),
                         latency_s, seen->elapsed_s);
    }
    return 0;
}

/* A runner that knows no levers has made a run like any other. */
static int check_lever(const struct record *record, const struct run_asked *asked,
                       struct bench_error *err)
{
    if (!asked->lever || lever_seen_is_told(record))
        return 0;
    return bench_error_set(
        err, -ENOTSUP,
        "this runtime's runner has no levers: told to use %s, it did not report the effect",
        asked->lever);
}

int plausible_lateness(const struct record *record, struct bench_error *err)
{
    static const double p50_most = 0.1, p99_most = 0.25;
    double p50_s = counter_find(record, COLUMN_counters, "late_p50_s"),
           p99_s = counter_find(record, COLUMN_counters, "late_p99_s");
    bool at_p50 = p50_s > p50_most * record->latency_p50_s;
    if (!at_p50 && !(p99_s > p99_most * record->latency_p99_s))
        return 0;
    char late[32], latency[32];
    quantity_show_seconds(late, sizeof late, at_p50 ? p50_s : p99_s);
    quantity_show_seconds(latency, sizeof latency,
                          at_p50 ? record->latency_p50_s : record->latency_p99_s);
    return bench_error_set(err, -ETIME,
                           "the figures are the load generator's, not the work's: at the %s tasks were "
                           "begun %s late although a lane was free, of a latency of %s; use a quieter "
                           "machine, fewer workers, or longer tasks",
                           at_p50 ? "median" : "99th percentile", late, latency);
}

int plausible_run(const struct record *record, const struct opened *opened,
                  const struct run_asked *asked, const struct run_seen *seen, struct bench_error *err)
{
    int rc = check_tasks(record, opened, asked, seen, err);
    if (rc == 0)
        rc = check_work(record, opened, err);
    if (rc == 0 && !asked->verify)
        rc = check_wall(record, opened, seen, err);
    if (rc == 0)
        rc = check_usage(record, opened, seen, err);
    if (rc == 0)
        rc = check_latency(record, seen, err);
    if (rc == 0)
        rc = check_lever(record, asked, err);
    if (rc == 0 && record->startup_s > seen->alive_s * clocks_differ + reading_s)
        rc = wrong(err, "startup_s is %g, but the runner was started %g s ago", record->startup_s,
                   seen->alive_s);
    return rc;
}
