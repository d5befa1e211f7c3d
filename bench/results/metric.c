/* What can be compared. */
#include "results/metric.h"

#include <string.h>

/* TIME(name, column, summary), AMOUNT(name, column, summary, unit): the least is best. */
#define TIME(called, of, text)                                                                   \
    {                                                                                            \
        .name = called, .column = COLUMN_##of, .summary = text, .unit = "s", .better = "faster", \
        .worse = "slower"                                                                        \
    }
#define AMOUNT(called, of, text, in)                                                          \
    {                                                                                         \
        .name = called, .column = COLUMN_##of, .summary = text, .unit = in, .better = "less", \
        .worse = "more"                                                                       \
    }

const struct metric metrics[] = {
    TIME("wall", wall_s, "time of a run, s"),
    AMOUNT("cpu", cpu_s, "CPU time of all workers, user and system, s", "s"),
    {.name = "rate",
     .column = COLUMN_work_per_s,
     .summary = "work per second",
     .unit = "/s",
     .more_is_better = true,
     .better = "faster",
     .worse = "slower"},
    TIME("startup", startup_s, "time to create the workers, once per launch, s"),
    TIME("latency_p50", latency_p50_s, "median latency: time per batch of --grain tasks, s"),
    TIME("latency_p90", latency_p90_s, "90th percentile of the latency, s"),
    TIME("latency_p99", latency_p99_s, "99th percentile of the latency, s"),
    TIME("latency_p999", latency_p999_s, "99.9th percentile of the latency, s"),
    TIME("latency_max", latency_max_s, "maximum latency, s"),
    AMOUNT("imbalance", imbalance, "busy time of the busiest worker / mean of all", ""),
    AMOUNT("pss", pss_bytes, "memory, shared pages divided among their users (PSS), byte", "byte"),
    AMOUNT("rss", peak_rss_bytes, "peak resident memory (RSS), byte", "byte"),
    AMOUNT("ctx_voluntary", ctx_voluntary, "voluntary context switches: the worker waited", ""),
    AMOUNT("ctx_involuntary", ctx_involuntary, "involuntary context switches: the worker was preempted",
           ""),
    AMOUNT("faults_minor", faults_minor, "minor page faults: nothing read from storage", ""),
    AMOUNT("faults_major", faults_major, "major page faults: read from storage", ""),
    AMOUNT("migrations", migrations, "moves of the workers' threads from CPU to CPU", ""),
    AMOUNT("cycles", cycles, "CPU cycles (--counters)", ""),
    AMOUNT("instructions", instructions, "instructions (--counters): they vary less than time", ""),
    AMOUNT("cache_misses", cache_misses, "cache misses (--counters)", ""),
    AMOUNT("branch_misses", branch_misses, "branches predicted wrongly (--counters)", ""),
    AMOUNT("read_bytes", read_bytes, "read from storage, byte", "byte"),
    AMOUNT("written_bytes", written_bytes, "written to storage, byte", "byte"),
};
const size_t metrics_size = sizeof metrics / sizeof *metrics;

bool metric_is_time(const struct metric *metric)
{
    return strcmp(metric->unit, "s") == 0 || strcmp(metric->unit, "/s") == 0;
}

const struct metric *metric_find(const char *name)
{
    for (size_t i = 0; i < metrics_size; i++) {
        if (strcmp(metrics[i].name, name) == 0)
            return &metrics[i];
    }
    return NULL;
}
