/* Signed ranks: a test and an interval. */
#include "stats/signed_rank.h"

#include "base/memory.h"
#include "stats/distributions.h"
#include "stats/summary.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

static int compare_distance(const void *a, const void *b)
{
    double x = fabs(*(const double *)a), y = fabs(*(const double *)b);
    return (x > y) - (x < y);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Twice the rank of each of the values in order of their distance, which makes shared ranks whole. */
static void rank_twice(const double *ordered, size_t n, uint32_t *ranks)
{
    for (size_t first = 0, end; first < n; first = end) {
        for (end = first + 1; end < n && fabs(ordered[end]) == fabs(ordered[first]); end++)
            ;
        for (size_t i = first; i < end; i++)
            ranks[i] = (uint32_t)(first + 1 + end);
    }
}

/*
 * The distribution of the sum, up to `total`, of those of the n ranks that count, each with probability
 * 1/2: one rank after the other. For free().
 */
static double *distribution_of(const uint32_t *ranks, size_t n, uint64_t total)
{
    double *chance = mem_zero(total + 1, sizeof *chance);
    uint64_t reached = 0;
    chance[0] = 1;
    for (size_t i = 0; i < n; i++) {
        reached += ranks[i];
        for (uint64_t sum = reached + 1; sum-- > 0;)
            chance[sum] = chance[sum] / 2 + (sum >= ranks[i] ? chance[sum - ranks[i]] / 2 : 0);
    }
    return chance;
}

/* P(sum >= least), small chances first. */
static double tail_exact(const uint32_t *ranks, size_t n, uint64_t total, uint64_t least)
{
    double *chance = distribution_of(ranks, n, total), tail = 0;
    for (uint64_t sum = total + 1; sum-- > least;)
        tail += chance[sum];
    free(chance);
    return tail;
}

/* With a correction for continuity of half a rank. */
static double tail_normal(const uint32_t *ranks, size_t n, uint64_t total, uint64_t least)
{
    double squares = 0;
    for (size_t i = 0; i < n; i++)
        squares += (double)ranks[i] * ranks[i];
    return squares > 0 ? normal_above(((double)least - 1 - (double)total / 2) / sqrt(squares / 4)) : 1;
}

static double tail_of(const uint32_t *ranks, size_t n, uint64_t total, uint64_t least)
{
    return n <= SIGNED_RANK_EXACT ? tail_exact(ranks, n, total, least)
                                  : tail_normal(ranks, n, total, least);
}

static void test(const double *values, size_t n, struct signed_rank *out)
{
    double *ordered = mem_alloc(n * sizeof *ordered);
    uint32_t *ranks = mem_alloc(n * sizeof *ranks);
    size_t kept = 0;
    uint64_t above = 0, total = 0;
    for (size_t i = 0; i < n; i++) {
        if (values[i] != 0)
            ordered[kept++] = values[i];
    }
    mem_sort(ordered, kept, sizeof *ordered, compare_distance);
    rank_twice(ordered, kept, ranks);
    for (size_t i = 0; i < kept; i++) {
        total += ranks[i];
        above += ordered[i] > 0 ? ranks[i] : 0;
    }
    out->p_above = tail_of(ranks, kept, total, above);
    out->p_below = tail_of(ranks, kept, total, total - above);
    out->p = fmin(1, 2 * fmin(out->p_above, out->p_below));
    free(ordered);
    free(ranks);
}

/* The largest k such that, of sums of the ranks 1..n, P(sum < k) <= beyond. */
static size_t critical(size_t n, double beyond)
{
    uint64_t total = (uint64_t)n * (n + 1) / 2;
    if (n > SIGNED_RANK_EXACT) {
        double sd = sqrt((double)total * (2 * (double)n + 1) / 12);
        return (size_t)fmax(0, floor((double)total / 2 + 0.5 + normal_quantile(beyond) * sd));
    }
    uint32_t ranks[SIGNED_RANK_EXACT];
    for (size_t i = 0; i < n; i++)
        ranks[i] = (uint32_t)(i + 1);
    double *chance = distribution_of(ranks, n, total), below = 0;
    size_t k = 0;
    for (; k < total && below + chance[k] <= beyond; k++)
        below += chance[k];
    free(chance);
    return k;
}

static void locate(const double *values, size_t n, double level, struct signed_rank *out)
{
    size_t pairs = n * (n + 1) / 2, at = 0, k = critical(n, (1 - level) / 2);
    double *means = mem_alloc(pairs * sizeof *means);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = i; j < n; j++)
            means[at++] = (values[i] + values[j]) / 2;
    }
    mem_sort(means, pairs, sizeof *means, compare);
    out->centre = summary_quantile(means, pairs, 0.5);
    if (k > 0)
        out->interval = (struct interval){means[k - 1], means[pairs - k]};
    free(means);
}

void signed_rank_of(const double *values, size_t n, double level, struct signed_rank *out)
{
    *out = (struct signed_rank){
        .centre = NAN, .interval = INTERVAL_UNKNOWN, .p_above = NAN, .p_below = NAN, .p = NAN};
    if (n == 0)
        return;
    test(values, n, out);
    locate(values, n, level, out);
}
