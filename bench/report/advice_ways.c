/* The ways that were tried, and those that could not be. */
#include "report/advice_ways.h"

#include "base/memory.h"
#include "base/text.h"
#include "report/units.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *remark_of(const struct advice *advice, size_t i)
{
    const struct advice_way *way = &advice->ways[i];
    if (i == advice->recommended)
        return "recommended";
    if (way->wall_s <= advice->ways[advice->best].wall_s * (1 + advice->margin))
        return "as good";
    return way->is_behind ? "given up" : "";
}

static int by_time(const void *a, const void *b)
{
    const struct advice_way *x = *(const struct advice_way *const *)a,
                            *y = *(const struct advice_way *const *)b;
    double left = isnan(x->wall_s) ? INFINITY : x->wall_s,
           right = isnan(y->wall_s) ? INFINITY : y->wall_s;
    return left < right ? -1 : left > right;
}

static void add_way(struct grid *grid, const struct advice *advice, const struct advice_way *way)
{
    char text[UNITS_TEXT];
    grid_cell(grid, "%s%s%s", way->runtime ? way->runtime : "", way->runtime ? "." : "", way->executor);
    grid_cell(grid, "%" PRId64, way->workers);
    grid_cell(grid, "%" PRId64, way->inflight);
    grid_cell(grid, "%s", units_seconds(text, way->wall_s));
    grid_cell(grid, "%s", units_times(text, way->speedup, &way->speedup_interval));
    grid_cell(grid, "%s", units_seconds(text, way->cpu_s));
    grid_cell(grid, "%s", units_amount(text, way->pss_bytes, "byte"));
    grid_cell(grid, "%s", remark_of(advice, (size_t)(way - advice->ways)));
}

/* Each executor's fastest, and all that are as good as the best; the others are there with details. */
static bool is_told(const struct advice *advice, const struct advice_way *const *order, size_t i)
{
    if (advice->best != SIZE_MAX &&
        order[i]->wall_s <= advice->ways[advice->best].wall_s * (1 + advice->margin))
        return true;
    for (size_t before = 0; before < i; before++) {
        if (order[before]->executor == order[i]->executor)
            return false;
    }
    return true;
}

/* Its executor has run, with another number of workers or lanes, and for this one there was no room. */
static bool is_passed_over(const struct advice *advice, const struct advice_way *way)
{
    for (size_t i = 0; way->is_untried && i < advice->ways_count; i++) {
        if (advice->ways[i].executor == way->executor && advice->ways[i].launches > 0)
            return true;
    }
    return false;
}

/* All that failed for the same reason as way `i`, once: "not uring, uv: ...". */
static void say_failure(struct page *page, const struct advice *advice,
                        const struct advice_way *const *order, size_t i)
{
    struct text names = {0};
    const char *last = NULL;
    if (!order[i]->failed || is_passed_over(advice, order[i]))
        return;
    for (size_t other = 0; other < advice->ways_count; other++) {
        const struct advice_way *way = order[other];
        bool is_alike = way->failed && strcmp(way->failed, order[i]->failed) == 0;
        if (!is_alike || is_passed_over(advice, way) || way->executor == last)
            continue;
        if (other < i) { /* said there */
            free(names.text);
            return;
        }
        text_add(&names, "%s%s", last ? ", " : "", way->executor);
        last = way->executor;
    }
    page_item(page, "not %s: %s", names.text, order[i]->failed);
    free(names.text);
}

void advice_ways_put(struct page *page, const struct advice *advice)
{
    struct grid grid = {0};
    const struct advice_way **order = mem_zero(advice->ways_count, sizeof *order);
    grid_column(&grid, "executor", GRID_TEXT | GRID_KEY);
    grid_column(&grid, "workers", GRID_NUMBER | GRID_KEY);
    grid_column(&grid, "inflight", GRID_NUMBER | GRID_KEY);
    grid_column(&grid, "time", GRID_NUMBER);
    grid_column(&grid, "speedup", GRID_NUMBER);
    grid_column(&grid, "CPU", GRID_NUMBER);
    grid_column(&grid, "memory", GRID_NUMBER);
    grid_column(&grid, "", GRID_TEXT);
    for (size_t i = 0; i < advice->ways_count; i++)
        order[i] = &advice->ways[i];
    mem_sort(order, advice->ways_count, sizeof *order, by_time);
    for (size_t i = 0; i < advice->ways_count; i++) {
        if (!order[i]->failed && (page->with_details || is_told(advice, order, i)))
            add_way(&grid, advice, order[i]);
    }
    if (grid_rows(&grid))
        page_grid(page, &grid);
    for (size_t i = 0; i < advice->ways_count; i++)
        say_failure(page, advice, order, i);
    grid_free(&grid);
    free(order);
}
