/* Keeping and writing the timeline of a run. See trace.h. */
#include "runner/trace.h"

#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    EVENTS_MOST = 1 << 20, /* of all workers: 32 MiB */
    EVENTS_LEAST = 1 << 12,
    SLOW_MOST = 1000,
    SLOW_LEAST = 8,
    RING = 16,       /* events before a slow one that are kept with it */
    FOLLOWING = 4,   /* and after it */
    LINE_BYTES = 110 /* an event as text */
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
struct slow {
    uint64_t took;
    uint32_t count;
    struct trace_event events[RING + FOLLOWING];
};

/* One worker's. */
struct buffer {
    _Alignas(TEAM_LINE) struct trace_event *events;
    struct slow *slowest;     /* a heap: the least of them first */
    uint32_t *heap;           /* of places in `slowest` */
    uint32_t count, capacity; /* of events */
    uint32_t mask;            /* numbers with one of these bits are not kept */
    uint32_t slow_count, slow_capacity;
    uint64_t slow_least; /* what a range must take to be slow */
    struct slow *following;
    uint32_t following_left;
    uint64_t ranges; /* done */
    int cpu;
    uint32_t ring_at;
    struct trace_event ring[RING];
};

struct trace {
    char file[4096];
    int64_t launch, bytes;
    double tick_ns;
    uint32_t *numbers; /* of each lane: its ranges so far */
    struct buffer *buffers;
    size_t size; /* of all of it, in one shared mapping */
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
           of_slow = aligned(slow * sizeof(struct slow)), of_heap = aligned(slow * sizeof(uint32_t));
    size_t head = aligned(sizeof(struct trace)), numbers = aligned(lanes * sizeof(uint32_t)),
           buffers = aligned(workers * sizeof(struct buffer));
    size_t size = head + numbers + buffers + workers * (of_events + of_slow + of_heap);
    if (!file)
        return 0;
    char *base = bench_shared_alloc(size);
    if (!base)
        return bench_error_set(err, -ENOMEM, "out of memory for the trace of %" PRIu32 " workers",
                               workers);
    struct trace *trace = (struct trace *)(void *)base;
    snprintf(trace->file, sizeof trace->file, "%s", file);
    trace->launch = launch;
    trace->size = size;
    trace->numbers = (uint32_t *)(void *)(base + head);
    trace->buffers = (struct buffer *)(void *)(base + head + numbers);
    char *room = base + head + numbers + buffers;
    for (uint32_t w = 0; w < workers; w++, room += of_events + of_slow + of_heap)
        trace->buffers[w] = (struct buffer){.events = (struct trace_event *)(void *)room,
                                            .slowest = (struct slow *)(void *)(room + of_events),
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
        struct buffer *buffer = &trace->buffers[w];
        buffer->count = buffer->mask = buffer->slow_count = buffer->following_left = buffer->ring_at = 0;
        buffer->slow_least = buffer->ranges = 0;
        buffer->following = NULL;
        buffer->cpu = -1;
    }
}

/* ---- the timed path ---- */

/* The room is full: from now on one range in twice as many. */
static __attribute__((noinline)) void thin(struct buffer *buffer)
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

