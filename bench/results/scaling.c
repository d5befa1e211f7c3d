/* From cases to sweeps, and how they scale. */
#include "results/scaling.h"

#include "base/memory.h"
#include "results/case_sample.h"
#include "results/speedup.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double level = 0.95, misfit_below = 0.05, far = 2;
enum { SEED = 1967 };

/* ---- which cases are a sweep ---- */

static int64_t swept(const struct record *run, bool is_of_lanes)
{
    return is_of_lanes ? run->inflight : run->workers;
}

static bool can_be_swept(const struct case_result *result)
{
    const struct record *run = result->identity;
    return result_has_numbers(result) && result->wall_s.median > 0 && run->workers > 0 &&
           run->inflight > 0 && isnan(run->rate_per_s) && !run->lever;
}

/* The number of the sweep of each case that can be in one: cases with the same number have all in common
 * but what is swept. */
static size_t number_sweeps(const struct results *results, bool is_of_lanes, size_t *numbers)
{
    struct identity_index index = {.parts = IDENTITY_ALL};
    struct record *others = mem_zero(results->size, sizeof *others);
    for (size_t i = 0; i < results->size; i++) {
        numbers[i] = SIZE_MAX;
        if (!can_be_swept(&results->cases[i]))
            continue;
        others[i] = *results->cases[i].identity;
        *(is_of_lanes ? &others[i].inflight : &others[i].workers) = 0;
        numbers[i] = identity_index_add(&index, &others[i]);
    }
    size_t count = index.size;
    identity_index_free(&index);
    free(others);
    return count;
}

static int by_n(const void *a, const void *b)
{
    const struct scaling_step *x = a, *y = b;
    return (x->n > y->n) - (x->n < y->n);
}

/* Several cases of one n differ in what is not known of some, and are no sweep. */
static bool has_each_once(const struct scaling *scaling)
{
    for (size_t i = 1; i < scaling->count; i++) {
        if (!(scaling->steps[i].n > scaling->steps[i - 1].n))
            return false;
    }
    return true;
}

static bool collect(struct scaling *scaling, const struct results *results, const size_t *numbers,
                    size_t number)
{
    size_t capacity = 0;
    for (size_t i = 0; i < results->size; i++) {
        if (numbers[i] != number)
            continue;
        scaling->steps = mem_grow(scaling->steps, scaling->count, &capacity, sizeof *scaling->steps);
        scaling->steps[scaling->count++] =
            (struct scaling_step){.result = &results->cases[i],
                                  .n = (double)swept(results->cases[i].identity, scaling->is_of_lanes),
                                  .speedup = NAN,
                                  .serial_share = NAN,
                                  .serial_share_interval = INTERVAL_UNKNOWN};
    }
    mem_sort(scaling->steps, scaling->count, sizeof *scaling->steps, by_n);
    scaling->first = scaling->steps[0].result;
    return has_each_once(scaling);
}

/* ---- against one worker ---- */

static const struct case_result *find_serial(const struct results *results, const struct case_result *of)
{
    if (!of->reference || strcmp(of->reference, "serial") != 0)
        return NULL;
    for (size_t i = 0; i < results->size; i++) {
        if (results->cases[i].identity == of->reference_run)
            return &results->cases[i];
    }
    return NULL;
}

static void hold_against_base(struct scaling *scaling, const struct results *results)
{
    bool has_one = scaling->steps[0].n <= 1;
    if (has_one)
        scaling->base = scaling->first;
    else if (!scaling->is_of_lanes)
        scaling->base = find_serial(results, scaling->first);
    for (size_t i = 0; scaling->base && i < scaling->count; i++) {
        struct scaling_step *step = &scaling->steps[i];
        struct interval speedup = speedup_interval(step->result, scaling->base);
        step->speedup = scaling->base->wall_s.median / step->result->wall_s.median;
        step->serial_share = karp_flatt(step->speedup, step->n);
        step->serial_share_interval =
            (struct interval){karp_flatt(speedup.high, step->n), karp_flatt(speedup.low, step->n)};
    }
}

/* ---- the laws ---- */

