/* Mann-Whitney, Hodges-Lehmann, signs. */
#include "stats/rank.h"

#include "base/memory.h"
#include "stats/distributions.h"

#include <stdlib.h>
#include <string.h>

/* R's: the exact distribution below so many values on each side. */
#define EXACT_BELOW 50

/* Two samples in ascending order. */
struct sides {
    double *a, *b; /* `b` lies in a's memory */
    size_t a_size, b_size;
};

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void sides_sort(struct sides *sides, const double *a, const double *b)
{
    sides->a = mem_alloc((sides->a_size + sides->b_size) * sizeof(double));
    sides->b = sides->a + sides->a_size;
    memcpy(sides->a, a, sides->a_size * sizeof(double));
    memcpy(sides->b, b, sides->b_size * sizeof(double));
    mem_sort(sides->a, sides->a_size, sizeof(double), compare);
    mem_sort(sides->b, sides->b_size, sizeof(double), compare);
}

/* How many differences a - b are at most (`equal`) or below `bound`; *last is the largest of them. */
static double differences_below(const struct sides *sides, double bound, bool equal, double *last)
{
    double count = 0;
    size_t j = sides->b_size; /* from here on b is large enough: from further down, the less a is */

    *last = -INFINITY;
    for (size_t i = sides->a_size; i-- > 0;) {
        while (j > 0 &&
               (equal ? sides->a[i] - sides->b[j - 1] <= bound : sides->a[i] - sides->b[j - 1] < bound))
            j--;
        if (j < sides->b_size)
            *last = fmax(*last, sides->a[i] - sides->b[j]);
        count += (double)(sides->b_size - j);
    }
    return count;
}

/* The rank'th smallest difference a - b, from 1, without making all of them: halves where it may be. */
static double difference_at(const struct sides *sides, double rank)
{
    double low = sides->a[0] - sides->b[sides->b_size - 1], last;
    double high = sides->a[sides->a_size - 1] - sides->b[0];

    if (differences_below(sides, low, true, &last) >= rank)
        return low;
    for (;;) { /* more than `low`, at most `high`, which is a difference */
        double middle = low + (high - low) / 2;

        if (!(middle > low && middle < high))
            return high;
        if (differences_below(sides, middle, true, &last) >= rank)
            high = last;
        else
            low = middle;
    }
}

/* Sum of t^3 - t over groups of t equal values; *b may be NULL. */
static double ties_of(const double *a, size_t a_size, const double *b, size_t b_size)
{
    double sum = 0;

    for (size_t i = 0, j = 0; i < a_size || j < b_size;) {
        double value = j >= b_size || (i < a_size && a[i] <= b[j]) ? a[i] : b[j], tied = 0;

        for (; i < a_size && a[i] == value; i++)
            tied++;
        for (; j < b_size && b[j] == value; j++)
            tied++;
        sum += tied * tied * tied - tied;
    }
    return sum;
}

static double deviation_of(double a_size, double b_size, double ties)
{
    double n = a_size + b_size;

    return sqrt(a_size * b_size / 12 * (n + 1 - ties / (n * (n - 1))));
}

/*
 * P(W <= w) for each w from 0 to a_size * b_size, in memory that the caller frees. ways[j][w]: in how
 * many ways j of the ranks so far can be a's, with w pairs above. The j'th of them, at rank r, is above
 * r - j of b's.
 */
static double *exact_distribution(size_t a_size, size_t b_size)
{
    size_t width = a_size * b_size + 1;
    double *ways = mem_zero((a_size + 1) * width, sizeof *ways), *last = ways + a_size * width, sum = 0;
    ways[0] = 1;
    for (size_t r = 1; r <= a_size + b_size; r++) {
        for (size_t j = r < a_size ? r : a_size; j >= 1 && r - j <= b_size; j--) {
            for (size_t w = r - j; w < width; w++)
                ways[j * width + w] += ways[(j - 1) * width + w - (r - j)];
        }
    }
    for (size_t w = 0; w < width; w++)
        sum += last[w];
    for (size_t w = 0, before = 0; w < width; before = w++)
        ways[w] = last[w] / sum + (w > 0 ? ways[before] : 0);
    return ways;
}

static void exact_test(const struct sides *sides, double beyond, struct rank_shift *shift, double *rank)
{
    double *at_most = exact_distribution(sides->a_size, sides->b_size);
    double pairs = (double)(sides->a_size * sides->b_size);
    size_t w = (size_t)fmin(shift->pairs_above, pairs - shift->pairs_above), quantile = 0;
    shift->p = fmin(1, 2 * at_most[w]);
    while (at_most[quantile] < beyond / 2 * (1 - 1e-14))
        quantile++;
    *rank = quantile > 0 ? (double)quantile : 1;
    free(at_most);
}

static void normal_test(const struct sides *sides, double beyond, double ties, struct rank_shift *shift,
                        double *rank)
{
    double m = (double)sides->a_size, n = (double)sides->b_size;
    double away = fabs(shift->pairs_above - m * n / 2);
    double own_ties =
        ties_of(sides->a, sides->a_size, NULL, 0) + ties_of(sides->b, sides->b_size, NULL, 0);
    double deviation = deviation_of(m, n, ties);

    shift->p = away > 0 ? fmin(1, 2 * normal_above((away - 0.5) / deviation)) : 1;
    /* Shifted by anything but a difference of two values, a and b have only their own ties. */
    *rank = floor(m * n / 2 - 0.5 + normal_quantile(beyond / 2) * deviation_of(m, n, own_ties)) + 1;
    *rank = fmax(1, *rank);
}

struct rank_shift rank_shift(const double *a, size_t a_size, const double *b, size_t b_size,
                             double level)
{
    struct sides sides = {.a_size = a_size, .b_size = b_size};
    double pairs = (double)a_size * (double)b_size, below, ties, rank, last;

    struct rank_shift shift = {NAN, NAN, NAN, INTERVAL_UNKNOWN, false};
    if (a_size == 0 || b_size == 0)
        return shift;
    sides_sort(&sides, a, b);
    below = differences_below(&sides, 0, false, &last);
    shift.pairs_above = pairs - (below + differences_below(&sides, 0, true, &last)) / 2;
    ties = ties_of(sides.a, a_size, sides.b, b_size);
    shift.exact = a_size < EXACT_BELOW && b_size < EXACT_BELOW && ties == 0;
    if (shift.exact)
        exact_test(&sides, 1 - level, &shift, &rank);
    else
        normal_test(&sides, 1 - level, ties, &shift, &rank);
    double low = difference_at(&sides, floor((pairs + 1) / 2));
    double high = difference_at(&sides, floor(pairs / 2) + 1);
    shift.shift = low + (high - low) / 2;
    shift.interval =
        (struct interval){difference_at(&sides, rank), difference_at(&sides, pairs + 1 - rank)};
    free(sides.a);
    return shift;
}
