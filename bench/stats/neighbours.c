/* From the pairs of a round to its difference. */
#include "stats/neighbours.h"

#include "stats/summary.h"

#include <errno.h>
#include <math.h>

enum { A, B, SIDES, HALVES = 2 };

static int kind_of(int outer, int half)
{
    return HALVES * outer + half;
}

int neighbours_add(struct neighbours *neighbours, int outer, int half, double ln_ratio)
{
    struct values *known = &neighbours->known[kind_of(outer, half)];
    int rc = known->count < NEIGHBOURS_KNOWN_MOST ? values_add(known, ln_ratio) : 0;
    return rc < 0 ? rc : values_add(&neighbours->round[kind_of(outer, half)], ln_ratio);
}

/* What the order adds to the pairs of ABBA and takes from those of BAAB, in this half. */
static int find_order_effect(const struct neighbours *neighbours, int half, double *effect)
{
    double medians[SIDES] = {NAN, NAN};
    for (int outer = A; outer < SIDES; outer++) {
        const struct values *known = &neighbours->known[kind_of(outer, half)];
        if (summary_median(known->list, known->count, &medians[outer]) < 0)
            return -ENOMEM;
    }
    *effect = (medians[A] - medians[B]) / 2;
    if (isnan(*effect)) /* one kind has no pairs yet */
        *effect = 0;
    return 0;
}

static int adjust(struct neighbours *neighbours, int outer, int half, double effect)
{
    struct values *round = &neighbours->round[kind_of(outer, half)];
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < round->count; i++)
        rc = values_add(&neighbours->adjusted, round->list[i] - (outer == A ? effect : -effect));
    round->count = 0;
    return rc;
}

int neighbours_end_round(struct neighbours *neighbours, double *difference)
{
    neighbours->adjusted.count = 0;
    for (int half = 0; half < HALVES; half++) {
        double effect = 0;
        int rc = find_order_effect(neighbours, half, &effect);
        for (int outer = A; rc == 0 && outer < SIDES; outer++)
            rc = adjust(neighbours, outer, half, effect);
        if (rc < 0)
            return rc;
    }
    return summary_median(neighbours->adjusted.list, neighbours->adjusted.count, difference);
}

void neighbours_free(struct neighbours *neighbours)
{
    for (int kind = 0; kind < NEIGHBOURS_KINDS; kind++) {
        values_free(&neighbours->round[kind]);
        values_free(&neighbours->known[kind]);
    }
    values_free(&neighbours->adjusted);
}
