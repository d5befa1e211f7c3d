/* A heap whose first is the least slow of them. See trace_slow.h. */
#include "runner/trace_slow.h"

static uint64_t took_at(const struct trace_buffer *buffer, uint32_t place)
{
    return buffer->slowest[buffer->heap[place]].took;
}

static void exchange(struct trace_buffer *buffer, uint32_t a, uint32_t b)
{
    uint32_t slot = buffer->heap[a];
    buffer->heap[a] = buffer->heap[b];
    buffer->heap[b] = slot;
}

static void sift_up(struct trace_buffer *buffer, uint32_t place)
{
    for (; place > 0 && took_at(buffer, place) < took_at(buffer, (place - 1) / 2);
         place = (place - 1) / 2)
        exchange(buffer, place, (place - 1) / 2);
}

static void sift_down(struct trace_buffer *buffer)
{
    for (uint32_t place = 0, child; (child = 2 * place + 1) < buffer->slow_count; place = child) {
        if (child + 1 < buffer->slow_count && took_at(buffer, child + 1) < took_at(buffer, child))
            child++;
        if (took_at(buffer, place) <= took_at(buffer, child))
            return;
        exchange(buffer, place, child);
    }
}

void trace_slow_keep(struct trace_buffer *buffer, uint64_t took)
{
    bool is_full = buffer->slow_count == buffer->slow_capacity;
    uint32_t place = is_full ? 0 : buffer->slow_count++;
    if (!is_full)
        buffer->heap[place] = place;
    struct trace_slow *slow = &buffer->slowest[buffer->heap[place]];
    if (slow == buffer->following)
        buffer->following_left = 0;
    slow->took = took;
    slow->count = 0;
    uint32_t first = buffer->ring_at > TRACE_RING ? buffer->ring_at - TRACE_RING : 0;
    for (uint32_t i = first; i < buffer->ring_at; i++)
        slow->events[slow->count++] = buffer->ring[i % TRACE_RING];
    buffer->following = slow;
    buffer->following_left = TRACE_FOLLOWING;
    if (is_full)
        sift_down(buffer);
    else
        sift_up(buffer, place);
    if (buffer->slow_count == buffer->slow_capacity)
        buffer->slow_least = took_at(buffer, 0);
}

void trace_slow_sort(struct trace_buffer *buffer)
{
    uint32_t all = buffer->slow_count;
    while (buffer->slow_count > 1) {
        exchange(buffer, 0, --buffer->slow_count);
        sift_down(buffer);
    }
    buffer->slow_count = all;
}
