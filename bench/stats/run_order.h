/*
 * The pairs of a paired comparison's round, and what they come to. A pair is ln(B/A) of two runs that
 * followed each other, in a block of ABBA or BAAB.
 *
 * A run finds the caches as the run before has left them: the second of BB is faster than one that
 * follows an A. So pairs are told apart by their block and by which half of it they are in, and what the
 * order does is taken off: in each half, half of what the medians of ABBA's and of BAAB's pairs are
 * apart. It is the work's, not the launch's, and so known from the pairs of all rounds so far, of which
 * there need not be more than RUN_ORDER_KNOWN_MOST of a kind. Swapping A and B changes the sign of a
 * round's difference, and nothing else: that is what the test of the rounds rests on (stats/paired.h).
 *
 * On a machine where other programs take the CPUs many runs are twice as long as they should be, and the
 * middle of the pairs says who was unlucky. A run that is more than a quarter longer than the low decile
 * of its own side's runs in this round is disturbed. Where fewer than half of a round's pairs are of two
 * undisturbed runs, its difference is that of the medians of the undisturbed runs of each side. This,
 * too, only changes its sign where A and B are swapped.
 *
 * Pure but for its own state; any thread, one at a time.
 */
#ifndef STATS_RUN_ORDER_H
#define STATS_RUN_ORDER_H

#include "stats/values.h"

enum { RUN_ORDER_KINDS = 4, RUN_ORDER_KNOWN_MOST = 4096 };

/* Zero-initialised; freed by run_order_free. */
struct run_order {
    struct values round[RUN_ORDER_KINDS]; /* of the round under way */
    struct values known[RUN_ORDER_KINDS]; /* of it and of all before */
    struct values sides[2];               /* ln of the round's runs of A and of B, pair by pair */
    struct values adjusted;
};

/* A pair of the round under way: the logarithms of what A's run and B's took. `outer` is who begins and
 * ends its block, 0 (A) or 1 (B); `half` of the block 0 or 1. */
void run_order_add(struct run_order *run_order, int outer, int half, double ln_a, double ln_b);

/* The round has ended: the median of its pairs, without what the order does, or what its undisturbed
 * runs say; NaN of none. The next pair begins another round. */
double run_order_end_round(struct run_order *run_order);

void run_order_free(struct run_order *run_order);

#endif
