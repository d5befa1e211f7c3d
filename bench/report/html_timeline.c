/* See html_timeline.h. */
#include "report/html_timeline.h"

#include "base/memory.h"
#include "report/html_file.h"
#include "report/json_values.h"
#include "results/timeline_pieces.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

enum {
    PIECES_MOST = 40000, /* of all launches: some 800 kB */
    PIECES_LEAST = 2000, /* of one */
    LAUNCHES_MOST = 24,
    TRACKS_MOST = 128,
    MARKS_MOST = 2000, /* of one launch */
    RUNS_MOST = 8,
};

static json_int_t ns_of(double us)
{
    return (json_int_t)llround(us * 1000);
}

/* ---- a lane ---- */

static json_int_t mix_of(const struct timeline_piece *piece)
{
    json_int_t computing = llround(100 * piece->shares[TIMELINE_COMPUTING]),
               waiting = llround(100 * piece->shares[TIMELINE_WAITING]),
               locked = llround(100 * piece->shares[TIMELINE_LOCKED_OUT]);
    return computing + 101 * waiting + 101 * 101 * locked;
}

static void put_pieces(json_t *track, const struct timeline_launch *launch,
                       const struct timeline_pieces *pieces, bool is_exact)
{
    json_t *at = json_array(), *took = json_array(), *mix = json_array(), *number = json_array();
    json_int_t end_ns = 0;
    for (size_t i = 0; i < pieces->size; i++) {
        const struct timeline_piece *piece = &pieces->list[i];
        json_int_t from_ns = ns_of(piece->began_us - launch->released_us);
        json_int_t to_ns = ns_of(piece->began_us + piece->took_us - launch->released_us);
        json_add(at, json_integer(from_ns - end_ns));
        json_add(took, json_integer(to_ns - from_ns));
        json_add(mix, json_integer(mix_of(piece)));
        if (is_exact)
            json_add(number, json_integer(piece->number));
        end_ns = to_ns;
    }
    json_put(track, "at", at);
    json_put(track, "took", took);
    json_put(track, "mix", mix);
    json_put(track, "number", number);
}

static json_t *shares_object(const struct timeline_launch *launch, const struct timeline_track *track)
{
    double shares_us[TIMELINE_STATES], length_us = launch->ended_us - launch->released_us;
    json_t *shares = json_object();
    timeline_shares(track, launch->released_us, launch->ended_us, shares_us);
    json_put(shares, "computing", json_of_real(shares_us[TIMELINE_COMPUTING] / length_us));
    json_put(shares, "waiting", json_of_real(shares_us[TIMELINE_WAITING] / length_us));
    json_put(shares, "locked", json_of_real(shares_us[TIMELINE_LOCKED_OUT] / length_us));
    return shares;
}

static json_t *waits_array(const struct timeline *timeline, const struct timeline_launch *launch,
                           const struct timeline_track *track)
{
    json_t *waits = json_array();
    double *waits_us = mem_zero(timeline->kinds_size + 1, sizeof *waits_us);
    timeline_waits(track, waits_us);
    for (size_t i = 0; i < timeline->kinds_size; i++)
        json_add(waits, json_of_real(waits_us[i] / (launch->ended_us - launch->released_us)));
    free(waits_us);
    return waits;
}

static size_t count_marks(const struct timeline_launch *launch, long long track)
{
    size_t count = 0;
    for (size_t i = 0; i < launch->marks_size; i++)
        count += launch->marks[i].track == track;
    return count;
}

static json_t *track_object(const struct timeline *timeline, const struct timeline_launch *launch,
                            const struct timeline_track *track, double slice_us)
{
    struct timeline_pieces pieces;
    json_t *object = json_object();
    json_put(object, "name", json_of_text(track->name ? track->name : ""));
    json_put(object, "ranges", json_integer((json_int_t)track->ranges));
    json_put(object, "longest_s", json_of_real(track->longest_us * 1e-6));
    json_put(object, "shares", shares_object(launch, track));
    json_put(object, "waits", waits_array(timeline, launch, track));
    json_put(object, "marks", json_integer((json_int_t)count_marks(launch, track->number)));
    timeline_pieces(launch, track, slice_us, &pieces);
    put_pieces(object, launch, &pieces, !(slice_us > 0));
    free(pieces.list);
    return object;
}

/* ---- a launch ---- */

