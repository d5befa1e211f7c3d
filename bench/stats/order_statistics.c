/* Interpolated order statistics. */
#include "stats/order_statistics.h"

#include "stats/distributions.h"

static double middle(const double *sorted, size_t n)
{
    return sorted[(n - 1) / 2] + (sorted[n / 2] - sorted[(n - 1) / 2]) / 2;
}

/* How probable it is that the rank'th value from either end has the median on its outer side. */
static double missed(size_t rank, size_t n)
{
    return 2 * binomial_at_most((double)rank - 1, (double)n, 0.5);
}

/*
 * The highest rank, from 1 to half of n, such that the values of that rank from either end hold the
 * median between them with a probability of at least 1 - `beyond`; 0 where even the extremes do not.
 */
static size_t highest_rank(size_t n, double beyond)
{
    double guess = (double)n / 2 + normal_quantile(fmin(beyond, 1) / 2) * sqrt((double)n) / 2;
    size_t rank = guess < 1 ? 1 : (size_t)guess;

    if (n == 0 || !(missed(1, n) <= beyond))
        return 0;
    while (rank > 1 && missed(rank, n) > beyond)
        rank--;
    while (rank < n / 2 && missed(rank + 1, n) <= beyond)
        rank++;
    return rank;
}

static struct interval extremes_widened(const double *sorted, size_t n, double beyond)
{
    double median = middle(sorted, n), df = (double)n - 1;
    double wider = student_quantile(beyond / 2, df) / student_quantile(missed(1, n) / 2, df);

    return (struct interval){median - (median - sorted[0]) * wider,
                             median + (sorted[n - 1] - median) * wider};
}

struct interval order_interval(const double *sorted, size_t n, double beyond)
{
    double outer, inner, share, weight, low, high;
    size_t rank;

    if (n < ORDER_FEWEST || !(beyond > 0))
        return INTERVAL_UNKNOWN;
    if (beyond >= 1)
        return (struct interval){middle(sorted, n), middle(sorted, n)};
    rank = highest_rank(n, beyond);
    if (rank == 0)
        return extremes_widened(sorted, n, beyond);
    outer = missed(rank, n);
    if (2 * rank == n) { /* between the two in the middle */
        weight = (beyond - outer) / (1 - outer);
        low = high = middle(sorted, n);
    } else {
        inner = missed(rank + 1, n);
        share = (beyond - outer) / (inner - outer);
        weight = (double)(n - rank) * share / ((double)rank + (double)(n - 2 * rank) * share);
        low = sorted[rank];
        high = sorted[n - 1 - rank];
    }
    return (struct interval){sorted[rank - 1] + weight * (low - sorted[rank - 1]),
                             sorted[n - rank] + weight * (high - sorted[n - rank])};
}
