/* How much load each way can take. See capacity_page.h. */
#include "report/capacity_page.h"

#include "base/memory.h"
#include "base/text.h"
#include "report/case_columns.h"
#include "report/json_values.h"
#include "report/units.h"
#include "results/results.h"

#include <math.h>
#include <stdlib.h>

/* ---- for people ---- */

static bool has_answer(const struct capacity *capacity)
{
    return capacity->search.count > 0 && capacity->answer.verdict != LIMIT_UNCLEAR &&
           capacity->answer.verdict != LIMIT_NEVER;
}

static void put_rates(struct grid *grid, const struct capacity *capacity)
{
    char rate[UNITS_TEXT], low[UNITS_TEXT], high[UNITS_TEXT];
    const struct limit_answer *answer = &capacity->answer;
    if (!has_answer(capacity))
        grid_loud_cell(grid, capacity->failed                 ? "failed"
                             : answer->verdict == LIMIT_NEVER ? "never"
                                                              : "unclear");
    else
        grid_cell(grid, "%s%s", answer->verdict == LIMIT_ALWAYS ? ">" : "",
                  units_rate(rate, answer->load, "task"));
    if (has_answer(capacity) && interval_known(answer->interval))
        grid_cell(grid, "%s to %s", units_amount(low, answer->interval.low, NULL),
                  units_amount(high, answer->interval.high, NULL));
    else
        grid_cell(grid, "%s", "");
}

static void put_row(struct grid *grid, const struct case_naming *naming, const struct capacity *capacity)
{
    char text[UNITS_TEXT];
    case_columns_fill(grid, naming, &capacity->identity);
    put_rates(grid, capacity);
    grid_cell(grid, "%s", units_seconds(text, capacity->latency_s));
    grid_cell(grid, "%s", units_ratio(text, capacity->cpu_use));
    grid_cell(grid, "%s", units_rate(text, capacity->closed_per_s, "task"));
}

static void put_remarks(struct page *page, const struct capacities *capacities,
                        const struct capacity *capacity, const struct case_naming *naming)
{
    char *name = case_name_way(&capacity->identity, naming);
    char text[UNITS_TEXT], limit[UNITS_TEXT];
    units_seconds(limit, capacities->slo.limit_s);
    if (capacity->failed)
        page_item(page, "%s: %s", name, capacity->failed);
    else if (capacity->answer.verdict == LIMIT_NEVER && capacity->search.count)
        page_item(page, "%s: %s is above %s even at %s", name, capacities->slo.word, limit,
                  units_rate(text, capacity->answer.load, "task"));
    else if (capacity->answer.verdict == LIMIT_UNCLEAR)
        page_item(page,
                  "%s: too few tasks were seen, or what was seen at one rate contradicts another; "
                  "use a longer --time or a quieter machine",
                  name);
    free(name);
}

/* A quantile of few says little: the 99th percentile wants a thousand. */
static void put_too_few(struct page *page, const struct capacities *capacities)
{
    static const struct {
        enum column column;
        int64_t least;
    } wanted[] = {{COLUMN_latency_p50_s, 20},
                  {COLUMN_latency_p90_s, 100},
                  {COLUMN_latency_p99_s, 1000},
                  {COLUMN_latency_p999_s, 10000}};
    for (size_t w = 0; w < sizeof wanted / sizeof *wanted; w++) {
        for (size_t i = 0; capacities->slo.column == wanted[w].column && i < capacities->count; i++) {
            const struct capacity *capacity = &capacities->list[i];
            if (capacity->failed || capacity->tasks >= wanted[w].least)
                continue;
            page_text(page,
                      "%s was told from %lld tasks at a time; it takes some %lld: use a longer --time",
                      capacities->slo.word, (long long)capacity->tasks, (long long)wanted[w].least);
            return;
        }
    }
}

