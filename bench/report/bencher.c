/*
 * Results as Bencher Metric Format, for `bencher run --adapter json`.
 *
 * The JSON of bencher.dev/docs/reference/bencher-metric-format, whose schema is bencher.dev/bmf.json: a
 * key for each benchmark, in it one for each measure, in that `value` and, where an interval is known,
 * `lower_value` and `upper_value`. latency (ns) and throughput (per second) are measures that Bencher
 * has; it makes the others when they first come, and since it does not know their units, they are part
 * of the names. Medians over the measured runs, with 95 % intervals; latency is a run's time, but of
 * tasks that arrive by themselves (--rate), of which a run's time says nothing, it is theirs.
 *
 * The benchmark's name is the case's in words. Bencher refuses all of a report where one is longer than
 * 1024 characters, so such a name is cut, and a hash of all of it added. Failed cases, and those without
 * a measured run, are left out.
 */
#include "base/memory.h"
#include "base/utf8.h"
#include "records/text_pool.h"
#include "report/formats.h"
#include "report/json_values.h"
#include "report/repeats.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_S 1e9
enum { NAME_MAX_BYTES = 1024 };

static void put_measure(json_t *benchmark, const char *measure, double value, struct interval interval)
{
    if (!isfinite(value))
        return;
    json_t *metric = json_object();
    json_put(metric, "value", json_of_real(value));
    if (isfinite(interval.low) && isfinite(interval.high)) {
        json_put(metric, "lower_value", json_of_real(interval.low));
        json_put(metric, "upper_value", json_of_real(interval.high));
    }
    json_put(benchmark, measure, metric);
}

static json_t *benchmark_object(const struct case_result *result)
{
    json_t *benchmark = json_object();
    struct interval wall_s = result->median_s, none = INTERVAL_UNKNOWN;
    if (result_is_open_loop(result)) {
        put_measure(benchmark, "latency", result->latency_p50_s * NS_PER_S, none);
        put_measure(benchmark, "throughput", result->work_per_s, none);
    } else {
        put_measure(benchmark, "latency", result->wall_s.median * NS_PER_S,
                    (struct interval){wall_s.low * NS_PER_S, wall_s.high * NS_PER_S});
        put_measure(benchmark, "throughput", result->work_per_s,
                    (struct interval){result->work / wall_s.high, result->work / wall_s.low});
    }
    put_measure(benchmark, "cpu-time-ns", result_median(result, COLUMN_cpu_s) * NS_PER_S, none);
    put_measure(benchmark, "latency-p99-ns", result->latency_p99_s * NS_PER_S, none);
    put_measure(benchmark, "peak-memory-bytes", result->peak_rss_bytes, none);
    return benchmark;
}

/* Takes the name. */
static char *name_that_fits(char *name, size_t repeats)
{
    size_t length = strlen(name), kept = 0, next;
    char *added = repeats > 0 ? mem_format(" #%zu", repeats + 1) : mem_text("");
    if (length + strlen(added) > NAME_MAX_BYTES) {
        char *hash = mem_format(" ~%016" PRIx64 "%s", text_pool_hash(name, length), added);
        free(added);
        added = hash;
        while ((next = utf8_length(name + kept)) + kept + strlen(added) <= NAME_MAX_BYTES)
            kept += next > 0 ? next : 1;
        length = kept;
    }
    char *fit = mem_format("%.*s%s", (int)length, name, added);
    free(added);
    free(name);
    return fit;
}

int bencher_results(struct page *page, const struct results *results, struct bench_error *err)
{
    unsigned parts = results_parts(results);
    json_t *report = json_object();
    char **names = mem_zero(results->size, sizeof *names);
    for (size_t i = 0; i < results->size; i++)
        names[i] = case_name_words(results->cases[i].identity, parts);
    size_t *repeats = repeats_of(names, results->size);
    for (size_t i = 0; i < results->size; i++) {
        char *name = name_that_fits(names[i], repeats[i]);
        if (result_has_numbers(&results->cases[i]))
            json_put(report, name, benchmark_object(&results->cases[i]));
        free(name);
    }
    free(repeats);
    free(names);
    return json_write(page, report, err);
}
