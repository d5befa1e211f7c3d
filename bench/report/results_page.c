/* Results as people read them: tables, what they say in words, and what their columns mean. */
#include "report/results_page.h"

#include "report/case_columns.h"
#include "report/group.h"
#include "report/scaling_page.h"
#include "report/units.h"
#include "results/speedup.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CELL = UNITS_TEXT + 8, SENTENCES_MAX = 8 };

/* ---- columns ---- */

struct value_column {
    const char *heading;
    void (*put)(char *cell, const struct case_result *result);
    enum { ALWAYS, DETAIL, DETAIL_OR_OPEN, CLOSED, OPEN, COUNTED } when;
};

static void put_median(char *cell, const struct case_result *result)
{
    units_seconds(cell, result->wall_s.median);
}

static void put_precision(char *cell, const struct case_result *result)
{
    units_percent(cell, result->precision);
}

static void put_min(char *cell, const struct case_result *result)
{
    units_seconds(cell, result->wall_s.min);
}

static void put_rate(char *cell, const struct case_result *result)
{
    units_rate(cell, result->work_per_s, result->work_unit);
}

static void put_speedup(char *cell, const struct case_result *result)
{
    units_ratio(cell, result->speedup);
}

static void put_over_own(char *cell, const struct case_result *result)
{
    units_ratio(cell, result->over_own);
}

/* A figure that cannot be is marked. */
static void put_efficiency(char *cell, const struct case_result *result)
{
    *cell = '!';
    units_percent(cell + result_is_too_efficient(result), result->efficiency);
}

static void put_cpu(char *cell, const struct case_result *result)
{
    *cell = '!';
    units_ratio(cell + result_is_too_busy(result), result->cpu_use);
}

static void put_startup(char *cell, const struct case_result *result)
{
    units_seconds(cell, result->startup_s);
}

/* A lower bound is marked. */
static void put_latency(char *cell, const struct case_result *result, double latency_s)
{
    *cell = '>';
    units_seconds(cell + result_is_overloaded(result), latency_s);
}

static void put_p50(char *cell, const struct case_result *result)
{
    put_latency(cell, result, result->latency_p50_s);
}

static void put_p99(char *cell, const struct case_result *result)
{
    put_latency(cell, result, result->latency_p99_s);
}

static void put_p999(char *cell, const struct case_result *result)
{
    put_latency(cell, result, result->latency_p999_s);
}

static void put_service(char *cell, const struct case_result *result)
{
    units_seconds(cell, result->service_p50_s);
}

static void put_max(char *cell, const struct case_result *result)
{
    put_latency(cell, result, result->latency_max_s);
}

static void put_switches(char *cell, const struct case_result *result)
{
    double switches = result->ctx_switches;
    units_amount(cell, switches < 1000 ? rint(switches) : switches, NULL);
}

static void put_busiest(char *cell, const struct case_result *result)
{
    units_ratio(cell, result->imbalance);
}

static void put_memory(char *cell, const struct case_result *result)
{
    units_amount(cell, isnan(result->pss_bytes) ? result->peak_rss_bytes : result->pss_bytes, "byte");
}

static void put_cycles(char *cell, const struct case_result *result)
{
    units_amount(cell, result->cycles, NULL);
}

static void put_instructions(char *cell, const struct case_result *result)
{
    units_amount(cell, result->instructions, NULL);
}

static void put_ipc(char *cell, const struct case_result *result)
{
    units_ratio(cell, result->instructions / result->cycles);
}

static void put_cache_misses(char *cell, const struct case_result *result)
{
    units_amount(cell, result->cache_misses, NULL);
}

static void put_branch_misses(char *cell, const struct case_result *result)
{
    units_amount(cell, result->branch_misses, NULL);
}

static const struct value_column columns[] = {
    {"median", put_median, CLOSED},
    {"+-", put_precision, CLOSED},
    {"min", put_min, CLOSED},
    {"rate", put_rate, ALWAYS},
    {"speedup", put_speedup, CLOSED},
    {"over C", put_over_own, CLOSED},
    {"eff", put_efficiency, CLOSED},
    {"CPU", put_cpu, ALWAYS},
    {"start-up", put_startup, DETAIL},
    {"p50", put_p50, DETAIL_OR_OPEN},
    {"p99", put_p99, DETAIL_OR_OPEN},
    {"p99.9", put_p999, OPEN},
    {"max", put_max, DETAIL_OR_OPEN},
    {"service", put_service, OPEN},
    {"switches", put_switches, DETAIL},
    {"busiest", put_busiest, DETAIL},
    {"memory", put_memory, DETAIL},
    {"cycles", put_cycles, COUNTED},
    {"instr", put_instructions, COUNTED},
    {"IPC", put_ipc, COUNTED},
    {"cache miss", put_cache_misses, COUNTED},
    {"branch miss", put_branch_misses, COUNTED},
};
enum { COLUMNS_SIZE = sizeof columns / sizeof *columns };

/* Is any of them held against another? */
static bool has_speedup(const struct case_result *const *cases, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (!isnan(cases[i]->speedup) && cases[i]->reference_run != cases[i]->identity)
            return true;
    }
    return false;
}

