/*
 * Results as Google Benchmark's JSON, which its tools/compare.py and much else read.
 *
 * The keys of its 1.7 (src/json_reporter.cc): "context", and in "benchmarks", case by case, an
 * `iteration` for each measured run, then the aggregates mean, median, stddev and cv where there are
 * several. A pass over the tasks is an iteration, of which the times are. `time_unit` is always ns:
 * compare.py leaves out what has another unit in the other file, and prints no decimals. `cpu_time` is
 * user and system time of all workers. Where that was not measured it is 0, and `cpu_time_unknown` says
 * so: compare.py ends with an exception where it is left out or null, and what Google Benchmark itself
 * prints for NaN is no JSON to others.
 *
 * A failed case has `error_occurred` and `error_message`, and 0 s for its times: in another unit than
 * the rest, so that compare.py does not take it for one that has become infinitely fast. Cases without a
 * measured run are left out. One line each, so that a million take no memory.
 */
#include "base/memory.h"
#include "machine/facts.h"
#include "report/formats.h"
#include "report/json_values.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_S 1e9

/* What is being printed. */
struct gbench {
    FILE *out;
    const struct results *results;
    const struct case_result *result; /* of them all, with its name */
    char *name;
    bool has_printed; /* a benchmark: the next needs a comma */
};

static json_t *context_object(const struct results *results)
{
    const struct record *run = results->size > 0 ? results->cases[0].identity : NULL;
    json_t *context = json_object();
    if (!run)
        return context;
    json_put(context, "date", json_of_text(run->time_utc));
    json_put(context, "host_name", json_of_text(run->host));
    json_put(context, "executable", json_of_text("bench"));
    if (run->machine && facts_count_threads(run->machine) > 0)
        json_put(context, "num_cpus", json_integer(facts_count_threads(run->machine)));
    json_put(context, "machine", json_of_text(run->machine));
    return context;
}

/* What a benchmark has in common, whatever its type. `name` ends in `suffix`. */
static json_t *benchmark_object(const struct gbench *gbench, const char *suffix, const char *run_type)
{
    const struct case_result *result = gbench->result;
    json_t *object = json_object();
    json_put(object, "name", json_sprintf("%s%s", gbench->name, suffix));
    json_put(object, "family_index", json_integer(result - gbench->results->cases));
    json_put(object, "per_family_instance_index", json_integer(0));
    json_put(object, "run_name", json_of_text(gbench->name));
    json_put(object, "run_type", json_of_text(run_type));
    json_put(object, "repetitions", json_of_count(result->wall_s.n ? (int64_t)result->wall_s.n : 1));
    json_put(object, "threads", json_of_count(result->identity->workers));
    return object;
}

static void put_times(json_t *object, double iterations, double real_time, double cpu_time,
                      const char *unit)
{
    json_put(object, "iterations", json_of_real(iterations));
    json_put(object, "real_time", json_of_real(real_time));
    json_put(object, "cpu_time", json_of_real(isfinite(cpu_time) ? cpu_time : 0));
    if (!isfinite(cpu_time))
        json_put(object, "cpu_time_unknown", json_true());
    json_put(object, "time_unit", json_of_text(unit));
}

/* One line; takes the object. */
static void put(struct gbench *gbench, json_t *object)
{
    char *line;
    if (gbench->result->identity->label)
        json_put(object, "label", json_of_text(gbench->result->identity->label));
    line = json_dumps(object, JSON_REAL_PRECISION(15));
    fprintf(gbench->out, "%s\n    %s", gbench->has_printed ? "," : "", line);
    gbench->has_printed = true;
    free(line);
    json_decref(object);
}

static void put_run(struct gbench *gbench, size_t run, size_t index)
{
    json_t *object = benchmark_object(gbench, "", "iteration");
    const struct case_result *result = gbench->result;
    double rate = result_value(result, run, COLUMN_work_per_s);
    bool is_bytes = strcmp(result->work_unit, "byte") == 0;
    json_put(object, "repetition_index", json_integer((json_int_t)index));
    put_times(object, result_passes(result, run), result_value(result, run, COLUMN_wall_s) * NS_PER_S,
              result_value(result, run, COLUMN_cpu_s) * NS_PER_S, "ns");
    if (isfinite(rate))
        json_put(object, is_bytes ? "bytes_per_second" : "items_per_second", json_of_real(rate));
    put(gbench, object);
}

static void put_failure(struct gbench *gbench)
{
    const struct case_result *result = gbench->result;
    json_t *object = benchmark_object(gbench, "", "iteration");
    const char *error = result->error ? result->error : "";
    char *message = mem_format("%s%s%s", result->status, *error ? ": " : "", error);
    json_put(object, "repetition_index", json_integer(0));
    json_put(object, "error_occurred", json_true());
    json_put(object, "error_message", json_of_text(message));
    put_times(object, 0, 0, 0, "s");
    put(gbench, object);
    free(message);
}

static void put_aggregate(struct gbench *gbench, const char *aggregate, const char *unit,
                          double real_time, double cpu_time)
{
    char suffix[16];
    snprintf(suffix, sizeof suffix, "_%s", aggregate);
    json_t *object = benchmark_object(gbench, suffix, "aggregate");
    json_put(object, "aggregate_name", json_of_text(aggregate));
    json_put(object, "aggregate_unit", json_of_text(unit));
    put_times(object, (double)gbench->result->wall_s.n, real_time, cpu_time, "ns");
    put(gbench, object);
}

static void put_runs(struct gbench *gbench)
{
    const struct case_result *result = gbench->result;
    const struct summary *wall = &result->wall_s;
    double *values = mem_zero(result_runs(result), sizeof *values);
    struct summary cpu;
    size_t index = 0;
    for (size_t i = 0; i < result_runs(result); i++) {
        if (!result_is_measured(result, i))
            continue;
        values[index] = result_value(result, i, COLUMN_cpu_s);
        put_run(gbench, i, index++);
    }
    if (index > 1) {
        cpu = summary_of(values, index);
        put_aggregate(gbench, "mean", "time", wall->mean * NS_PER_S, cpu.mean * NS_PER_S);
        put_aggregate(gbench, "median", "time", wall->median * NS_PER_S, cpu.median * NS_PER_S);
        put_aggregate(gbench, "stddev", "time", wall->stddev * NS_PER_S, cpu.stddev * NS_PER_S);
        put_aggregate(gbench, "cv", "percentage", wall->stddev / wall->mean, cpu.stddev / cpu.mean);
    }
    free(values);
}

int gbench_results(struct page *page, const struct results *results, struct bench_error *err)
{
    struct gbench gbench = {.out = page->out, .results = results};
    unsigned parts = results_parts(results);
    json_t *context = context_object(results);
    errno = 0;
    fputs("{\n  \"context\": ", page->out);
    json_dumpf(context, page->out, 0);
    fputs(",\n  \"benchmarks\": [", page->out);
    json_decref(context);
    for (size_t i = 0; i < results->size; i++) {
        gbench.result = &results->cases[i];
        gbench.name = case_name_path(gbench.result->identity, parts);
        if (strcmp(gbench.result->status, "ok") != 0)
            put_failure(&gbench);
        else
            put_runs(&gbench);
        free(gbench.name);
    }
    fputs("\n  ]\n}\n", page->out);
    return page_end(page, "JSON", err);
}
