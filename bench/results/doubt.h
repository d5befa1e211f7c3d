/* Why nothing can be said of some cases of a paired comparison, as numbers. */
#ifndef RESULTS_DOUBT_H
#define RESULTS_DOUBT_H

#include "stats/paired.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What kept a case from an answer. */
enum doubt_kind {
    DOUBT_NONE,
    DOUBT_FEW,         /* launches: a change takes more to be certain */
    DOUBT_NOISE,       /* launches are too far apart */
    DOUBT_UNCONFIRMED, /* all launches showed a change, and a half of them did not */
    DOUBT_KINDS
};

struct doubt {
    enum doubt_kind kind;
    size_t launches, wanted; /* of each side: made, and those that a change takes at least */
    double round_s;          /* how long one of each takes */
    double detectable;       /* the smallest change that would have been found: 0.01 is 1 % */
};

/* All cases with one kind of doubt. */
struct doubt_group {
    size_t cases;
    size_t launches_least, launches_most, wanted;
    double round_s, detectable; /* the most */
    bool by_launches;           /* it was the most launches that ended all of them, and not the time */
};

/* Of a case that is inconclusive; a round of its launches takes `round_s`. */
struct doubt doubt_of(const struct paired *paired, double round_s);

/* Those of one kind. `launches_limit` is what was allowed; 0: as many as it takes. */
struct doubt_group doubt_group_of(const struct doubt *doubts, size_t size, enum doubt_kind kind,
                                  uint64_t launches_limit);

#endif