/* Of those with the workload of `first`. */
static void put_group(struct page *page, const struct capacities *capacities, size_t first)
{
    const struct record **identities = mem_zero(capacities->count, sizeof *identities);
    size_t *members = mem_zero(capacities->count, sizeof *members), count = 0;
    const char *workload = capacities->list[first].identity.workload;
    for (size_t i = first; i < capacities->count; i++) {
        if (!same_text(capacities->list[i].identity.workload, workload))
            continue;
        identities[count] = &capacities->list[i].identity;
        members[count++] = i;
    }
    struct case_naming naming;
    struct grid grid = {0};
    char limit[UNITS_TEXT];
    case_naming_make(&naming, identities, count, page->with_details ? NULL : page->defaults);
    char *work = case_name_work(identities[0], &naming);
    page_heading(page, "%s: highest load at which %s is at most %s", work, capacities->slo.word,
                 units_seconds(limit, capacities->slo.limit_s));
    free(work);
    case_columns_add(&grid, &naming);
    grid_column(&grid, "load", GRID_NUMBER);
    grid_column(&grid, "95 %", GRID_NUMBER);
    grid_column(&grid, capacities->slo.word, GRID_NUMBER);
    grid_column(&grid, "CPU", GRID_NUMBER);
    grid_column(&grid, "at most", GRID_NUMBER);
    for (size_t i = 0; i < count; i++)
        put_row(&grid, &naming, &capacities->list[members[i]]);
    page_grid(page, &grid);
    for (size_t i = 0; i < count; i++)
        put_remarks(page, capacities, &capacities->list[members[i]], &naming);
    page_gap(page);
    grid_free(&grid);
    case_naming_free(&naming);
    free(members);
    free(identities);
}

int capacity_page(struct page *page, const struct capacities *capacities, struct bench_error *err)
{
    for (size_t i = 0; i < capacities->count; i++) {
        size_t j = 0;
        while (!same_text(capacities->list[j].identity.workload, capacities->list[i].identity.workload))
            j++;
        if (j == i)
            put_group(page, capacities, i);
    }
    put_too_few(page, capacities);
    page_text(page,
              "load: tasks that may arrive a second; 95 %%: its confidence interval; %s, CPU: latency "
              "from when a task was due, and cores kept busy, close to that load; at most: tasks done a "
              "second where each begins as soon as one ends",
              capacities->slo.word);
    return page_end(page, "the loads", err);
}

/* ---- for scripts ---- */

enum { CAPACITY_SCHEMA = 1 };

static json_t *json_of_looks(const struct limit_search *search)
{
    json_t *looks = json_array();
    for (size_t i = 0; i < search->count; i++) {
        json_t *look = json_object();
        json_put(look, "rate_per_s", json_of_real(search->looks[i].load));
        json_put(look, "latency_s", json_of_real(search->looks[i].latency));
        json_put(look, "tasks", json_of_real(search->looks[i].tasks));
        json_put(look, "beyond", json_of_real(search->looks[i].beyond));
        json_put(look, "overloaded", json_boolean(search->looks[i].beyond));
        json_add(looks, look);
    }
    return looks;
}

static json_t *json_of_capacity(const struct capacity *capacity)
{
    static const enum column columns[] = {COLUMN_runtime,  COLUMN_workload,        COLUMN_params,
                                          COLUMN_executor, COLUMN_executor_params, COLUMN_workers,
                                          COLUMN_inflight};
    static const char *const verdicts[] = {[LIMIT_FOUND] = "found",
                                           [LIMIT_NEVER] = "never",
                                           [LIMIT_ALWAYS] = "always",
                                           [LIMIT_UNCLEAR] = "unclear"};
    json_t *object = json_object();
    bool failed = capacity->failed || capacity->search.count == 0;
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        json_put(object, column_name(columns[i]), json_of_column(&capacity->identity, columns[i]));
    json_put(object, "verdict", json_of_text(failed ? "failed" : verdicts[capacity->answer.verdict]));
    json_put(object, "rate_per_s", json_of_real(failed ? NAN : capacity->answer.load));
    json_put(object, "rate_low", json_of_real(capacity->answer.interval.low));
    json_put(object, "rate_high", json_of_real(capacity->answer.interval.high));
    json_put(object, "latency_s", json_of_real(capacity->latency_s));
    json_put(object, "cpu_use", json_of_real(capacity->cpu_use));
    json_put(object, "closed_per_s", json_of_real(capacity->closed_per_s));
    json_put(object, "looks", json_of_looks(&capacity->search));
    json_put(object, "error", json_of_text(capacity->failed));
    return object;
}

int capacity_json(struct page *page, const struct capacities *capacities, struct bench_error *err)
{
    json_t *all = json_object(), *list = json_array();
    for (size_t i = 0; i < capacities->count; i++)
        json_add(list, json_of_capacity(&capacities->list[i]));
    json_put(all, "schema", json_of_count(CAPACITY_SCHEMA));
    json_put(all, "slo", json_of_text(capacities->slo.word));
    json_put(all, "limit_s", json_of_real(capacities->slo.limit_s));
    json_put(all, "loads", list);
    return json_write(page, all, err);
}
