/* Sessions in the order of time, series, and where they step. */
#include "results/history.h"

#include "base/memory.h"
#include "results/fingerprint.h"
#include "stats/change_points.h"
#include "stats/summary.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A step of the reference work is the machine's if it is this sure, and at least this part of the
 * step. */
#define REFERENCE_P 0.01
#define REFERENCE_SHARE 0.5

enum { LAST = 200, FRESH = 15 };

void history_init(struct history *history, const struct metric *metric)
{
    *history = (struct history){.metric = metric,
                                .last = LAST,
                                .fresh = FRESH,
                                .rows = {.metric = metric, .cases.parts = IDENTITY_SIDE}};
}

/* ---- sessions in the order of time ---- */

static int compare_sessions(const void *a, const void *b)
{
    const struct history_session *x = a, *y = b;
    int order = strcmp(x->time_utc, y->time_utc);
    return order ? order : strcmp(x->session, y->session);
}

/* In a file a session stands behind those before it; where its time does not, a clock was wrong. */
static void note_clocks(struct history *history)
{
    size_t backwards = 0, first = 0;
    for (size_t i = 1; i < history->rows.sessions_size; i++) {
        const struct history_session *before = &history->rows.sessions[i - 1],
                                     *one = &history->rows.sessions[i];
        if (one->file != before->file || !*one->time_utc || strcmp(one->time_utc, before->time_utc) >= 0)
            continue;
        if (backwards++ == 0)
            first = i;
    }
    if (backwards > 0)
        history_rows_note(&history->rows,
                          mem_format("%zu %s behind one of a later time, such as %s (%s) behind %s "
                                     "(%s): a clock ran backwards, or files were joined; sessions "
                                     "are taken in the order of their times",
                                     backwards, backwards == 1 ? "session stands" : "sessions stand",
                                     history->rows.sessions[first].session,
                                     history->rows.sessions[first].time_utc,
                                     history->rows.sessions[first - 1].session,
                                     history->rows.sessions[first - 1].time_utc));
}

static void note_equal_times(struct history *history)
{
    for (size_t i = 1; i < history->rows.sessions_size; i++) {
        const struct history_session *before = &history->rows.sessions[i - 1],
                                     *one = &history->rows.sessions[i];
        if (strcmp(one->time_utc, before->time_utc) != 0)
            continue;
        history_rows_note(&history->rows,
                          mem_format("sessions %s and %s are of the same time (%s): they are taken "
                                     "in the order of their names",
                                     before->session, one->session,
                                     *one->time_utc ? one->time_utc : "none is told"));
        return;
    }
}

/* The new number of each session, by its old one; SIZE_MAX of those that are too old. */
static size_t *order_sessions(struct history *history)
{
    size_t size = history->rows.sessions_size, dropped = size > history->last ? size - history->last : 0;
    size_t *numbers = mem_zero(size + 1, sizeof *numbers);
    note_clocks(history);
    for (size_t i = 0; i < size; i++)
        history->rows.sessions[i].place = i; /* from here on: its old number */
    mem_sort(history->rows.sessions, size, sizeof *history->rows.sessions, compare_sessions);
    note_equal_times(history);
    for (size_t i = 0; i < size; i++)
        numbers[history->rows.sessions[i].place] = i < dropped ? SIZE_MAX : i - dropped;
    history->rows.sessions_size = size - dropped;
    memmove(history->rows.sessions, history->rows.sessions + dropped,
            history->rows.sessions_size * sizeof *history->rows.sessions);
    return numbers;
}

/* ---- runs into series ---- */

static int compare_runs(const void *a, const void *b)
{
    const struct history_run *x = a, *y = b;
    if (x->series != y->series)
        return x->series < y->series ? -1 : 1;
    if (x->session != y->session)
        return x->session < y->session ? -1 : 1;
    return (x->value > y->value) - (x->value < y->value);
}

static double median_of_sorted(const struct history_run *runs, size_t n)
{
    return n % 2 ? runs[n / 2].value : (runs[n / 2 - 1].value + runs[n / 2].value) / 2;
}

static void add_value(struct history_series *series, uint32_t session, double value)
{
    series->sessions = mem_resize(series->sessions, series->size + 1, sizeof *series->sessions);
    series->values = mem_resize(series->values, series->size + 1, sizeof *series->values);
    series->sessions[series->size] = session;
    series->values[series->size++] = value;
}

static void fill_series(struct history *history, const size_t *numbers)
{
    struct history_rows *rows = &history->rows;
    size_t kept = 0;
    for (size_t i = 0; i < rows->runs_size; i++) {
        struct history_run run = rows->runs[i];
        if (numbers[run.session] == SIZE_MAX)
            continue;
        run.session = (uint32_t)numbers[run.session];
        rows->runs[kept++] = run;
    }
    mem_sort(rows->runs, kept, sizeof *rows->runs, compare_runs);
    for (size_t i = 0, end; i < kept; i = end) {
        const struct history_run *run = &rows->runs[i];
        for (end = i + 1; end < kept && rows->runs[end].series == run->series &&
                          rows->runs[end].session == run->session;)
            end++;
        add_value(&history->series[run->series], run->session, median_of_sorted(run, end - i));
    }
}

