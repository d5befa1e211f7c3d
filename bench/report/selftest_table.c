/* What `bench selftest` found, for people. */
#include "report/selftest_table.h"

#include "stats/distributions.h"

#include <errno.h>
#include <math.h>
#include <string.h>

const char *selftest_answer(const struct paired *paired)
{
    switch (paired->state) {
    case PAIRED_DIFFERENT:
        return paired->direction > 0 ? "slower" : "faster";
    case PAIRED_SAME:
        return "same";
    case PAIRED_NOT_CONFIRMED:
        return "not confirmed";
    default:
        return "inconclusive";
    }
}

void selftest_cell_add(struct selftest_cell *cell, size_t size, const struct paired *paired)
{
    cell->trials[size]++;
    cell->slower[size] += paired->state == PAIRED_DIFFERENT && paired->direction > 0;
    cell->faster[size] += paired->state == PAIRED_DIFFERENT && paired->direction < 0;
}

/* The cells together, as one. */
static struct selftest_cell sum_of(const struct selftest_cell *cells, size_t count, const char *executor)
{
    struct selftest_cell sum = cells[0];
    memset(sum.trials, 0, sizeof sum.trials);
    memset(sum.slower, 0, sizeof sum.slower);
    memset(sum.faster, 0, sizeof sum.faster);
    for (size_t i = 0; i < count; i++) {
        if (executor && strcmp(cells[i].executor, executor) != 0)
            continue;
        for (size_t s = 0; s < sum.sizes_count; s++) {
            sum.trials[s] += cells[i].trials[s];
            sum.slower[s] += cells[i].slower[s];
            sum.faster[s] += cells[i].faster[s];
        }
    }
    return sum;
}

static uint32_t false_alarms(const struct selftest_cell *cell, uint32_t *trials)
{
    uint32_t alarms = 0;
    *trials = 0;
    for (size_t s = 0; s < cell->sizes_count; s++) {
        if (cell->sizes[s] > 0)
            continue;
        alarms += cell->slower[s] + cell->faster[s];
        *trials += cell->trials[s];
    }
    return alarms;
}

bool selftest_kept_promise(const struct selftest_cell *cells, size_t count, double false_alarm)
{
    uint32_t trials, alarms;
    if (count == 0)
        return true;
    struct selftest_cell all = sum_of(cells, count, NULL);
    alarms = false_alarms(&all, &trials);
    return alarms == 0 || 1 - binomial_at_most(alarms - 1, trials, false_alarm) > 0.01;
}

/* The smallest slowdown that was found nine times in ten, as all larger ones were. NaN: none. */
static double found_from(const struct selftest_cell *cell)
{
    double from = NAN;
    for (size_t s = cell->sizes_count; s-- > 0;) {
        if (!(cell->sizes[s] > 0))
            continue;
        if (cell->trials[s] == 0 || cell->slower[s] < 0.9 * cell->trials[s])
            break;
        from = cell->sizes[s];
    }
    return from;
}

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
    uint32_t trials, alarms = false_alarms(cell, &trials);
    add(grid, alarms, trials);
    for (size_t s = 0; s < cell->sizes_count; s++) {
        if (is_slowdown(cell, s))
            add(grid, cell->slower[s], cell->trials[s]);
    }
}

static void add_cell(struct grid *grid, const struct selftest_cell *cell, const char *name)
{
    double from = found_from(cell);
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
    struct selftest_cell sum = sum_of(cells, count, executor);
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

int selftest_page(struct page *page, const struct selftest_cell *cells, size_t count, double false_alarm,
                  struct bench_error *err)
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
    page_text(page, "false alarms: of a case against itself; at most %g %% is promised",
              100 * false_alarm);
    page_text(page, "+1 %% and so on: how often B, made slower by so much on purpose, was found slower");
    page_text(page,
              "sees from: the smallest slowdown that was found nine times in ten, as all larger ones");
    return page_end(page, "the table", err);
}
