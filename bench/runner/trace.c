/* Keeping the timeline of a run: room for it, and what is done on the timed path. See trace.h. */
#include "runner/trace.h"

#include "runner/trace_slow.h"

#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

enum {
    EVENTS_MOST = 1 << 20, /* of all workers: 32 MiB */
    EVENTS_LEAST = 1 << 12,
    SLOW_MOST = 1000,
    SLOW_LEAST = 8,
};

/* ---- room ---- */

static size_t aligned(size_t size)
{
    return (size + TEAM_LINE - 1) / TEAM_LINE * TEAM_LINE;
}

static uint32_t share(uint32_t all, uint32_t workers, uint32_t least)
{
    return all / workers > least ? all / workers : least;
}

int trace_open(struct team *team, const char *file, int64_t launch, struct bench_error *err)
{
    uint32_t workers = team->shape.workers;
    uint32_t events = share(EVENTS_MOST, workers, EVENTS_LEAST),
             slow = share(SLOW_MOST, workers, SLOW_LEAST);
    size_t lanes = (size_t)workers * team->shape.inflight;
    size_t of_events = aligned(events * sizeof(struct trace_event)),
           of_slow = aligned(slow * sizeof(struct trace_slow)),
           of_heap = aligned(slow * sizeof(uint32_t));
    size_t head = aligned(sizeof(struct trace)), numbers = aligned(lanes * sizeof(uint32_t)),
           buffers = aligned(workers * sizeof(struct trace_buffer));
    size_t size = head + numbers + buffers + workers * (of_events + of_slow + of_heap);
    if (!file)
        return 0;
    if (team->ranks) {
        bench_error_note(err, "ranks keep no timeline: --trace has their runs as a whole");
        return 0;
    }
    char *base = bench_shared_alloc(size);
    if (!base)
        return bench_error_set(err, -ENOMEM, "out of memory for the trace of %" PRIu32 " workers",
                               workers);
    struct trace *trace = (struct trace *)(void *)base;
    snprintf(trace->file, sizeof trace->file, "%s", file);
    trace->launch = launch;
    trace->size = size;
    trace->numbers = (uint32_t *)(void *)(base + head);
    trace->buffers = (struct trace_buffer *)(void *)(base + head + numbers);
    char *room = base + head + numbers + buffers;
    for (uint32_t w = 0; w < workers; w++, room += of_events + of_slow + of_heap)
        trace->buffers[w] =
            (struct trace_buffer){.events = (struct trace_event *)(void *)room,
                                  .slowest = (struct trace_slow *)(void *)(room + of_events),
                                  .heap = (uint32_t *)(void *)(room + of_events + of_slow),
                                  .capacity = events,
                                  .slow_capacity = slow};
    team->trace = trace;
    return 0;
}

void trace_close(struct team *team)
{
    if (!team || !team->trace)
        return;
    bench_shared_free(team->trace, team->trace->size);
    team->trace = NULL;
}

void trace_prepare(struct team *team, int64_t bytes)
{
    struct trace *trace = team->trace;
    team->is_traced = trace && bytes > 0;
    if (!team->is_traced)
        return;
    trace->bytes = bytes;
    trace->tick_ns = tick_clock_scale(&team->clock) * 1e9;
    memset(trace->numbers, 0, sizeof *trace->numbers * team->shape.workers * team->shape.inflight);
    for (uint32_t w = 0; w < team->shape.workers; w++) {
        struct trace_buffer *buffer = &trace->buffers[w];
        buffer->count = buffer->mask = buffer->slow_count = buffer->following_left = buffer->ring_at = 0;
        buffer->slow_least = buffer->ranges = 0;
        buffer->following = NULL;
        buffer->cpu = -1;
        /* The first touch of a page is a fault, which is not to happen in the run. */
        memset(buffer->events, 0, buffer->capacity * sizeof *buffer->events);
        memset(buffer->slowest, 0, buffer->slow_capacity * sizeof *buffer->slowest);
        memset(buffer->heap, 0, buffer->slow_capacity * sizeof *buffer->heap);
    }
}

/* ---- the timed path ---- */

/* The room is full: from now on one range in twice as many. */
static __attribute__((noinline)) void thin(struct trace_buffer *buffer)
{
    while (buffer->count == buffer->capacity) {
        uint32_t kept = 0;
        buffer->mask = buffer->mask << 1 | 1;
        for (uint32_t i = 0; i < buffer->count; i++) {
            if ((buffer->events[i].number & buffer->mask) == 0)
                buffer->events[kept++] = buffer->events[i];
        }
        buffer->count = kept;
        if (buffer->mask == UINT32_MAX)
            buffer->count = 0; /* one range has filled it all by its waits */
    }
}

static inline void keep(struct trace_buffer *buffer, const struct trace_event *event)
{
    buffer->ring[buffer->ring_at++ % TRACE_RING] = *event;
    if (buffer->following_left) {
        buffer->following->events[buffer->following->count++] = *event;
        buffer->following_left--;
    }
    if (event->number & buffer->mask)
        return;
    if (buffer->count == buffer->capacity)
        thin(buffer);
    if ((event->number & buffer->mask) == 0)
        buffer->events[buffer->count++] = *event;
}

static struct trace_buffer *buffer_of(const struct bench_lane *lane)
{
    return &lane->worker->team->trace->buffers[lane->worker_index];
}

static struct trace_event event_of(const struct bench_lane *lane, int kind, uint32_t range,
                                   uint64_t began, uint64_t ended)
{
    return (struct trace_event){.began = began,
                                .ended = ended,
                                .range = range,
                                .number = lane->worker->team->trace->numbers[lane->index],
                                .lane = lane->index,
                                .kind = (uint8_t)kind};
}

void trace_range(struct bench_lane *lane, uint64_t range, uint64_t began, uint64_t ended)
{
    struct trace_buffer *buffer = buffer_of(lane);
    struct trace_event event = event_of(lane, TRACE_RANGE, (uint32_t)range, began, ended);
    int cpu = sched_getcpu(); /* a load from memory that the kernel keeps (rseq) */
    if (cpu != buffer->cpu) {
        struct trace_event moved = event_of(lane, TRACE_MOVED, (uint32_t)cpu, ended, ended);
        if (buffer->cpu >= 0)
            keep(buffer, &moved);
        buffer->cpu = cpu;
    }
    event.cpu = (uint16_t)cpu;
    keep(buffer, &event);
    buffer->ranges++;
    lane->worker->team->trace->numbers[lane->index]++;
    if (ended - began > buffer->slow_least)
        trace_slow_keep(buffer, ended - began);
}

void trace_wait(struct bench_lane *lane, int kind, uint64_t began, uint64_t ended)
{
    struct trace_event event = event_of(lane, kind, 0, began, ended);
    keep(buffer_of(lane), &event);
}

uint64_t trace_ticks(const struct team *team, uint64_t ns)
{
    return (uint64_t)((double)ns / team->trace->tick_ns);
}

void trace_mark(struct bench_lane *lane, int kind, uint32_t worker)
{
    uint64_t now = tick_clock_read(&lane->worker->team->clock);
    struct trace_event event = event_of(lane, kind, worker, now, now);
    keep(buffer_of(lane), &event);
}