/* Is any of them of another runtime, and bench's own serial beside it? */
static bool has_over_own(const struct case_result *const *cases, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (!isnan(cases[i]->over_own))
            return true;
    }
    return false;
}

/* What a browser shows has room for all columns. */
static bool has_details(const struct page *page)
{
    return page->with_details || page->style == PAGE_BLOCKS;
}

/* Are there closed loops among them, or open ones? */
static bool has_loops(const struct group *group, bool open)
{
    for (size_t i = 0; i < group->size; i++) {
        if (result_is_open_loop(group->cases[i]) == open)
            return true;
    }
    return false;
}

/* Was it counted in any of them? */
static bool is_counted(const struct group *group, const struct value_column *column)
{
    for (size_t i = 0; i < group->size; i++) {
        char cell[CELL], none[CELL];
        column->put(cell, group->cases[i]);
        units_amount(none, NAN, NULL);
        if (strcmp(cell, none) != 0)
            return true;
    }
    return false;
}

static bool is_shown(const struct page *page, const struct group *group,
                     const struct value_column *column)
{
    if (column->put == put_speedup || column->put == put_efficiency)
        return has_speedup(group->cases, group->size);
    if (column->put == put_over_own)
        return has_over_own(group->cases, group->size);
    if (column->when == CLOSED || column->when == OPEN)
        return has_loops(group, column->when == OPEN);
    if (column->when == COUNTED)
        return is_counted(group, column);
    if (column->when == DETAIL_OR_OPEN)
        return has_details(page) || has_loops(group, true);
    return has_details(page) || column->when == ALWAYS;
}

/* What a failed case has in place of numbers stands under the rate. */
static void add_row(struct grid *grid, const bool shown[], const struct group *group, size_t i)
{
    const struct case_result *result = group->cases[i];
    bool is_ok = strcmp(result->status, "ok") == 0;
    case_columns_fill(grid, &group->naming, group->identities[i]);
    for (size_t c = 0; c < COLUMNS_SIZE; c++) {
        char cell[CELL] = "";
        if (!shown[c])
            continue;
        if (is_ok && !(columns[c].when == CLOSED && result_is_open_loop(result)))
            columns[c].put(cell, result);
        if (!is_ok && columns[c].put == put_rate)
            grid_loud_cell(grid, result->status);
        else
            grid_cell(grid, "%s", cell);
    }
}

static void put_table(struct page *page, const struct group *group)
{
    struct grid grid = {0};
    bool shown[COLUMNS_SIZE]; /* that depends on all of the cases: not to be asked again for each */
    case_columns_add(&grid, &group->naming);
    for (size_t c = 0; c < COLUMNS_SIZE; c++) {
        shown[c] = is_shown(page, group, &columns[c]);
        if (shown[c])
            grid_column(&grid, columns[c].heading, GRID_NUMBER);
    }
    for (size_t i = 0; i < group->size; i++)
        add_row(&grid, shown, group, i);
    page_grid(page, &grid);
    grid_free(&grid);
}

/* ---- below a table ---- */

static void put_remarks(struct page *page, const struct group *group, size_t i)
{
    const struct case_result *result = group->cases[i];
    char *name = case_name_way(group->identities[i], &group->naming);
    if (strcmp(result->status, "ok") != 0)
        page_item(page, "%s: %s%s%s", name, result->status, result->error ? ": " : "",
                  result->error ? result->error : "");
    free(name);
}

/* Why figures are marked, each once. */
static void put_marks(struct page *page, const struct group *group)
{
    bool too_efficient = false, too_busy = false, overloaded = false;
    for (size_t i = 0; i < group->size; i++) {
        too_efficient = too_efficient || result_is_too_efficient(group->cases[i]);
        too_busy = too_busy || result_is_too_busy(group->cases[i]);
        overloaded = overloaded || result_is_overloaded(group->cases[i]);
    }
    if (too_efficient)
        page_item(page, "!: more than the workers alone can explain: the reference was disturbed, or a "
                        "worker's share of the data fits into a cache that the whole does not");
    if (overloaded)
        page_item(page, ">: overloaded: fewer tasks were done than arrived, so that the backlog and the "
                        "latencies would go on growing");
    if (too_busy)
        page_item(page, "!: more CPU time than the machine has: the runs are too short to measure it");
}

/* For each work of the group, while there are few; then the column of speedups has to do. */
static void put_sentences(struct page *page, const struct group *group)
{
    bool is_one = group->works == 1 || group->works == group->size;
    if (group->size < 2 || (!is_one && group->works > SENTENCES_MAX))
        return;
    for (size_t i = 0; i < group->size; i++) {
        size_t j = 0;
        while (!result_same_work(group->cases[j], group->cases[i]))
            j++;
        char *sentence = j == i ? group_sentence(group, group->cases[i]->work_number) : NULL;
        if (sentence)
            page_item(page, "%s", sentence);
        free(sentence);
        if (is_one)
            return;
    }
}

