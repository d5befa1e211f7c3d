/* The order of launches. */
#include "control/rounds.h"

#include "base/memory.h"
#include "stats/random.h"

#include <stdlib.h>

int rounds_run(const struct rounds *rounds, struct bench_error *err)
{
    struct random_source random = {rounds->seed};
    size_t *order = mem_alloc(rounds->cases * sizeof *order);
    int rc = 0;
    for (size_t i = 0; i < rounds->cases; i++)
        order[i] = i;
    for (uint64_t round = 1; rc == 0 && round <= rounds->rounds; round++) {
        if (rounds->rounds > 1)
            random_shuffle(&random, order, rounds->cases);
        for (size_t i = 0; rc == 0 && i < rounds->cases; i++)
            rc = rounds->launch(rounds->context, order[i], round, err);
    }
    free(order);
    return rc;
}
