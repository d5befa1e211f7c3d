/* The slowest ranges of a worker, with what was around them. */
#ifndef RUNNER_TRACE_SLOW_H
#define RUNNER_TRACE_SLOW_H

#include "runner/trace_buffer.h"

/* The range whose event was kept last is one of the slowest so far: keep what is around it. */
void trace_slow_keep(struct trace_buffer *buffer, uint64_t took);

/* After the run: `heap` becomes a list, the slowest first. */
void trace_slow_sort(struct trace_buffer *buffer);

#endif
