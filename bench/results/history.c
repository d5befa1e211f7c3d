/* A history: what it comes to, and its end. */
#include "results/history.h"

#include <stdlib.h>

enum { LAST = 200, FRESH = 15 };

void history_init(struct history *history, const struct metric *metric)
{
    *history = (struct history){.metric = metric,
                                .last = LAST,
                                .fresh = FRESH,
                                .rows = {.metric = metric, .cases.parts = IDENTITY_SIDE}};
}

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
        free(history->series[i].levels);
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
