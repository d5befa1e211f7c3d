/*
 * Results as OpenMetrics text, for a file that the textfile collector of Prometheus' node_exporter
 * reads.
 *
 * The text of prometheus.io/docs/specs/om/open_metrics_spec that is also Prometheus' older text format
 * 0.0.4, which is what that collector reads: gauges only, and no time stamps, for which it refuses a
 * file. A sample for each case; medians over its measured runs. bench_case_success is 1, or 0 of a case
 * that failed, of which there is nothing else. What is not known has no sample.
 *
 * The labels are the parts of the case (report/case_name.h), a parameter as param_NAME, and one of the
 * executor as executor_param_NAME. Label and machine are labels only where cases differ in them, since
 * each of their values makes other series: bench_info always has them, to be joined.
 */
#include "base/memory.h"
#include "base/utf8.h"
#include "report/formats.h"
#include "report/repeats.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct family {
    const char *name, *unit, *help; /* `name` ends in the unit; `unit` NULL: it has none */
    double (*value)(const struct case_result *result);
    bool is_of_failed, has_work_unit;
};

/* ---- values ---- */

static double success(const struct case_result *result)
{
    return strcmp(result->status, "ok") == 0;
}

static double last_run(const struct case_result *result)
{
    double last = NAN;
    for (size_t i = 0; i < result_runs(result); i++)
        last = fmax(last, result_value(result, i, COLUMN_time_utc));
    return last;
}

/* A run's time, which says nothing where tasks arrive by themselves. */
static double closed(const struct case_result *result, double value)
{
    return result_is_open_loop(result) ? NAN : value;
}

static double wall(const struct case_result *result)
{
    return closed(result, result->wall_s.median);
}

static double wall_low(const struct case_result *result)
{
    return closed(result, result->median_s.low);
}

static double wall_high(const struct case_result *result)
{
    return closed(result, result->median_s.high);
}

static double runs(const struct case_result *result)
{
    return (double)result->wall_s.n;
}

static double cpu(const struct case_result *result)
{
    return result_median(result, COLUMN_cpu_s);
}

static double rate(const struct case_result *result)
{
    return result->work_per_s;
}

static double latency_p50(const struct case_result *result)
{
    return result->latency_p50_s;
}

static double latency_p99(const struct case_result *result)
{
    return result->latency_p99_s;
}

static double latency_p999(const struct case_result *result)
{
    return result->latency_p999_s;
}

static double latency_max(const struct case_result *result)
{
    return result->latency_max_s;
}

static double peak_memory(const struct case_result *result)
{
    return result->peak_rss_bytes;
}

static double startup(const struct case_result *result)
{
    return result->startup_s;
}

static double speedup(const struct case_result *result)
{
    return result->speedup;
}

static const struct family families[] = {
    {"bench_case_success", NULL, "1 where all runs of the case went well, else 0", success, true, false},
    {"bench_last_run_timestamp_seconds", "seconds", "When the last run began, since the epoch", last_run,
     true, false},
    {"bench_runs", NULL, "Measured runs", runs, false, false},
    {"bench_wall_seconds", "seconds", "Time of a run, median", wall, false, false},
    {"bench_wall_low_seconds", "seconds", "Lower end of the 95 % interval of bench_wall_seconds",
     wall_low, false, false},
    {"bench_wall_high_seconds", "seconds", "Upper end of the 95 % interval of bench_wall_seconds",
     wall_high, false, false},
    {"bench_cpu_seconds", "seconds", "CPU time of a run, user and system, all workers, median", cpu,
     false, false},
    {"bench_work_per_second", NULL, "Work per second, in work_unit", rate, false, true},
    {"bench_speedup_ratio", "ratio", "How many times as fast as the case that it is held against",
     speedup, false, false},
    {"bench_latency_p50_seconds", "seconds", "Latency of --grain tasks, median", latency_p50, false,
     false},
    {"bench_latency_p99_seconds", "seconds", "Latency of --grain tasks, 99th percentile", latency_p99,
     false, false},
    {"bench_latency_p999_seconds", "seconds", "Latency of --grain tasks, 99.9th percentile",
     latency_p999, false, false},
    {"bench_latency_max_seconds", "seconds", "Latency of --grain tasks, the longest", latency_max, false,
     false},
    {"bench_startup_seconds", "seconds", "Time to create the workers, once per launch, median", startup,
     false, false},
    {"bench_peak_memory_bytes", "bytes", "Peak resident memory", peak_memory, false, false},
};

/* ---- labels ---- */

/* A value in its quotes: backslash, quote and line end are escaped, what is not UTF-8 is replaced. */
static void add_value(struct text *text, const char *value)
{
    text_add(text, "=\"");
    for (size_t size; *value; value += size) {
        size = utf8_length(value);
        if (*value == '\\' || *value == '"')
            text_add(text, "\\%c", *value);
        else if (*value == '\n')
            text_add(text, "\\n");
        else if (size > 0)
            text_add(text, "%.*s", (int)size, value);
        else
            text_add(text, "%s", UTF8_REPLACEMENT);
        size = size > 0 ? size : 1;
    }
    text_add(text, "\"");
}

