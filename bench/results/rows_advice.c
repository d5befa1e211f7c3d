/* From rows of earlier runs to ways, and to what is recommended among them. */
#include "results/rows_advice.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double pressure_from = 0.05;

/* "cpython"; NULL: bench's own. */
static const char *runtime_of(const struct record *run, struct cases *cases)
{
    char *prefix = identity_runtime_prefix(run);
    size_t length = strlen(prefix);
    const char *name = length ? text_pool_keep(&cases->texts, prefix, length - 1) : NULL;
    free(prefix);
    return name;
}

static bool is_way(const struct case_result *result)
{
    return !result->identity->lever && isnan(result->identity->rate_per_s) &&
           result->identity->workers > 0 && result->identity->inflight > 0;
}

static void add_way(struct advice *advice, const struct case_result *result, struct cases *cases)
{
    const struct record *run = result->identity;
    struct advice_way *way = advice_way_add(advice);
    bool is_serial = same_text(run->executor, "serial");
    bool is_over_serial = same_text(result->reference, "serial") && result->reference_run != run;
    way->runtime = runtime_of(run, cases);
    way->executor = run->executor ? run->executor : "";
    way->workers = run->workers;
    way->inflight = run->inflight;
    way->launches = result->launches;
    way->is_serial = is_serial;
    if (!result_has_numbers(result)) {
        bool is_ok = same_text(result->status, "ok");
        way->failed = is_ok ? mem_text("no measured run")
                            : mem_format("%s%s%s", result->status, result->error ? ": " : "",
                                         result->error ? result->error : "");
        return;
    }
    way->wall_s = result->wall_s.median;
    way->cpu_s = result->cpu_use * result->wall_s.median;
    way->pss_bytes = isnan(result->pss_bytes) ? result->peak_rss_bytes : result->pss_bytes;
    way->switches = result->ctx_switches;
    if (is_over_serial) {
        way->speedup = result->speedup;
        way->speedup_interval = result->speedup_interval;
    } else if (is_serial) {
        way->speedup = 1;
        advice->serial = advice->serial == SIZE_MAX ? advice->ways_count - 1 : advice->serial;
    }
}

/* Share of the time of all measured runs for which something on the machine had no CPU. */
static double pressure_of(const struct rows_of_work *work)
{
    double pressure_s = 0, wall_s = 0;
    for (size_t i = 0; i < work->count; i++) {
        const struct case_result *result = work->list[i];
        for (size_t run = 0; run < result_runs(result); run++) {
            double value_s = result_value(result, run, COLUMN_pressure_cpu_s);
            if (!result_is_measured(result, run) || isnan(value_s))
                continue;
            pressure_s += value_s;
            wall_s += result_value(result, run, COLUMN_wall_s);
        }
    }
    return wall_s > 0 ? pressure_s / wall_s : 0;
}

/* What the rows do not tell is told in the advice's warnings. */
static void warn(struct advice *advice, const struct rows_of_work *work)
{
    double pressure = pressure_of(work);
    if (advice->bound.reason == BOUND_CLOCKS && pressure > pressure_from)
        advice_warn(advice,
                    mem_format("the machine was busy: for %.0f %% of the time something on it had "
                               "no CPU; of programs that the work starts, that counts as waiting",
                               fmin(1, pressure) * 100));
    bool has_one_launch = false;
    for (size_t i = 0; i < advice->ways_count; i++)
        has_one_launch = has_one_launch || advice->ways[i].launches == 1;
    if (has_one_launch && advice->ways_count > 1)
        advice_warn(advice, mem_text("some ways have one launch: launches of the same differ by a per "
                                     "cent or more, so those that are close may be as good"));
}

void rows_advice(struct advice *advice, const struct rows_of_work *work, struct cases *cases)
{
    const struct case_result *first = work->list[0];
    advice_init(advice);
    advice->is_of_rows = true;
    advice->took_s = NAN;
    advice->workload = first->identity->workload ? first->identity->workload : "";
    advice->params = first->identity->params ? first->identity->params : "";
    advice->tasks = isnan(first->tasks) ? 0 : (int64_t)first->tasks;
    rows_bound(&advice->bound, &advice->rules, work);
    for (size_t i = 0; i < work->count; i++) {
        if (is_way(work->list[i]))
            add_way(advice, work->list[i], cases);
    }
    advice_choose(advice);
    warn(advice, work);
}

const struct case_result *rows_recommended(const struct advice *advice, const struct rows_of_work *work)
{
    size_t number = 0;
    for (size_t i = 0; i < work->count; i++) {
        if (is_way(work->list[i]) && number++ == advice->recommended)
            return work->list[i];
    }
    return NULL;
}
