/* Change points, session by session. */
#include "stats/change_points.h"

#include "base/memory.h"
#include "stats/benjamini_hochberg.h"
#include "stats/distributions.h"
#include "stats/summary.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { WINDOW = CHANGE_OLDER + CHANGE_BEFORE + CHANGE_AFTER };

/* Neighbouring values of a series, or their scores. */
struct window {
    double values[WINDOW];
    size_t first, size; /* `first`: which value of the series values[0] is */
};

/* Where it steps: the first value behind that, counted from the window's first. */
struct split {
    size_t at; /* 0: nowhere */
    double step, p;
};

/* A value and where it stands in its window. */
struct ranked {
    double value;
    size_t place;
};

static int compare_ranked(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    return (x->value > y->value) - (x->value < y->value);
}

/* Normal scores of the values, by their ranks (van der Waerden, 1952); of equal ones, by their mean. */
static void score(double *values, size_t n)
{
    struct ranked ranked[WINDOW];
    for (size_t i = 0; i < n; i++)
        ranked[i] = (struct ranked){values[i], i};
    mem_sort(ranked, n, sizeof *ranked, compare_ranked);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && !(ranked[i].value < ranked[end].value);)
            end++;
        double below = ((double)i + (double)end) / 2 / (double)n;
        for (size_t j = i; j < end; j++)
            values[ranked[j].place] = normal_quantile(below);
    }
}

static void window_take(struct window *window, const double *values, size_t first, size_t end)
{
    window->first = first;
    window->size = end - first;
    memcpy(window->values, values + first, window->size * sizeof *values);
    if (window->size >= CHANGE_RANKED)
        score(window->values, window->size);
}

/* Sums of squares about the mean of values first .. end - 1; *mean is theirs. */
static double squares(const double *values, size_t first, size_t end, double *mean)
{
    double sum = 0, all = 0;
    for (size_t i = first; i < end; i++)
        sum += values[i];
    *mean = sum / (double)(end - first);
    for (size_t i = first; i < end; i++)
        all += (values[i] - *mean) * (values[i] - *mean);
    return all;
}

/*
 * Student's t of a contrast in three groups: the values first .. at - 1 against at .. end - 1. What is
 * older, 0 .. first - 1, only serves to know how far values are apart.
 */
static struct change_test test_contrast(const double *values, size_t first, size_t at, size_t end)
{
    double before, after, ignored, n = (double)(at - first), m = (double)(end - at);
    double df = (double)end - (first > 0 ? 3 : 2);
    double all = squares(values, first, at, &before) + squares(values, at, end, &after);
    if (first > 0)
        all += squares(values, 0, first, &ignored);
    double error = sqrt(all / df * (1 / n + 1 / m)), step = after - before;
    if (error > 0)
        return (struct change_test){step, 2 * student_above(fabs(step) / error, df)};
    return (struct change_test){step, step != 0 ? 0 : 1};
}

struct change_test change_test_step(const double *values, size_t first, size_t at, size_t end)
{
    return test_contrast(values + first, 0, at - first, end - first);
}

/* The same of the window's values before `at` and from there. */
static struct split split_test(const struct window *window, size_t at)
{
    size_t first = at > CHANGE_BEFORE ? at - CHANGE_BEFORE : 0;
    struct change_test test = test_contrast(window->values, first, at, window->size);
    return (struct split){.at = at, .step = test.step, .p = test.p};
}

static double distances_from(const struct window *window, size_t from, size_t first, size_t end)
{
    double sum = 0;
    for (size_t i = first; i < end; i++)
        sum += fabs(window->values[i] - window->values[from]);
    return sum;
}

/*
 * The split with the largest energy distance, of those with least .. most values behind it. From one to
 * the next one value changes sides, so that all of them together cost what one costs.
 */
