/* Advice as people read it: the verdict first, then the figures behind it, then what to do. */
#include "report/advice_page.h"

#include "base/memory.h"
#include "base/text.h"
#include "report/advice_python.h"
#include "report/scaling_page.h"
#include "report/units.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *wait_words_of(int kind)
{
    static const char *const words[WAIT_KINDS] = {[WAIT_SLEEP] = "sleeping",
                                                  [WAIT_READ] = "reading files",
                                                  [WAIT_WRITE] = "writing files",
                                                  [WAIT_SYNC] = "syncing files",
                                                  [WAIT_POLL] = "for sockets or pipes",
                                                  [WAIT_LOCK] = "for locks",
                                                  [WAIT_OTHER] = "not through bench"};
    return words[kind];
}

/* "uring, 1 worker, 64 in flight"; for free(). */
static char *name_way(const struct advice_way *way)
{
    struct text name = {0};
    text_add(&name, "%s%s%s", way->runtime ? way->runtime : "", way->runtime ? "." : "", way->executor);
    if (!way->is_serial)
        text_add(&name, ", %" PRId64 " worker%s", way->workers, way->workers == 1 ? "" : "s");
    if (way->inflight > 1)
        text_add(&name, ", %" PRId64 " in flight", way->inflight);
    return name.text;
}

static double percent(double part)
{
    return fmin(100, fmax(0, part * 100));
}

/* ---- what it is bound by ---- */

static const char *class_words(enum bound_class class)
{
    static const char *const words[BOUND_CLASSES] = {[BOUND_UNKNOWN] = "of unknown kind",
                                                     [BOUND_CPU] = "CPU-bound",
                                                     [BOUND_IO] = "I/O-bound",
                                                     [BOUND_MEMORY] = "bound by memory",
                                                     [BOUND_CACHE] = "bound by the processor's cache",
                                                     [BOUND_LOCK] = "bound by a lock",
                                                     [BOUND_MIXED] =
                                                         "mixed: neither CPU-bound nor I/O-bound"};
    return words[class];
}

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
            advice->workload, percent(isnan(part) ? advice->bound.lock.value : part));
}

