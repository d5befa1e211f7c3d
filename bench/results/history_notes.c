/* What is to be said of the files of a history, and of their series, in sentences. */
#include "results/history_notes.h"

#include "base/memory.h"

#include <stdbool.h>

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

void history_notes_make(struct history *history)
{
    note_machines(history);
    note_suites(history);
    note_left_out(history);
}
