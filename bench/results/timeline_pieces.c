/* See timeline_pieces.h. */
#include "results/timeline_pieces.h"

#include "base/memory.h"

#include <math.h>
#include <string.h>

double timeline_slice_us(const struct timeline_launch *launch, size_t tracks, size_t most)
{
    size_t segments = 0;
    for (size_t i = 0; i < tracks; i++)
        segments += launch->tracks[i].size;
    if (segments <= most)
        return 0;
    return (launch->ended_us - launch->released_us) / fmax(1, floor((double)most / (double)tracks));
}

static struct timeline_piece *add(struct timeline_pieces *pieces)
{
    pieces->list = mem_grow(pieces->list, pieces->size, &pieces->capacity, sizeof *pieces->list);
    pieces->list[pieces->size] = (struct timeline_piece){0};
    return &pieces->list[pieces->size++];
}

static void add_segment(struct timeline_pieces *pieces, const struct timeline_segment *segment)
{
    struct timeline_piece *piece = add(pieces);
    piece->began_us = segment->began_us;
    piece->took_us = segment->ended_us - segment->began_us;
    piece->number = segment->number;
    piece->shares[segment->state] += 1 - (double)segment->off;
    piece->shares[segment->off_state] += (double)segment->off;
}

/* To hundredths, which is what a picture can show: so that slices of one kind become one piece. */
static void add_slice(struct timeline_pieces *pieces, double from_us, double slice_us,
                      const double shares_us[TIMELINE_STATES])
{
    double shares[TIMELINE_STATES] = {0};
    const struct timeline_piece *last = pieces->size > 0 ? &pieces->list[pieces->size - 1] : NULL;
    for (int state = 1; state < TIMELINE_STATES; state++)
        shares[state] = rint(100 * shares_us[state] / slice_us) / 100;
    if (shares[TIMELINE_COMPUTING] + shares[TIMELINE_WAITING] + shares[TIMELINE_LOCKED_OUT] <= 0)
        return;
    if (last && fabs(last->began_us + last->took_us - from_us) < slice_us / 1000 &&
        memcmp(last->shares, shares, sizeof shares) == 0) {
        pieces->list[pieces->size - 1].took_us += slice_us;
        return;
    }
    struct timeline_piece *piece = add(pieces);
    piece->began_us = from_us;
    piece->took_us = slice_us;
    memcpy(piece->shares, shares, sizeof shares);
}

void timeline_pieces(const struct timeline_launch *launch, const struct timeline_track *track,
                     double slice_us, struct timeline_pieces *pieces)
{
    *pieces = (struct timeline_pieces){0};
    for (size_t i = 0; i < track->size && !(slice_us > 0); i++)
        add_segment(pieces, &track->segments[i]);
    if (!(slice_us > 0))
        return;
    size_t slices = (size_t)ceil((launch->ended_us - launch->released_us) / slice_us - 1e-9);
    for (size_t i = 0; i < slices; i++) {
        double from_us = launch->released_us + (double)i * slice_us, shares_us[TIMELINE_STATES];
        timeline_shares(track, from_us, from_us + slice_us, shares_us);
        add_slice(pieces, from_us, slice_us, shares_us);
    }
}

void timeline_waits(const struct timeline_track *track, double *waits_us)
{
    for (size_t i = 0; i < track->size; i++) {
        const struct timeline_segment *segment = &track->segments[i];
        if (segment->state == TIMELINE_WAITING || segment->state == TIMELINE_LOCKED_OUT)
            waits_us[segment->number] += segment->ended_us - segment->began_us;
    }
}
