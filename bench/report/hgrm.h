/* HdrHistogram's percentile distribution, which its plotter reads. */
#ifndef REPORT_HGRM_H
#define REPORT_HGRM_H

#include "records/latencies.h"

#include <stdio.h>

/* In milliseconds, as wrk2 and others write it, at 5 steps for each halving of what is above. There is
 * at least one latency. */
void hgrm_print(FILE *out, const struct latencies *latencies);

#endif
