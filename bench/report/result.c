/* From records to cases and what they come to. */
#include "report/result.h"

#include "base/text.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* A launch that ended before the workload was set up does not know what grain it would have had. */
static bool same_grain(int64_t a, int64_t b)
{
    return a == b || a == RECORD_NO_COUNT || b == RECORD_NO_COUNT;
}

static bool same_case(const struct record *a, const struct record *b)
{
    return a->workers == b->workers && a->inflight == b->inflight && same_grain(a->grain, b->grain) &&
           same_text(a->workload, b->workload) && same_text(a->params, b->params) &&
           same_text(a->executor, b->executor) && same_text(a->pin, b->pin) &&
           same_text(a->schedule, b->schedule) && same_text(a->side, b->side) &&
           same_text(a->label, b->label) && same_text(a->machine, b->machine);
}

static bool is_ok(const struct record *run)
{
    return same_text(run->status, "ok");
}

static bool is_measured(const struct record *run)
{
    return is_ok(run) && same_text(run->phase, "measure");
}

size_t result_split_params(const char *params, const char *executor, const char **executor_params)
{
    size_t length = executor != NULL ? strlen(executor) : 0;

    *executor_params = "";
    if (params == NULL)
        return 0;
    if (length == 0)
        return strlen(params);
    for (const char *word = params; *word != '\0'; word += *word == ' ') {
        if (strncmp(word, executor, length) == 0 && word[length] == '.') {
            *executor_params = word;
            return word == params ? 0 : (size_t)(word - params - 1);
        }
        word += text_word_length(word);
    }
    return strlen(params);
}

bool result_same_work(const struct case_result *a, const struct case_result *b)
{
    const struct record *x = a->runs[0], *y = b->runs[0];
    const char *ignored;
    size_t x_length = result_split_params(x->params, x->executor, &ignored);
    size_t y_length = result_split_params(y->params, y->executor, &ignored);

    return same_text(x->workload, y->workload) && same_text(x->label, y->label) &&
           same_text(x->machine, y->machine) && x_length == y_length &&
           (x_length == 0 || memcmp(x->params, y->params, x_length) == 0);
}

/* A case's values of one column, counts too, that pass `filter`; `values` has room for all its runs. */
static size_t collect(const struct case_result *result, enum column column,
                      bool (*filter)(const struct record *run), double *values)
{
    size_t n = 0;

    for (size_t i = 0; i < result->runs_size; i++) {
        const struct record *run = result->runs[i];
        double value = NAN;

        if (!filter(run))
            continue;
        if (column_type(column) == COLUMN_REAL)
            value = record_real(run, column);
        else if (record_count(run, column) != RECORD_NO_COUNT)
            value = (double)record_count(run, column);
        values[n++] = value;
    }
    return n;
}

static int summarize(const struct case_result *result, enum column column, double *values,
                     struct summary *summary)
{
    return summary_of(values, collect(result, column, is_measured, values), summary);
}

static double sum(const double *values, size_t n)
{
    double total = 0;

    for (size_t i = 0; i < n; i++)
        total += values[i];
    return total;
}

static double cpu_use(const struct case_result *result, double *values)
{
    double user = sum(values, collect(result, COLUMN_user_s, is_measured, values));
    double sys = sum(values, collect(result, COLUMN_sys_s, is_measured, values));
    double wall = sum(values, collect(result, COLUMN_wall_s, is_measured, values));

    return wall > 0 ? (user + sys) / wall : NAN;
}

static int first_startup(const struct case_result *result, double *values, double *startup_s)
{
    size_t n = 0;

    for (size_t i = 0; i < result->runs_size; i++) {
        if (i == 0 || result->runs[i]->launch != result->runs[i - 1]->launch)
            values[n++] = result->runs[i]->startup_s;
    }
    return summary_median(values, n, startup_s);
}

static int fill_numbers(struct case_result *result, double *values)
{
    struct summary rate, p50, p99, latency_max, imbalance, voluntary, involuntary, pss, rss;

    if (summarize(result, COLUMN_wall_s, values, &result->wall_s) != 0 ||
        summarize(result, COLUMN_work_per_s, values, &rate) != 0 ||
        summarize(result, COLUMN_latency_p50_s, values, &p50) != 0 ||
        summarize(result, COLUMN_latency_p99_s, values, &p99) != 0 ||
        summarize(result, COLUMN_latency_max_s, values, &latency_max) != 0 ||
        summarize(result, COLUMN_imbalance, values, &imbalance) != 0 ||
        summarize(result, COLUMN_ctx_voluntary, values, &voluntary) != 0 ||
        summarize(result, COLUMN_ctx_involuntary, values, &involuntary) != 0 ||
        summarize(result, COLUMN_pss_bytes, values, &pss) != 0 ||
        summarize(result, COLUMN_peak_rss_bytes, values, &rss) != 0 ||
        first_startup(result, values, &result->startup_s) != 0)
        return -ENOMEM;
    result->cpu_use = cpu_use(result, values);
    result->work_per_s = rate.n > 0 ? rate.median : result->work / result->wall_s.median;
    result->latency_p50_s = p50.median;
    result->latency_p99_s = p99.median;
    result->latency_max_s = latency_max.max;
    result->imbalance = imbalance.median;
    result->ctx_switches = voluntary.median + involuntary.median;
    result->pss_bytes = pss.median;
    result->peak_rss_bytes = rss.max;
    return 0;
}

