/* The table of one group of results: its columns, and which of them are shown. */
#include "report/results_table.h"

#include "report/case_columns.h"
#include "report/units.h"
#include "results/speedup.h"

#include <math.h>
#include <string.h>

enum { CELL = UNITS_TEXT + 8 };

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

bool results_has_details(const struct page *page)
{
    return page->with_details || page->style == PAGE_BLOCKS;
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
        return results_has_details(page) || has_loops(group, true);
    return results_has_details(page) || column->when == ALWAYS;
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

void results_table(struct page *page, const struct group *group)
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
