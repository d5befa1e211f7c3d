/* What the columns of results mean, as far as they are shown. */
#include "report/results_legend.h"

#include "report/results_table.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

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

void results_legend(struct page *page, const struct results *results)
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
    if (results_has_details(page))
        page_text(
            page,
            "start-up: creating the workers; p50, p99, max: time per batch of --grain tasks; switches: "
            "context switches per run; busiest: busiest worker / mean; memory: PSS, or peak RSS");
}
