/* See timeline_text.h. */
#include "report/timeline_text.h"

#include "base/memory.h"
#include "base/text.h"
#include "report/units.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TRACKS_MOST = 16, NAME_MOST = 20, COLUMNS_LEAST = 20, COLUMNS_USUAL = 80, INDENT = 4 };

static const char signs[TIMELINE_STATES] = {' ', '#', '.', 'x'};

/*
 * What the lane did longest in this slice. Of time of which no more is known than how much of it was no
 * computing, it is neither half of a picture nor none of it: there each state gets as many slices as it
 * has time, `owed` being what it has not got yet.
 */
static char sign_of(const struct timeline_launch *launch, const struct timeline_track *track,
                    double from_us, double to_us, double owed[TIMELINE_STATES])
{
    double shares_us[TIMELINE_STATES];
    int most = TIMELINE_NOTHING;
    bool is_thinned = launch->one_in > 1 || launch->timed_one_in > 1;
    timeline_shares(track, from_us, to_us, shares_us);
    for (int state = 0; state < TIMELINE_STATES && launch->has_off; state++) {
        double had_us = shares_us[state];
        owed[state] += had_us;
        shares_us[state] = had_us > 0 ? owed[state] : -INFINITY;
    }
    for (int state = 0; state < TIMELINE_STATES; state++)
        most = shares_us[state] > shares_us[most] ? state : most;
    owed[most] -= to_us - from_us;
    return most == TIMELINE_NOTHING && is_thinned ? ':' : signs[most];
}

/* "worker 0 |####....    | 60 % computing, 40 % waiting" */
static void put_track(struct text *lines, const struct timeline_launch *launch,
                      const struct timeline_track *track, int name_width, int columns)
{
    double length_us = launch->ended_us - launch->released_us, shares_us[TIMELINE_STATES],
           owed_us[TIMELINE_STATES] = {0};
    text_add(lines, "%-*.*s |", name_width, name_width, track->name ? track->name : "");
    for (int column = 0; column < columns; column++) {
        double from_us = launch->released_us + length_us * column / columns;
        text_add(lines, "%c", sign_of(launch, track, from_us, from_us + length_us / columns, owed_us));
    }
    timeline_shares(track, launch->released_us, launch->ended_us, shares_us);
    if (launch->one_in > 1 || launch->timed_one_in > 1)
        text_add(lines, "|\n");
    else
        text_add(lines, "| %3.0f %%\n", 100 * shares_us[TIMELINE_COMPUTING] / length_us);
}

static void put_axis(struct text *lines, const struct timeline_launch *launch, int name_width,
                     int columns)
{
    char end[UNITS_TEXT];
    units_seconds(end, (launch->ended_us - launch->released_us) * 1e-6);
    text_add(lines, "%*s 0%*s\n", name_width + 1, "", columns, end);
}

static void put_launch(struct page *page, const struct timeline_launch *launch)
{
    struct text lines = {0};
    int name_width = 0, width = page->width ? (int)page->width : COLUMNS_USUAL;
    size_t shown = launch->tracks_size < TRACKS_MOST ? launch->tracks_size : TRACKS_MOST;
    for (size_t i = 0; i < shown; i++) {
        int length = launch->tracks[i].name ? (int)strlen(launch->tracks[i].name) : 0;
        name_width = length > name_width ? length : name_width;
    }
    name_width = name_width < NAME_MOST ? name_width : NAME_MOST;
    int columns = width - name_width - INDENT - 9;
    columns = columns > COLUMNS_LEAST ? columns : COLUMNS_LEAST;
    page_heading(page, "%s", launch->name ? launch->name : "");
    for (size_t i = 0; i < shown; i++)
        put_track(&lines, launch, &launch->tracks[i], name_width, columns);
    put_axis(&lines, launch, name_width, columns);
    page_code(page, lines.text);
    if (shown < launch->tracks_size)
        page_item(page, "%zu more lanes are not shown", launch->tracks_size - shown);
    if (launch->one_in > 1)
        page_item(page,
                  "too many ranges to keep all: one in %.0f of %.0f is here, and the slowest; ':' is "
                  "where none is",
                  launch->one_in, launch->ranges);
    if (launch->timed_one_in > 1)
        page_item(page,
                  "ranges are so short that one in %.0f is timed, and is here; ':' is where none is",
                  launch->timed_one_in);
    if (launch->has_off)
        page_item(page,
                  "of part of the time within ranges it is known only how long they did not compute: "
                  "there '%c' stands for as much as that was, not for when",
                  signs[launch->off_state]);
    page_gap(page);
    free(lines.text);
}

int timeline_page(struct page *page, const struct timeline *timeline, struct bench_error *err)
{
    size_t drawn = 0;
    for (size_t i = 0; i < timeline->launches_size; i++) {
        const struct timeline_launch *launch = &timeline->launches[i];
        if (!timeline_has_run(launch))
            continue;
        put_launch(page, launch);
        drawn++;
    }
    if (!drawn)
        return bench_error_set(err, -EINVAL, "%s", timeline_without_runs);
    page_text(
        page,
        "#: computing, which is the share behind each line; .: waiting; x: waiting for a lock that "
        "another has; blank: nothing to do");
    return page_end(page, "the timeline", err);
}
