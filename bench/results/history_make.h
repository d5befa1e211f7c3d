/* From the rows of a history to its series, and where they step. */
#ifndef RESULTS_HISTORY_MAKE_H
#define RESULTS_HISTORY_MAKE_H

#include "results/history.h"

#include <bench/error.h>

/* After history_rows_read of the last file, once. -ENODATA: no session has a measured run. */
int history_make(struct history *history, struct bench_error *err);

#endif
