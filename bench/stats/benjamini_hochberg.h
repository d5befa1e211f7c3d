/* Several tests at once, where some wrong ones among those that are told may be borne. Pure functions;
 * any thread. */
#ifndef STATS_BENJAMINI_HOCHBERG_H
#define STATS_BENJAMINI_HOCHBERG_H

#include <stddef.h>

/*
 * Adjusts p-values in place, so that of those that are then at most a level no larger share than that
 * level is expected to be false: Benjamini and Hochberg, "Controlling the false discovery rate: a
 * practical and powerful approach to multiple testing", Journal of the Royal Statistical Society B 57
 * (1995). As R's p.adjust(p, "BH"): NaN stay NaN and do not count.
 */
void benjamini_hochberg_adjust(double *p, size_t n);

#endif
