/* From records to cases and what they come to. */
#include "report/result.h"

#include "base/memory.h"
#include "base/text.h"
#include "records/identity.h"
#include "report/case_sample.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool is_ok(const struct record *run)
{
    return run->status == STATUS_OK;
}

bool result_is_measured(const struct record *run)
{
    return record_is_measured(run);
}

bool result_has_numbers(const struct case_result *result)
{
    return same_text(result->status, "ok") && result->wall_s.n > 0;
}

/* Is the column known in this run? */
static bool is_known(const struct record *run, enum column column)
{
    return column_type(column) == COLUMN_COUNT || column_type(column) == COLUMN_REAL
               ? !isnan(record_number(run, column))
               : record_text(run, column) != NULL;
}

const struct record *result_knowing(const struct case_result *result, enum column column)
{
    for (size_t i = 0; i < result->runs_size; i++) {
        if (is_known(result->runs[i], column))
            return result->runs[i];
    }
    return result->runs[0];
}

bool result_same_work(const struct case_result *a, const struct case_result *b)
{
    return a->work_number == b->work_number;
}

unsigned results_parts(const struct results *results)
{
    unsigned parts = IDENTITY_WORK;

    for (size_t i = 0; i < results->size; i++) {
        const struct record *first = results->cases[0].runs[0], *run = results->cases[i].runs[0];

        parts |= same_text(first->label, run->label) ? 0 : IDENTITY_LABEL;
        parts |= same_text(first->machine, run->machine) ? 0 : IDENTITY_MACHINE;
        parts |= same_text(first->side, run->side) ? 0 : IDENTITY_SIDE;
    }
    return parts;
}

double result_passes(const struct case_result *result, const struct record *run)
{
    if (isnan(result->pass_tasks) || run->tasks == RECORD_NO_COUNT || run->tasks == 0)
        return 1;
    return (double)run->tasks / result->pass_tasks;
}

static bool is_for_all_passes(enum column column)
{
    return column == COLUMN_wall_s || column == COLUMN_ctx_voluntary || column == COLUMN_ctx_involuntary;
}

/* The measured runs' values of one column, counts too, each for one pass; `values` has room for all the
 * case's runs. */
static size_t collect(const struct case_result *result, enum column column, double *values)
{
    size_t n = 0;

    for (size_t i = 0; i < result->runs_size; i++) {
        const struct record *run = result->runs[i];
        double value = NAN;

        if (!result_is_measured(run))
            continue;
        if (column_type(column) == COLUMN_REAL)
            value = record_real(run, column);
        else if (record_count(run, column) != RECORD_NO_COUNT)
            value = (double)record_count(run, column);
        values[n++] = is_for_all_passes(column) ? value / result_passes(result, run) : value;
    }
    return n;
}

static int collect_median(const struct case_result *result, enum column column, double *values,
                          double *median)
{
    return summary_median(values, collect(result, column, values), median);
}

/* NaN of nothing. */
static double collect_max(const struct case_result *result, enum column column, double *values)
{
    size_t n = collect(result, column, values);
    double most = NAN;

    for (size_t i = 0; i < n; i++)
        most = fmax(most, values[i]);
    return most;
}

static double cpu_use(const struct case_result *result)
{
    double cpu_s = 0, wall_s = 0;

    for (size_t i = 0; i < result->runs_size; i++) {
        const struct record *run = result->runs[i];

        if (result_is_measured(run)) {
            cpu_s += run->cpu_s;
            wall_s += run->wall_s;
        }
    }
    return wall_s > 0 ? cpu_s / wall_s : NAN;
}

static int first_startup(const struct case_result *result, double *values, double *startup_s)
{
    size_t n = 0;

    for (size_t i = 0; i < result->runs_size; i++) {
        const struct record *run = result->runs[i], *before = i > 0 ? result->runs[i - 1] : NULL;

        if (before == NULL || run->launch != before->launch || !same_text(run->session, before->session))
            values[n++] = run->startup_s;
    }
    return summary_median(values, n, startup_s);
}

