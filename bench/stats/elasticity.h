/*
 * How much a time depends on something that was made longer: its elasticity, (T_on / T_off - 1) / x,
 * where x is by which share it was made longer. Of a sum of parts it is exactly the part's share,
 * whatever x; ln T_on/T_off over ln(1 + x) is not. Pure functions; any thread.
 */
#ifndef STATS_ELASTICITY_H
#define STATS_ELASTICITY_H

#include "stats/interval.h"
#include "stats/values.h"

#include <stddef.h>

struct elasticity {
    double value; /* NaN: not known */
    struct interval interval;
    size_t rounds;
};

#define ELASTICITY_UNKNOWN ((struct elasticity){NAN, {NAN, NAN}, 0})

/*
 * Of ratios T_on / T_off, one from each round. From six rounds by Hodges and Lehmann
 * (stats/signed_rank.h), from two by Student's t. Fewer: the value alone.
 */
struct elasticity elasticity_of(const struct values *ratios, double share, double level);

/* A known part of it. */
struct elasticity elasticity_part(struct elasticity whole, double part);

#endif
