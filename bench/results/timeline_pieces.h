/*
 * As much of a timeline as a picture has room for: each segment, or slices of equal length, in which it
 * is only told how much of it each state has.
 */
#ifndef RESULTS_TIMELINE_PIECES_H
#define RESULTS_TIMELINE_PIECES_H

#include "results/timeline.h"

struct timeline_piece {
    double began_us, took_us;
    double shares[TIMELINE_STATES]; /* of it */
    uint32_t number;                /* of its segment; of slices 0 */
};

struct timeline_pieces {
    struct timeline_piece *list;
    size_t size, capacity;
};

/* How long slices are if the first `tracks` of the launch are to have `most` pieces together, at most;
 * 0: none are needed, each segment is a piece. */
double timeline_slice_us(const struct timeline_launch *launch, size_t tracks, size_t most);

/* The pieces of a track of a launch; for free(pieces->list). */
void timeline_pieces(const struct timeline_launch *launch, const struct timeline_track *track,
                     double slice_us, struct timeline_pieces *pieces);

/* For how long the track waited for each of the timeline's kinds; waits_us has that many. */
void timeline_waits(const struct timeline_track *track, double *waits_us);

#endif
