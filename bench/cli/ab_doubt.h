/* Why nothing can be said of some cases of a paired comparison, and what would help. */
#ifndef CLI_AB_DOUBT_H
#define CLI_AB_DOUBT_H

#include "cli/ab_options.h"
#include "control/alternate.h"
#include "results/comparison.h"

/* What kept a case from an answer. */
enum doubt_kind {
    DOUBT_NONE,
    DOUBT_FEW,         /* launches: a change takes more to be certain */
    DOUBT_NOISE,       /* launches are too far apart */
    DOUBT_UNCONFIRMED, /* a change was found, and not seen again */
    DOUBT_KINDS
};

struct doubt {
    enum doubt_kind kind;
    size_t launches, wanted; /* of each side: made, and those that a change takes at least */
    double round_s;          /* how long one of each takes */
    double detectable;       /* the smallest change that would have been found: 0.01 is 1 % */
};

/* Of a case that is inconclusive. */
struct doubt doubt_of(const struct alternate_outcome *outcome);

/*
 * The `why` of all inconclusive cases, of which `doubts` are, in the comparison's order: the same text
 * for all of a kind. `others_cpus`: how many of `cpus` other programs kept busy meanwhile; NaN where it
 * is not known. If that is many, and there is a doubt, a note says so.
 */
void doubts_tell(struct comparison *comparison, const struct doubt *doubts,
                 const struct ab_options *options, double others_cpus, unsigned cpus);

#endif
