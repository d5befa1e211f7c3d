/*
 * What trace.c keeps while a run is made, and trace_write.c writes afterwards: a buffer a worker, which
 * that worker alone writes. For these and trace_slow.c only.
 */
#ifndef RUNNER_TRACE_BUFFER_H
#define RUNNER_TRACE_BUFFER_H

#include "runner/team.h"

enum {
    TRACE_RING = 16,     /* events before a slow one that are kept with it */
    TRACE_FOLLOWING = 4, /* and after it */
};

struct trace_event {
    uint64_t began, ended; /* ticks */
    uint32_t range;
    uint32_t number; /* of the lane's ranges, the one it belongs to */
    uint32_t lane;
    uint16_t cpu;
    uint8_t kind;
};

/* A slow range, and what was around it. */
struct trace_slow {
    uint64_t took;
    uint32_t count;
    struct trace_event events[TRACE_RING + TRACE_FOLLOWING];
};

/* One worker's. */
struct trace_buffer {
    _Alignas(TEAM_LINE) struct trace_event *events;
    struct trace_slow *slowest; /* a heap: the least of them first */
    uint32_t *heap;             /* of places in `slowest` */
    uint32_t count, capacity;   /* of events */
    uint32_t mask;              /* numbers with one of these bits are not kept */
    uint32_t slow_count, slow_capacity;
    uint64_t slow_least; /* what a range must take to be slow */
    struct trace_slow *following;
    uint32_t following_left;
    uint64_t ranges; /* done */
    int cpu;
    uint32_t ring_at;
    struct trace_event ring[TRACE_RING];
};

struct trace {
    char file[4096];
    int64_t launch, bytes;
    double tick_ns;
    uint32_t *numbers; /* of each lane: its ranges so far */
    struct trace_buffer *buffers;
    size_t size; /* of all of it, in one shared mapping */
};

#endif
