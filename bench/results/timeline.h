/*
 * A timeline as `bench --trace` has written it, for drawing: of each launch the run whose ranges were
 * traced, a track for each lane, and on it what the lane did when. Times are microseconds.
 */
#ifndef RESULTS_TIMELINE_H
#define RESULTS_TIMELINE_H

#include <bench/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum timeline_state {
    TIMELINE_NOTHING, /* idle or, where ranges are left out, not known */
    TIMELINE_COMPUTING,
    TIMELINE_WAITING,
    TIMELINE_LOCKED_OUT, /* by a lock that another has */
    TIMELINE_STATES
};

struct timeline_span {
    double began_us, ended_us;
    enum timeline_state state;
};

struct timeline_track {
    long long number;
    char *name;                  /* "worker 0, lane 3" */
    struct timeline_span *spans; /* each lies over those that contain it */
    size_t spans_size, spans_capacity;
};

struct timeline_launch {
    long long number;
    char *name;
    double released_us, ended_us;  /* of the traced run; 0: none was */
    double ranges, one_in;         /* 1: all are there */
    struct timeline_track *tracks; /* in the order of their numbers */
    size_t tracks_size;
};

struct timeline {
    struct timeline_launch *launches;
    size_t launches_size;
};

/* -EINVAL: `name` is no such file, and in which line. The caller frees it in any case. */
int timeline_read(struct timeline *timeline, FILE *in, const char *name, struct bench_error *err);
void timeline_free(struct timeline *timeline);

/* For how long the track was in each state, between two times. */
void timeline_shares(const struct timeline_track *track, double from_us, double to_us,
                     double shares_us[TIMELINE_STATES]);

#endif