static int fill_numbers(struct case_result *result, double *values)
{
    double rate, voluntary, involuntary;

    if (summary_of(values, collect(result, COLUMN_wall_s, values), &result->wall_s) != 0 ||
        case_fill_precision(result) != 0 ||
        collect_median(result, COLUMN_work_per_s, values, &rate) != 0 ||
        collect_median(result, COLUMN_latency_p50_s, values, &result->latency_p50_s) != 0 ||
        collect_median(result, COLUMN_latency_p99_s, values, &result->latency_p99_s) != 0 ||
        collect_median(result, COLUMN_imbalance, values, &result->imbalance) != 0 ||
        collect_median(result, COLUMN_ctx_voluntary, values, &voluntary) != 0 ||
        collect_median(result, COLUMN_ctx_involuntary, values, &involuntary) != 0 ||
        collect_median(result, COLUMN_pss_bytes, values, &result->pss_bytes) != 0 ||
        first_startup(result, values, &result->startup_s) != 0)
        return -ENOMEM;
    result->cpu_use = cpu_use(result);
    /* Of one statistic with the median: the median of few rates may be none of its rate. */
    result->work_per_s = isnan(result->work) ? rate : result->work / result->wall_s.median;
    result->latency_max_s = collect_max(result, COLUMN_latency_max_s, values);
    result->ctx_switches = voluntary + involuntary;
    result->peak_rss_bytes = collect_max(result, COLUMN_peak_rss_bytes, values);
    return 0;
}

/* What a verification run did, which is always one pass; NaN where there is none. */
static double pass_tasks(const struct case_result *result)
{
    for (size_t i = 0; i < result->runs_size; i++) {
        const struct record *run = result->runs[i];

        if (is_ok(run) && run->phase == PHASE_VERIFY && run->tasks > 0)
            return (double)run->tasks;
    }
    return NAN;
}