static void fill_identity(struct case_result *result)
{
    result->status = "ok";
    result->tasks = result->work = NAN;
    for (size_t i = 0; i < result->runs_size; i++) {
        const struct record *run = result->runs[i];

        if (!is_ok(run) && same_text(result->status, "ok")) {
            result->status = run->status != NULL ? run->status : "failed";
            result->error = run->error;
        }
        if (isnan(result->tasks) && run->tasks != RECORD_NO_COUNT)
            result->tasks = (double)run->tasks;
        if (isnan(result->work) && !isnan(run->work) && run->work_unit != NULL) {
            result->work = run->work;
            result->work_unit = run->work_unit;
        }
    }
    if (result->work_unit == NULL) {
        result->work = result->tasks;
        result->work_unit = "task";
    }
}

static int fill(struct case_result *result)
{
    double *values = malloc(result->runs_size * sizeof(*values));
    int failed = values != NULL ? 0 : -ENOMEM;

    fill_identity(result);
    result->wall_s = (struct summary){0, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    result->work_per_s = result->speedup = result->efficiency = result->cpu_use = NAN;
    result->startup_s = result->latency_p50_s = result->latency_p99_s = result->latency_max_s = NAN;
    result->imbalance = result->ctx_switches = result->pss_bytes = result->peak_rss_bytes = NAN;
    if (!failed && same_text(result->status, "ok"))
        failed = fill_numbers(result, values);
    free(values);
    return failed;
}

/* The serial case of the same work, if it can be with the same placement and schedule. */
static const struct case_result *find_baseline(const struct results *results,
                                               const struct case_result *result)
{
    const struct case_result *found = NULL;
    const struct record *own = result->runs[0];

    for (size_t i = 0; i < results->size; i++) {
        const struct case_result *other = &results->cases[i];
        const struct record *run = other->runs[0];

        if (!same_text(run->executor, "serial") || !same_text(run->side, own->side) ||
            isnan(other->wall_s.median) || !result_same_work(result, other))
            continue;
        if (same_text(run->pin, own->pin) && same_text(run->schedule, own->schedule) &&
            run->grain == own->grain)
            return other;
        if (found == NULL)
            found = other;
    }
    return found;
}

static void fill_speedup(const struct results *results, struct case_result *result)
{
    const struct case_result *baseline = find_baseline(results, result);

    if (baseline == NULL)
        return;
    result->speedup = baseline->wall_s.median / result->wall_s.median;
    if (result->runs[0]->workers > 0 && result->runs[0]->inflight > 0)
        result->efficiency =
            result->speedup / (double)result->runs[0]->workers / (double)result->runs[0]->inflight;
}

/* Which case each record belongs to; the newest is the likeliest. Counts runs_size. `first` gets each
 * case's first record. */
static void assign(struct results *results, const struct record *records, size_t n, size_t *case_of,
                   const struct record **first)
{
    for (size_t i = 0; i < n; i++) {
        size_t c = results->size;

        while (c > 0 && !same_case(first[c - 1], &records[i]))
            c--;
        if (c == 0) {
            first[results->size++] = &records[i];
            c = results->size;
        }
        case_of[i] = c - 1;
        results->cases[c - 1].runs_size++;
    }
}

static void distribute(struct results *results, const struct record *records, size_t n,
                       const size_t *case_of)
{
    const struct record **next = results->runs;

    for (size_t c = 0; c < results->size; c++) {
        results->cases[c].runs = next;
        for (size_t i = 0; i < n; i++) {
            if (case_of[i] == c)
                *next++ = &records[i];
        }
    }
}

int results_of(struct results *results, const struct record *records, size_t records_size)
{
    size_t *case_of = malloc((records_size + 1) * sizeof(*case_of));
    int failed = -ENOMEM;

    *results = (struct results){.cases = calloc(records_size + 1, sizeof(*results->cases)),
                                .runs = calloc(records_size + 1, sizeof(*results->runs))};
    if (case_of == NULL || results->cases == NULL || results->runs == NULL)
        goto out;
    assign(results, records, records_size, case_of, results->runs); /* not in use before distribute */
    distribute(results, records, records_size, case_of);
    failed = 0;
    for (size_t c = 0; c < results->size && !failed; c++)
        failed = fill(&results->cases[c]);
    for (size_t c = 0; c < results->size && !failed; c++)
        fill_speedup(results, &results->cases[c]);
out:
    free(case_of);
    if (failed)
        results_free(results);
    return failed;
}

void results_free(struct results *results)
{
    free(results->cases);
    free(results->runs);
    *results = (struct results){0};
}
