/* Writing the timeline of a run that has ended, thinned until it fits. See trace.h. */
#include "runner/trace.h"

#include "base/memory.h"
#include "runner/trace_slow.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE_BYTES = 110 }; /* an event as text */

struct writer {
    int fd, error;
    size_t length;
    char text[1 << 16];
};

static void flush(struct writer *writer)
{
    for (size_t at = 0; at < writer->length && !writer->error;) {
        ssize_t put = write(writer->fd, writer->text + at, writer->length - at);
        if (put < 0 && errno != EINTR)
            writer->error = errno;
        at += put > 0 ? (size_t)put : 0;
    }
    writer->length = 0;
}

/* A line of less than 512 bytes. */
static void put(struct writer *writer, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put(struct writer *writer, const char *format, ...)
{
    va_list args;
    if (writer->length + 512 > sizeof writer->text)
        flush(writer);
    va_start(args, format);
    writer->length += (size_t)vsnprintf(writer->text + writer->length, 512, format, args);
    va_end(args);
}

/* CLOCK_MONOTONIC, whole nanoseconds. */
static int64_t ns_of(const struct team *team, uint64_t tick)
{
    return (int64_t)team->clock.time_ns +
           llround((double)(int64_t)(tick - team->clock.tick) * team->trace->tick_ns);
}

/*
 * As a length, a nanosecond less than it is: readers add it to the beginning in doubles, and a range
 * must not end after the next one's beginning, whatever the rounding.
 */
static int64_t length_of(const struct team *team, const struct trace_event *event)
{
    int64_t took_ns = ns_of(team, event->ended) - ns_of(team, event->began);
    return took_ns > 0 ? took_ns - 1 : 0;
}

/* What happens at once, as an event. */
static const struct mark {
    const char *category, *name; /* which a number follows */
} marks[TRACE_KINDS] = {
    [TRACE_HANDED_OVER] = {"handed over", "has the global lock from worker"},
    [TRACE_STEAL] = {"steal", "took ranges of worker"},
    [TRACE_MOVED] = {"moved", "moved to CPU"},
};

static void put_event(struct writer *writer, const struct team *team, const struct trace_event *event)
{
    long long pid = team->trace->launch;
    double at_us = (double)ns_of(team, event->began) * 1e-3,
           took_us = (double)length_of(team, event) * 1e-3;
    unsigned tid = event->lane + 1;
    if (event->kind == TRACE_RANGE)
        put(writer,
            "{\"ph\":\"X\",\"cat\":\"range\",\"name\":\"range %u\",\"pid\":%lld,\"tid\":%u,\"ts\":%.3f,"
            "\"dur\":%.3f,\"args\":{\"cpu\":%u}},\n",
            event->range, pid, tid, at_us, took_us, event->cpu);
    else if (marks[event->kind].name)
        put(writer,
            "{\"ph\":\"i\",\"s\":\"t\",\"cat\":\"%s\",\"name\":\"%s %u\",\"pid\":%lld,\"tid\":%u,"
            "\"ts\":%.3f},\n",
            marks[event->kind].category, marks[event->kind].name, event->range, pid, tid, at_us);
    else
        put(writer,
            "{\"ph\":\"X\",\"cat\":\"wait\",\"name\":\"%s\",\"pid\":%lld,\"tid\":%u,\"ts\":%.3f,"
            "\"dur\":%.3f},\n",
            event->kind == TRACE_GLOBAL_LOCK ? "global lock" : wait_words[event->kind], pid, tid, at_us,
            took_us);
}

static int compare_events(const void *left, const void *right)
{
    const struct trace_event *a = left, *b = right;
    if (a->began != b->began)
        return a->began < b->began ? -1 : 1;
    if (a->ended != b->ended) /* what contains the other comes first */
        return a->ended > b->ended ? -1 : 1;
    return a->lane != b->lane ? (a->lane < b->lane ? -1 : 1) : (int)a->kind - (int)b->kind;
}

/*
 * What is kept, thinned to one range in mask + 1, with each worker's `slow_most` slowest; sorted, each
 * once. For free().
 */
static struct trace_event *collect(const struct team *team, uint32_t mask, uint32_t slow_most,
                                   size_t *count)
{
    size_t most = 0;
    for (uint32_t w = 0; w < team->shape.workers; w++)
        most += team->trace->buffers[w].count +
                team->trace->buffers[w].slow_count * (size_t)(TRACE_RING + TRACE_FOLLOWING);
    struct trace_event *events = mem_alloc((most + 1) * sizeof *events);
    size_t n = 0, kept = 0;
    for (uint32_t w = 0; w < team->shape.workers; w++) {
        const struct trace_buffer *buffer = &team->trace->buffers[w];
        for (uint32_t i = 0; i < buffer->count; i++) {
            if ((buffer->events[i].number & mask) == 0)
                events[n++] = buffer->events[i];
        }
        for (uint32_t i = 0; i < buffer->slow_count && i < slow_most; i++) {
            const struct trace_slow *slow = &buffer->slowest[buffer->heap[i]];
            memcpy(events + n, slow->events, slow->count * sizeof *events);
            n += slow->count;
        }
    }
    mem_sort(events, n, sizeof *events, compare_events);
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || compare_events(&events[kept - 1], &events[i]) != 0)
            events[kept++] = events[i];
    }
    *count = kept;
    return events;
}