static void put_group(struct page *page, const struct results *results, size_t first, unsigned parts,
                      const struct scalings *scalings)
{
    struct group group;
    group_make(&group, results, first, page->with_details ? NULL : page->defaults);
    char *heading = group_heading(&group, parts);
    page_heading(page, "%s", heading);
    put_table(page, &group);
    for (size_t i = 0; i < group.size; i++)
        put_remarks(page, &group, i);
    put_marks(page, &group);
    put_sentences(page, &group);
    scaling_page(page, scalings, group.identities[0], &group.naming);
    page_gap(page);
    free(heading);
    group_free(&group);
}

/* ---- what explains it ---- */

/* Do some cases have several lanes a worker, and others not? */
static bool some_overlap_unevenly(const struct results *results)
{
    bool one = false, several = false;
    for (size_t i = 0; i < results->size; i++) {
        one = one || results->cases[i].identity->inflight == 1;
        several = several || results->cases[i].identity->inflight > 1;
    }
    return one && several;
}

/* Are there more lanes than tasks? */
static bool some_idle(const struct results *results)
{
    for (size_t i = 0; i < results->size; i++) {
        const struct case_result *result = &results->cases[i];
        const struct record *run = result->identity;
        if (result->tasks < (double)run->workers * (double)run->inflight)
            return true;
    }
    return false;
}

/* By --counters, as far as the table has columns for it. */
static bool some_counted(const struct results *results)
{
    for (size_t i = 0; i < results->size; i++) {
        const struct case_result *result = &results->cases[i];
        if (!isnan(result->cycles) || !isnan(result->instructions) || !isnan(result->cache_misses) ||
            !isnan(result->branch_misses))
            return true;
    }
    return false;
}

/* "serial", or what else is what speedups are against; NULL: there are none. */
static const char *find_reference(const struct results *results)
{
    const char *reference = NULL;
    for (size_t i = 0; i < results->size; i++) {
        const struct case_result *result = &results->cases[i];
        if (isnan(result->speedup) || result->reference_run == result->identity)
            continue;
        bool is_serial = strcmp(result->reference, "serial") == 0;
        if (reference && (strcmp(reference, "serial") == 0) != is_serial)
            return "serial, or the first row of the same work if that has no serial";
        reference = is_serial ? "serial" : "the first row of the same work, because serial was not run";
    }
    return reference;
}

static bool some_over_own(const struct results *results)
{
    for (size_t i = 0; i < results->size; i++) {
        if (!isnan(results->cases[i].over_own))
            return true;
    }
    return false;
}

/* Is any of them an open loop, or a closed one? */
static bool some_loop(const struct results *results, bool open)
{
    for (size_t i = 0; i < results->size; i++) {
        if (result_is_open_loop(&results->cases[i]) == open)
            return true;
    }
    return false;
}

static void put_legend(struct page *page, const struct results *results)
{
    const char *reference = find_reference(results);
    if (some_loop(results, true))
        page_text(page,
                  "rate_per_s: tasks that arrive a second; rate: those that were done; p50 to max: "
                  "latency, from when a task was due until it was done; service: from when it was "
                  "begun, median; CPU: (user + sys) / wall");
    if (!some_loop(results, false))
        return;
    if (reference)
        page_text(page,
                  "+-: half-width of the median's 95 %% confidence interval; -: too few runs; speedup: "
                  "against %s%s; eff: speedup / (workers x inflight); CPU: (user + sys) / wall",
                  reference, some_over_own(results) ? " of the same runtime" : "");
    else
        page_text(page,
                  "+-: half-width of the median's 95 %% confidence interval; -: too few runs; CPU: "
                  "(user + sys) / wall");
    if (some_over_own(results))
        page_text(page, "over C: against bench's own serial");
    if (some_overlap_unevenly(results))
        page_text(page, "inflight: only executors with event loops have several lanes per worker; the "
                        "others overlap as many tasks as they have workers (-j)");
    if (some_idle(results))
        page_text(page,
                  "tasks: fewer than workers x inflight in some cases, so that workers or lanes sat "
                  "idle; use more tasks");
    if (some_counted(results))
        page_text(page, "cycles, instr, cache miss, branch miss: per run, of all workers and what they "
                        "started; IPC: instr / cycles");
    if (has_details(page))
        page_text(
            page,
            "start-up: creating the workers; p50, p99, max: time per batch of --grain tasks; switches: "
            "context switches per run; busiest: busiest worker / mean; memory: PSS, or peak RSS");
}

int results_page(struct page *page, const struct results *results, struct bench_error *err)
{
    unsigned parts = results_parts(results);
    struct scalings scalings;
    scalings_of(&scalings, results);
    errno = 0;
    for (size_t i = 0; i < results->size; i++) {
        const char *workload = results->cases[i].identity->workload;
        size_t j = 0;
        while (strcmp(results->cases[j].identity->workload ? results->cases[j].identity->workload : "",
                      workload ? workload : "") != 0)
            j++;
        if (j == i)
            put_group(page, results, i, parts, &scalings);
    }
    put_legend(page, results);
    scaling_legend(page, &scalings);
    scalings_free(&scalings);
    return page_end(page, "the results", err);
}
