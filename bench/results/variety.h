/* Which different texts a column has. */
#ifndef RESULTS_VARIETY_H
#define RESULTS_VARIETY_H

#include "records/text_pool.h"

/* Begins as all zeros. */
struct variety {
    const char **texts;          /* in their order, NULL being "" */
    size_t size, capacity, last; /* `last`: the one that came last */
};

/* One more, kept in `pool`, which must outlive it. */
void variety_add(struct variety *variety, struct text_pool *pool, const char *text);
void variety_free(struct variety *variety);

/* The first text and the second; "" where there is none. */
const char *variety_first(const struct variety *variety);
const char *variety_second(const struct variety *variety);

#endif
