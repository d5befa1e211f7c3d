/* Autocorrelation. */
#include "stats/autocorrelation.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

/* Longer series would take too long: the sums are n^2 at worst. */
#define BATCHES_MOST 2048

static double mean_of(const double *values, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += values[i];
    return sum / (double)n;
}

static double lagged_product(const double *values, size_t n, size_t lag, double mean)
{
    double sum = 0;

    for (size_t i = lag; i < n; i++)
        sum += (values[i] - mean) * (values[i - lag] - mean);
    return sum;
}

double autocorrelation_first(const double *values, size_t n)
{
    double mean, squares;

    if (n < 3)
        return NAN;
    mean = mean_of(values, n);
    squares = lagged_product(values, n, 0, mean);
    return squares > 0 ? lagged_product(values, n, 1, mean) / squares : NAN;
}

static int compare(const void *a, const void *b)
{
    const double *x = *(const double *const *)a, *y = *(const double *const *)b;

    return (*x > *y) - (*x < *y);
}

/* Equal values share the mean of their ranks. */
static void ranks_of(const double *values, size_t n, double *ranks)
{
    const double **order = mem_alloc(n * sizeof *order);
    for (size_t i = 0; i < n; i++)
        order[i] = &values[i];
    mem_sort(order, n, sizeof *order, compare);
    for (size_t first = 0, next; first < n; first = next) {
        for (next = first + 1; next < n && *order[next] == *order[first];)
            next++;
        for (size_t i = first; i < next; i++)
            ranks[order[i] - values] = (double)(first + next - 1) / 2;
    }
    free(order);
}

/*
 * The ranks' correlation at lag 1 is made that of the normals behind them (Pearson 1907, 2 sin(pi r /
 * 6)), and what an estimate from n values is too small on the average is added (Kendall, "Note on bias
 * in the estimation of autocorrelation", Biometrika 41 (1954)). Two normals with correlation r are on
 * the same side of their medians as often as 2 / pi asin(r) says (Sheppard 1899).
 */
static double short_inefficiency(const double *ranks, size_t n)
{
    double r = 2 * sin(M_PI / 6 * autocorrelation_first(ranks, n)) * (double)n / (double)(n - 1);
    double sum = 1;

    if (isnan(r))
        return 1;
    r = fmin(r + (1 + 3 * r) / (double)n, 0.99);
    for (double at_lag = r; at_lag > 1e-4; at_lag *= r)
        sum += 2 * M_2_PI * asin(at_lag);
    return sum;
}

/*
 * After Geyer's initial monotone sequence ("Practical Markov chain Monte Carlo", Statistical Science 7
 * (1992), 3.3): sums of two lags that follow each other, never more than the one before. Geyer stops at
 * one that is not over 0; here it is at one that is not over the standard error that it would have of
 * independent values (Bartlett 1946), for which he finds too much. Long series are summed up in batches
 * first: the variance of their sum, which is what counts, stays what it is. `signs` is overwritten; its
 * mean is near 0.
 */
static double long_inefficiency(double *signs, size_t n)
{
    size_t batch = n / BATCHES_MOST + 1, batches = n / batch;
    double squares = lagged_product(signs, batches * batch, 0, 0), batch_squares, sum, before = INFINITY;

    if (!(squares > 0))
        return 1;
    for (size_t i = 0; i < batches; i++) {
        sum = 0;
        for (size_t j = 0; j < batch; j++)
            sum += signs[i * batch + j];
        signs[i] = sum;
    }
    batch_squares = lagged_product(signs, batches, 0, 0);
    sum = -batch_squares;
    for (size_t lag = 0; lag + 1 < batches; lag += 2) {
        double pair =
            lagged_product(signs, batches, lag, 0) + lagged_product(signs, batches, lag + 1, 0);

        if (pair <= (lag > 0 ? batch_squares * sqrt(2 / (double)batches) : 0))
            break;
        before = fmin(pair, before);
        sum += 2 * before;
    }
    return sum / squares;
}

double autocorrelation_inefficiency(const double *values, size_t n)
{
    if (n < 3)
        return 1;
    double *ranks = mem_alloc(n * sizeof *ranks);
    ranks_of(values, n, ranks);
    double inefficiency = fmax(1, short_inefficiency(ranks, n));
    for (size_t i = 0; i < n; i++) /* those of the median are 0 */
        ranks[i] = (double)((2 * ranks[i] > (double)(n - 1)) - (2 * ranks[i] < (double)(n - 1)));
    inefficiency = fmax(inefficiency, long_inefficiency(ranks, n));
    free(ranks);
    return inefficiency;
}