static void fill_identity(struct case_result *result)
{
    result->status = "ok";
    result->tasks = result->work = NAN;
    result->pass_tasks = pass_tasks(result);
    for (size_t i = 0; i < result->runs_size; i++) {
        const struct record *run = result->runs[i];

        if (!is_ok(run) && same_text(result->status, "ok")) {
            result->status = run->status ? status_word(run->status) : "failed";
            result->error = run->error;
        }
        if (isnan(result->tasks) && run->tasks != RECORD_NO_COUNT)
            result->tasks = (double)run->tasks / result_passes(result, run);
        if (isnan(result->work) && !isnan(run->work) && run->work_unit != NULL) {
            result->work = run->work / result_passes(result, run);
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
    result->wall_s = SUMMARY_UNKNOWN;
    result->median_s = result->speedup_interval = result->efficiency_interval = INTERVAL_UNKNOWN;
    result->precision = NAN;
    result->seed = RECORD_NO_COUNT;
    result->work_per_s = result->speedup = result->efficiency = result->cpu_use = NAN;
    result->startup_s = result->latency_p50_s = result->latency_p99_s = result->latency_max_s = NAN;
    result->imbalance = result->ctx_switches = result->pss_bytes = result->peak_rss_bytes = NAN;
    if (!failed && same_text(result->status, "ok"))
        failed = fill_numbers(result, values);
    free(values);
    return failed;
}

/* What makes a work one is an identity of which only the workload's part is left. */
static void number_works(struct results *results)
{
    struct identity_index index = {.parts = IDENTITY_LABEL | IDENTITY_MACHINE};
    struct record *works = mem_zero(results->size, sizeof *works);
    for (size_t i = 0; i < results->size; i++) {
        const struct record *run = results->cases[i].runs[0];
        record_init(&works[i]);
        works[i].workload = run->workload;
        works[i].params = run->params;
        works[i].label = run->label;
        works[i].machine = run->machine;
        results->cases[i].work_number = identity_index_add(&index, &works[i]);
    }
    results->works = index.size;
    free(works);
    identity_index_free(&index);
}

/* Serial cases that have a time, by their work: a list in the order of the cases. */
struct baselines {
    const struct case_result **of_work; /* the first */
    const struct case_result **next;    /* of each case */
    const struct case_result **first;   /* the first case of a work that has a time, whatever it is */
};

/* The serial case of the same work, if it can be with the same placement and schedule. */
static const struct case_result *find_baseline(const struct results *results,
                                               const struct baselines *baselines,
                                               const struct case_result *result)
{
    const struct case_result *found = NULL, *other = baselines->of_work[result->work_number];
    const struct record *own = result->runs[0];

    for (; other != NULL; other = baselines->next[other - results->cases]) {
        const struct record *run = other->runs[0];

        if (!same_text(run->side, own->side))
            continue;
        if (same_text(run->pin, own->pin) && same_text(run->places, own->places) &&
            same_text(run->schedule, own->schedule) && run->grain == own->grain)
            return other;
        if (found == NULL)
            found = other;
    }
    return found != NULL ? found : baselines->first[result->work_number];
}

static double lanes_of(const struct case_result *result)
{
    const struct record *run = result->runs[0];

    return run->workers > 0 && run->inflight > 0 ? (double)run->workers * (double)run->inflight : NAN;
}

static int fill_speedup(struct case_result *result, const struct case_result *baseline)
{
    if (baseline == NULL || isnan(result->wall_s.median))
        return 0;
    result->reference = same_text(baseline->runs[0]->executor, "serial") ? "serial" : "first";
    result->reference_run = baseline->runs[0];
    result->speedup = baseline->wall_s.median / result->wall_s.median;
    result->efficiency = result->speedup * lanes_of(baseline) / lanes_of(result);
    return isnan(result->speedup) ? 0 : case_fill_speedup_interval(result, baseline);
}

static int fill_speedups(struct results *results)
{
    struct baselines baselines = {calloc(results->works + 1, sizeof(*baselines.of_work)),
                                  calloc(results->size + 1, sizeof(*baselines.next)),
                                  calloc(results->works + 1, sizeof(*baselines.first))};
    int failed = baselines.of_work && baselines.next && baselines.first ? 0 : -ENOMEM;

    /* Backwards, so that the first comes first. */
    for (size_t i = results->size; i > 0 && !failed; i--) {
        const struct case_result *result = &results->cases[i - 1];
        const struct case_result **first = &baselines.of_work[result->work_number];

        if (isnan(result->wall_s.median))
            continue;
        baselines.first[result->work_number] = result;
        if (same_text(result->runs[0]->executor, "serial")) {
            baselines.next[i - 1] = *first;
            *first = result;
        }
    }
    for (size_t i = 0; i < results->size && !failed; i++)
        failed =
            fill_speedup(&results->cases[i], find_baseline(results, &baselines, &results->cases[i]));
    free(baselines.of_work);
    free(baselines.next);
    free(baselines.first);
    return failed;
}

/* Which case each record belongs to. Makes the cases and counts their runs. */
static int assign(struct results *results, const struct record *records, size_t n, size_t *case_of)
{
    struct identity_index index = {.parts = IDENTITY_ALL};

    for (size_t i = 0; i < n; i++)
        case_of[i] = identity_index_add(&index, &records[i]);
    results->size = index.size;
    results->cases = mem_zero(index.size, sizeof *results->cases);
    for (size_t i = 0; i < n; i++)
        results->cases[case_of[i]].runs_size++;
    identity_index_free(&index);
    return 0;
}

/* Each case's runs side by side, in the order given. */
static int distribute(struct results *results, const struct record *records, size_t n,
                      const size_t *case_of)
{
    const struct record ***next = calloc(results->size + 1, sizeof(*next)), **free_runs = results->runs;

    if (next == NULL)
        return -ENOMEM;
    for (size_t c = 0; c < results->size; c++) {
        results->cases[c].runs = next[c] = free_runs;
        free_runs += results->cases[c].runs_size;
    }
    for (size_t i = 0; i < n; i++)
        *next[case_of[i]]++ = &records[i];
    free(next);
    return 0;
}

int results_of(struct results *results, const struct record *records, size_t records_size)
{
    size_t *case_of = malloc((records_size + 1) * sizeof(*case_of));
    int failed = -ENOMEM;

    *results = (struct results){.runs = calloc(records_size + 1, sizeof(*results->runs))};
    if (case_of == NULL || results->runs == NULL)
        goto out;
    failed = assign(results, records, records_size, case_of);
    if (!failed)
        failed = distribute(results, records, records_size, case_of);
    for (size_t c = 0; c < results->size && !failed; c++)
        failed = fill(&results->cases[c]);
    if (!failed)
        number_works(results);
    if (!failed)
        failed = fill_speedups(results);
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
