/* What a sample says in a few numbers. */
#include "stats/summary.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

double summary_quantile(const double *sorted, size_t n, double q)
{
    double position, below;
    size_t i;

    if (n == 0)
        return NAN;
    position = q * (double)(n - 1);
    below = floor(position);
    i = (size_t)below;
    if (i + 1 >= n || position == below)
        return sorted[i];
    return sorted[i] + (position - below) * (sorted[i + 1] - sorted[i]);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The measured ones in ascending order, in memory that the caller frees; *n becomes how many. */
static double *sorted_copy(const double *values, size_t *n)
{
    double *sorted = mem_alloc(*n * sizeof *sorted);
    size_t kept = 0;
    for (size_t i = 0; i < *n; i++) {
        if (!isnan(values[i]))
            sorted[kept++] = values[i];
    }
    mem_sort(sorted, kept, sizeof(*sorted), compare);
    *n = kept;
    return sorted;
}

/* Overwrites the values, with their distances in ascending order. */
static double median_distance(double *values, size_t n, double from)
{
    for (size_t i = 0; i < n; i++)
        values[i] = fabs(values[i] - from);
    mem_sort(values, n, sizeof(*values), compare);
    return summary_quantile(values, n, 0.5);
}

static bool is_far(double distance, double mad)
{
    return mad > 0 && distance > SUMMARY_OUTLIER * SUMMARY_MAD_SCALE * mad;
}

static size_t count_outliers(const double *distances, size_t n, double mad)
{
    size_t count = 0;

    while (count < n && is_far(distances[n - 1 - count], mad))
        count++;
    return count;
}

bool summary_is_outlier(const struct summary *summary, double value)
{
    return is_far(fabs(value - summary->median), summary->mad);
}

static double mean_of(const double *values, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += values[i];
    return n > 0 ? sum / (double)n : NAN;
}

/* In a second pass over the distances from the mean, which does not cancel. */
static double stddev_of(const double *values, size_t n, double mean)
{
    double squares = 0;

    for (size_t i = 0; i < n; i++)
        squares += (values[i] - mean) * (values[i] - mean);
    return n > 1 ? sqrt(squares / (double)(n - 1)) : NAN;
}

struct summary summary_of(const double *values, size_t n)
{
    double *sorted = sorted_copy(values, &n);
    struct summary summary = {.n = n};
    summary.median = summary_quantile(sorted, n, 0.5);
    summary.q1 = summary_quantile(sorted, n, 0.25);
    summary.q3 = summary_quantile(sorted, n, 0.75);
    summary.min = n > 0 ? sorted[0] : NAN;
    summary.max = n > 0 ? sorted[n - 1] : NAN;
    summary.mean = mean_of(sorted, n);
    summary.stddev = stddev_of(sorted, n, summary.mean);
    summary.spread = n > 1 && summary.median > 0 ? (summary.q3 - summary.q1) / summary.median : NAN;
    summary.cv = n > 1 && summary.mean > 0 ? summary.stddev / summary.mean : NAN;
    summary.mad = median_distance(sorted, n, summary.median);
    summary.outliers = count_outliers(sorted, n, summary.mad);
    free(sorted);
    return summary;
}

double summary_median(const double *values, size_t n)
{
    double *sorted = sorted_copy(values, &n);
    double median = summary_quantile(sorted, n, 0.5);
    free(sorted);
    return median;
}