static inline void keep(struct buffer *buffer, const struct trace_event *event)
{
    buffer->ring[buffer->ring_at++ % RING] = *event;
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

/* ---- the slowest ---- */

static uint64_t took_at(const struct buffer *buffer, uint32_t place)
{
    return buffer->slowest[buffer->heap[place]].took;
}

static void exchange(struct buffer *buffer, uint32_t a, uint32_t b)
{
    uint32_t slot = buffer->heap[a];
    buffer->heap[a] = buffer->heap[b];
    buffer->heap[b] = slot;
}

static void sift_up(struct buffer *buffer, uint32_t place)
{
    for (; place > 0 && took_at(buffer, place) < took_at(buffer, (place - 1) / 2);
         place = (place - 1) / 2)
        exchange(buffer, place, (place - 1) / 2);
}

static void sift_down(struct buffer *buffer)
{
    for (uint32_t place = 0, child; (child = 2 * place + 1) < buffer->slow_count; place = child) {
        if (child + 1 < buffer->slow_count && took_at(buffer, child + 1) < took_at(buffer, child))
            child++;
        if (took_at(buffer, place) <= took_at(buffer, child))
            return;
        exchange(buffer, place, child);
    }
}

/* The range that was kept last, with those before it. */
static __attribute__((noinline)) void keep_slow(struct buffer *buffer, uint64_t took)
{
    bool is_full = buffer->slow_count == buffer->slow_capacity;
    uint32_t place = is_full ? 0 : buffer->slow_count++;
    if (!is_full)
        buffer->heap[place] = place;
    struct slow *slow = &buffer->slowest[buffer->heap[place]];
    if (slow == buffer->following)
        buffer->following_left = 0;
    slow->took = took;
    slow->count = 0;
    uint32_t first = buffer->ring_at > RING ? buffer->ring_at - RING : 0;
    for (uint32_t i = first; i < buffer->ring_at; i++)
        slow->events[slow->count++] = buffer->ring[i % RING];
    buffer->following = slow;
    buffer->following_left = FOLLOWING;
    if (is_full)
        sift_down(buffer);
    else
        sift_up(buffer, place);
    if (buffer->slow_count == buffer->slow_capacity)
        buffer->slow_least = took_at(buffer, 0);
}

static struct buffer *buffer_of(const struct bench_lane *lane)
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
    struct buffer *buffer = buffer_of(lane);
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
        keep_slow(buffer, ended - began);
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

void trace_steal(struct bench_lane *lane, uint32_t victim)
{
    uint64_t now = tick_clock_read(&lane->worker->team->clock);
    struct trace_event event = event_of(lane, TRACE_STEAL, victim, now, now);
    keep(buffer_of(lane), &event);
}

/* ---- writing ---- */

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

static double us_of(const struct team *team, uint64_t tick)
{
    double since_ns = (double)(int64_t)(tick - team->clock.tick) * team->trace->tick_ns;
    return ((double)team->clock.time_ns + since_ns) * 1e-3;
}

static void put_event(struct writer *writer, const struct team *team, const struct trace_event *event)
{
    long long pid = team->trace->launch;
    double at_us = us_of(team, event->began), took_us = us_of(team, event->ended) - at_us;
    unsigned tid = event->lane + 1;
    if (event->kind == TRACE_RANGE)
        put(writer,
            "{\"ph\":\"X\",\"cat\":\"range\",\"name\":\"range %u\",\"pid\":%lld,\"tid\":%u,\"ts\":%.3f,"
            "\"dur\":%.3f,\"args\":{\"cpu\":%u}},\n",
            event->range, pid, tid, at_us, took_us, event->cpu);
    else if (event->kind == TRACE_STEAL || event->kind == TRACE_MOVED)
        put(writer,
            "{\"ph\":\"i\",\"s\":\"t\",\"cat\":\"%s\",\"name\":\"%s %u\",\"pid\":%lld,\"tid\":%u,"
            "\"ts\":%.3f},\n",
            event->kind == TRACE_STEAL ? "steal" : "moved",
            event->kind == TRACE_STEAL ? "took ranges of worker" : "moved to CPU", event->range, pid,
            tid, at_us);
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

/* The heap becomes a list, the slowest first. */
static void sort_slowest(struct buffer *buffer)
{
    uint32_t all = buffer->slow_count;
    while (buffer->slow_count > 1) {
        exchange(buffer, 0, --buffer->slow_count);
        sift_down(buffer);
    }
    buffer->slow_count = all;
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
                team->trace->buffers[w].slow_count * (size_t)(RING + FOLLOWING);
    struct trace_event *events = mem_alloc((most + 1) * sizeof *events);
    size_t n = 0, kept = 0;
    for (uint32_t w = 0; w < team->shape.workers; w++) {
        const struct buffer *buffer = &team->trace->buffers[w];
        for (uint32_t i = 0; i < buffer->count; i++) {
            if ((buffer->events[i].number & mask) == 0)
                events[n++] = buffer->events[i];
        }
        for (uint32_t i = 0; i < buffer->slow_count && i < slow_most; i++) {
            const struct slow *slow = &buffer->slowest[buffer->heap[i]];
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

void trace_write(struct team *team, struct bench_error *err)
{
    struct trace *trace = team->trace;
    uint64_t ranges = 0;
    uint32_t mask = 0;
    size_t count;
    for (uint32_t w = 0; w < team->shape.workers; w++) {
        ranges += trace->buffers[w].ranges;
        mask |= trace->buffers[w].mask;
        sort_slowest(&trace->buffers[w]);
    }
    /* Half of the room is for them at most: the others show how all of the run went. */
    uint32_t slow_most =
        (uint32_t)(trace->bytes / 2 / LINE_BYTES / (RING + FOLLOWING)) / team->shape.workers + 1;
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
    put(writer,
        "{\"ph\":\"i\",\"s\":\"p\",\"cat\":\"run\",\"name\":\"%s\",\"pid\":%" PRId64
        ",\"tid\":0,\"ts\":%.3f,\"args\":{\"ranges\":%" PRIu64 ",\"one_in\":%" PRIu64
        ",\"released_us\":%.3f}},\n",
        mask ? "thinned: the slowest ranges, and one in some" : "all ranges", trace->launch,
        (double)team->released_ns * 1e-3, ranges, (uint64_t)mask + 1, (double)team->released_ns * 1e-3);
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
