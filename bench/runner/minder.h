/*
 * A rank that dies takes the others with it, and their launcher says little about it. So each rank has a
 * minder: the process that the launcher has started, whose child the rank is. It sleeps until the rank
 * ends, and has a last word where that was not as it should be: which rank, on which host, and how. That
 * of rank 0 also says which rank was waited for when the time was over, and which is on a host that
 * gives no sign of life any more; those there end themselves (rank_links.h).
 */
#ifndef RUNNER_MINDER_H
#define RUNNER_MINDER_H

#include "runner/rank_links.h"

#include <stdint.h>

struct ranks;
struct minded;

/* The rank's end. */
struct minder {
    struct minded *minded;       /* memory that the two share */
    int wake;                    /* an eventfd */
    struct rank_address address; /* of this minder, should it be rank 0's */
};

/*
 * Returns in the rank alone, a fresh child; the minder ends when that does, and closes `in`, which is
 * the rank's. Where one of the two is killed, the kernel ends the other; and both, where their launcher
 * is. Before there are threads. -errno: there can be no child, and no minder.
 */
int minder_begin(struct minder *minder, int in);

/* The ranks have met, and `ranks` says where each is. */
void minder_place(struct minder *minder, const struct ranks *ranks);

/* Where the engine says which rank it waits for. */
volatile uint32_t *minder_awaited(const struct minder *minder);

/* What the message at hand has to be done within; 0: there is no limit. `ranks` are those that are
 * named. */
void minder_limit(struct minder *minder, const struct ranks *ranks, double limit_s);

#endif
