/* From the runs of a case to a sample of one of their columns. */
#include "results/case_sample.h"

#include "base/memory.h"
#include "stats/moments.h"
#include "stats/summary.h"
#include "stats/values.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Are its values those of a launch's first run? */
static bool is_of_launch(enum column column)
{
    return column == COLUMN_startup_s;
}

static bool is_in_sample(const struct case_runs *one, size_t run, enum column column)
{
    const struct case_launch *launch = &one->launches[one->runs[run].launch];
    return is_of_launch(column) ? run == launch->first : one->runs[run].phase == PHASE_MEASURE;
}

/* No ratio is made of a time of 0, which is too short for its clock; 0 page faults are a number. */
static void note_bad(struct case_sample *sample, const struct case_runs *one, size_t run,
                     enum column column, double value)
{
    bool is_zero = !(value < 0) && !(value > 0) && !isnan(value);
    bool is_counted = column_type(column) == COLUMN_COUNT;
    sample->has_zero |= is_zero && is_counted;
    if (sample->has_bad || (value > 0 && isfinite(value)) || (is_zero && is_counted))
        return;
    sample->has_bad = true;
    sample->bad_value = value;
    sample->bad_launch = one->launches[one->runs[run].launch].number;
    sample->bad_run = one->runs[run].number;
}

void case_sample_make(struct case_sample *sample, const struct cases *cases, const struct case_runs *one,
                      enum column column, double pass_tasks)
{
    size_t before = SIZE_MAX;
    *sample = (struct case_sample){.values = mem_alloc(one->size * sizeof *sample->values),
                                   .launch_sizes = mem_zero(one->launches_size, sizeof(size_t)),
                                   .launch_times_s = mem_alloc(one->launches_size * sizeof(double))};
    for (size_t i = 0; i < one->size; i++) {
        if (!is_in_sample(one, i, column))
            continue;
        double value = cases_value(cases, one, i, column);
        if (record_columns[column].role == ROLE_PER_PASS)
            value /= cases_passes(cases, one, i, pass_tasks);
        note_bad(sample, one, i, column, value);
        if (one->runs[i].launch != before)
            sample->launch_times_s[sample->launches++] = cases_value(cases, one, i, COLUMN_time_utc);
        before = one->runs[i].launch;
        sample->launch_sizes[sample->launches - 1]++;
        sample->values[sample->size++] = value;
    }
    if (!sample->has_bad)
        sample->sample = (struct sample){.values = sample->values,
                                         .launch_sizes = sample->launch_sizes,
                                         .launches = sample->launches};
}

void case_sample_free(struct case_sample *sample)
{
    free(sample->values);
    free(sample->launch_sizes);
    free(sample->launch_times_s);
    *sample = (struct case_sample){0};
}

static int compare_times(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double case_sample_span_s(const struct case_sample *sample)
{
    double first = INFINITY, last = -INFINITY;
    for (size_t i = 0; i < sample->launches; i++) {
        first = isnan(sample->launch_times_s[i]) ? NAN : fmin(first, sample->launch_times_s[i]);
        last = fmax(last, sample->launch_times_s[i]);
        if (isnan(first))
            return NAN;
    }
    return last - first;
}

/* The share of its workers' time that others had the CPUs in the middle run, or the host gave them to
 * others; 0 where no row tells. The middle one, since a median does not see what befalls few runs; and
 * more than all of a run's time was lost around it, not in it. */
static double lost_share(const struct cases *cases, const struct case_runs *one)
{
    struct values shares = {0};
    for (size_t i = 0; i < one->size; i++) {
        double delay_s = cases_value(cases, one, i, COLUMN_run_delay_s);
        double steal_s = cases_value(cases, one, i, COLUMN_steal_s);
        double run_s = cases_value(cases, one, i, COLUMN_wall_s) * (double)one->identity->workers;
        double lost_s = fmax(delay_s, steal_s);
        if (cases_is_measured(cases, one, i) && run_s > 0 && lost_s <= run_s)
            values_add(&shares, lost_s / run_s);
    }
    double share = shares.count > 0 ? summary_median(shares.list, shares.count) : 0;
    values_free(&shares);
    return share;
}

void case_sample_set_luck(struct case_sample *sample, const struct cases *cases,
                          const struct case_runs *one)
{
    if (sample->launches == 0 || isnan(case_sample_span_s(sample)))
        return;
    double *times_s = mem_alloc(sample->launches * sizeof *times_s);
    memcpy(times_s, sample->launch_times_s, sample->launches * sizeof *times_s);
    mem_sort(times_s, sample->launches, sizeof *times_s, compare_times);
    sample->sample.luck = moments_luck(times_s, sample->launches, lost_share(cases, one));
    free(times_s);
}

void case_sample_add_one(struct case_sample *sample)
{
    for (size_t i = 0; i < sample->size; i++)
        sample->values[i]++;
}
