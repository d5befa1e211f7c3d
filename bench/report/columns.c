/* What is shown of a case, column by column. */
#include "report/columns.h"
#include "base/text.h"
#include "report/units.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void copy_cell(char *cell, const char *text)
{
    snprintf(cell, COLUMN_CELL_BYTES, "%s", text != NULL ? text : "");
}

static void put_count(char *cell, int64_t count)
{
    if (count != RECORD_NO_COUNT)
        snprintf(cell, COLUMN_CELL_BYTES, "%lld", (long long)count);
}

static void format_side(const struct case_result *result, char *cell)
{
    copy_cell(cell, result->runs[0]->side);
}

static void format_executor(const struct case_result *result, char *cell)
{
    copy_cell(cell, result->runs[0]->executor);
}

/* One parameter needs no name: "spawn". */
static void format_executor_params(const struct case_result *result, char *cell)
{
    copy_cell(cell, result->runs[0]->executor_params);
    char *only = strchr(cell, '=');
    if (only != NULL && strchr(cell, ' ') == NULL)
        memmove(cell, only + 1, strlen(only + 1) + 1);
}

static void format_workers(const struct case_result *result, char *cell)
{
    put_count(cell, result->runs[0]->workers);
}

static void format_inflight(const struct case_result *result, char *cell)
{
    put_count(cell, result->runs[0]->inflight);
}

static void format_pin(const struct case_result *result, char *cell)
{
    copy_cell(cell, result->runs[0]->pin);
}

static void format_schedule(const struct case_result *result, char *cell)
{
    copy_cell(cell, result->runs[0]->schedule);
}

static void format_grain(const struct case_result *result, char *cell)
{
    put_count(cell, result->runs[0]->grain);
}

static void format_median(const struct case_result *result, char *cell)
{
    units_seconds(cell, result->wall_s.median);
}

static void format_min(const struct case_result *result, char *cell)
{
    units_seconds(cell, result->wall_s.min);
}

static void format_precision(const struct case_result *result, char *cell)
{
    units_percent(cell, result->precision);
}

/* What a failed case has in place of numbers. */
static void format_rate(const struct case_result *result, char *cell)
{
    if (strcmp(result->status, "ok") != 0)
        copy_cell(cell, result->status);
    else
        units_rate(cell, result->work_per_s, result->work_unit);
}

static void format_speedup(const struct case_result *result, char *cell)
{
    units_ratio(cell, result->speedup);
}

static void format_efficiency(const struct case_result *result, char *cell)
{
    units_percent(cell, result->efficiency);
}

static void format_cpu_use(const struct case_result *result, char *cell)
{
    units_ratio(cell, result->cpu_use);
}

static void format_startup(const struct case_result *result, char *cell)
{
    units_seconds(cell, result->startup_s);
}

static void format_p50(const struct case_result *result, char *cell)
{
    units_seconds(cell, result->latency_p50_s);
}

static void format_p99(const struct case_result *result, char *cell)
{
    units_seconds(cell, result->latency_p99_s);
}

static void format_max(const struct case_result *result, char *cell)
{
    units_seconds(cell, result->latency_max_s);
}

static void format_switches(const struct case_result *result, char *cell)
{
    if (result->ctx_switches < 1000)
        snprintf(cell, UNITS_TEXT, "%.0f", result->ctx_switches);
    else
        units_amount(cell, result->ctx_switches, NULL);
}

static void format_memory(const struct case_result *result, char *cell)
{
    units_amount(cell, isnan(result->pss_bytes) ? result->peak_rss_bytes : result->pss_bytes, "byte");
}

static void format_imbalance(const struct case_result *result, char *cell)
{
    units_ratio(cell, result->imbalance);
}

static bool some_inflight(const struct results *results)
{
    for (size_t i = 0; i < results->size; i++) {
        if (results->cases[i].runs[0]->inflight > 1)
            return true;
    }
    return false;
}

static bool some_speedup(const struct results *results)
{
    for (size_t i = 0; i < results->size; i++) {
        if (!isnan(results->cases[i].speedup))
            return true;
    }
    return false;
}

static bool has_same_executor(const struct case_result *a, const struct case_result *b)
{
    char x[COLUMN_CELL_BYTES] = "", y[COLUMN_CELL_BYTES] = "";

    format_executor(a, x);
    format_executor(b, y);
    return strcmp(x, y) == 0;
}

/* Does the column tell cases apart: is some cell unlike that of the first case with the same executor,
 * or with any? */
