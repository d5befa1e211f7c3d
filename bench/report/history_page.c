/* A history for people: a table of the steps, what can be done about each, and what is to be said. */
#include "report/history_page.h"

#include "base/memory.h"
#include "report/case_columns.h"
#include "report/history_text.h"
#include "report/units.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of the series: are they of more than one machine, of more than one workload? */
static bool differ_in_machine(const struct history *history)
{
    for (size_t i = 1; i < history->series_size; i++) {
        if (strcmp(history->series[i].fingerprint, history->series[0].fingerprint) != 0)
            return true;
    }
    return false;
}

static void add_case_columns(struct grid *grid, const struct history *history,
                             const struct case_naming *naming)
{
    grid_column(grid, "workload", GRID_TEXT | GRID_KEY);
    case_columns_add(grid, naming);
    if (differ_in_machine(history))
        grid_column(grid, "on", GRID_TEXT | GRID_KEY);
}

static void fill_case_columns(struct grid *grid, const struct history *history,
                              const struct history_series *series, const struct case_naming *naming)
{
    grid_cell(grid, "%s", series->identity->workload ? series->identity->workload : "");
    case_columns_fill(grid, naming, series->identity);
    if (!differ_in_machine(history))
        return;
    char *machine = history_machine_word(history, series);
    grid_cell(grid, "%s", machine);
    free(machine);
}

static void add_point(struct grid *grid, const struct history *history,
                      const struct history_point *point, const struct case_naming *naming)
{
    char text[UNITS_TEXT];
    const struct history_series *series = point->series;
    const char *unit = history->metric->unit, *work_unit = series->identity->work_unit;
    char *since = history_session_word(history_session_at(history, series, point->at));
    char *word = history_point_word(history, point);
    fill_case_columns(grid, history, series, naming);
    grid_cell(grid, "%s", since);
    grid_cell(grid, "%zu", series->size - point->at);
    grid_cell(grid, "%s", units_metric(text, point->before, unit, work_unit));
    grid_cell(grid, "%s", units_metric(text, point->after, unit, work_unit));
    grid_cell(grid, "%s", units_change(text, point->ratio));
    if (history_point_is_regression(point))
        grid_loud_cell(grid, word);
    else
        grid_cell(grid, "%s", word);
    free(since);
    free(word);
}

static void put_points(struct page *page, const struct history *history,
                       const struct case_naming *naming)
{
    struct grid grid = {0};
    add_case_columns(&grid, history, naming);
    grid_column(&grid, "since", GRID_TEXT);
    grid_column(&grid, "sessions", GRID_NUMBER);
    grid_column(&grid, "before", GRID_NUMBER);
    grid_column(&grid, "after", GRID_NUMBER);
    grid_column(&grid, "change", GRID_NUMBER);
    grid_column(&grid, "verdict", GRID_TEXT);
    for (size_t i = 0; i < history->points_size; i++)
        add_point(&grid, history, &history->points[i], naming);
    page_grid(page, &grid);
    grid_free(&grid);
}

static void put_series(struct page *page, const struct history *history,
                       const struct case_naming *naming)
{
    struct grid grid = {0};
    char text[UNITS_TEXT];
    add_case_columns(&grid, history, naming);
    grid_column(&grid, "sessions", GRID_NUMBER);
    grid_column(&grid, "last", GRID_NUMBER);
    grid_column(&grid, "deviation", GRID_NUMBER);
    grid_column(&grid, "in 5", GRID_NUMBER);
    grid_column(&grid, "in 15", GRID_NUMBER);
    for (size_t i = 0; i < history->series_size; i++) {
        const struct history_series *one = &history->series[i];
        if (one->is_reference || one->size == 0)
            continue;
        fill_case_columns(&grid, history, one, naming);
        grid_cell(&grid, "%zu", one->size);
        grid_cell(&grid, "%s",
                  units_metric(text, one->values[one->size - 1], history->metric->unit,
                               one->identity->work_unit));
        grid_cell(&grid, "%s", units_percent(text, one->deviation));
        grid_cell(&grid, "%s", units_percent(text, expm1(HISTORY_SEEN_IN_5 * one->deviation)));
        grid_cell(&grid, "%s", units_percent(text, expm1(HISTORY_SEEN_IN_15 * one->deviation)));
    }
    page_grid(page, &grid);
    page_text(page, "deviation: from session to session; in 5, in 15: the step that is found within as "
                    "many sessions, nine times in ten");
    grid_free(&grid);
}

/* What is known of single steps, and how each is to be tried. */
static void put_remarks(struct page *page, const struct history *history,
                        const struct case_naming *naming)
{
    for (size_t i = 0; i < history->points_size; i++) {
        const struct history_point *point = &history->points[i];
        char *name = case_name(point->series->identity, naming);
        if (point->kernel_before)
            page_item(page, "%s: %s became %s there", name, point->kernel_before, point->kernel_after);
        if (point->why)
            page_item(page, "%s: %s: %s", name, history_verdict_word(point->verdict), point->why);
        free(name);
    }
    bool is_first = true;
    for (size_t i = 0; i < history->points_size; i++) {
        const struct history_point *point = &history->points[i];
        if (!point->duel || point->verdict != HISTORY_NOT_ASKED)
            continue;
        if (is_first)
            page_text(page, "A series does not tell a slower program from a slower machine; a paired "
                            "comparison of both builds does (or --confirm):");
        is_first = false;
        page_code(page, point->duel);
    }
}

int history_page(struct page *page, const struct history *history, struct bench_error *err)
{
    struct case_naming naming;
    char *summary = history_summary(history);
    errno = 0;
    history_naming(&naming, history, page->with_details ? NULL : page->defaults);
    size_t cases = 0;
    for (size_t i = 0; i < history->series_size; i++)
        cases += !history->series[i].is_reference && history->series[i].size > 0;
    page_title(page, "%s: %s", history->metric->summary, summary);
    page_text(page, "%zu sessions, %zu series", history->rows.sessions_size, cases);
    if (history->points_size > 0) {
        put_points(page, history, &naming);
        put_remarks(page, history, &naming);
    }
    if (page->with_details || history->points_size == 0)
        put_series(page, history, &naming);
    if (!history->has_reference && history->points_size > 0)
        page_item(page, "the sessions have no reference work (bench run --reference-work), so that "
                        "nothing is known of the machine's own steps");
    for (size_t i = 0; i < history->rows.notes_size; i++)
        page_item(page, "%s", history->rows.notes[i]);
    case_naming_free(&naming);
    free(summary);
    return page_end(page, "the history", err);
}
