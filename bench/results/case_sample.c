/* From the runs of a case to a sample of one of their columns. */
#include "results/case_sample.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

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
                                   .launch_sizes = mem_zero(one->launches_size, sizeof(size_t))};
    for (size_t i = 0; i < one->size; i++) {
        if (!is_in_sample(one, i, column))
            continue;
        double value = cases_value(cases, one, i, column);
        if (record_columns[column].role == ROLE_PER_PASS)
            value /= cases_passes(cases, one, i, pass_tasks);
        note_bad(sample, one, i, column, value);
        sample->launches += one->runs[i].launch != before;
        before = one->runs[i].launch;
        sample->launch_sizes[sample->launches - 1]++;
        sample->values[sample->size++] = value;
    }
    if (!sample->has_bad)
        sample->sample = (struct sample){sample->values, sample->launch_sizes, sample->launches};
}

void case_sample_free(struct case_sample *sample)
{
    free(sample->values);
    free(sample->launch_sizes);
    *sample = (struct case_sample){0};
}

void case_sample_add_one(struct case_sample *sample)
{
    for (size_t i = 0; i < sample->size; i++)
        sample->values[i]++;
}
