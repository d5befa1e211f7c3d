/* From the pairs of a round to its difference. */
#include "stats/run_order.h"

#include "base/memory.h"
#include "stats/summary.h"

#include <math.h>

enum { A, B, SIDES, HALVES = 2 };

/* A run that takes more than so many times the low decile of its side's is disturbed. */
static const double undisturbed_most = 1.25;

static int kind_of(int outer, int half)
{
    return HALVES * outer + half;
}

void run_order_add(struct run_order *run_order, int outer, int half, double ln_a, double ln_b)
{
    struct values *known = &run_order->known[kind_of(outer, half)];
    if (known->count < RUN_ORDER_KNOWN_MOST)
        values_add(known, ln_b - ln_a);
    values_add(&run_order->round[kind_of(outer, half)], ln_b - ln_a);
    values_add(&run_order->sides[A], ln_a);
    values_add(&run_order->sides[B], ln_b);
}

/* What the order adds to the pairs of ABBA and takes from those of BAAB, in this half. */
static double find_order_effect(const struct run_order *run_order, int half)
{
    double medians[SIDES] = {NAN, NAN};
    for (int outer = A; outer < SIDES; outer++) {
        const struct values *known = &run_order->known[kind_of(outer, half)];
        medians[outer] = summary_median(known->list, known->count);
    }
    double effect = (medians[A] - medians[B]) / 2;
    return isnan(effect) ? 0 : effect; /* one kind has no pairs yet */
}

static void adjust(struct run_order *run_order, int outer, int half, double effect)
{
    struct values *round = &run_order->round[kind_of(outer, half)];
    for (size_t i = 0; i < round->count; i++)
        values_add(&run_order->adjusted, round->list[i] - (outer == A ? effect : -effect));
    round->count = 0;
}

static double median_of_pairs(struct run_order *run_order)
{
    run_order->adjusted.count = 0;
    for (int half = 0; half < HALVES; half++) {
        double effect = find_order_effect(run_order, half);
        for (int outer = A; outer < SIDES; outer++)
            adjust(run_order, outer, half, effect);
    }
    return summary_median(run_order->adjusted.list, run_order->adjusted.count);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* ln of what the longest undisturbed run of this side may take. */
static double find_limit(struct run_order *run_order, int side)
{
    const struct values *runs = &run_order->sides[side];
    struct values *sorted = &run_order->adjusted;
    sorted->count = 0;
    for (size_t i = 0; i < runs->count; i++)
        values_add(sorted, runs->list[i]);
    mem_sort(sorted->list, sorted->count, sizeof *sorted->list, compare);
    return summary_quantile(sorted->list, sorted->count, 0.1) + log(undisturbed_most);
}

static size_t count_undisturbed_pairs(const struct run_order *run_order, const double limits[SIDES])
{
    const struct values *sides = run_order->sides;
    size_t count = 0;
    for (size_t i = 0; i < sides[A].count; i++)
        count += sides[A].list[i] <= limits[A] && sides[B].list[i] <= limits[B];
    return count;
}

static double median_of_undisturbed(struct run_order *run_order, int side, double limit)
{
    const struct values *runs = &run_order->sides[side];
    run_order->adjusted.count = 0;
    for (size_t i = 0; i < runs->count; i++) {
        if (runs->list[i] <= limit)
            values_add(&run_order->adjusted, runs->list[i]);
    }
    return summary_median(run_order->adjusted.list, run_order->adjusted.count);
}

double run_order_end_round(struct run_order *run_order)
{
    double difference = median_of_pairs(run_order);
    double limits[SIDES] = {find_limit(run_order, A), find_limit(run_order, B)};
    if (2 * count_undisturbed_pairs(run_order, limits) < run_order->sides[A].count)
        difference = median_of_undisturbed(run_order, B, limits[B]) -
                     median_of_undisturbed(run_order, A, limits[A]);
    run_order->sides[A].count = run_order->sides[B].count = 0;
    return difference;
}

void run_order_free(struct run_order *run_order)
{
    for (int kind = 0; kind < RUN_ORDER_KINDS; kind++) {
        values_free(&run_order->round[kind]);
        values_free(&run_order->known[kind]);
    }
    values_free(&run_order->sides[A]);
    values_free(&run_order->sides[B]);
    values_free(&run_order->adjusted);
}