static void make_series(struct history *history, const size_t *numbers)
{
    struct history_rows *rows = &history->rows;
    history->series_size = rows->keys_size;
    history->series = mem_zero(history->series_size + 1, sizeof *history->series);
    for (size_t i = 0; i < history->series_size; i++) {
        struct history_series *series = &history->series[i];
        series->identity = rows->cases.entries[rows->keys[i].one].record;
        series->fingerprint = rows->keys[i].fingerprint;
        series->is_reference = series->identity->side != NULL;
        history->has_reference = history->has_reference || series->is_reference;
    }
    fill_series(history, numbers);
}

/* ---- what is to be said of the files ---- */

static bool share_session(const struct history_series *a, const struct history_series *b)
{
    for (size_t i = 0, j = 0; i < a->size && j < b->size;) {
        if (a->sessions[i] == b->sessions[j])
            return true;
        if (a->sessions[i] < b->sessions[j])
            i++;
        else
            j++;
    }
    return false;
}

static void note_suites(struct history *history)
{
    const struct history_series *longest = &history->series[0];
    size_t apart = 0;
    for (size_t i = 1; i < history->series_size; i++) {
        if (history->series[i].size > longest->size)
            longest = &history->series[i];
    }
    for (size_t i = 0; i < history->series_size; i++) {
        const struct history_series *one = &history->series[i];
        apart +=
            one->size > 0 && one->fingerprint == longest->fingerprint && !share_session(one, longest);
    }
    if (apart > 0)
        history_rows_note(&history->rows,
                          mem_format("suites are mixed: %zu %s no session in common with the case "
                                     "that has most of them; each case is a series of its own",
                                     apart, apart == 1 ? "case has" : "cases have"));
}

static void note_machines(struct history *history)
{
    struct history_rows *rows = &history->rows;
    const char *first = NULL, *other = NULL;
    size_t count = 0;
    for (size_t i = 0; i < history->series_size; i++) {
        size_t j = 0;
        while (rows->keys[j].fingerprint != rows->keys[i].fingerprint)
            j++;
        if (j < i)
            continue;
        count++;
        if (!first)
            first = rows->keys[i].fingerprint;
        else if (!other)
            other = rows->keys[i].fingerprint;
    }
    if (count > 1)
        history_rows_note(&history->rows,
                          mem_format("the sessions are of %zu machines or runtimes, such as '%s' and "
                                     "'%s': each has series of its own",
                                     count, first, other));
}

static void note_left_out(struct history *history)
{
    struct history_rows *rows = &history->rows;
    if (rows->failed > 0)
        history_rows_note(&history->rows,
                          mem_format("%zu %s not ok and left out; the first: %s", rows->failed,
                                     rows->failed == 1 ? "row is" : "rows are", rows->failure));
    if (rows->paired > 0)
        history_rows_note(&history->rows,
                          mem_format("%zu %s of two sides that were compared (bench ab), and left "
                                     "out: their runs are shorter than others",
                                     rows->paired, rows->paired == 1 ? "row is" : "rows are"));
}

/* ---- steps ---- */

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

/* Those of one series, which are neighbours in the list. */
static void take_points(struct history *history, struct history_series *series,
                        const struct change_point *found, size_t size, const double *values)
{
    series->deviation = deviation_of(values, series->size, found, size);
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

static void find_points(struct history *history)
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

int history_make(struct history *history, struct bench_error *err)
{
    if (history->rows.runs_size == 0)
        return bench_error_set(
            err, -ENODATA, "no history: none of %zu rows is a successful measured run that has %s%s%s",
            history->rows.count, history->metric->name,
            history->rows.failure ? "; the first failure: " : "",
            history->rows.failure ? history->rows.failure : "");
    size_t *numbers = order_sessions(history);
    make_series(history, numbers);
    free(numbers);
    note_machines(history);
    note_suites(history);
    note_left_out(history);
    find_points(history);
    return 0;
}

/* ---- what it comes to ---- */

const struct history_session *history_session_at(const struct history *history,
                                                 const struct history_series *series, size_t at)
{
    return &history->rows.sessions[series->sessions[at]];
}

bool history_point_is_regression(const struct history_point *point)
{
    return point->is_worse && point->is_fresh && !point->is_weak && !point->is_machines &&
           point->verdict != HISTORY_NOT_CONFIRMED;
}

const char *history_verdict_word(enum history_verdict verdict)
{
    static const char *const words[] = {[HISTORY_CONFIRMED] = "confirmed",
                                        [HISTORY_NOT_CONFIRMED] = "not confirmed",
                                        [HISTORY_NOT_BUILT] = "could not build"};
    return verdict == HISTORY_NOT_ASKED ? NULL : words[verdict];
}

void history_free(struct history *history)
{
    for (size_t i = 0; i < history->series_size; i++) {
        free(history->series[i].sessions);
        free(history->series[i].values);
    }
    for (size_t i = 0; i < history->points_size; i++) {
        free(history->points[i].duel);
        free(history->points[i].why);
    }
    history_rows_free(&history->rows);
    free(history->points);
    free(history->series);
    *history = (struct history){0};
}
