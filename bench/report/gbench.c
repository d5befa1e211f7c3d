/* Results as Google Benchmark's JSON. */
#include "report/gbench.h"
#include "machine/facts.h"
#include "report/case_name.h"
#include "report/json_values.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_S 1e9

/* What is being printed. */
struct gbench {
    FILE *out;
    unsigned parts;   /* of names */
    bool has_printed; /* a benchmark: the next needs a comma */
};

static double cpu_s(const struct record *run)
{
    return run->user_s + run->sys_s;
}

static json_t *context_object(const struct results *results)
{
    const struct record *run = results->size > 0 ? results->cases[0].runs[0] : NULL;
    json_t *context = json_object();
    int failed = context == NULL;

    if (run == NULL || failed)
        return context;
    failed = json_object_set_new(context, "date", json_of_text(run->time_utc)) ||
             json_object_set_new(context, "host_name", json_of_text(run->host)) ||
             json_object_set_new(context, "executable", json_string("bench"));
    if (!failed && run->machine != NULL && facts_count_threads(run->machine) > 0)
        failed =
            json_object_set_new(context, "num_cpus", json_integer(facts_count_threads(run->machine)));
    if (!failed)
        failed = json_object_set_new(context, "machine", json_of_text(run->machine));
    if (!failed)
        return context;
    json_decref(context);
    return NULL;
}

/* What a benchmark has in common, whatever its type. `name` ends in `suffix`. */
static json_t *benchmark_object(const struct results *results, const struct case_result *result,
                                const char *name, const char *suffix, const char *run_type)
{
    json_t *object = json_object();
    size_t repetitions = result->wall_s.n > 0 ? result->wall_s.n : 1;

    if (json_object_set_new(object, "name", json_sprintf("%s%s", name, suffix)) != 0 ||
        json_object_set_new(object, "family_index", json_integer(result - results->cases)) != 0 ||
        json_object_set_new(object, "per_family_instance_index", json_integer(0)) != 0 ||
        json_object_set_new(object, "run_name", json_string(name)) != 0 ||
        json_object_set_new(object, "run_type", json_string(run_type)) != 0 ||
        json_object_set_new(object, "repetitions", json_integer((json_int_t)repetitions)) != 0 ||
        json_object_set_new(object, "threads", json_of_count(result->runs[0]->workers)) != 0) {
        json_decref(object);
        return NULL;
    }
    return object;
}

static int add_times(json_t *object, double iterations, double real_time, double cpu_time,
                     const char *unit)
{
    return json_object_set_new(object, "iterations", json_of_real(iterations)) ||
           json_object_set_new(object, "real_time", json_of_real(real_time)) ||
           json_object_set_new(object, "cpu_time", json_of_real(isfinite(cpu_time) ? cpu_time : 0)) ||
           json_object_set_new(object, "time_unit", json_string(unit));
}

/* One line; takes the object. `failed`: it could not be filled. */
static int put(struct gbench *gbench, json_t *object, int failed)
{
    char *line = object != NULL && !failed ? json_dumps(object, JSON_REAL_PRECISION(15)) : NULL;

    json_decref(object);
    if (line == NULL)
        return -ENOMEM;
    fprintf(gbench->out, "%s\n    %s", gbench->has_printed ? "," : "", line);
    gbench->has_printed = true;
    free(line);
    return 0;
}

static int add_label(json_t *object, const struct record *run)
{
    return run->label != NULL ? json_object_set_new(object, "label", json_of_text(run->label)) : 0;
}

static int put_run(struct gbench *gbench, const struct results *results,
                   const struct case_result *result, const char *name, const struct record *run,
                   size_t index)
{
    json_t *object = benchmark_object(results, result, name, "", "iteration");
    double passes = result_passes(result, run);
    bool is_bytes = strcmp(result->work_unit, "byte") == 0;
    int failed = object == NULL;

    if (!failed)
        failed = json_object_set_new(object, "repetition_index", json_integer((json_int_t)index));
    if (!failed)
        failed = add_times(object, passes, run->wall_s / passes * NS_PER_S,
                           cpu_s(run) / passes * NS_PER_S, "ns");
    if (!failed && isfinite(run->work_per_s))
        failed = json_object_set_new(object, is_bytes ? "bytes_per_second" : "items_per_second",
                                     json_of_real(run->work_per_s));
    if (!failed)
        failed = add_label(object, run);
    return put(gbench, object, failed);
}