static void put_names(struct writer *writer, const struct team *team)
{
    for (uint32_t w = 0; w < team->shape.workers; w++) {
        for (uint32_t i = 0; i < team->shape.inflight && i < 1000; i++) {
            char lane[32] = "";
            if (team->shape.inflight > 1)
                snprintf(lane, sizeof lane, ", lane %" PRIu32, i);
            put(writer,
                "{\"ph\":\"M\",\"name\":\"thread_name\",\"pid\":%" PRId64 ",\"tid\":%" PRIu32
                ",\"args\":{\"name\":\"worker %" PRIu32 "%s\"}},\n",
                team->trace->launch, w * team->shape.inflight + i + 1, w, lane);
        }
    }
}

/* Of the run as a whole: how much of it is here. */
static void put_run(struct writer *writer, const struct team *team, uint32_t mask)
{
    uint64_t ranges = 0, traced = 0;
    double began_us = (double)team->released_ns * 1e-3;
    for (uint32_t w = 0; w < team->shape.workers; w++) {
        ranges += team->workers[w].tally.ranges;
        traced += team->trace->buffers[w].ranges;
    }
    uint64_t timed_one_in = traced > 0 ? (ranges + traced / 2) / traced : 1;
    put(writer,
        "{\"ph\":\"i\",\"s\":\"p\",\"cat\":\"run\",\"name\":\"%s\",\"pid\":%" PRId64
        ",\"tid\":0,\"ts\":%.3f,\"args\":{\"ranges\":%" PRIu64 ",\"one_in\":%" PRIu64
        ",\"timed_one_in\":%" PRIu64 ",\"released_us\":%.3f}},\n",
        mask               ? "thinned: the slowest ranges, and one in some"
        : timed_one_in > 1 ? "ranges that were timed, one in some"
                           : "all ranges",
        team->trace->launch, began_us, ranges, (uint64_t)mask + 1, timed_one_in, began_us);
}

void trace_write(struct team *team, struct bench_error *err)
{
    struct trace *trace = team->trace;
    uint32_t mask = 0;
    size_t count;
    for (uint32_t w = 0; w < team->shape.workers; w++) {
        mask |= trace->buffers[w].mask;
        trace_slow_sort(&trace->buffers[w]);
    }
    /* Half of the room is for them at most: the others show how all of the run went. */
    uint32_t slow_most = (uint32_t)(trace->bytes / 2 / LINE_BYTES / (TRACE_RING + TRACE_FOLLOWING)) /
                             team->shape.workers +
                         1;
    trace->tick_ns = tick_clock_scale(&team->clock) * 1e9;
    struct trace_event *events = collect(team, mask, slow_most, &count);
    while (mask < UINT32_MAX && (int64_t)count * LINE_BYTES > trace->bytes) {
        free(events);
        mask = mask << 1 | 1;
        events = collect(team, mask, slow_most, &count);
    }
    if ((int64_t)count * LINE_BYTES > trace->bytes)
        count = (size_t)(trace->bytes / LINE_BYTES);
    struct writer *writer = mem_zero(1, sizeof *writer);
    writer->fd = open(trace->file, O_WRONLY | O_APPEND | O_CLOEXEC);
    writer->error = writer->fd < 0 ? errno : 0;
    put_names(writer, team);
    put_run(writer, team, mask);
    for (size_t i = 0; i < count; i++)
        put_event(writer, team, &events[i]);
    flush(writer);
    if (writer->error)
        bench_error_note(err, "the trace could not be written to %s: %s", trace->file,
                         strerror(writer->error));
    if (writer->fd >= 0)
        close(writer->fd);
    free(writer);
    free(events);
}
