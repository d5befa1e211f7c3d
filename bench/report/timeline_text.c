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

/* What the lane did longest in this slice. */
static char sign_of(const struct timeline_track *track, double from_us, double to_us, bool is_thinned)
{
    double shares_us[TIMELINE_STATES];
    int most = TIMELINE_NOTHING;
    timeline_shares(track, from_us, to_us, shares_us);
    for (int state = 1; state < TIMELINE_STATES; state++)
        most = shares_us[state] > shares_us[most] ? state : most;
    return most == TIMELINE_NOTHING && is_thinned ? ':' : signs[most];
}

/* "worker 0 |####....    | 60 % computing, 40 % waiting" */
static void put_track(struct text *lines, const struct timeline_launch *launch,
                      const struct timeline_track *track, int name_width, int columns)
{
    double length_us = launch->ended_us - launch->released_us, shares_us[TIMELINE_STATES];
    text_add(lines, "%-*.*s |", name_width, name_width, track->name ? track->name : "");
    for (int column = 0; column < columns; column++) {
        double from_us = launch->released_us + length_us * column / columns;
        text_add(lines, "%c",
                 sign_of(track, from_us, from_us + length_us / columns, launch->one_in > 1));
    }
    timeline_shares(track, launch->released_us, launch->ended_us, shares_us);
    if (launch->one_in > 1)
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
    page_gap(page);
    free(lines.text);
}

int timeline_page(struct page *page, const struct timeline *timeline, struct bench_error *err)
{
    size_t drawn = 0;
    for (size_t i = 0; i < timeline->launches_size; i++) {
        const struct timeline_launch *launch = &timeline->launches[i];
        if (launch->tracks_size == 0 || !(launch->ended_us > launch->released_us))
            continue;
        put_launch(page, launch);
        drawn++;
    }
    if (!drawn)
        return bench_error_set(err, -EINVAL,
                               "there are launches in it, but no run with ranges: none was measured, or "
                               "their runtime's runner keeps no trace");
    page_text(
        page,
        "#: computing, which is the share behind each line; .: waiting; x: waiting for a lock that "
        "another has; blank: nothing to do");
    return page_end(page, "the timeline", err);
}
