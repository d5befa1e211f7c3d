/* Advice as people read it: the verdict first, then the figures behind it, then what to do. */
#include "report/advice_page.h"

#include "base/memory.h"
#include "report/advice_bound.h"
#include "report/advice_python.h"
#include "report/advice_ways.h"
#include "report/advice_words.h"
#include "report/scaling_page.h"
#include "report/units.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

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
    char *name = advice_way_name(way), times[UNITS_TEXT];
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
        page_text(page, "Run like that, it is still %s.", advice_class_words(then->class));
    else
        page_text(page, "Run like that, it is %s (CPU time %.0f %%, waiting %.0f %%).",
                  advice_class_words(then->class), advice_percent(then->cpu.value),
                  advice_percent(then->wait.value));
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
    advice_bound_verdict(page, advice);
    page_gap(page);
    advice_bound_figures(page, &advice->bound);
    page_gap(page);
    if (advice->ways_count)
        advice_ways_put(page, advice);
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
