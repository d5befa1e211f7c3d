/*
 * Results in Go's benchmark format, for benchstat and its like.
 *
 * The text of golang.org/design/14313-benchmark-format and of golang.org/x/perf/benchfmt: configuration
 * lines, lines of `Unit` metadata that say which direction is good, and one line for each measured run:
 *
 *     BenchmarkBlur/executor=omp/workers=2/sigma=5/...-2  ITERATIONS  VALUE UNIT  VALUE UNIT ...
 *
 * The name is that of case_name.h, the number behind it the workers. A pass over the tasks is an
 * iteration and an `op`. Besides ns/op: cpu-ns/op (user and system time of all workers), the rate as
 * MB/s or UNIT/s, p50-latency-ns, p99-latency-ns, peak-RSS-bytes; each where it was measured.
 *
 * Label and machine are configuration lines only where cases differ in them: benchstat compares nothing
 * across different values of a configuration unless it is told to. There is no goarch: the CSV does not
 * have it. Failed cases, and those without a measured run, are left out.
 */
#include "base/memory.h"
#include "base/utf8.h"
#include "machine/facts.h"
#include "records/identity.h"
#include "report/formats.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* "key: value". A value is one line of UTF-8; an empty one takes the key back. */
static void put_config(FILE *out, const char *key, const char *value, size_t length)
{
    fprintf(out, "%s:%s", key, length > 0 ? " " : "");
    for (size_t i = 0, size; i < length; i += size) {
        size = utf8_length(value + i);
        if (size == 0 || iscntrl((unsigned char)value[i])) {
            fputc('?', out);
            size = 1;
        } else {
            fwrite(value + i, 1, size, out);
        }
    }
    fputc('\n', out);
}

static void put_config_text(FILE *out, const char *key, const char *value)
{
    put_config(out, key, value, value ? strlen(value) : 0);
}

/* What has changed since the case before. */
static void put_configs(FILE *out, unsigned parts, const struct record *run, const struct record *before)
{
    if (!before || !same_text(run->machine, before->machine)) {
        put_config(out, "cpu", run->machine, run->machine ? facts_model_length(run->machine) : 0);
        if (parts & IDENTITY_MACHINE)
            put_config_text(out, "machine", run->machine);
    }
    if (parts & IDENTITY_LABEL && (!before || !same_text(run->label, before->label)))
        put_config_text(out, "label", run->label);
}

/* Go counts a megabyte as 10^6 bytes, and knows that more of them are better. */
static bool is_bytes(const struct case_result *result)
{
    return strcmp(result->work_unit, "byte") == 0;
}

static bool is_first_of_unit(const struct results *results, size_t i)
{
    for (size_t j = 0; j < i; j++) {
        if (same_text(results->cases[i].work_unit, results->cases[j].work_unit))
            return false;
    }
    return true;
}

/* Which direction is good, of units that benchstat does not know. */
static void put_units(FILE *out, const struct results *results)
{
    fputs("Unit cpu-ns/op better=lower\nUnit p50-latency-ns better=lower\n"
          "Unit p99-latency-ns better=lower\nUnit peak-RSS-bytes better=lower\n",
          out);
    for (size_t i = 0; i < results->size; i++) {
        struct text unit = {0};
        if (is_bytes(&results->cases[i]) || !is_first_of_unit(results, i))
            continue;
        case_name_encode(&unit, results->cases[i].work_unit);
        fprintf(out, "Unit %s/s better=higher\n", unit.text);
        free(unit.text);
    }
}

/* "BenchmarkBlur/executor=omp-2"; the caller frees it. */
static char *benchmark_name(const struct case_result *result)
{
    char *path = case_name_path(result->identity, IDENTITY_WORK), workers[24] = "";
    if (result->identity->workers != RECORD_NO_COUNT)
        snprintf(workers, sizeof workers, "-%" PRId64, result->identity->workers);
    char *name =
        mem_format("Benchmark%c%s%s", toupper((unsigned char)path[0]), path[0] ? path + 1 : "", workers);
    free(path);
    return name;
}

static void put_value(FILE *out, double value, const char *unit)
{
    if (isfinite(value))
        fprintf(out, "\t%.15g %s", value, unit);
}

static void put_run(FILE *out, const struct case_result *result, size_t run, const char *name,
                    const char *rate_unit)
{
    double rate = result_value(result, run, COLUMN_work_per_s);
    fprintf(out, "%s\t%.0f", name, fmax(1, rint(result_passes(result, run))));
    put_value(out, result_value(result, run, COLUMN_wall_s) * 1e9, "ns/op");
    put_value(out, result_value(result, run, COLUMN_cpu_s) * 1e9, "cpu-ns/op");
    put_value(out, is_bytes(result) ? rate / 1e6 : rate, rate_unit);
    put_value(out, result_value(result, run, COLUMN_latency_p50_s) * 1e9, "p50-latency-ns");
    put_value(out, result_value(result, run, COLUMN_latency_p99_s) * 1e9, "p99-latency-ns");
    put_value(out, result_value(result, run, COLUMN_peak_rss_bytes), "peak-RSS-bytes");
    fputc('\n', out);
}

static void put_case(FILE *out, const struct case_result *result)
{
    char *name = benchmark_name(result);
    struct text unit = {0};
    if (!is_bytes(result))
        case_name_encode(&unit, result->work_unit);
    text_add(&unit, is_bytes(result) ? "MB/s" : "/s");
    for (size_t i = 0; i < result_runs(result); i++) {
        if (result_is_measured(result, i))
            put_run(out, result, i, name, unit.text);
    }
    free(name);
    free(unit.text);
}

int gobench_results(struct page *page, const struct results *results, struct bench_error *err)
{
    unsigned parts = results_parts(results);
    const struct record *before = NULL;
    errno = 0;
    fputs("goos: linux\npkg: bench\n", page->out);
    put_units(page->out, results);
    for (size_t i = 0; i < results->size; i++) {
        const struct case_result *result = &results->cases[i];
        if (!result_has_numbers(result))
            continue;
        put_configs(page->out, parts, result->identity, before);
        before = result->identity;
        put_case(page->out, result);
    }
    return page_end(page, "Go's format", err);
}
