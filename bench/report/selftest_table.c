/* What `bench selftest` found, for people. */
#include "report/selftest_table.h"

#include "base/memory.h"
#include "base/text.h"
#include "machine/load.h"
#include "stats/distributions.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The slowdowns' columns: is there one for this size? 0 has another. */
static bool is_slowdown(const struct selftest_cell *cell, size_t size)
{
    return cell->sizes[size] > 0;
}

static void add_count(struct grid *grid, uint32_t hits, uint32_t trials)
{
    if (trials > 0)
        grid_cell(grid, "%u/%u", hits, trials);
    else
        grid_cell(grid, "-");
}

static void add_interval(struct grid *grid, uint32_t hits, uint32_t trials)
{
    struct interval interval = binomial_interval(hits, trials, 0.95);
    if (trials > 0)
        grid_cell(grid, "%.0f-%.0f %%", 100 * interval.low, 100 * interval.high);
    else
        grid_cell(grid, "%s", "");
}

/* The false alarms' column, then one for each slowdown. */
static void add_columns(struct grid *grid, const struct selftest_cell *cell,
                        void (*add)(struct grid *grid, uint32_t hits, uint32_t trials))
{
    uint32_t trials, alarms = selftest_false_alarms(cell, &trials);
    add(grid, alarms, trials);
    for (size_t s = 0; s < cell->sizes_count; s++) {
        if (is_slowdown(cell, s))
            add(grid, cell->slower[s], cell->trials[s]);
    }
}

static void add_cell(struct grid *grid, const struct selftest_cell *cell, const char *name)
{
    double from = selftest_found_from(cell);
    grid_cell(grid, "%s", name);
    add_columns(grid, cell, add_count);
    if (cell->failed)
        grid_loud_cell(grid, "failed");
    else if (isnan(from))
        grid_cell(grid, "none");
    else
        grid_cell(grid, "%g %%", from * 100);
}

static void add_headings(struct grid *grid, const struct selftest_cell *cell)
{
    grid_column(grid, "", GRID_TEXT | GRID_KEY);
    grid_column(grid, "false alarms", GRID_NUMBER);
    for (size_t s = 0; s < cell->sizes_count; s++) {
        char text[24];
        if (!is_slowdown(cell, s))
            continue;
        snprintf(text, sizeof text, "+%g %%", cell->sizes[s] * 100);
        grid_column(grid, text, GRID_NUMBER);
    }
    grid_column(grid, "sees from", GRID_NUMBER);
}

static bool is_first_of_executor(const struct selftest_cell *cells, size_t i)
{
    for (size_t j = 0; j < i; j++) {
        if (strcmp(cells[j].executor, cells[i].executor) == 0)
            return false;
    }
    return true;
}

/* A row for each case; below, what they are together, with intervals. */
static void add_executor(struct grid *grid, const struct selftest_cell *cells, size_t count,
                         const char *executor)
{
    struct selftest_cell sum = selftest_sum(cells, count, executor);
    char name[64];
    size_t workloads = 0;
    for (size_t i = 0; i < count; i++) {
        char lanes[24] = "";
        if (strcmp(cells[i].executor, executor) != 0)
            continue;
        if (cells[i].inflight > 1)
            snprintf(lanes, sizeof lanes, " x %u", cells[i].inflight);
        snprintf(name, sizeof name, "%s %s %u%s", executor, cells[i].workload, cells[i].workers, lanes);
        add_cell(grid, &cells[i], name);
        workloads++;
    }
    sum.failed = false;
    snprintf(name, sizeof name, "%s, all", executor);
    if (workloads > 1)
        add_cell(grid, &sum, name);
    grid_cell(grid, "  95 %% sure");
    add_columns(grid, &sum, add_interval);
    grid_cell(grid, "%s", "");
}

