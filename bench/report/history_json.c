/* A history as JSON: one object with its sessions, its series and their points. */
#include "report/formats.h"
#include "report/history_text.h"
#include "report/json_values.h"

#include <stdlib.h>

static json_t *session_object(const struct history_session *session)
{
    json_t *object = json_object();
    json_put(object, "session", json_of_text(session->session));
    json_put(object, "time_utc", json_of_text(*session->time_utc ? session->time_utc : NULL));
    json_put(object, "label", json_of_text(session->label));
    json_put(object, "machine", json_of_text(session->machine));
    return object;
}

static json_t *point_object(const struct history *history, const struct history_point *point)
{
    json_t *object = json_object();
    const struct history_series *series = point->series;
    char *finding = history_finding(history, point);
    json_put(object, "session", json_of_count((int64_t)series->sessions[point->at]));
    json_put(object, "found", json_of_count((int64_t)series->sessions[point->found]));
    json_put(object, "before", json_of_real(point->before));
    json_put(object, "after", json_of_real(point->after));
    json_put(object, "ratio", json_of_real(point->ratio));
    json_put(object, "p", json_of_real(point->p));
    json_put(object, "worse", json_boolean(point->is_worse));
    json_put(object, "weak", json_boolean(point->is_weak));
    json_put(object, "machine", json_boolean(point->is_machines));
    json_put(object, "fresh", json_boolean(point->is_fresh));
    json_put(object, "regression", json_boolean(history_point_is_regression(point)));
    json_put(object, "verdict", json_of_text(history_verdict_word(point->verdict)));
    json_put(object, "why", json_of_text(point->why));
    json_put(object, "command", json_of_text(point->duel));
    json_put(object, "finding", json_of_text(finding));
    free(finding);
    return object;
}

static json_t *series_object(const struct history *history, const struct history_series *series)
{
    json_t *object = json_object(), *sessions = json_array(), *values = json_array(),
           *points = json_array();
    for (enum column column = 0; column < COLUMNS; column++) {
        if (record_columns[column].group == GROUP_CASE && column != COLUMN_seed)
            json_put(object, column_name(column), json_of_column(series->identity, column));
    }
    for (size_t i = 0; i < series->size; i++) {
        json_add(sessions, json_of_count((int64_t)series->sessions[i]));
        json_add(values, json_of_real(series->values[i]));
    }
    for (size_t i = 0; i < history->points_size; i++) {
        if (history->points[i].series == series)
            json_add(points, point_object(history, &history->points[i]));
    }
    json_put(object, "on", json_of_text(series->fingerprint));
    json_put(object, "reference", json_boolean(series->is_reference));
    json_put(object, "deviation", json_of_real(series->deviation));
    json_put(object, "sessions", sessions);
    json_put(object, "values", values);
    json_put(object, "points", points);
    return object;
}

int json_history(struct page *page, const struct history *history, struct bench_error *err)
{
    json_t *object = json_object(), *sessions = json_array(), *series = json_array(),
           *notes = json_array();
    for (size_t i = 0; i < history->rows.sessions_size; i++)
        json_add(sessions, session_object(&history->rows.sessions[i]));
    for (size_t i = 0; i < history->series_size; i++) {
        if (history->series[i].size > 0)
            json_add(series, series_object(history, &history->series[i]));
    }
    for (size_t i = 0; i < history->rows.notes_size; i++)
        json_add(notes, json_of_text(history->rows.notes[i]));
    json_put(object, "metric", json_of_text(history->metric->name));
    json_put(object, "unit", json_of_text(history->metric->unit));
    json_put(object, "more_is_better", json_boolean(history->metric->more_is_better));
    json_put(object, "sessions", sessions);
    json_put(object, "series", series);
    json_put(object, "notes", notes);
    return json_write(page, object, err);
}
