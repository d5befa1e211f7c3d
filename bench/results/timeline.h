/*
 * A timeline as `bench --trace` has written it, for drawing: of each launch the run whose ranges were
 * traced, a track for each lane, and on it what the lane did when. Times are microseconds.
 */
#ifndef RESULTS_TIMELINE_H
#define RESULTS_TIMELINE_H

#include "results/timeline_track.h"

#include <bench/error.h>
#include <stdbool.h>
#include <stdio.h>

/* What happened at once, on a lane. */
struct timeline_mark {
    double at_us;
    long long track;
    char *text; /* "took ranges of worker 1" */
};

/* Of the launch: "starting and opening", "verify 1", "measure 1". */
struct timeline_run {
    double began_us, ended_us;
    char *name;
};

struct timeline_launch {
    long long number;
    char *name;
    double released_us, ended_us; /* of the traced run; 0: none was */
    double ranges, one_in;        /* 1: all that were timed are there */
    double timed_one_in;          /* 1: all were timed */
    uint8_t off_state; /* what time is for which no more is known than that it is no computing */
    bool has_off;      /* there is some */
    struct timeline_track *tracks; /* in the order of their numbers */
    size_t tracks_size;
    struct timeline_mark *marks;
    size_t marks_size, marks_capacity;
    struct timeline_run *runs;
    size_t runs_size, runs_capacity;
};

struct timeline {
    struct timeline_launch *launches;
    size_t launches_size;
    char **kinds; /* of waits, as they are called: "sleep" */
    size_t kinds_size;
};

/* -EINVAL: `name` is no such file, and in which line. The caller frees it in any case. */
int timeline_read(struct timeline *timeline, FILE *in, const char *name, struct bench_error *err);
void timeline_free(struct timeline *timeline);

/* What is wrong with a trace of which no launch has such a run. */
extern const char timeline_without_runs[];

/* Is there a run whose ranges were traced? */
bool timeline_has_run(const struct timeline_launch *launch);

#endif
