/* Where the series of a history step, and what is known of each step. */
#include "results/history_steps.h"

#include "base/memory.h"
#include "results/fingerprint.h"
#include "stats/change_points.h"
#include "stats/summary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A step of the reference work is the machine's if it is this sure, and at least this part of the
 * step. */
#define REFERENCE_P 0.01
#define REFERENCE_SHARE 0.5

static double *logarithms(const struct history_series *series)
{
    double *values = mem_alloc((series->size + 1) * sizeof *values);
    for (size_t i = 0; i < series->size; i++)
        values[i] = log(series->values[i]);
    return values;
}

/* The first of its values whose session is not below that number. */
static size_t value_from(const struct history_series *series, size_t session)
{
    size_t at = 0;
    while (at < series->size && series->sessions[at] < session)
        at++;
    return at;
}

/* Does a work of the reference on that machine step there, between these sessions, as well? */
static bool is_of_machine(const struct history *history, const struct history_point *point,
                          size_t first_session, size_t end_session)
{
    for (size_t i = 0; i < history->series_size; i++) {
        const struct history_series *one = &history->series[i];
        if (!one->is_reference || one->fingerprint != point->series->fingerprint)
            continue;
        size_t first = value_from(one, first_session), end = value_from(one, end_session);
        size_t at = value_from(one, point->series->sessions[point->at]);
        if (at < first + 2 || end < at + 2)
            continue;
        double *values = logarithms(one);
        struct change_test test = change_test_step(values, first, at, end);
        free(values);
        if (test.p < REFERENCE_P && test.step * log(point->ratio) > 0 &&
            fabs(test.step) >= REFERENCE_SHARE * fabs(log(point->ratio)))
            return true;
    }
    return false;
}

static void note_kernel(const struct history *history, struct history_point *point)
{
    const char *before = history_session_at(history, point->series, point->at - 1)->machine;
    const char *after = history_session_at(history, point->series, point->at)->machine;
    before = fingerprint_kernel(before);
    after = fingerprint_kernel(after);
    if (strcmp(before, after) == 0)
        return;
    point->kernel_before = before;
    point->kernel_after = after;
}

/* The values first .. end - 1 of the series are the two segments about the point. */
static void fill_point(const struct history *history, struct history_point *point, size_t first,
                       size_t end)
{
    const struct history_series *series = point->series;
    if (point->at - first > CHANGE_BEFORE)
        first = point->at - CHANGE_BEFORE;
    if (end - point->at > CHANGE_AFTER)
        end = point->at + CHANGE_AFTER;
    point->before = summary_median(series->values + first, point->at - first);
    point->after = summary_median(series->values + point->at, end - point->at);
    size_t session = series->sessions[point->at], sessions = history->rows.sessions_size;
    point->ratio = point->after / point->before;
    point->is_worse = history->metric->more_is_better ? point->ratio < 1 : point->ratio > 1;
    point->is_fresh = session + history->fresh >= sessions;
    point->is_machines = is_of_machine(history, point, series->sessions[first],
                                       end < series->size ? series->sessions[end] : sessions);
    note_kernel(history, point);
}

/* Deviation within the segments, of the logarithms. */
static double deviation_of(const double *values, size_t size, const struct change_point *points,
                           size_t points_size)
{
    double squares = 0, segments = 0;
    for (size_t i = 0, first = 0; i <= points_size; i++) {
        size_t end = i < points_size ? points[i].at : size;
        double mean = 0;
        for (size_t j = first; j < end; j++)
            mean += values[j] / (double)(end - first);
        for (size_t j = first; j < end; j++)
            squares += (values[j] - mean) * (values[j] - mean);
        segments += end > first;
        first = end;
    }
    return (double)size > segments ? sqrt(squares / ((double)size - segments)) : NAN;
}

static void take_levels(struct history_series *series, const struct change_point *found, size_t size)
{
    series->levels = mem_alloc((size + 1) * sizeof *series->levels);
    for (size_t i = 0, first = 0; i <= size; i++) {
        size_t end = i < size ? found[i].at : series->size;
        if (end > first)
            series->levels[series->levels_size++] =
                (struct history_level){first, end, summary_median(series->values + first, end - first)};
        first = end;
    }
}

/* Those of one series, which are neighbours in the list. */
static void take_points(struct history *history, struct history_series *series,
                        const struct change_point *found, size_t size, const double *values)
{
    series->deviation = deviation_of(values, series->size, found, size);
    take_levels(series, found, size);
    for (size_t i = 0; i < size && !series->is_reference; i++) {
        history->points = mem_resize(history->points, history->points_size + 1, sizeof *history->points);
        struct history_point *point = &history->points[history->points_size++];
        *point = (struct history_point){.series = series,
                                        .at = found[i].at,
                                        .found = found[i].found,
                                        .p = found[i].p,
                                        .is_weak = found[i].is_weak};
        fill_point(history, point, i > 0 ? found[i - 1].at : 0,
                   i + 1 < size ? found[i + 1].at : series->size);
    }
}

static void leave_out_withdrawn(struct change_points *points)
{
    size_t kept = 0;
    for (size_t i = 0; i < points->size; i++) {
        if (!points->list[i].is_withdrawn)
            points->list[kept++] = points->list[i];
    }
    points->size = kept;
}

void history_steps_find(struct history *history)
{
    struct change_series *series = mem_zero(history->series_size + 1, sizeof *series);
    struct change_points points;
    for (size_t i = 0; i < history->series_size; i++) {
        const struct history_series *one = &history->series[i];
        series[i] = (struct change_series){logarithms(one), one->sessions, one->size};
    }
    change_points_find(&points, series, history->series_size);
    leave_out_withdrawn(&points);
    for (size_t i = 0, next = 0; i < history->series_size; i++) {
        size_t first = next;
        while (next < points.size && points.list[next].series == i)
            next++;
        take_points(history, &history->series[i], points.list + first, next - first, series[i].values);
        free((void *)series[i].values);
    }
    change_points_free(&points);
    free(series);
}
