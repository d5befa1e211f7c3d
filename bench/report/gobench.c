/* Results in Go's benchmark format. */
#include "report/gobench.h"
#include "base/utf8.h"
#include "machine/facts.h"
#include "report/case_name.h"

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
    put_config(out, key, value, value != NULL ? strlen(value) : 0);
}

/* What has changed since the case before. */
static void put_configs(FILE *out, unsigned parts, const struct record *run, const struct record *before)
{
    if (before == NULL || !same_text(run->machine, before->machine)) {
        put_config(out, "cpu", run->machine,
                   run->machine != NULL ? facts_model_length(run->machine) : 0);
        if (parts & IDENTITY_MACHINE)
            put_config_text(out, "machine", run->machine);
    }
    if (parts & IDENTITY_LABEL && (before == NULL || !same_text(run->label, before->label)))
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
static int put_units(FILE *out, const struct results *results)
{
    struct text text = {0};

    fputs("Unit cpu-ns/op better=lower\nUnit p50-latency-ns better=lower\n"
          "Unit p99-latency-ns better=lower\nUnit peak-RSS-bytes better=lower\n",
          out);
    for (size_t i = 0; i < results->size; i++) {
        if (is_bytes(&results->cases[i]) || !is_first_of_unit(results, i))
            continue;
        text_add(&text, "Unit ");
        case_name_encode(&text, results->cases[i].work_unit);
        text_add(&text, "/s better=higher\n");
    }
    if (!text.failed && text.text != NULL)
        fputs(text.text, out);
    free(text.text);
    return text.failed ? -ENOMEM : 0;
}

/* "BenchmarkBlur/executor=omp-2"; the caller frees it. */
static char *benchmark_name(const struct case_result *result)
{
    char *path = case_name_path(result, IDENTITY_WORK), *name = NULL, workers[24] = "";
    int length = -1;

    if (result->runs[0]->workers != RECORD_NO_COUNT)
        snprintf(workers, sizeof workers, "-%" PRId64, result->runs[0]->workers);
    if (path != NULL)
        length = asprintf(&name, "Benchmark%c%s%s", toupper((unsigned char)path[0]),
                          path[0] != '\0' ? path + 1 : "", workers);
    free(path);
    return length >= 0 ? name : NULL;
}

static void put_value(FILE *out, double value, const char *unit)
{
    if (isfinite(value))
        fprintf(out, "\t%.15g %s", value, unit);
}

static void put_run(FILE *out, const struct case_result *result, const struct record *run,
                    const char *name, const char *rate_unit)
{
    double passes = result_passes(result, run);

    fprintf(out, "%s\t%.0f", name, fmax(1, rint(passes)));
    put_value(out, run->wall_s / passes * 1e9, "ns/op");
    put_value(out, (run->user_s + run->sys_s) / passes * 1e9, "cpu-ns/op");
    put_value(out, is_bytes(result) ? run->work_per_s / 1e6 : run->work_per_s, rate_unit);
    put_value(out, run->latency_p50_s * 1e9, "p50-latency-ns");
    put_value(out, run->latency_p99_s * 1e9, "p99-latency-ns");
    put_value(out, run->peak_rss_bytes != RECORD_NO_COUNT ? (double)run->peak_rss_bytes : NAN,
              "peak-RSS-bytes");
    fputc('\n', out);
}

static int put_case(FILE *out, const struct case_result *result)
{
    char *name = benchmark_name(result);
    struct text unit = {0};
    bool is_ready;

    if (!is_bytes(result))
        case_name_encode(&unit, result->work_unit);
    text_add(&unit, is_bytes(result) ? "MB/s" : "/s");
    is_ready = name != NULL && !unit.failed;
    for (size_t i = 0; i < result->runs_size && is_ready; i++) {
        if (result_is_measured(result->runs[i]))
            put_run(out, result, result->runs[i], name, unit.text);
    }
    free(name);
    free(unit.text);
    return is_ready ? 0 : -ENOMEM;
}

int gobench_print(FILE *out, const struct results *results, struct bench_error *err)
{
    unsigned parts = results_parts(results);
    const struct record *before = NULL;
    int failed;

    errno = 0;
    fputs("goos: linux\npkg: bench\n", out);
    failed = put_units(out, results);
    for (size_t i = 0; i < results->size && !failed; i++) {
        const struct case_result *result = &results->cases[i];

        if (!result_has_numbers(result))
            continue;
        put_configs(out, parts, result->runs[0], before);
        before = result->runs[0];
        failed = put_case(out, result);
    }
    if (!failed && (fflush(out) != 0 || ferror(out)))
        failed = errno != 0 ? -errno : -EIO;
    return failed ? bench_error_set(err, failed, "cannot print the results: %s", strerror(-failed)) : 0;
}
