/* What a track does when, one thing at a time. See timeline_track.h. */
#include "results/timeline_track.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MOST = 8 }; /* a range, a wait, a lock in it; deeper is left out */

/* Traces have nanoseconds: by rounding, what follows on something may begin one before its end. */
static const double rounding_us = 0.0015;

/* A span that has begun and not ended. */
struct open_span {
    const struct timeline_span *span;
    double ended_us;
    double own_us; /* for which nothing lay over it */
    size_t first;  /* of its segments */
};

struct sweep {
    struct timeline_track *track;
    uint8_t off_state;
    struct open_span open[DEPTH_MOST];
    size_t depth;
    double at_us; /* until where there are segments */
};

/* Those that begin first, first; at one time those that contain the others. */
static int compare_spans(const void *left, const void *right)
{
    const struct timeline_span *a = left, *b = right;
    if (a->began_us != b->began_us)
        return a->began_us < b->began_us ? -1 : 1;
    if (a->ended_us != b->ended_us)
        return a->ended_us > b->ended_us ? -1 : 1;
    return (int)a->state - (int)b->state;
}

/* The span on top goes on until then. */
static void sweep_to(struct sweep *sweep, double to_us)
{
    struct timeline_track *track = sweep->track;
    if (sweep->depth > 0 && to_us > sweep->at_us) {
        struct open_span *top = &sweep->open[sweep->depth - 1];
        track->segments =
            mem_grow(track->segments, track->size, &track->capacity, sizeof *track->segments);
        track->segments[track->size++] = (struct timeline_segment){.began_us = sweep->at_us,
                                                                   .ended_us = to_us,
                                                                   .number = top->span->number,
                                                                   .state = top->span->state};
        top->own_us += to_us - sweep->at_us;
    }
    sweep->at_us = fmax(sweep->at_us, to_us);
}

/* What is off lies somewhere in the segments of its own: in each as much of it. */
static void spread_off(const struct sweep *sweep, const struct open_span *ended)
{
    struct timeline_track *track = sweep->track;
    for (size_t i = ended->first; i < track->size; i++) {
        struct timeline_segment *segment = &track->segments[i];
        if (segment->state == TIMELINE_COMPUTING && segment->number == ended->span->number) {
            segment->off = (float)fmin(1, ended->span->off_us / ended->own_us);
            segment->off_state = sweep->off_state;
        }
    }
}

static void end_until(struct sweep *sweep, double at_us)
{
    while (sweep->depth > 0 && sweep->open[sweep->depth - 1].ended_us <= at_us) {
        const struct open_span *top = &sweep->open[sweep->depth - 1];
        sweep_to(sweep, top->ended_us);
        if (top->span->off_us > 0 && top->own_us > 0)
            spread_off(sweep, top);
        sweep->depth--;
    }
}

void timeline_make_segments(struct timeline_track *track, enum timeline_state off_state)
{
    struct sweep sweep = {.track = track, .off_state = (uint8_t)off_state, .at_us = -INFINITY};
    mem_sort(track->spans, track->spans_size, sizeof *track->spans, compare_spans);
    for (size_t i = 0; i < track->spans_size; i++) {
        const struct timeline_span *span = &track->spans[i];
        double ended_us = span->ended_us;
        end_until(&sweep, span->began_us + rounding_us);
        sweep_to(&sweep, span->began_us);
        if (sweep.depth == DEPTH_MOST)
            continue;
        if (sweep.depth > 0)
            ended_us = fmin(ended_us, sweep.open[sweep.depth - 1].ended_us);
        sweep.open[sweep.depth++] =
            (struct open_span){.span = span, .ended_us = ended_us, .first = track->size};
        if (span->state == TIMELINE_COMPUTING) {
            track->ranges++;
            track->longest_us = fmax(track->longest_us, span->ended_us - span->began_us);
        }
    }
    end_until(&sweep, INFINITY);
    free(track->spans);
    track->spans = NULL;
    track->spans_size = track->spans_capacity = 0;
}

/* The first segment that ends after then. */
static size_t find_segment(const struct timeline_track *track, double at_us)
{
    size_t low = 0, high = track->size;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (track->segments[middle].ended_us <= at_us)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void timeline_shares(const struct timeline_track *track, double from_us, double to_us,
                     double shares_us[TIMELINE_STATES])
{
    double sums[TIMELINE_STATES] = {0}, known_us = 0;
    for (size_t i = find_segment(track, from_us); i < track->size; i++) {
        const struct timeline_segment *segment = &track->segments[i];
        if (segment->began_us >= to_us)
            break;
        double own_us = fmin(segment->ended_us, to_us) - fmax(segment->began_us, from_us);
        double off_us = own_us * (double)segment->off;
        sums[segment->state] += own_us - off_us;
        sums[segment->off_state] += off_us;
        known_us += own_us;
    }
    sums[TIMELINE_NOTHING] = fmax(0, to_us - from_us - known_us);
    memcpy(shares_us, sums, sizeof sums);
}
