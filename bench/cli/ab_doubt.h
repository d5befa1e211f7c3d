/* In words: why nothing can be said of some cases of a paired comparison, and what would help. */
#ifndef CLI_AB_DOUBT_H
#define CLI_AB_DOUBT_H

#include "cli/ab_options.h"
#include "results/comparison.h"
#include "results/doubt.h"

/*
 * The `why` of all inconclusive cases, of which `doubts` are, in the comparison's order: the same text
 * for all of a kind. `others_cpus`: how many of `cpus` other programs kept busy meanwhile; NaN where it
 * is not known. If that is many, and there is a doubt, a note says so.
 */
void doubts_tell(struct comparison *comparison, const struct doubt *doubts,
                 const struct ab_options *options, double others_cpus, unsigned cpus);

#endif
