/* What the work is bound by, and the figures behind that. */
#include "report/advice_bound.h"

#include "base/memory.h"
#include "report/advice_words.h"

#include <math.h>
#include <stdlib.h>

static int main_wait(const struct bound *bound)
{
    int most = -1;
    for (int kind = 0; kind < WAIT_KINDS; kind++) {
        if (!isnan(bound->waits[kind].value) &&
            (most < 0 || bound->waits[kind].value > bound->waits[most].value))
            most = kind;
    }
    return most;
}

static void say_lock(struct page *page, const struct advice *advice)
{
    double part = advice->bound.contended.value;
    if (part < 0)
        page_title(
            page,
            "%s is bound by a lock: taking it costs more than holding it, because it is held so briefly",
            advice->workload);
    else
        page_title(
            page,
            "%s is bound by a lock: with a worker on each core, it is held for %.0f %% of the time",
            advice->workload, advice_percent(isnan(part) ? advice->bound.lock.value : part));
}

static void say_class(struct page *page, const struct advice *advice)
{
    const struct bound *bound = &advice->bound;
    int wait = main_wait(bound);
    bool by_levers = bound->reason == BOUND_PLAIN || bound->reason == BOUND_PROGRAMS;
    double cpu = by_levers ? bound->cpu.value : bound->cpu_part;
    double waits = !by_levers || isnan(bound->wait.value) ? 1 - cpu : bound->wait.value;
    char how[64] = "";
    if (wait >= 0)
        snprintf(how, sizeof how, " (%s)", advice_wait_words(wait));
    switch (bound->class) {
    case BOUND_CPU:
        page_title(page, "%s is CPU-bound: it computes for %.0f %% of its time", advice->workload,
                   advice_percent(cpu));
        break;
    case BOUND_IO:
        page_title(page, "%s is I/O-bound: it waits for %.0f %% of its time%s", advice->workload,
                   advice_percent(waits), how);
        break;
    case BOUND_LOCK:
        say_lock(page, advice);
        break;
    case BOUND_MIXED:
        page_title(page, "%s is mixed: it computes for %.0f %% of its time and waits for %.0f %%%s",
                   advice->workload, advice_percent(cpu), advice_percent(waits), how);
        break;
    default:
        page_title(page, "%s is %s", advice->workload, advice_class_words(bound->class));
    }
}

static void say_reason(struct page *page, const struct advice *advice)
{
    const struct bound *bound = &advice->bound;
    switch (bound->reason) {
    case BOUND_PLAIN:
        break;
    case BOUND_TOO_FEW:
        if (advice->recommended == SIZE_MAX && !advice->is_of_rows) /* what went wrong stands below */
            page_text(page, "It could not be run, so nothing can be said of what limits it.");
        else
            page_text(page, "Too few runs to tell what limits it; use a longer --time.");
        break;
    case BOUND_TOO_WIDE:
        page_text(page, "Its times vary too much to tell what limits it: an interval is wider than 0.3. "
                        "Use a quieter machine or a longer --time.");
        break;
    case BOUND_SUM_HIGH:
        page_text(page,
                  "Slowing it down changes how it works: CPU time and waits together would explain %.0f "
                  "%% of its time.",
                  bound->sum * 100);
        break;
    case BOUND_SUM_LOW:
        page_text(page,
                  "CPU time, waits and locks explain only %.0f %% of its time. The rest may be a lock "
                  "that bench does "
                  "not know of, or another process.",
                  bound->sum * 100);
        break;
    case BOUND_BUSY_MACHINE:
        page_text(
            page,
            "The machine is busy: %s had no CPU for %.0f %% of its time. So this verdict comes from "
            "accounting, not from levers.",
            bound->others_part > 0 ? "something that was ready on it" : "the work was ready but",
            bound->delay_part * 100);
        break;
    case BOUND_TOO_BUSY:
        page_text(
            page,
            "The machine is too busy to tell: something that was ready on it had no CPU for %.0f %% of "
            "the time, and programs that wait cannot be told from programs that are kept waiting.",
            advice_percent(bound->delay_part));
        break;
    case BOUND_PROGRAMS:
        page_text(page, "The programs that it starts were stopped for a share of their CPU time. The "
                        "rest of their time is assumed to be waiting.");
        break;
    case BOUND_ACCOUNTED:
        page_text(
            page,
            "The programs that it starts are too short for levers (under 20 ms), so this verdict comes "
            "from accounting of their CPU time. The rest of their time is assumed to be waiting.");
        break;
    case BOUND_CLOCKS:
        page_text(page, "Nothing was slowed on purpose in these runs, so this verdict comes from "
                        "accounting: what is not CPU time is assumed to be waiting.");
        break;
    case BOUND_NO_LANE:
        page_text(page, "None of these runs has one lane (one worker, nothing in flight beside), so "
                        "nothing can be said of what limits it.");
        break;
    }
}