/* ln of 1 / the launches' medians; for free(). */
static double *logs_of(const struct case_result *result, size_t *launches)
{
    struct case_sample walls;
    case_sample_make(&walls, result->cases, result->source, COLUMN_wall_s, result->source->pass_tasks);
    double *logs = mem_alloc(walls.launches * sizeof *logs);
    const double *values = walls.values;
    *launches = walls.sample.launches;
    for (size_t i = 0; i < *launches; i++) {
        logs[i] = -log(summary_median(values, walls.launch_sizes[i]));
        values += walls.launch_sizes[i];
    }
    case_sample_free(&walls);
    return logs;
}

/* Needs points whose launches are known. */
static enum scaling_doubt fit(struct scaling *scaling, const struct scaling_point *points)
{
    struct usl amdahl;
    bool has_one_only = false;
    for (size_t i = 0; i < scaling->count; i++) {
        if (points[i].launches == 0)
            return SCALING_NO_FIT;
        has_one_only = has_one_only || points[i].launches == 1;
    }
    if (scaling_fit(points, scaling->count, false, &amdahl) && amdahl.sigma < 1)
        scaling->serial_share = amdahl.sigma;
    if (scaling->count < SCALING_POINTS_LEAST)
        return SCALING_FEW_POINTS;
    if (has_one_only)
        return SCALING_FEW_LAUNCHES;
    if (!scaling_law_of(points, scaling->count, level, SCALING_RESAMPLES, SEED, &scaling->law))
        return SCALING_NO_FIT;
    return scaling->law.misfit_p < misfit_below ? SCALING_MISFIT : SCALING_HOLDS;
}

static void find_laws(struct scaling *scaling)
{
    struct scaling_point *points = mem_zero(scaling->count, sizeof *points);
    double **logs = mem_zero(scaling->count, sizeof *logs);
    for (size_t i = 0; i < scaling->count; i++) {
        logs[i] = logs_of(scaling->steps[i].result, &points[i].launches);
        points[i].n = scaling->steps[i].n;
        points[i].logs = logs[i];
    }
    scaling->serial_share = NAN;
    scaling->doubt = fit(scaling, points);
    for (size_t i = 0; i < scaling->count; i++)
        free(logs[i]);
    free(logs);
    free(points);
}

static void add_sweeps(struct scalings *scalings, const struct results *results, bool is_of_lanes)
{
    size_t *numbers = mem_alloc(results->size * sizeof *numbers);
    size_t count = number_sweeps(results, is_of_lanes, numbers);
    size_t *sizes = mem_zero(count, sizeof *sizes);
    for (size_t i = 0; i < results->size; i++) {
        if (numbers[i] != SIZE_MAX)
            sizes[numbers[i]]++;
    }
    for (size_t number = 0; number < count; number++) {
        struct scaling scaling = {.is_of_lanes = is_of_lanes};
        if (sizes[number] < SCALING_SWEEP_LEAST)
            continue;
        if (!collect(&scaling, results, numbers, number)) {
            free(scaling.steps);
            continue;
        }
        hold_against_base(&scaling, results);
        find_laws(&scaling);
        scalings->list =
            mem_grow(scalings->list, scalings->size, &scalings->capacity, sizeof *scalings->list);
        scalings->list[scalings->size++] = scaling;
    }
    free(sizes);
    free(numbers);
}

void scalings_of(struct scalings *scalings, const struct results *results)
{
    *scalings = (struct scalings){0};
    add_sweeps(scalings, results, false);
    add_sweeps(scalings, results, true);
}

void scalings_free(struct scalings *scalings)
{
    for (size_t i = 0; i < scalings->size; i++)
        free(scalings->list[i].steps);
    free(scalings->list);
    *scalings = (struct scalings){0};
}

void scalings_keep(struct scalings *scalings, const struct case_result *of, const char *executor)
{
    size_t kept = 0;
    for (size_t i = 0; i < scalings->size; i++) {
        struct scaling *scaling = &scalings->list[i];
        if (executor && result_same_work(scaling->first, of) &&
            same_text(scaling->first->identity->executor, executor))
            scalings->list[kept++] = *scaling;
        else
            free(scaling->steps);
    }
    scalings->size = kept;
}

bool scaling_is_far(const struct scaling *scaling, double n)
{
    return n > far * scaling->steps[scaling->count - 1].n;
}

/* The law is of runs a second. */
double scaling_speedup(const struct scaling *scaling, double n)
{
    const struct case_result *first = scaling->first;
    return usl_throughput(&scaling->law.law, n) * first->speedup * first->wall_s.median;
}
