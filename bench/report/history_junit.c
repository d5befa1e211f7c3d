/*
 * A history as JUnit XML (report/comparison_junit.c): a testcase for each series. A fresh step to worse
 * is a <failure>; other steps, also those of the machine and those that are too young, stand in its
 * output.
 */
#include "base/memory.h"
#include "report/formats.h"
#include "report/history_text.h"
#include "report/xml.h"

#include <errno.h>
#include <stdlib.h>

static void put_points(FILE *out, const struct history *history, const struct history_series *series,
                       bool is_failure)
{
    for (size_t i = 0; i < history->points_size; i++) {
        const struct history_point *point = &history->points[i];
        if (point->series != series || history_point_is_regression(point) != is_failure)
            continue;
        char *finding = history_finding(history, point);
        fprintf(out, is_failure ? "      <failure" : "      <system-out>");
        if (is_failure) {
            xml_attribute(out, "type", history->metric->worse);
            xml_attribute(out, "message", finding);
            fprintf(out, ">");
            xml_text(out, point->duel ? point->duel : "");
        } else {
            xml_text(out, finding);
        }
        fprintf(out, is_failure ? "</failure>\n" : "</system-out>\n");
        free(finding);
    }
}

static void put_series(FILE *out, const struct history *history, const struct history_series *series,
                       const struct case_naming *naming)
{
    char *work = case_name_work(series->identity, naming),
         *way = case_name_way(series->identity, naming);
    char *class_name = mem_format("%s on %s", work, series->fingerprint);
    fprintf(out, "    <testcase");
    xml_attribute(out, "classname", class_name);
    xml_attribute(out, "name", way);
    fprintf(out, ">\n");
    put_points(out, history, series, true);
    put_points(out, history, series, false);
    fprintf(out, "    </testcase>\n");
    free(class_name);
    free(work);
    free(way);
}

static bool is_told(const struct history_series *series)
{
    return !series->is_reference && series->size > 0;
}

static void put_counts(FILE *out, const struct history *history)
{
    size_t tests = 0, failures = 0;
    for (size_t i = 0; i < history->series_size; i++) {
        bool is_worse = false;
        for (size_t j = 0; j < history->points_size; j++)
            is_worse |= history->points[j].series == &history->series[i] &&
                        history_point_is_regression(&history->points[j]);
        tests += is_told(&history->series[i]);
        failures += is_worse;
    }
    fprintf(out,
            " name=\"bench: history of %s\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" "
            "skipped=\"0\">\n",
            history->metric->name, tests, failures);
}

int junit_history(struct page *page, const struct history *history, struct bench_error *err)
{
    struct case_naming naming;
    FILE *out = page->out;
    errno = 0;
    history_naming(&naming, history, NULL);
    fprintf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
    put_counts(out, history);
    fprintf(out, "  <testsuite");
    put_counts(out, history);
    for (size_t i = 0; i < history->series_size; i++) {
        if (is_told(&history->series[i]))
            put_series(out, history, &history->series[i], &naming);
    }
    for (size_t i = 0; i < history->rows.notes_size; i++) {
        fprintf(out, "    <system-out>note: ");
        xml_text(out, history->rows.notes[i]);
        fprintf(out, "</system-out>\n");
    }
    fprintf(out, "  </testsuite>\n</testsuites>\n");
    case_naming_free(&naming);
    return page_end(page, "the history", err);
}