/* No -0.0. */
static double rounded(double value)
{
    return round(value * 10) / 10 + 0.0;
}

static void add_elasticity(struct grid *grid, const char *name, const struct elasticity *of)
{
    if (isnan(of->value))
        return;
    grid_cell(grid, "%s", name);
    grid_cell(grid, "%.1f %%", rounded(of->value * 100));
    if (interval_known(of->interval))
        grid_cell(grid, "%.1f .. %.1f %%", rounded(of->interval.low * 100),
                  rounded(of->interval.high * 100));
    else
        grid_cell(grid, "-");
    grid_cell(grid, "%.1f %%", rounded(of->value * 10));
}

static void say_elasticities(struct page *page, const struct bound *bound)
{
    struct grid grid = {0};
    grid_column(&grid, "what it depends on", GRID_TEXT | GRID_KEY);
    grid_column(&grid, "elasticity", GRID_NUMBER);
    grid_column(&grid, "95 % interval", GRID_NUMBER);
    grid_column(&grid, "10 % less would save", GRID_NUMBER);
    add_elasticity(&grid, "CPU time", &bound->cpu);
    add_elasticity(&grid, "waiting", &bound->wait);
    for (int kind = 0; kind < WAIT_KINDS; kind++) {
        if (bound->waits[kind].value >= 0.005) {
            char *name = mem_format("- %s", advice_wait_words(kind));
            add_elasticity(&grid, name, &bound->waits[kind]);
            free(name);
        }
    }
    add_elasticity(&grid, "holding locks", &bound->lock);
    add_elasticity(&grid, "- with a worker on each core", &bound->contended);
    if (grid_rows(&grid))
        page_grid(page, &grid);
    grid_free(&grid);
}

/* What cache and memory have to do with its CPU time. */
static void say_losses(struct page *page, const struct bound *bound)
{
    if (bound->class == BOUND_CACHE)
        page_text(page,
                  "Losing the second-level cache once a millisecond costs it %.0f %% more CPU time.",
                  bound->cache.value * 100);
    else if (bound->class == BOUND_MEMORY)
        page_text(page,
                  "With another core streaming through memory it takes %.0f %% more CPU time: a faster "
                  "processor would not help.",
                  bound->memory.value * 100);
    else if (bound->class == BOUND_CPU && isnan(bound->memory.value))
        page_text(page, "Waiting for memory counts as computing here: %s.",
                  bound->memory_hidden ? "this machine cannot tell the two apart, now"
                                       : "whether it does was not looked at");
}

static void say_accounting(struct page *page, const struct bound *bound)
{
    if (isnan(bound->cpu_part) || bound->reason == BOUND_ACCOUNTED)
        return;
    if (bound->disagrees)
        page_text(page,
                  "Accounting disagrees: CPU time is %.0f %% of CPU time and waits together, while the "
                  "levers say "
                  "%.0f %%.",
                  bound->cpu_part * 100, bound->cpu.value * 100);
    else if (bound->reason == BOUND_BUSY_MACHINE)
        page_text(page, "By accounting, CPU time is %.0f %% of CPU time and waits together.",
                  bound->cpu_part * 100);
    else if (bound->reason == BOUND_PLAIN)
        page_text(page, "Accounting agrees: CPU time is %.0f %% of CPU time and waits together.",
                  bound->cpu_part * 100);
    if (bound->has_overlap)
        page_text(page, "Something else works for it while it computes (readahead, a server): its waits "
                        "shrink when its CPU time grows.");
    say_losses(page, bound);
}

void advice_bound_verdict(struct page *page, const struct advice *advice)
{
    say_class(page, advice);
    say_reason(page, advice);
}

void advice_bound_figures(struct page *page, const struct bound *bound)
{
    say_elasticities(page, bound);
    say_accounting(page, bound);
}
