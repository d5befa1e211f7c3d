/* Several tests at once. Pure functions; any thread. */
#ifndef STATS_HOLM_H
#define STATS_HOLM_H

#include <stddef.h>

/*
 * Adjusts p-values in place, so that the chance of any false alarm among all of them is at most the
 * level they are then held against, whatever they have to do with each other: Holm, "A simple
 * sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6 (1979). As
 * R's p.adjust(p, "holm"): NaN stay NaN and do not count.
 */
void holm_adjust(double *p, size_t n);

#endif
