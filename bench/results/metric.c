/* What can be compared. */
#include "results/metric.h"

#include <math.h>
#include <string.h>

static double of_pass(const struct record *run, double value, double tasks_per_pass)
{
    if (!(tasks_per_pass > 0))
        return value;
    return run->tasks > 0 ? value * tasks_per_pass / (double)run->tasks : NAN;
}

static double of_count(int64_t count)
{
    return count == RECORD_NO_COUNT ? NAN : (double)count;
}

static double wall(const struct record *run, double tasks_per_pass)
{
    return of_pass(run, run->wall_s, tasks_per_pass);
}

static double cpu(const struct record *run, double tasks_per_pass)
{
    return of_pass(run, run->user_s + run->sys_s, tasks_per_pass);
}

/* VALUE(function, column): a number of the run as it is. */
#define VALUE(name, value)                                              \
    static double name(const struct record *run, double tasks_per_pass) \
    {                                                                   \
        (void)tasks_per_pass;                                           \
        return value;                                                   \
    }
VALUE(rate, run->work_per_s)
VALUE(startup, run->startup_s)
VALUE(latency_p50, run->latency_p50_s)
VALUE(latency_p90, run->latency_p90_s)
VALUE(latency_p99, run->latency_p99_s)
VALUE(latency_p999, run->latency_p999_s)
VALUE(latency_max, run->latency_max_s)
VALUE(imbalance, run->imbalance)
VALUE(pss, of_count(run->pss_bytes))
VALUE(rss, of_count(run->peak_rss_bytes))

/* COUNT_OF_PASS(function, column): what is counted over all passes. */
#define COUNT_OF_PASS(name, column)                                     \
    static double name(const struct record *run, double tasks_per_pass) \
    {                                                                   \
        return of_pass(run, of_count(run->column), tasks_per_pass);     \
    }
COUNT_OF_PASS(ctx_voluntary, ctx_voluntary)
COUNT_OF_PASS(ctx_involuntary, ctx_involuntary)
COUNT_OF_PASS(faults_minor, faults_minor)
COUNT_OF_PASS(faults_major, faults_major)
COUNT_OF_PASS(read_bytes, read_bytes)
COUNT_OF_PASS(written_bytes, written_bytes)

/* Of which the least is best. */
#define TIME(function, text)                                                                \
    .name = #function, .summary = text, .unit = "s", .better = "faster", .worse = "slower", \
    .value = function
#define AMOUNT(function, text, of_unit)                                                     \
    .name = #function, .summary = text, .unit = of_unit, .better = "less", .worse = "more", \
    .value = function

const struct metric metrics[] = {
    {TIME(wall, "time of a run, s"), .is_per_pass = true},
    {AMOUNT(cpu, "CPU time of all workers, user and system, s", "s"), .is_per_pass = true},
    {.name = "rate",
     .summary = "work per second",
     .unit = "/s",
     .more_is_better = true,
     .better = "faster",
     .worse = "slower",
     .value = rate},
    {TIME(startup, "creating the workers, once per launch, s"), .is_of_launch = true},
    {TIME(latency_p50, "median time per batch of --grain tasks, s")},
    {TIME(latency_p90, "90th percentile of it, s")},
    {TIME(latency_p99, "99th percentile of it, s")},
    {TIME(latency_p999, "99.9th percentile of it, s")},
    {TIME(latency_max, "longest of them, s")},
    {AMOUNT(imbalance, "busiest worker over the mean of all", "")},
    {AMOUNT(pss, "memory, shared pages divided, byte", "byte")},
    {AMOUNT(rss, "peak resident memory, byte", "byte")},
    {AMOUNT(ctx_voluntary, "context switches of workers that waited", ""), .is_per_pass = true},
    {AMOUNT(ctx_involuntary, "context switches of workers made to wait", ""), .is_per_pass = true},
    {AMOUNT(faults_minor, "page faults without reading from storage", ""), .is_per_pass = true},
    {AMOUNT(faults_major, "page faults with reading from storage", ""), .is_per_pass = true},
    {AMOUNT(read_bytes, "read from storage, byte", "byte"), .is_per_pass = true},
    {AMOUNT(written_bytes, "written to storage, byte", "byte"), .is_per_pass = true},
};
const size_t metrics_size = sizeof metrics / sizeof *metrics;

const struct metric *metric_find(const char *name)
{
    for (size_t i = 0; i < metrics_size; i++) {
        if (strcmp(metrics[i].name, name) == 0)
            return &metrics[i];
    }
    return NULL;
}