/* A label's name may have ASCII letters, digits and underscores. For free(). */
static char *label_name(const struct case_part *part)
{
    const char *prefix = part->kind == PART_PARAM            ? "param_"
                         : part->kind == PART_EXECUTOR_PARAM ? "executor_param_"
                                                             : "";
    char *name = mem_format("%s%s", prefix, part->key);
    for (char *at = name; *at; at++) {
        if (!isascii((unsigned char)*at) || !isalnum((unsigned char)*at))
            *at = '_';
    }
    return name;
}

/* As what is not allowed in a name becomes an underscore, two parameters may have the same. */
static void add_name(struct text *text, const struct case_parts *parts, size_t which)
{
    char *name = label_name(&parts->parts[which]);
    size_t before = 0;
    for (size_t i = 0; i < which; i++) {
        char *other = label_name(&parts->parts[i]);
        before += strcmp(name, other) == 0;
        free(other);
    }
    text_add(text, ",%s", name);
    if (before > 0)
        text_add(text, "_%zu", before + 1);
    free(name);
}

/* workload="blur",executor="omp",workers="2",... For free(). */
static char *labels_of(const struct record *identity, unsigned parts)
{
    struct text text = {0};
    struct case_parts all;
    text_add(&text, "workload");
    add_value(&text, identity->workload ? identity->workload : "");
    case_parts_read(&all, identity);
    for (size_t i = 0; i < all.size; i++) {
        if (!case_part_is_named(&all.parts[i], parts))
            continue;
        add_name(&text, &all, i);
        add_value(&text, all.parts[i].value);
    }
    case_parts_free(&all);
    return text.text;
}

/* Of each case, no two the same. */
static char **labels_of_all(const struct results *results)
{
    unsigned parts = results_parts(results);
    char **labels = mem_zero(results->size, sizeof *labels);
    for (size_t i = 0; i < results->size; i++)
        labels[i] = labels_of(results->cases[i].identity, parts);
    size_t *repeats = repeats_of(labels, results->size);
    for (size_t i = 0; i < results->size; i++) {
        if (repeats[i] == 0)
            continue;
        char *apart = mem_format("%s,repeat=\"%zu\"", labels[i], repeats[i] + 1);
        free(labels[i]);
        labels[i] = apart;
    }
    free(repeats);
    return labels;
}

/* ---- lines ---- */

static void put_head(FILE *out, const char *name, const char *unit, const char *help)
{
    fprintf(out, "# TYPE %s gauge\n", name);
    if (unit)
        fprintf(out, "# UNIT %s %s\n", name, unit);
    fprintf(out, "# HELP %s %s\n", name, help);
}

static void put_family(FILE *out, const struct family *family, const struct results *results,
                       char *const *labels)
{
    bool has_head = false;
    for (size_t i = 0; i < results->size; i++) {
        const struct case_result *result = &results->cases[i];
        bool is_told = family->is_of_failed || result_has_numbers(result);
        double value = is_told ? family->value(result) : NAN;
        struct text unit = {0};
        if (!isfinite(value))
            continue;
        if (!has_head)
            put_head(out, family->name, family->unit, family->help);
        has_head = true;
        if (family->has_work_unit) {
            text_add(&unit, ",work_unit");
            add_value(&unit, result->work_unit);
        }
        fprintf(out, "%s{%s%s} %.15g\n", family->name, labels[i], unit.text ? unit.text : "", value);
        free(unit.text);
    }
}

/* Where and of what the results are, each once. */
static void put_info(FILE *out, const struct results *results)
{
    char **infos = mem_zero(results->size, sizeof *infos);
    for (size_t i = 0; i < results->size; i++) {
        const struct record *identity = results->cases[i].identity;
        struct text text = {0};
        text_add(&text, "host");
        add_value(&text, identity->host ? identity->host : "");
        text_add(&text, ",label");
        add_value(&text, identity->label ? identity->label : "");
        text_add(&text, ",machine");
        add_value(&text, identity->machine ? identity->machine : "");
        infos[i] = text.text;
    }
    size_t *repeats = repeats_of(infos, results->size);
    put_head(out, "bench_info", NULL, "Always 1; the labels say where and of what the results are");
    for (size_t i = 0; i < results->size; i++) {
        if (repeats[i] == 0)
            fprintf(out, "bench_info{%s} 1\n", infos[i]);
        free(infos[i]);
    }
    free(repeats);
    free(infos);
}

int openmetrics_results(struct page *page, const struct results *results, struct bench_error *err)
{
    char **labels = labels_of_all(results);
    errno = 0;
    put_info(page->out, results);
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        put_family(page->out, &families[i], results, labels);
    fputs("# EOF\n", page->out);
    for (size_t i = 0; i < results->size; i++)
        free(labels[i]);
    free(labels);
    return page_end(page, "OpenMetrics", err);
}
