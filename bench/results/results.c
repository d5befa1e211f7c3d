/* From cases to what they come to. */
#include "results/results.h"

#include "base/memory.h"
#include "results/case_sample.h"
#include "results/speedup.h"

#include <math.h>
#include <stdlib.h>

static const double level = 0.95; /* of all intervals here */

void results_ask(struct cases *cases)
{
    static const enum column columns[] = {
        COLUMN_tasks,          COLUMN_passes,          COLUMN_work,           COLUMN_startup_s,
        COLUMN_wall_s,         COLUMN_cpu_s,           COLUMN_steal_s,        COLUMN_work_per_s,
        COLUMN_latency_p50_s,  COLUMN_latency_p99_s,   COLUMN_latency_max_s,  COLUMN_imbalance,
        COLUMN_ctx_voluntary,  COLUMN_ctx_involuntary, COLUMN_peak_rss_bytes, COLUMN_pss_bytes,
        COLUMN_latency_p999_s, COLUMN_service_p50_s,   COLUMN_cycles,         COLUMN_instructions,
        COLUMN_cache_misses,   COLUMN_branch_misses,
    };
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        cases_ask(cases, columns[i]);
}

void results_ask_pictures(struct cases *cases)
{
    static const enum column columns[] = {
        COLUMN_time_utc,       COLUMN_user_s,        COLUMN_sys_s,
        COLUMN_run_delay_s,    COLUMN_block_delay_s, COLUMN_latency_p90_s,
        COLUMN_latency_p999_s, COLUMN_service_p50_s, COLUMN_service_p99_s,
    };
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        cases_ask(cases, columns[i]);
    cases->is_for_pictures = true;
}

/* ---- runs ---- */

size_t result_runs(const struct case_result *result)
{
    return result->source->size;
}

bool result_is_measured(const struct case_result *result, size_t run)
{
    return cases_is_measured(result->cases, result->source, run);
}

double result_passes(const struct case_result *result, size_t run)
{
    return cases_passes(result->cases, result->source, run, result->source->pass_tasks);
}

double result_value(const struct case_result *result, size_t run, enum column column)
{
    double value = cases_value(result->cases, result->source, run, column);
    return record_columns[column].role == ROLE_PER_PASS ? value / result_passes(result, run) : value;
}

bool result_has_numbers(const struct case_result *result)
{
    return same_text(result->status, "ok") && result->wall_s.n > 0;
}

bool result_is_open_loop(const struct case_result *result)
{
    return result->identity->rate_per_s > 0;
}

/* By more than a twentieth, and than chance: of n arrivals, their number varies by the root of n. */
bool result_is_overloaded(const struct case_result *result)
{
    double arrived = 0;
    for (size_t i = 0; i < result_runs(result); i++)
        arrived += result_is_measured(result, i) ? result_value(result, i, COLUMN_tasks) : 0;
    double least = 1 - fmax(0.05, 3 / sqrt(fmax(arrived, 1)));
    /* The last to arrive is done one task's time later, which is no sign of a backlog. */
    double wall_s = result->wall_s.median, arriving_s = wall_s - result->service_p50_s;
    double tasks_per_s =
        result->work_per_s * result->tasks / result->work * (arriving_s > 0 ? wall_s / arriving_s : 1);
    return result_is_open_loop(result) && tasks_per_s < least * result->identity->rate_per_s;
}

bool result_same_work(const struct case_result *a, const struct case_result *b)
{
    return a->work_number == b->work_number;
}

unsigned results_parts(const struct results *results)
{
    unsigned parts = IDENTITY_WORK;
    for (size_t i = 0; i < results->size; i++) {
        const struct record *first = results->cases[0].identity, *other = results->cases[i].identity;
        parts |= same_text(first->label, other->label) ? 0 : IDENTITY_LABEL;
        parts |= same_text(first->machine, other->machine) ? 0 : IDENTITY_MACHINE;
        parts |= same_text(first->side, other->side) ? 0 : IDENTITY_SIDE;
    }
    return parts;
}

/* ---- what a case comes to ---- */

