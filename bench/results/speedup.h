/* How much faster cases are than that which they are held against. */
#ifndef RESULTS_SPEEDUP_H
#define RESULTS_SPEEDUP_H

#include "results/case_result.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Speed-up and efficiency of all cases. The reference of a case is of the same work, side and lever, and
 * of the same runtime: its `serial` executor (cpython.serial beside threading; bench's own beside ranks,
 * which do bench's own work), the one of the same version, placement and schedule if there are several;
 * without one the first case that has a time. Where that is not of bench's own runtime over_own is set,
 * too, if bench's own serial was measured at that work. Work numbers, all below `works`, and wall_s are
 * there.
 */
void speedups_fill(struct case_result *cases, size_t size, size_t works);

/* How many times as fast as `reference` the case is, with a 95 % interval; unknown where a sample is too
 * small or has a time of 0. */
struct interval speedup_interval(const struct case_result *result, const struct case_result *reference);

/* More than a worker's work of each worker, beyond what is left to chance: by the interval, or by a
 * tenth where there is none. The reference was measured too slow, or it does something else. */
bool result_is_too_efficient(const struct case_result *result);

#endif
