/* How well it is known what a case comes to. */
#include "report/case_sample.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const double level = 0.95; /* of all intervals here */

static bool same_launch(const struct record *a, const struct record *b)
{
    return a->launch == b->launch &&
           (a->session == b->session || (a->session && b->session && !strcmp(a->session, b->session)));
}

int case_sample_make(struct case_sample *sample, const struct case_result *result)
{
    const struct record *before = NULL;
    size_t n = 0, launches = 0;

    *sample = (struct case_sample){.walls_s = calloc(result->runs_size, sizeof(*sample->walls_s)),
                                   .launch_sizes = calloc(result->runs_size, sizeof(size_t))};
    if (sample->walls_s == NULL || sample->launch_sizes == NULL) {
        case_sample_free(sample);
        return -ENOMEM;
    }
    for (size_t i = 0; i < result->runs_size; i++) {
        const struct record *run = result->runs[i];
        double wall_s = run->wall_s / result_passes(result, run);

        if (!result_is_measured(run) || isnan(wall_s))
            continue;
        if (!(wall_s > 0))
            return 0;
        launches += before == NULL || !same_launch(before, run);
        sample->launch_sizes[launches - 1]++;
        sample->walls_s[n++] = wall_s;
        before = run;
    }
    sample->sample = (struct sample){sample->walls_s, sample->launch_sizes, launches};
    return 0;
}

void case_sample_free(struct case_sample *sample)
{
    free(sample->walls_s);
    free(sample->launch_sizes);
    *sample = (struct case_sample){0};
}

int case_fill_precision(struct case_result *result)
{
    struct case_sample sample;
    double median;
    int failed = case_sample_make(&sample, result);

    if (failed)
        return failed;
    result->launches = sample.sample.launches;
    if (sample.sample.launches > 0)
        failed = sample_median(&sample.sample, level, &median, &result->median_s);
    if (!failed && interval_known(result->median_s))
        result->precision = (result->median_s.high - result->median_s.low) / 2 / result->wall_s.median;
    case_sample_free(&sample);
    return failed;
}

int case_fill_speedup_interval(struct case_result *result, const struct case_result *serial)
{
    struct case_sample own, other;
    struct sample_ratio ratio;
    double lanes = (double)result->runs[0]->workers * (double)result->runs[0]->inflight /
                   ((double)serial->runs[0]->workers * (double)serial->runs[0]->inflight);
    int failed = case_sample_make(&own, result);

    if (failed)
        return failed;
    failed = case_sample_make(&other, serial);
    if (!failed && result != serial && own.sample.launches > 0 && other.sample.launches > 0) {
        failed = sample_ratio(&own.sample, &other.sample, level, &ratio);
        if (!failed) {
            result->speedup_interval = ratio.interval;
            if (lanes > 0)
                result->efficiency_interval =
                    (struct interval){ratio.interval.low / lanes, ratio.interval.high / lanes};
        }
    }
    case_sample_free(&own);
    case_sample_free(&other);
    return failed;
}
