/* Whether all that was printed has arrived. */
#ifndef BASE_STANDARD_OUTPUT_H
#define BASE_STANDARD_OUTPUT_H

#include <bench/error.h>

/*
 * Flush stdout: -errno with a message where anything that was printed before could not be written, be it
 * only at an earlier flush of the C library's own, after which fflush() finds nothing wrong.
 */
int standard_output_end(struct bench_error *err);

#endif
