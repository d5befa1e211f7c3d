/* A timeline drawn with characters: a line a lane, a character a slice of time. */
#ifndef REPORT_TIMELINE_TEXT_H
#define REPORT_TIMELINE_TEXT_H

#include "report/page.h"
#include "results/timeline.h"

/* All launches that have one; 0, or a negative errno value with `err` filled. */
int timeline_page(struct page *page, const struct timeline *timeline, struct bench_error *err);

#endif