/* The measured runs' values of one column, each for one pass; `values` has room for all runs. */
static size_t collect(const struct case_result *result, enum column column, double *values)
{
    size_t n = 0;
    for (size_t i = 0; i < result_runs(result); i++) {
        if (result_is_measured(result, i))
            values[n++] = result_value(result, i, column);
    }
    return n;
}

static double median_of(const struct case_result *result, enum column column, double *values)
{
    return summary_median(values, collect(result, column, values));
}

double result_median(const struct case_result *result, enum column column)
{
    double *values = mem_alloc(result_runs(result) * sizeof *values);
    double median = median_of(result, column, values);
    free(values);
    return median;
}

double result_mean(const struct case_result *result, enum column column)
{
    double *values = mem_alloc(result_runs(result) * sizeof *values);
    double mean = summary_of(values, collect(result, column, values)).mean;
    free(values);
    return mean;
}

bool result_is_outlier(const struct case_result *result, size_t run)
{
    return result_is_measured(result, run) &&
           summary_is_outlier(&result->wall_s, result_value(result, run, COLUMN_wall_s));
}

/* NaN of nothing. */
static double most_of(const struct case_result *result, enum column column, double *values)
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
    for (size_t i = 0; i < result_runs(result); i++) {
        if (!result_is_measured(result, i))
            continue;
        cpu_s += cases_value(result->cases, result->source, i, COLUMN_cpu_s);
        wall_s += cases_value(result->cases, result->source, i, COLUMN_wall_s);
    }
    return wall_s > 0 ? cpu_s / wall_s : NAN;
}

static void fill_precision(struct case_result *result)
{
    struct case_sample walls;
    case_sample_make(&walls, result->cases, result->source, COLUMN_wall_s, result->source->pass_tasks);
    result->launches = walls.launches;
    if (walls.sample.launches > 0)
        sample_median(&walls.sample, level, &result->median_s);
    if (interval_known(result->median_s))
        result->precision = (result->median_s.high - result->median_s.low) / 2 / result->wall_s.median;
    case_sample_free(&walls);
}

static double median_startup(const struct case_result *result)
{
    struct case_sample startups;
    case_sample_make(&startups, result->cases, result->source, COLUMN_startup_s, NAN);
    double median = summary_median(startups.values, startups.size);
    case_sample_free(&startups);
    return median;
}

static void fill_numbers(struct case_result *result)
{
    double *values = mem_alloc(result_runs(result) * sizeof *values);
    result->wall_s = summary_of(values, collect(result, COLUMN_wall_s, values));
    fill_precision(result);
    /* Of one statistic with the median of the times: that of few rates may be none of its rate. */
    result->work_per_s = isnan(result->work) || result_is_open_loop(result)
                             ? median_of(result, COLUMN_work_per_s, values)
                             : result->work / result->wall_s.median;
    result->latency_p50_s = median_of(result, COLUMN_latency_p50_s, values);
    result->latency_p99_s = median_of(result, COLUMN_latency_p99_s, values);
    result->latency_p999_s = median_of(result, COLUMN_latency_p999_s, values);
    result->service_p50_s = median_of(result, COLUMN_service_p50_s, values);
    result->latency_max_s = most_of(result, COLUMN_latency_max_s, values);
    result->imbalance = median_of(result, COLUMN_imbalance, values);
    result->ctx_switches = median_of(result, COLUMN_ctx_voluntary, values) +
                           median_of(result, COLUMN_ctx_involuntary, values);
    result->cycles = median_of(result, COLUMN_cycles, values);
    result->instructions = median_of(result, COLUMN_instructions, values);
    result->cache_misses = median_of(result, COLUMN_cache_misses, values);
    result->branch_misses = median_of(result, COLUMN_branch_misses, values);
    result->pss_bytes = median_of(result, COLUMN_pss_bytes, values);
    result->peak_rss_bytes = most_of(result, COLUMN_peak_rss_bytes, values);
    result->startup_s = median_startup(result);
    result->cpu_use = cpu_use(result);
    free(values);
}