static size_t track_at(const struct timeline_launch *launch, size_t tracks, long long number)
{
    size_t i = 0;
    while (i < tracks && launch->tracks[i].number != number)
        i++;
    return i;
}

static json_t *marks_array(const struct timeline_launch *launch, size_t tracks)
{
    json_t *marks = json_array();
    size_t step = launch->marks_size / MARKS_MOST + 1;
    for (size_t i = 0; i < launch->marks_size; i += step) {
        const struct timeline_mark *mark = &launch->marks[i];
        size_t track = track_at(launch, tracks, mark->track);
        if (track == tracks)
            continue;
        json_t *one = json_array();
        json_add(one, json_integer((json_int_t)track));
        json_add(one, json_integer(ns_of(mark->at_us - launch->released_us)));
        json_add(one, json_of_text(mark->text));
        json_add(marks, one);
    }
    return marks;
}

static json_t *runs_array(const struct timeline_launch *launch)
{
    json_t *runs = json_array();
    for (size_t i = 0; i < launch->runs_size && i < RUNS_MOST; i++) {
        json_t *one = json_array();
        json_add(one, json_of_text(launch->runs[i].name));
        json_add(one, json_of_real((launch->runs[i].ended_us - launch->runs[i].began_us) * 1e-6));
        json_add(runs, one);
    }
    return runs;
}

static json_t *launch_object(const struct timeline *timeline, const struct timeline_launch *launch,
                             size_t pieces)
{
    size_t tracks = launch->tracks_size < TRACKS_MOST ? launch->tracks_size : TRACKS_MOST;
    double slice_us = timeline_slice_us(launch, tracks, pieces);
    json_t *object = json_object(), *array = json_array();
    const char *off = launch->off_state == TIMELINE_LOCKED_OUT ? "locked" : "waiting";
    json_put(object, "name", json_of_text(launch->name ? launch->name : ""));
    json_put(object, "length_s", json_of_real((launch->ended_us - launch->released_us) * 1e-6));
    json_put(object, "ranges", json_of_real(launch->ranges));
    json_put(object, "one_in", json_of_real(launch->one_in));
    json_put(object, "timed_one_in", json_of_real(launch->timed_one_in));
    json_put(object, "off", json_of_text(launch->has_off ? off : NULL));
    json_put(object, "slice_s", json_of_real(slice_us * 1e-6));
    json_put(object, "lanes", json_integer((json_int_t)launch->tracks_size));
    json_put(object, "runs", runs_array(launch));
    json_put(object, "marks", marks_array(launch, tracks));
    json_put(object, "marks_of", json_integer((json_int_t)launch->marks_size));
    for (size_t i = 0; i < tracks; i++)
        json_add(array, track_object(timeline, launch, &launch->tracks[i], slice_us));
    json_put(object, "tracks", array);
    return object;
}

static size_t count_runs(const struct timeline *timeline)
{
    size_t count = 0;
    for (size_t i = 0; i < timeline->launches_size; i++)
        count += timeline_has_run(&timeline->launches[i]);
    return count;
}

json_t *html_timeline(const struct timeline *timeline)
{
    json_t *object = json_object(), *kinds = json_array(), *launches = json_array();
    size_t all = count_runs(timeline), shown = all < LAUNCHES_MOST ? all : LAUNCHES_MOST;
    size_t pieces = shown > 0 ? PIECES_MOST / shown : 0;
    for (size_t i = 0; i < timeline->kinds_size; i++)
        json_add(kinds, json_of_text(timeline->kinds[i]));
    for (size_t i = 0; i < timeline->launches_size && json_array_size(launches) < shown; i++) {
        if (timeline_has_run(&timeline->launches[i]))
            json_add(launches, launch_object(timeline, &timeline->launches[i],
                                             pieces > PIECES_LEAST ? pieces : PIECES_LEAST));
    }
    json_put(object, "kinds", kinds);
    json_put(object, "left_out", json_integer((json_int_t)(all - shown)));
    json_put(object, "launches", launches);
    return object;
}

int html_timeline_page(struct page *page, const struct timeline *timeline, struct bench_error *err)
{
    if (count_runs(timeline) == 0)
        return bench_error_set(err, -EINVAL, "%s", timeline_without_runs);
    return html_write(page, "timeline", html_timeline(timeline), json_array(), err);
}
