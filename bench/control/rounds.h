/*
 * The order of launches: rounds of all cases, one launch of each, so that drift of the machine does not
 * sit on one case alone. Where there are several rounds, each is in an order of its own, so that no case
 * always follows the same one.
 */
#ifndef CONTROL_ROUNDS_H
#define CONTROL_ROUNDS_H

#include <bench/error.h>
#include <stddef.h>
#include <stdint.h>

struct rounds {
    size_t cases;
    uint64_t rounds; /* launches of each case */
    uint64_t seed;   /* of the orders */
    /* Make launch number `round` (from 1) of a case (from 0). Negative: stop. */
    int (*launch)(void *context, size_t one, uint64_t round, struct bench_error *err);
    void *context;
};

/* All of them: 0, or what stopped it. */
int rounds_run(const struct rounds *rounds, struct bench_error *err);

#endif