static int put_failure(struct gbench *gbench, const struct results *results,
                       const struct case_result *result, const char *name)
{
    json_t *object = benchmark_object(results, result, name, "", "iteration"), *message;
    const char *error = result->error != NULL ? result->error : "";
    struct text text = {0};
    int failed = object == NULL;

    text_add(&text, "%s%s%s", result->status, error[0] != '\0' ? ": " : "", error);
    message = text.failed ? NULL : json_of_text(text.text);
    free(text.text);
    if (!failed)
        failed = json_object_set_new(object, "repetition_index", json_integer(0)) ||
                 json_object_set_new(object, "error_occurred", json_true()) ||
                 json_object_set(object, "error_message", message) || add_times(object, 0, 0, 0, "s") ||
                 add_label(object, result->runs[0]);
    json_decref(message);
    return put(gbench, object, failed);
}

static int put_aggregate(struct gbench *gbench, const struct results *results,
                         const struct case_result *result, const char *name, const char *aggregate,
                         const char *unit, double real_time, double cpu_time)
{
    char suffix[16];
    json_t *object;
    int failed;

    snprintf(suffix, sizeof suffix, "_%s", aggregate);
    object = benchmark_object(results, result, name, suffix, "aggregate");
    failed = object == NULL || json_object_set_new(object, "aggregate_name", json_string(aggregate)) ||
             json_object_set_new(object, "aggregate_unit", json_string(unit)) ||
             add_times(object, (double)result->wall_s.n, real_time, cpu_time, "ns") ||
             add_label(object, result->runs[0]);
    return put(gbench, object, failed);
}

static int put_aggregates(struct gbench *gbench, const struct results *results,
                          const struct case_result *result, const char *name, const struct summary *cpu)
{
    const struct summary *wall = &result->wall_s;
    const struct {
        const char *name, *unit;
        double real_time, cpu_time;
    } aggregates[] = {
        {"mean", "time", wall->mean * NS_PER_S, cpu->mean * NS_PER_S},
        {"median", "time", wall->median * NS_PER_S, cpu->median * NS_PER_S},
        {"stddev", "time", wall->stddev * NS_PER_S, cpu->stddev * NS_PER_S},
        {"cv", "percentage", wall->stddev / wall->mean, cpu->stddev / cpu->mean},
    };
    int failed = 0;

    for (size_t i = 0; i < sizeof aggregates / sizeof *aggregates && !failed; i++)
        failed = put_aggregate(gbench, results, result, name, aggregates[i].name, aggregates[i].unit,
                               aggregates[i].real_time, aggregates[i].cpu_time);
    return failed;
}

static int put_runs(struct gbench *gbench, const struct results *results,
                    const struct case_result *result, const char *name)
{
    double *values = malloc((result->runs_size + 1) * sizeof *values);
    struct summary cpu;
    size_t index = 0;
    int failed = values != NULL ? 0 : -ENOMEM;

    for (size_t i = 0; i < result->runs_size && !failed; i++) {
        const struct record *run = result->runs[i];

        if (!result_is_measured(run))
            continue;
        values[index] = cpu_s(run) / result_passes(result, run);
        failed = put_run(gbench, results, result, name, run, index++);
    }
    if (!failed && index > 1)
        failed = summary_of(values, index, &cpu);
    if (!failed && index > 1)
        failed = put_aggregates(gbench, results, result, name, &cpu);
    free(values);
    return failed;
}

static int put_case(struct gbench *gbench, const struct results *results,
                    const struct case_result *result)
{
    bool is_failed = strcmp(result->status, "ok") != 0;
    char *name = case_name_path(result, gbench->parts);
    int failed = -ENOMEM;

    if (name != NULL)
        failed = is_failed ? put_failure(gbench, results, result, name)
                           : put_runs(gbench, results, result, name);
    free(name);
    return failed;
}

int gbench_print(FILE *out, const struct results *results, struct bench_error *err)
{
    struct gbench gbench = {.out = out, .parts = results_parts(results)};
    json_t *context = context_object(results);
    int failed = context != NULL ? 0 : -ENOMEM;

    errno = 0;
    if (!failed) {
        fputs("{\n  \"context\": ", out);
        json_dumpf(context, out, 0);
        fputs(",\n  \"benchmarks\": [", out);
    }
    json_decref(context);
    for (size_t i = 0; i < results->size && !failed; i++)
        failed = put_case(&gbench, results, &results->cases[i]);
    fputs("\n  ]\n}\n", out);
    if (!failed && (fflush(out) != 0 || ferror(out)))
        failed = errno != 0 ? -errno : -EIO;
    return failed ? bench_error_set(err, failed, "cannot print JSON: %s", strerror(-failed)) : 0;
}
