/*
 * Many sessions of a suite, in the order of time: per case a series with one value a session, the median
 * of its measured runs, and where it steps (stats/change_points.h). What is stable across boots
 * (results/fingerprint.h) parts series, so a new machine begins a new one. A step that the session's
 * reference work takes too is the machine's. Not shared between threads.
 */
#ifndef RESULTS_HISTORY_H
#define RESULTS_HISTORY_H

#include "results/history_rows.h"

#include <stdbool.h>
#include <stddef.h>

/* Values first .. end - 1 of a series, between two of its steps. */
struct history_level {
    size_t first, end;
    double median;
};

struct history_series {
    const struct record *identity;
    const char *fingerprint;
    size_t *sessions; /* the number of each value's session, ascending */
    double *values;   /* of one pass over the tasks, in the metric's unit */
    size_t size;
    double deviation; /* between sessions, within segments: 0.01 is 1 %; NaN of too few values */
    struct history_level *levels; /* owned; from its first value to its last */
    size_t levels_size;
    bool is_reference;
};

/* Steps of so many deviations are found within 5 and within 15 sessions, nine times in ten:
 * docs/history.md. */
#define HISTORY_SEEN_IN_5 2.5
#define HISTORY_SEEN_IN_15 1.5

/* What a paired comparison said of it. */
enum history_verdict { HISTORY_NOT_ASKED, HISTORY_CONFIRMED, HISTORY_NOT_CONFIRMED, HISTORY_NOT_BUILT };

struct history_point {
    const struct history_series *series;
    size_t at;            /* the first value behind the step */
    double before, after; /* medians of the segments */
    double ratio;         /* after / before: 1.05 is 5 % more */
    double p;             /* Student's, of the session in which it was found */
    size_t found;         /* the value with which it was found */
    bool is_worse;
    bool is_weak;                             /* too young: fewer values behind it than a segment has */
    bool is_machines;                         /* the reference takes it, too */
    bool is_fresh;                            /* it began within the newest sessions */
    const char *kernel_before, *kernel_after; /* where they differ; else NULL */
    char *duel; /* the command that compares the builds before and behind it; NULL */
    enum history_verdict verdict;
    char *why; /* of the verdict, in words; NULL */
};

struct history {
    const struct metric *metric;
    size_t last, fresh; /* sessions that are looked at; that count as new. Set before history_make */
    struct history_rows rows; /* its sessions are in the order of time after history_make */
    struct history_series *series;
    size_t series_size;
    struct history_point *points; /* without those of the reference, by series and place */
    size_t points_size;
    bool has_reference;
};

/* Before its rows are read; then comes history_make (results/history_make.h). */
void history_init(struct history *history, const struct metric *metric);

void history_free(struct history *history);

/* The session of a value, and the one before it in its series. */
const struct history_session *history_session_at(const struct history *history,
                                                 const struct history_series *series, size_t at);

/* Is it a fresh step to worse, of the program's own? Not where a comparison has acquitted it. */
bool history_point_is_regression(const struct history_point *point);

/* "confirmed", "not confirmed", "could not build"; NULL where nobody was asked. */
const char *history_verdict_word(enum history_verdict verdict);

#endif