/* "matmul under omp, spin under omp", of those that this kept from an answer. For free(). */
static char *names_of(const struct selftest_cell *cells, const struct doubt *doubts, size_t count,
                      enum doubt_kind kind)
{
    struct text text = {0};
    for (size_t i = 0; i < count; i++) {
        if (doubts[i].kind == kind)
            text_add(&text, "%s%s under %s", text.length ? ", " : "", cells[i].workload,
                     cells[i].executor);
    }
    return text.text;
}

static void add_few(struct page *page, const struct doubt_group *group, const char *names, double time_s)
{
    double wanted_s = 1.5 * (double)group->wanted * group->round_s; /* some launches take longer */
    page_item(page,
              "more time: as few as %zu launch%s of each fitted into %g s, and a change takes %zu to be "
              "certain: --time %.0f (%s)",
              group->launches_least, group->launches_least == 1 ? "" : "es", time_s, group->wanted,
              fmax(ceil(wanted_s), ceil(time_s) + 1), names);
}

static void add_noise(struct page *page, const struct doubt_group *group, const char *names,
                      double time_s)
{
    char from[40] = "";
    if (isfinite(group->detectable) && group->detectable > 0)
        snprintf(from, sizeof from, ", found from %.2g %% on", 100 * group->detectable);
    page_item(
        page,
        "more launches, or more work in a run: launches are far apart%s; --time %.0f makes four times "
        "as many, which find one half as large (%s)",
        from, ceil(4 * time_s), names);
}

/* What would help where not all was found. */
static void add_help(struct page *page, const struct selftest_cell *cells, size_t count,
                     const struct selftest_conditions *conditions)
{
    struct doubt *doubts = mem_zero(count, sizeof *doubts);
    bool has_doubt = false;
    for (size_t i = 0; i < count; i++) {
        doubts[i] = selftest_doubt(&cells[i]);
        if (doubts[i].kind == DOUBT_UNCONFIRMED)
            doubts[i].kind = DOUBT_NOISE;
        has_doubt |= doubts[i].kind != DOUBT_NONE;
    }
    if (has_doubt) {
        page_gap(page);
        page_text(page, "what would help:");
    }
    for (enum doubt_kind kind = DOUBT_FEW; kind <= DOUBT_NOISE; kind++) {
        struct doubt_group group = doubt_group_of(doubts, count, kind, 0);
        if (group.cases == 0)
            continue;
        char *names = names_of(cells, doubts, count, kind);
        (kind == DOUBT_FEW ? add_few : add_noise)(page, &group, names, conditions->time_s);
        free(names);
    }
    if (has_doubt && load_is_much(conditions->others_cpus, conditions->cpus))
        page_item(page, "a quieter machine: other programs kept %.2g of %u CPUs busy; end them",
                  conditions->others_cpus, conditions->cpus);
    free(doubts);
}

int selftest_page(struct page *page, const struct selftest_cell *cells, size_t count,
                  const struct selftest_conditions *conditions, struct bench_error *err)
{
    struct grid grid = {0};
    errno = 0;
    for (size_t i = 0; i < count; i++) {
        if (i == 0)
            add_headings(&grid, &cells[0]);
        if (is_first_of_executor(cells, i))
            add_executor(&grid, cells, count, cells[i].executor);
    }
    if (count > 0)
        page_grid(page, &grid);
    grid_free(&grid);
    for (size_t i = 0; i < count; i++) {
        if (cells[i].failed)
            page_item(page, "%s under %s could not be compared", cells[i].workload, cells[i].executor);
    }
    page_gap(page);
    page_text(page, "false alarms: how often a case differed from itself; at most %g %% is promised",
              100 * conditions->false_alarm);
    page_text(page, "+1 %% and so on: how often B, made slower by so much on purpose, was found slower");
    page_text(page,
              "sees from: the smallest slowdown that was found nine times in ten, as all larger ones");
    add_help(page, cells, count, conditions);
    return page_end(page, "the table", err);
}