static size_t split_place(const struct window *window, size_t least, size_t most)
{
    size_t n = window->size, best = 0;
    double largest = -INFINITY, within_before = 0, within_after = 0, between = 0;
    for (size_t i = 1; i < n; i++)
        within_before += distances_from(window, i, 0, i);
    for (size_t after = 1; after <= most; after++) {
        size_t at = n - after;
        double to_before = distances_from(window, at, 0, at);
        double to_after = distances_from(window, at, at + 1, n);
        within_before -= to_before;
        within_after += to_after;
        between += to_before - to_after;
        if (after < least)
            continue;
        double a = (double)at, b = (double)after;
        double mean_before = at > 1 ? within_before / (a * (a - 1) / 2) : 0;
        double mean_after = after > 1 ? within_after / (b * (b - 1) / 2) : 0;
        double distance = a * b / (a + b) * (2 * between / (a * b) - mean_before - mean_after);
        if (distance > largest) {
            largest = distance;
            best = at;
        }
    }
    return best;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The window of all that counts of first .. end - 1. */
static void window_last(struct window *window, const double *values, size_t first, size_t end)
{
    window_take(window, values, end - smaller(end - first, WINDOW), end);
}

/* A series on its way through the sessions. */
struct walk {
    const struct change_series *series;
    size_t next;         /* its first value that was not looked at */
    size_t first;        /* of the segment */
    size_t before_first; /* of the segment before, which ends there */
    size_t point;        /* its last point, in the list; SIZE_MAX: none */
    size_t withdrawn;    /* the one that was withdrawn last; SIZE_MAX: none */
    struct split split;  /* of this session */
    struct window window;
};

/* With that many values behind it: the surer one of this and what was looked at already. */
static void walk_look(struct walk *walk, size_t after)
{
    const double *values = walk->series->values;
    if (walk->next - walk->first < after + CHANGE_SEGMENT)
        return;
    size_t first = walk->next - smaller(walk->next - walk->first, after + CHANGE_BEFORE + CHANGE_OLDER);
    struct window window;
    window_take(&window, values, first, walk->next);
    struct split split = split_test(&window, window.size - after);
    size_t before = smaller(window.size - after, CHANGE_BEFORE), at = walk->next - after;
    /* Of values most of which are the same, a single other one makes means differ. */
    double step = summary_median(values + at, after) - summary_median(values + at - before, before);
    if (!(step * split.step > 0))
        split.p = 1;
    if (isnan(walk->split.p) || split.p < walk->split.p) {
        walk->split = split;
        walk->window = window;
    }
}

/* Where the step is, of which the test says that there is one. */
static void walk_place(struct walk *walk)
{
    struct window *window = &walk->window;
    size_t most = smaller(window->size - CHANGE_SEGMENT, CHANGE_AFTER);
    walk->split.at = split_place(window, CHANGE_SEGMENT, most);
    walk->split.step = split_test(window, walk->split.at).step;
}

/* What it has to say of the session, which it has a value of. */
static void walk_test(struct walk *walk)
{
    walk->split = (struct split){.p = NAN};
    walk_look(walk, CHANGE_SEGMENT);
    walk_look(walk, CHANGE_AFTER);
}

/* With more values behind it the last point's place is seen better; its step, too. */
static void walk_settle(struct walk *walk, struct change_points *points)
{
    struct change_point *point = walk->point == SIZE_MAX ? NULL : &points->list[walk->point];
    size_t end = walk->next;
    if (!point || end - point->at > CHANGE_AFTER)
        return;
    struct window window;
    window_last(&window, walk->series->values, walk->before_first, end);
    size_t after = end - point->at;
    size_t least = after > 2 * CHANGE_SEGMENT ? after - CHANGE_SEGMENT : CHANGE_SEGMENT;
    size_t most = smaller(after + CHANGE_SEGMENT, window.size - CHANGE_SEGMENT);
    if (least > most)
        return;
    struct split split = split_test(&window, split_place(&window, least, most));
    if (split.p > CHANGE_KEPT) {
        point->is_withdrawn = true;
        walk->withdrawn = walk->point;
        walk->first = walk->before_first;
        walk->point = SIZE_MAX;
        return;
    }
    point->at = window.first + split.at;
    point->step = split.step;
    walk->first = point->at;
}

/* The point that was withdrawn last, where this is it again; SIZE_MAX: it is another. */
static size_t find_withdrawn(const struct walk *walk, size_t at, const struct change_points *points)
{
    if (walk->withdrawn == SIZE_MAX)
        return SIZE_MAX;
    size_t was = points->list[walk->withdrawn].at;
    return (was > at ? was - at : at - was) <= CHANGE_SEGMENT ? walk->withdrawn : SIZE_MAX;
}

static void walk_found(struct walk *walk, size_t number, struct change_points *points)
{
    size_t at = walk->window.first + walk->split.at, again = find_withdrawn(walk, at, points);
    walk->before_first = walk->first;
    if (again != SIZE_MAX) {
        points->list[again].is_withdrawn = false;
        walk->point = again;
        walk->withdrawn = SIZE_MAX;
        walk->first = points->list[again].at = at;
        return;
    }
    points->list = mem_grow(points->list, points->size, &points->capacity, sizeof *points->list);
    points->list[points->size] = (struct change_point){.series = number,
                                                       .at = at,
                                                       .found = walk->next - 1,
                                                       .step = walk->split.step,
                                                       .p = walk->split.p};
    walk->point = points->size++;
    walk->first = points->list[walk->point].at;
}

/* The next session that any series has: the smallest number. False: there is none. */
static bool find_session(const struct walk *walks, size_t count, size_t *session)
{
    *session = SIZE_MAX;
    for (size_t i = 0; i < count; i++) {
        const struct change_series *series = walks[i].series;
        if (walks[i].next < series->size && series->sessions[walks[i].next] < *session)
            *session = series->sessions[walks[i].next];
    }
    return *session != SIZE_MAX;
}

/* Of the last values, too few for a segment: do they look like one? */
static void find_weak(struct walk *walk, size_t number, struct change_points *points)
{
    size_t size = walk->next - walk->first;
    if (size < CHANGE_SEGMENT + 2)
        return;
    window_last(&walk->window, walk->series->values, walk->first, walk->next);
    size_t most = smaller(CHANGE_SEGMENT - 1, walk->window.size - CHANGE_SEGMENT);
    walk->split = split_test(&walk->window, split_place(&walk->window, 2, most));
    if (walk->split.p > CHANGE_LEVEL)
        return;
    walk_found(walk, number, points);
    points->list[walk->point].is_weak = true;
}

static int compare_points(const void *a, const void *b)
{
    const struct change_point *x = a, *y = b;
    if (x->series != y->series)
        return x->series < y->series ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

void change_points_find(struct change_points *points, const struct change_series *series, size_t count)
{
    *points = (struct change_points){0};
    struct walk *walks = mem_zero(count + 1, sizeof *walks);
    double *p = mem_zero(count + 1, sizeof *p);
    size_t session;
    for (size_t i = 0; i < count; i++)
        walks[i] = (struct walk){.series = &series[i], .point = SIZE_MAX, .withdrawn = SIZE_MAX};
    while (find_session(walks, count, &session)) {
        for (size_t i = 0; i < count; i++) {
            p[i] = NAN;
            if (walks[i].next >= series[i].size || series[i].sessions[walks[i].next] != session)
                continue;
            walks[i].next++;
            walk_settle(&walks[i], points);
            walk_test(&walks[i]);
            p[i] = walks[i].split.p;
        }
        benjamini_hochberg_adjust(p, count);
        for (size_t i = 0; i < count; i++) {
            if (!(p[i] <= CHANGE_LEVEL))
                continue;
            walk_place(&walks[i]);
            walk_found(&walks[i], i, points);
        }
    }
    for (size_t i = 0; i < count; i++)
        find_weak(&walks[i], i, points);
    mem_sort(points->list, points->size, sizeof *points->list, compare_points);
    free(walks);
    free(p);
}

void change_points_free(struct change_points *points)
{
    free(points->list);
    *points = (struct change_points){0};
}