static void say_verdict(struct page *page, const struct advice *advice)
{
    const struct bound *bound = &advice->bound;
    int wait = main_wait(bound);
    bool by_levers = bound->reason == BOUND_PLAIN || bound->reason == BOUND_PROGRAMS;
    double cpu = by_levers ? bound->cpu.value : bound->cpu_part;
    double waits = !by_levers || isnan(bound->wait.value) ? 1 - cpu : bound->wait.value;
    char how[64] = "";
    if (wait >= 0)
        snprintf(how, sizeof how, " (%s)", wait_words_of(wait));
    switch (bound->class) {
    case BOUND_CPU:
        page_title(page, "%s is CPU-bound: it computes for %.0f %% of its time", advice->workload,
                   percent(cpu));
        break;
    case BOUND_IO:
        page_title(page, "%s is I/O-bound: it waits for %.0f %% of its time%s", advice->workload,
                   percent(waits), how);
        break;
    case BOUND_LOCK:
        say_lock(page, advice);
        break;
    case BOUND_MIXED:
        page_title(page, "%s is mixed: it computes for %.0f %% of its time and waits for %.0f %%%s",
                   advice->workload, percent(cpu), percent(waits), how);
        break;
    default:
        page_title(page, "%s is %s", advice->workload, class_words(bound->class));
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
            percent(bound->delay_part));
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
            char *name = mem_format("- %s", wait_words_of(kind));
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

/* ---- ways ---- */

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

static void say_ways(struct page *page, const struct advice *advice)
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

static void say_range(struct page *page, const struct advice *advice)
{
    const struct advice_way *way = &advice->ways[advice->recommended];
    const char *what = way->inflight > 1 ? "lanes (workers x in flight)" : "workers";
    if (advice->lanes_most > advice->lanes_least)
        page_text(page, "%" PRId64 " to %" PRId64 " %s are as fast, within %.0f %%.",
                  advice->lanes_least, advice->lanes_most, what, advice->margin * 100);
}

static void say_python(struct page *page, const struct advice *advice)
{
    char *lines = advice_python(advice);
    if (lines) {
        page_text(page, "In Python, where items are what is to be done:");
        page_code(page, lines);
    }
    free(lines);
}

static void say_recommendation(struct page *page, const struct advice *advice)
{
    if (advice->recommended == SIZE_MAX) {
        page_text(page, "No recommendation: no way of running it %s measured.",
                  advice->is_of_rows ? "was" : "could be");
        return;
    }
    const struct advice_way *way = &advice->ways[advice->recommended];
    char *name = name_way(way), times[UNITS_TEXT];
    if (way->is_serial && advice->ways[advice->best].speedup > 1)
        page_heading(page, "Use serial: nothing beats it by more than %.0f %%",
                     fmax(1, ceil((advice->ways[advice->best].speedup - 1) * 100)));
    else if (way->is_serial)
        page_heading(page, "Use serial: nothing tried is faster");
    else if (isnan(way->speedup))
        page_heading(page, "Use %s", name);
    else
        page_heading(page, "Use %s: %s times as fast as serial%s", name,
                     units_times(times, way->speedup, &way->speedup_interval),
                     way->speedup_interval.low < 1 ? ", which may be due to chance" : "");
    say_range(page, advice);
    say_python(page, advice);
    if (advice->command)
        page_text(page, "To run it: %s", advice->command);
    free(name);
}

static void say_then(struct page *page, const struct advice *advice)
{
    const struct bound *then = &advice->then;
    if (!advice->has_then || then->reason != BOUND_PLAIN)
        return;
    if (then->class == advice->bound.class)
        page_text(page, "Run like that, it is still %s.", class_words(then->class));
    else
        page_text(page, "Run like that, it is %s (CPU time %.0f %%, waiting %.0f %%).",
                  class_words(then->class), percent(then->cpu.value), percent(then->wait.value));
}

static void say_cost(struct page *page, const struct advice *advice)
{
    char cost[UNITS_TEXT], serial[UNITS_TEXT], least[UNITS_TEXT], task[UNITS_TEXT];
    const struct advice_way *one = advice->serial == SIZE_MAX ? NULL : &advice->ways[advice->serial];
    if (isnan(advice->task_cost_s))
        return;
    page_text(page, "A task costs %s of CPU time by itself, %s under serial.",
              units_seconds(cost, advice->task_cost_s), units_seconds(serial, advice->serial_cost_s));
    if (!(advice->break_even_s > 0))
        return;
    page_text(page, "Tasks that compute for less than %s would be done sooner by serial%s%s%s.",
              units_seconds(least, advice->break_even_s),
              one && advice->tasks > 0 ? "; these take " : "",
              one && advice->tasks > 0 ? units_seconds(task, one->wall_s / (double)advice->tasks) : "",
              one && advice->tasks > 0 ? " each" : "");
}

static void explain_loss(struct page *page, const char *what, const struct elasticity *loss, bool hidden)
{
    if (hidden)
        page_item(
            page,
            "%s was tried on work that must show it, in the same launches, and made no difference of "
            "5 %% there, or also one to work that must not: it tells nothing here",
            what);
    else if (!isnan(loss->value))
        page_item(
            page,
            "%s cost %.1f %% (%.1f .. %.1f) more CPU time than spinning as long; 5 %% or more would "
            "be what it is bound by",
            what, loss->value * 100, loss->interval.low * 100, loss->interval.high * 100);
}

static void say_scaling(struct page *page, const struct advice *advice)
{
    const struct scalings *scalings = advice->scalings;
    struct case_naming naming;
    if (!scalings || scalings->size == 0)
        return;
    const struct record **identities = mem_zero(scalings->size, sizeof *identities);
    for (size_t i = 0; i < scalings->size; i++)
        identities[i] = scalings->list[i].first->identity;
    case_naming_make(&naming, identities, scalings->size, page->defaults);
    scaling_page(page, scalings, identities[0], &naming);
    case_naming_free(&naming);
    free(identities);
}

static const char *wish_words(const char *what)
{
    if (strcmp(what, "class") == 0)
        return "what limits it, proved by slowing it down";
    return strcmp(what, "ways") == 0 ? "how it does in other ways" : "how it scales";
}

/* What the rows do not tell, and what would. */
static void say_wishes(struct page *page, const struct advice *advice)
{
    if (advice->is_of_rows)
        page_text(page, "Nothing was run: this is what the runs that are there tell.%s",
                  advice->wishes_count ? " To find out more:" : "");
    for (size_t i = 0; i < advice->wishes_count; i++) {
        const struct advice_wish *wish = &advice->wishes[i];
        bool is_told = i > 0 && strcmp(wish[-1].command, wish->command) == 0;
        bool is_with_next = i + 1 < advice->wishes_count && strcmp(wish[1].command, wish->command) == 0;
        if (!is_told)
            page_item(page, "%s%s%s: %s", wish_words(wish->what), is_with_next ? ", and " : "",
                      is_with_next ? wish_words(wish[1].what) : "", wish->command);
    }
}

static void explain_levers(struct page *page, const struct advice *advice)
{
    const struct bound *bound = &advice->bound;
    char text[UNITS_TEXT], settle[UNITS_TEXT];
    page_item(
        page,
        "elasticity: time with CPU time (or waits, or locks) made %.0f %% longer on purpose, over time "
        "without, less 1, over %.2f; the middle of %zu rounds of runs next to each other, in shuffled "
        "order",
        advice->rules.share * 100, advice->rules.share, bound->rounds);
    if (advice->is_of_rows) /* which do not tell how pauses were made */
        page_item(page, "one run took %s", units_seconds(text, bound->off_s));
    else
        page_item(
            page,
            "one run took %s; pauses were made once %s of what they are a share of had come together%s",
            units_seconds(text, bound->off_s), units_seconds(settle, advice->rules.settle_s),
            bound->is_disturbed ? "; they still disturb what they interrupt" : "");
    page_item(page,
              "CPU time, waits and locks together: %.2f of the time (1: nothing is missing); neither "
              "computing nor waiting: %.1f %%; ready, but without a CPU: %.1f %%",
              bound->sum, bound->unseen_part * 100, bound->delay_part * 100);
    explain_loss(page, "cache: reading through twice the second-level cache once a millisecond",
                 &bound->cache, bound->cache_hidden);
    explain_loss(page, "memory: a thread on another core, streaming through 64 MiB,", &bound->memory,
                 bound->memory_hidden);
}

static void explain(struct page *page, const struct advice *advice)
{
    page_gap(page);
    page_heading(page, "How these figures were obtained");
    if (advice->rules.share > 0)
        explain_levers(page, advice);
    else
        page_item(page, "accounting: CPU time over CPU time and waits, of the runs with one lane");
    if (advice->is_of_rows)
        page_item(page, "ways: medians of all measured runs; intervals as in bench report");
    else
        page_item(page,
                  "ways: medians of launches, geometric mean over launches; the spread between launches "
                  "is pooled "
                  "over all ways; ways that are certainly slower by more than %.0f %% are dropped early",
                  advice->margin * 100);
    page_item(page,
              "recommended: of those within %.0f %% of the best the one with the least memory, then CPU "
              "time, then "
              "switches, then lanes",
              advice->margin * 100);
}

int advice_page(struct page *page, const struct advice *advice, struct bench_error *err)
{
    say_verdict(page, advice);
    say_reason(page, advice);
    page_gap(page);
    say_elasticities(page, &advice->bound);
    say_accounting(page, &advice->bound);
    page_gap(page);
    if (advice->ways_count)
        say_ways(page, advice);
    page_gap(page);
    say_scaling(page, advice);
    page_gap(page);
    say_recommendation(page, advice);
    say_wishes(page, advice);
    say_then(page, advice);
    say_cost(page, advice);
    for (size_t i = 0; i < advice->warnings_count; i++)
        page_item(page, "%s", advice->warnings[i]);
    if (page->with_details)
        explain(page, advice);
    page_gap(page);
    page_text(page,
              "elasticity: by how much of its time it gets slower where this takes as much longer; "
              "speedup: over serial, "
              "with half its 95 %% interval; CPU: of one pass, all workers; as good: within %.0f %% of "
              "the fastest; "
              "recommended: the cheapest of those",
              advice->margin * 100);
    if (advice->scalings)
        scaling_legend(page, advice->scalings);
    return page_end(page, "the advice", err);
}
