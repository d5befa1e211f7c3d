/* Results as a table for people. */
#include "report/table.h"
#include "base/text.h"
#include "report/units.h"
#include "report/wrap.h"

#include <errno.h>
#include <libsmartcols/libsmartcols.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CELL_BYTES 256
#define COLUMNS_MAX 20 /* a table's, with the NULL that ends a list of them */

struct table_column {
    const char *heading;
    void (*format)(const struct case_result *result, char *text);
    bool (*is_shown)(const struct results *results); /* NULL: always */
    bool is_text;                                    /* aligned left */
    bool is_identity;                                /* told of failed cases too */
};

static void copy_cell(char *cell, const char *text)
{
    snprintf(cell, CELL_BYTES, "%s", text != NULL ? text : "");
}

static void put_count(char *cell, int64_t count)
{
    if (count != RECORD_NO_COUNT)
        snprintf(cell, CELL_BYTES, "%lld", (long long)count);
}

static void format_side(const struct case_result *result, char *cell)
{
    copy_cell(cell, result->runs[0]->side);
}

static void format_executor(const struct case_result *result, char *cell)
{
    copy_cell(cell, result->runs[0]->executor);
}

/* Without the executor's name before each, which stands in the next column. */
static void format_executor_params(const struct case_result *result, char *cell)
{
    const struct record *run = result->runs[0];
    size_t prefix = run->executor != NULL ? strlen(run->executor) + 1 : 0;
    const char *params;

    result_split_params(run->params, run->executor, &params);
    for (size_t size = 0; *params != '\0' && size < CELL_BYTES - 1; size = strlen(cell)) {
        size_t length = text_word_length(params);
        bool is_prefixed = length > prefix && strncmp(params, run->executor, prefix - 1) == 0;

        snprintf(cell + size, CELL_BYTES - size, "%s%.*s", size > 0 ? " " : "",
                 (int)(length - (is_prefixed ? prefix : 0)), params + (is_prefixed ? prefix : 0));
        params += length + (params[length] == ' ');
    }
    char *only = strchr(cell, '='); /* one parameter needs no name: "spawn" */
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

static void format_spread(const struct case_result *result, char *cell)
{
    units_percent(cell, result->wall_s.spread);
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
    char x[CELL_BYTES] = "", y[CELL_BYTES] = "";

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
        char own[CELL_BYTES] = "", first[CELL_BYTES] = "";
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

static const struct table_column main_columns[] = {
    IDENTITY,
    {"median", format_median, NULL, false, false},
    {"min", format_min, NULL, false, false},
    {"spread", format_spread, NULL, false, false},
    {"rate", format_rate, NULL, false, true},
    {"speedup", format_speedup, some_speedup, false, false},
    {"eff", format_efficiency, some_speedup, false, false},
    {"CPU", format_cpu_use, NULL, false, false},
    {.heading = NULL},
};

static const struct table_column detail_columns[] = {
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

/* Those of `columns` that say something about these results, NULL-terminated. */
static void choose_columns(const struct table_column *columns, const struct results *results,
                           const struct table_column *shown[COLUMNS_MAX])
{
    for (; columns->heading != NULL; columns++) {
        if (columns->is_shown == NULL || columns->is_shown(results))
            *shown++ = columns;
    }
    *shown = NULL;
}

static int add_columns(struct libscols_table *table, const struct table_column *const *columns)
{
    for (; *columns != NULL; columns++) {
        if (scols_table_new_column(table, (*columns)->heading, 0,
                                   (*columns)->is_text ? 0 : SCOLS_FL_RIGHT) == NULL)
            return -ENOMEM;
    }
    return 0;
}

static int add_line(struct libscols_table *table, const struct table_column *const *columns,
                    const struct case_result *result)
{
    struct libscols_line *line = scols_table_new_line(table, NULL);
    bool is_ok = strcmp(result->status, "ok") == 0;
    int failed = line != NULL ? 0 : -ENOMEM;

    for (size_t i = 0; columns[i] != NULL && !failed; i++) {
        char cell[CELL_BYTES] = "";

        if (is_ok || columns[i]->is_identity)
            columns[i]->format(result, cell);
        failed = scols_line_set_data(line, i, cell);
    }
    return failed;
}

static size_t longest_line(const char *text)
{
    size_t longest = 0;

    while (*text != '\0') {
        size_t length = strcspn(text, "\n");

        longest = length > longest ? length : longest;
        text += length + (text[length] == '\n');
    }
    return longest;
}

/* A line without the blanks that fill up its last cell. */
static void print_trimmed(FILE *out, const char *text)
{
    while (*text != '\0') {
        size_t line = strcspn(text, "\n"), length = line;

        while (length > 0 && text[length - 1] == ' ')
            length--;
        fprintf(out, "%.*s\n", (int)length, text);
        text += line + (text[line] == '\n');
    }
}

/* The group's cases, under these columns; set closer where it would not fit otherwise. */
static int print_columns(FILE *out, const struct table_column *const *columns,
                         const struct results *results, const struct case_result *group, size_t width)
{
    struct libscols_table *table = scols_new_table();
    char *text = NULL;
    int failed = table != NULL ? add_columns(table, columns) : -ENOMEM;

    for (size_t i = 0; i < results->size && !failed; i++) {
        if (result_same_work(group, &results->cases[i]))
            failed = add_line(table, columns, &results->cases[i]);
    }
    if (failed)
        goto out;
    scols_table_set_termforce(table, SCOLS_TERMFORCE_NEVER);
    failed = scols_table_set_column_separator(table, "  ");
    if (!failed)
        failed = scols_print_table_to_string(table, &text);
    if (!failed && width > 0 && longest_line(text) > width) {
        free(text);
        text = NULL;
        failed = scols_table_set_column_separator(table, " ");
        if (!failed)
            failed = scols_print_table_to_string(table, &text);
    }
    if (!failed)
        print_trimmed(out, text);
out:
    free(text);
    scols_unref_table(table);
    return failed;
}

/* Those that have a value, each after a blank. */
static void put_params(FILE *out, const char *params, size_t size)
{
    for (size_t i = 0, length; i < size; i += length + 1) {
        length = text_word_length(params + i);
        if (length > size - i)
            length = size - i;
        if (length > 0 && params[i + length - 1] != '=')
            fprintf(out, " %.*s", (int)length, params + i);
    }
}

/* "blur radius=4 (270 tasks, 8.29 Mpixel)" */
static int print_heading(FILE *out, const struct case_result *group, size_t width)
{
    const struct record *run = group->runs[0];
    const char *executor_params;
    size_t params = result_split_params(run->params, run->executor, &executor_params);
    char work[UNITS_TEXT], *text = NULL;
    size_t size;
    FILE *heading = open_memstream(&text, &size);

    if (heading == NULL)
        return -ENOMEM;
    fprintf(heading, "%s", run->workload != NULL ? run->workload : "");
    put_params(heading, run->params, params);
    if (!isnan(group->tasks))
        fprintf(heading, " (%.0f %s", group->tasks, group->tasks == 1 ? "task" : "tasks");
    if (!isnan(group->tasks) && strcmp(group->work_unit, "task") != 0)
        fprintf(heading, ", %s", units_amount(work, group->work, group->work_unit));
    fprintf(heading, "%s", isnan(group->tasks) ? "" : ")");
    if (run->label != NULL)
        fprintf(heading, " [%s]", run->label);
    if (fclose(heading) == 0)
        wrap_print(out, text, width, 2);
    free(text);
    return text != NULL ? 0 : -ENOMEM;
}

/* "omp workers=2: crashed: killed by signal 11" */
static int print_failure(FILE *out, const struct table_column *const *columns,
                         const struct case_result *result, size_t width)
{
    char *text = NULL;
    size_t size;
    FILE *line = open_memstream(&text, &size);

    if (line == NULL)
        return -ENOMEM;
    for (; *columns != NULL; columns++) {
        char cell[CELL_BYTES] = "";

        if (!(*columns)->is_identity || (*columns)->format == format_rate)
            continue;
        (*columns)->format(result, cell);
        if (cell[0] != '\0')
            fprintf(line, "%s%s%s ", (*columns)->is_text ? "" : (*columns)->heading,
                    (*columns)->is_text ? "" : "=", cell);
    }
    fseek(line, -1, SEEK_CUR);
    fprintf(line, ": %s%s%s", result->status, result->error != NULL ? ": " : "",
            result->error != NULL ? result->error : "");
    if (fclose(line) == 0)
        wrap_print(out, text, width, 2);
    free(text);
    return text != NULL ? 0 : -ENOMEM;
}

/* A group is judged by itself: a column that only another one needs is not shown. */
static int print_group(FILE *out, const struct results *group, const struct table_options *options)
{
    const struct table_column *columns[COLUMNS_MAX], *details[COLUMNS_MAX];
    int failed = print_heading(out, &group->cases[0], options->width);

    choose_columns(main_columns, group, columns);
    if (!failed)
        failed = print_columns(out, columns, group, &group->cases[0], options->width);
    if (!failed && options->with_details) {
        choose_columns(detail_columns, group, details);
        fputc('\n', out);
        failed = print_columns(out, details, group, &group->cases[0], options->width);
    }
    for (size_t i = 0; i < group->size && !failed; i++) {
        if (strcmp(group->cases[i].status, "ok") != 0)
            failed = print_failure(out, columns, &group->cases[i], options->width);
    }
    fputc('\n', out);
    return failed;
}

/* The cases of the same work as the first-th. Shares all with `results`; the caller frees group->cases.
 */
static int group_of(const struct results *results, size_t first, struct results *group)
{
    *group = (struct results){.cases = calloc(results->size, sizeof(*group->cases))};
    if (group->cases == NULL)
        return -ENOMEM;
    for (size_t i = first; i < results->size; i++) {
        if (result_same_work(&results->cases[first], &results->cases[i]))
            group->cases[group->size++] = results->cases[i];
    }
    return 0;
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

static void print_legend(FILE *out, const struct results *results, const struct table_options *options)
{
    if (some_speedup(results))
        wrap_print(out,
                   "speedup: against serial; eff: speedup / (workers x inflight); CPU: (user + sys) / "
                   "wall; spread: "
                   "interquartile range / median",
                   options->width, 0);
    else
        wrap_print(out, "CPU: (user + sys) / wall; spread: interquartile range / median", options->width,
                   0);
    if (some_overlap_unevenly(results))
        wrap_print(out,
                   "inflight: only executors with event loops have several lanes a worker; the others "
                   "overlap as many tasks as they have workers (-j)",
                   options->width, 0);
    if (some_idle(results))
        wrap_print(
            out,
            "tasks: fewer than workers x inflight in some cases, whose other workers and lanes had "
            "nothing to do and cannot show what they are worth; let a run have more tasks",
            options->width, 0);
    if (options->with_details)
        wrap_print(out,
                   "start-up: making the workers; p50, p99, max: latency of a range; switches: of "
                   "context, a run; busiest: busiest worker / mean; memory: PSS, or peak RSS",
                   options->width, 0);
}

static bool is_first_of_group(const struct results *results, size_t i)
{
    for (size_t j = 0; j < i; j++) {
        if (result_same_work(&results->cases[i], &results->cases[j]))
            return false;
    }
    return true;
}

int table_print(FILE *out, const struct results *results, const struct table_options *options,
                struct bench_error *err)
{
    int failed = 0;

    errno = 0;
    for (size_t i = 0; i < results->size && !failed; i++) {
        struct results group;

        if (!is_first_of_group(results, i))
            continue;
        failed = group_of(results, i, &group);
        if (!failed)
            failed = print_group(out, &group, options);
        free(group.cases);
    }
    if (!failed)
        print_legend(out, results, options);
    if (fflush(out) != 0 || ferror(out))
        failed = errno != 0 ? -errno : -EIO;
    return failed ? bench_error_set(err, failed, "cannot print the table: %s", strerror(-failed)) : 0;
}
