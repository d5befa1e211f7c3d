/* Sessions in the order of time, and the series that they make. */
#include "results/history_make.h"

#include "base/memory.h"
#include "results/history_notes.h"
#include "results/history_steps.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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
    history_notes_make(history);
    history_steps_find(history);
    return 0;
}