static bool differs(const struct results *results,
                    void (*format)(const struct case_result *result, char *cell), bool same_executor)
{
    for (size_t i = 1; i < results->size; i++) {
        char own[COLUMN_CELL_BYTES] = "", first[COLUMN_CELL_BYTES] = "";
        size_t j = 0;

        while (same_executor && !has_same_executor(&results->cases[j], &results->cases[i]))
            j++;
        format(&results->cases[i], own);
        format(&results->cases[j], first);
        if (strcmp(own, first) != 0)
            return true;
    }
    return false;
}

static bool some_side(const struct results *results)
{
    return differs(results, format_side, false);
}

static bool some_executor_params(const struct results *results)
{
    return differs(results, format_executor_params, true);
}

static bool some_pin(const struct results *results)
{
    return differs(results, format_pin, true);
}

static bool some_schedule(const struct results *results)
{
    return differs(results, format_schedule, true);
}

static bool some_grain(const struct results *results)
{
    return differs(results, format_grain, true);
}

#define IDENTITY                                                                                   \
    {"side", format_side, some_side, true, true}, {"executor", format_executor, NULL, true, true}, \
        {"with", format_executor_params, some_executor_params, true, true},                        \
        {"workers", format_workers, NULL, false, true},                                            \
        {"inflight", format_inflight, some_inflight, false, true},                                 \
        {"pin", format_pin, some_pin, true, true},                                                 \
        {"schedule", format_schedule, some_schedule, true, true},                                  \
    {                                                                                              \
        "grain", format_grain, some_grain, false, true                                             \
    }

static const struct report_column main_columns[] = {
    IDENTITY,
    {"median", format_median, NULL, false, false},
    {"+-", format_precision, NULL, false, false},
    {"min", format_min, NULL, false, false},
    {"rate", format_rate, NULL, false, false},
    {"speedup", format_speedup, some_speedup, false, false},
    {"eff", format_efficiency, some_speedup, false, false},
    {"CPU", format_cpu_use, NULL, false, false},
    {.heading = NULL},
};

static const struct report_column detail_columns[] = {
    IDENTITY,
    {"start-up", format_startup, NULL, false, false},
    {"p50", format_p50, NULL, false, false},
    {"p99", format_p99, NULL, false, false},
    {"max", format_max, NULL, false, false},
    {"switches", format_switches, NULL, false, false},
    {"busiest", format_imbalance, NULL, false, false},
    {"memory", format_memory, NULL, false, false},
    {.heading = NULL},
};

void columns_choose(const struct results *results, bool of_details,
                    const struct report_column *shown[REPORT_COLUMNS_MAX])
{
    const struct report_column *column = of_details ? detail_columns : main_columns;

    for (; column->heading != NULL; column++) {
        if (column->is_shown == NULL || column->is_shown(results))
            *shown++ = column;
    }
    *shown = NULL;
}

void column_cell(const struct report_column *column, const struct case_result *result,
                 char cell[COLUMN_CELL_BYTES])
{
    cell[0] = '\0';
    if (column->is_identity || column->format == format_rate || strcmp(result->status, "ok") == 0)
        column->format(result, cell);
}

/* Do some cases have several lanes a worker, and others not? */
static bool some_overlap_unevenly(const struct results *results)
{
    bool one = false, several = false;
    for (size_t i = 0; i < results->size; i++) {
        one = one || results->cases[i].runs[0]->inflight == 1;
        several = several || results->cases[i].runs[0]->inflight > 1;
    }
    return one && several;
}

/* Are there lanes for which there is no task? */
static bool some_idle(const struct results *results)
{
    for (size_t i = 0; i < results->size; i++) {
        const struct case_result *result = &results->cases[i];
        const struct record *run = result->runs[0];
        if (result->tasks < (double)run->workers * (double)run->inflight)
            return true;
    }
    return false;
}

void columns_legend(const struct results *results, bool with_details,
                    const char *lines[COLUMNS_LEGEND_MAX])
{
    *lines++ = some_speedup(results)
                   ? "+-: the median is known within so much, 95 times in 100; speedup: against serial; "
                     "eff: speedup / (workers x inflight); CPU: (user + sys) / wall"
                   : "+-: the median is known within so much, 95 times in 100; CPU: (user + sys) / wall";
    if (some_overlap_unevenly(results))
        *lines++ = "inflight: only executors with event loops have several lanes a worker; the others "
                   "overlap as many tasks as they have workers (-j)";
    if (some_idle(results))
        *lines++ =
            "tasks: fewer than workers x inflight in some cases, whose other workers and lanes had "
            "nothing to do and cannot show what they are worth; let a run have more tasks";
    if (with_details)
        *lines++ =
            "start-up: making the workers; p50, p99, max: latency of a range; switches: of context, "
            "a run; busiest: busiest worker / mean; memory: PSS, or peak RSS";
    *lines = NULL;
}