static double first_known(const struct case_result *result, enum column column)
{
    double found = NAN;
    for (size_t i = 0; i < result_runs(result) && isnan(found); i++)
        found = result_value(result, i, column);
    return found;
}

static bool has_negative_time(const struct case_result *result)
{
    for (size_t i = 0; i < result_runs(result); i++) {
        if (result_is_measured(result, i) && result_value(result, i, COLUMN_wall_s) < 0)
            return true;
    }
    return false;
}

static void fill_work(struct case_result *result)
{
    result->tasks = first_known(result, COLUMN_tasks);
    result->work = first_known(result, COLUMN_work);
    result->work_unit = result->identity->work_unit;
    if (result->source->failure.status && isnan(result->tasks))
        result->tasks = result->source->failure.tasks;
    if (result->source->failure.status && isnan(result->work))
        result->work = result->source->failure.work;
    if (!result->work_unit || isnan(result->work)) {
        result->work = result->tasks;
        result->work_unit = "task";
    }
}

static void fill(struct case_result *result, const struct cases *cases, const struct case_runs *one)
{
    *result = (struct case_result){.cases = cases,
                                   .source = one,
                                   .identity = one->identity,
                                   .status = one->failure.status ? one->failure.status : "ok",
                                   .error = one->failure.error,
                                   .wall_s = SUMMARY_UNKNOWN,
                                   .median_s = INTERVAL_UNKNOWN,
                                   .speedup_interval = INTERVAL_UNKNOWN,
                                   .efficiency_interval = INTERVAL_UNKNOWN};
    result->precision = result->work_per_s = result->speedup = result->efficiency = NAN;
    result->over_own = result->cpu_use = result->startup_s = result->imbalance = result->ctx_switches =
        NAN;
    result->latency_p50_s = result->latency_p99_s = result->latency_max_s = NAN;
    result->latency_p999_s = result->service_p50_s = NAN;
    result->cycles = result->instructions = result->cache_misses = result->branch_misses = NAN;
    result->pss_bytes = result->peak_rss_bytes = NAN;
    fill_work(result);
    if (!one->failure.status && has_negative_time(result)) {
        result->status = "failed";
        result->error = "a run has a wall_s below 0";
    }
    if (!same_text(result->status, "ok"))
        return;
    result->stopped_by = one->stopped_by;
    fill_numbers(result);
}

/* What makes a work one is an identity of which only the workload's part is left. */
static void number_works(struct results *results)
{
    struct identity_index index = {.parts = IDENTITY_LABEL | IDENTITY_MACHINE};
    struct record *works = mem_zero(results->size, sizeof *works);
    for (size_t i = 0; i < results->size; i++) {
        const struct record *identity = results->cases[i].identity;
        record_init(&works[i]);
        works[i].workload = identity->workload;
        works[i].params = identity->params;
        works[i].label = identity->label;
        works[i].machine = identity->machine;
        results->cases[i].work_number = identity_index_add(&index, &works[i]);
    }
    results->works = index.size;
    free(works);
    identity_index_free(&index);
}

void results_make(struct results *results, const struct cases *cases)
{
    *results =
        (struct results){.cases = mem_zero(cases->size, sizeof *results->cases), .size = cases->size};
    for (size_t i = 0; i < cases->size; i++)
        fill(&results->cases[i], cases, &cases->list[i]);
    number_works(results);
    speedups_fill(results->cases, results->size, results->works);
}

void results_of(struct results *results, const struct record *records, size_t records_size)
{
    struct cases *own = mem_alloc(sizeof *own);
    cases_init(own, IDENTITY_ALL);
    own->is_with_rows = own->is_for_people = true;
    results_ask(own);
    results_ask_pictures(own);
    for (size_t i = 0; i < records_size; i++)
        cases_add(own, &records[i]);
    cases_finish(own);
    results_make(results, own);
    results->own = own;
}

void results_free(struct results *results)
{
    free(results->cases);
    if (results->own)
        cases_free(results->own);
    free(results->own);
    *results = (struct results){0};
}
