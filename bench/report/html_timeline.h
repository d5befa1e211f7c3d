/*
 * A timeline for a page that draws it:
 *
 *     "kinds": ["sleep", ...]   of waits
 *     "left_out": a number      of launches that are not here, so that the page stays small
 *     "launches": [...]
 *         "name", "length_s", "ranges", "one_in", "timed_one_in": as in results/timeline.h
 *         "off": "locked" or "waiting", or null: what is meant by time that is known as a sum alone
 *         "slice_s": 0, or how long the slices are in which all is summed up
 *         "lanes": how many there are, of which the first ones are here
 *         "runs": [["verify 1", s], ...]
 *         "marks": [[track, ns, "took ranges of worker 1"], ...], "marks_of": of so many
 *         "tracks": [...]
 *             "name", "ranges", "longest_s", "shares": {"computing", "waiting", "locked"} of the run,
 *             "waits": [a share of the run for each of the kinds], "marks": how many
 *             "at", "took", "mix", "number": an entry a piece, in nanoseconds: how long after the end of
 *             the one before it begins, how long it is; percents computing + 101 * waiting + 101^2 *
 *             locked; which range, or which kind of wait
 */
#ifndef REPORT_HTML_TIMELINE_H
#define REPORT_HTML_TIMELINE_H

#include "report/page.h"
#include "results/timeline.h"

#include <jansson.h>

json_t *html_timeline(const struct timeline *timeline);

/* A page of it alone. 0, or a negative errno value with `err` filled. */
int html_timeline_page(struct page *page, const struct timeline *timeline, struct bench_error *err);

#endif
