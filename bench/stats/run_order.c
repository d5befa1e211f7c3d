/* From the pairs of a round to its difference. */
#include "stats/run_order.h"

#include "stats/summary.h"

#include <errno.h>
#include <math.h>

enum { A, B, SIDES, HALVES = 2 };

static int kind_of(int outer, int half)
{
    return HALVES * outer + half;
}

int run_order_add(struct run_order *run_order, int outer, int half, double ln_ratio)
{
    struct values *known = &run_order->known[kind_of(outer, half)];
    int rc = known->count < RUN_ORDER_KNOWN_MOST ? values_add(known, ln_ratio) : 0;
    return rc < 0 ? rc : values_add(&run_order->round[kind_of(outer, half)], ln_ratio);
}

/* What the order adds to the pairs of ABBA and takes from those of BAAB, in this half. */
static int find_order_effect(const struct run_order *run_order, int half, double *effect)
{
    double medians[SIDES] = {NAN, NAN};
    for (int outer = A; outer < SIDES; outer++) {
        const struct values *known = &run_order->known[kind_of(outer, half)];
        if (summary_median(known->list, known->count, &medians[outer]) < 0)
            return -ENOMEM;
    }
    *effect = (medians[A] - medians[B]) / 2;
    if (isnan(*effect)) /* one kind has no pairs yet */
        *effect = 0;
    return 0;
}

static int adjust(struct run_order *run_order, int outer, int half, double effect)
{
    struct values *round = &run_order->round[kind_of(outer, half)];
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < round->count; i++)
        rc = values_add(&run_order->adjusted, round->list[i] - (outer == A ? effect : -effect));
    round->count = 0;
    return rc;
}

int run_order_end_round(struct run_order *run_order, double *difference)
{
    run_order->adjusted.count = 0;
    for (int half = 0; half < HALVES; half++) {
        double effect = 0;
        int rc = find_order_effect(run_order, half, &effect);
        for (int outer = A; rc == 0 && outer < SIDES; outer++)
            rc = adjust(run_order, outer, half, effect);
        if (rc < 0)
            return rc;
    }
    return summary_median(run_order->adjusted.list, run_order->adjusted.count, difference);
}

void run_order_free(struct run_order *run_order)
{
    for (int kind = 0; kind < RUN_ORDER_KINDS; kind++) {
        values_free(&run_order->round[kind]);
        values_free(&run_order->known[kind]);
    }
    values_free(&run_order->adjusted);
}
