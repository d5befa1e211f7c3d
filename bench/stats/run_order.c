/* From the pairs of a round to its difference. */
#include "stats/run_order.h"

#include "stats/summary.h"

#include <math.h>

enum { A, B, SIDES, HALVES = 2 };

static int kind_of(int outer, int half)
{
    return HALVES * outer + half;
}

void run_order_add(struct run_order *run_order, int outer, int half, double ln_ratio)
{
    struct values *known = &run_order->known[kind_of(outer, half)];
    if (known->count < RUN_ORDER_KNOWN_MOST)
        values_add(known, ln_ratio);
    values_add(&run_order->round[kind_of(outer, half)], ln_ratio);
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

double run_order_end_round(struct run_order *run_order)
{
    run_order->adjusted.count = 0;
    for (int half = 0; half < HALVES; half++) {
        double effect = find_order_effect(run_order, half);
        for (int outer = A; outer < SIDES; outer++)
            adjust(run_order, outer, half, effect);
    }
    double difference;
    difference = summary_median(run_order->adjusted.list, run_order->adjusted.count);
    return difference;
}

void run_order_free(struct run_order *run_order)
{
    for (int kind = 0; kind < RUN_ORDER_KINDS; kind++) {
        values_free(&run_order->round[kind]);
        values_free(&run_order->known[kind]);
    }
    values_free(&run_order->adjusted);
}
