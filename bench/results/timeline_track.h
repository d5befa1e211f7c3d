/*
 * A lane of a timeline: from spans, which lie over each other, to segments, of which there is one at a
 * time. Times are microseconds.
 */
#ifndef RESULTS_TIMELINE_TRACK_H
#define RESULTS_TIMELINE_TRACK_H

#include <stddef.h>
#include <stdint.h>

enum timeline_state {
    TIMELINE_NOTHING, /* idle or, where ranges are left out, not known */
    TIMELINE_COMPUTING,
    TIMELINE_WAITING,
    TIMELINE_LOCKED_OUT, /* by a lock that another has */
    TIMELINE_STATES
};

/* A piece of a track, in which it does one thing. */
struct timeline_segment {
    double began_us, ended_us;
    uint32_t number; /* computing: which range; waiting: for which of the timeline's kinds */
    float off;       /* computing: of this share it was known only that it is no computing */
    uint8_t state;   /* of enum timeline_state */
    uint8_t off_state;
};

/* A range, or a wait within one, as a trace has them: they lie over each other. */
struct timeline_span {
    double began_us, ended_us;
    double off_us;   /* of a range: it was neither computing nor in a wait that is here */
    uint32_t number; /* as in a segment */
    uint8_t state;
};

struct timeline_track {
    long long number;
    char *name;                        /* "worker 0, lane 3" */
    struct timeline_segment *segments; /* one after the other, with gaps where there is nothing */
    size_t size, capacity;
    size_t ranges; /* that are here */
    double longest_us;
    struct timeline_span *spans; /* while it is read */
    size_t spans_size, spans_capacity;
};

/* Make the track's segments, and let its spans go. off_state: what off_us is. */
void timeline_make_segments(struct timeline_track *track, enum timeline_state off_state);

/* For how long the track was in each state, between two times. */
void timeline_shares(const struct timeline_track *track, double from_us, double to_us,
                     double shares_us[TIMELINE_STATES]);

#endif
