/* A history as JSON, as many of its values as a page has room for. */
#include "report/html_history.h"

#include "base/memory.h"
#include "report/history_text.h"
#include "report/json_values.h"
#include "report/units.h"
#include "results/fingerprint.h"

#include <stdlib.h>
#include <string.h>

/* ---- which values ---- */

/* Evenly spread ones, and the two about each step; for free(). */
static bool *choose(const struct history *history, const struct history_series *series, size_t most)
{
    bool *chosen = mem_zero(series->size + 1, sizeof *chosen);
    size_t kept = series->size < most ? series->size : most;
    for (size_t i = 0; i < kept; i++)
        chosen[i * series->size / kept] = true;
    chosen[series->size - 1] = true;
    for (size_t i = 0; i < history->points_size; i++) {
        const struct history_point *point = &history->points[i];
        if (point->series == series)
            chosen[point->at] = chosen[point->at - 1] = true;
    }
    return chosen;
}

static size_t share_of_each(const struct history *history)
{
    enum { LEAST = 60 };
    size_t share = HTML_VALUES_MOST / (history->series_size ? history->series_size : 1);
    return share > LEAST ? share : LEAST;
}

/* ---- series ---- */

static const char *kind_of(const struct history_point *point)
{
    return point->is_weak       ? "young"
           : point->is_machines ? "machine"
           : point->is_worse    ? "worse"
                                : "better";
}

static json_t *point_object(const struct history *history, const struct history_point *point)
{
    char change[UNITS_TEXT], *finding = history_finding(history, point);
    json_t *object = json_object();
    json_put(object, "session", json_of_count((int64_t)point->series->sessions[point->at]));
    json_put(object, "kind", json_of_text(kind_of(point)));
    json_put(object, "change", json_of_text(units_change(change, point->ratio)));
    json_put(object, "finding", json_of_text(finding));
    json_put(object, "command", json_of_text(point->duel));
    json_put(object, "is_regression", json_boolean(history_point_is_regression(point)));
    free(finding);
    return object;
}

static json_t *levels_array(const struct history_series *series)
{
    json_t *levels = json_array();
    for (size_t i = 0; i < series->levels_size; i++) {
        const struct history_level *level = &series->levels[i];
        json_t *one = json_array();
        json_add(one, json_of_count((int64_t)series->sessions[level->first]));
        json_add(one, json_of_count((int64_t)series->sessions[level->end - 1]));
        json_add(one, json_of_short_real(level->median));
        json_add(levels, one);
    }
    return levels;
}

static json_t *series_object(const struct history *history, const struct history_series *series)
{
    json_t *object = json_object(), *at = json_array(), *values = json_array(), *points = json_array();
    bool *chosen = choose(history, series, share_of_each(history));
    char *machine = history_machine_word(history, series);
    for (size_t i = 0; i < series->size; i++) {
        if (!chosen[i])
            continue;
        json_add(at, json_of_count((int64_t)series->sessions[i]));
        json_add(values, json_of_short_real(series->values[i]));
    }
    for (size_t i = 0; i < history->points_size; i++) {
        if (history->points[i].series == series)
            json_add(points, point_object(history, &history->points[i]));
    }
    json_put(object, "on", json_of_text(machine));
    json_put(object, "machine", json_of_text(series->fingerprint));
    json_put(object, "of", json_of_count((int64_t)series->size));
    json_put(object, "deviation", json_of_real(series->deviation));
    json_put(object, "at", at);
    json_put(object, "values", values);
    json_put(object, "levels", levels_array(series));
    json_put(object, "points", points);
    free(chosen);
    free(machine);
    return object;
}

/* ---- cases ---- */

/* Of those of one case, in the order of their first sessions. */
static int compare_series(const void *a, const void *b)
{
    const struct history_series *x = *(const struct history_series *const *)a;
    const struct history_series *y = *(const struct history_series *const *)b;
    return (x->sessions[0] > y->sessions[0]) - (x->sessions[0] < y->sessions[0]);
}

static json_t *case_object(const struct history *history, size_t first, const struct case_naming *naming)
{
    const struct record *identity = history->series[first].identity;
    const struct history_series **own = mem_zero(history->series_size, sizeof *own);
    json_t *object = json_object(), *series = json_array();
    char *name = case_name(identity, naming);
    size_t count = 0;
    for (size_t i = first; i < history->series_size; i++) {
        if (history->series[i].identity == identity && history->series[i].size > 0)
            own[count++] = &history->series[i];
    }
    mem_sort(own, count, sizeof *own, compare_series);
    for (size_t i = 0; i < count; i++)
        json_add(series, series_object(history, own[i]));
    json_put(object, "name", json_of_text(name));
    json_put(object, "work_unit", json_of_text(identity->work_unit));
    json_put(object, "is_reference", json_boolean(history->series[first].is_reference));
    json_put(object, "series", series);
    free(name);
    free(own);
    return object;
}

/* Is it the first series of its case that has a value? */
static bool begins_case(const struct history *history, size_t i)
{
    for (size_t j = 0; j < i; j++) {
        if (history->series[j].identity == history->series[i].identity && history->series[j].size > 0)
            return false;
    }
    return history->series[i].size > 0;
}

static json_t *session_array(const struct history_session *session)
{
    json_t *array = json_array();
    char *day = strlen(session->time_utc) >= 10 ? mem_format("%.10s", session->time_utc) : NULL;
    json_add(array, json_of_text(day));
    json_add(array, json_of_text(session->label ? session->label : day ? NULL : session->session));
    json_add(array, json_of_text(fingerprint_kernel(session->machine)));
    free(day);
    return array;
}

json_t *html_history_data(const struct history *history, const struct case_defaults *defaults)
{
    json_t *data = json_object(), *sessions = json_array(), *cases = json_array();
    struct case_naming naming;
    history_naming(&naming, history, defaults);
    for (size_t i = 0; i < history->rows.sessions_size; i++)
        json_add(sessions, session_array(&history->rows.sessions[i]));
    for (size_t i = 0; i < history->series_size; i++) {
        if (begins_case(history, i))
            json_add(cases, case_object(history, i, &naming));
    }
    json_put(data, "metric", json_of_text(history->metric->name));
    json_put(data, "unit", json_of_text(history->metric->unit));
    json_put(data, "summary", json_of_text(history->metric->summary));
    json_put(data, "more_is_better", json_boolean(history->metric->more_is_better));
    json_put(data, "sessions", sessions);
    json_put(data, "cases", cases);
    case_naming_free(&naming);
    return data;
}
