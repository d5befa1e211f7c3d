/* Launches of one way. */
#include "advise/entrant.h"

#include "base/memory.h"
#include "control/measure.h"
#include "stats/summary.h"

#include <math.h>
#include <stdlib.h>

enum { RUNS_MOST = 60 };
static const double launch_s = 0.06, precise = 0.005;

/* What one launch comes to. */
struct outcome {
    struct values walls_s, cpus_s, pss_bytes, switches;
    double tasks, startup_s;
    char *failure;
};

static bool hear(void *context, const struct record *record)
{
    struct outcome *outcome = context;
    double passes = record->passes > 0 ? (double)record->passes : 1;
    if (record->status != STATUS_OK) {
        outcome->failure = outcome->failure ? outcome->failure : adviser_failure(record);
        return true;
    }
    outcome->tasks = (double)record->tasks / passes;
    if (isnan(outcome->startup_s))
        outcome->startup_s = record->startup_s;
    if (record->phase != PHASE_MEASURE)
        return true;
    values_add(&outcome->walls_s, record->wall_s / passes);
    if (!isnan(record->cpu_s))
        values_add(&outcome->cpus_s, record->cpu_s / passes);
    if (record->pss_bytes != RECORD_NO_COUNT)
        values_add(&outcome->pss_bytes, (double)record->pss_bytes);
    if (record->ctx_voluntary != RECORD_NO_COUNT)
        values_add(&outcome->switches,
                   (double)(record->ctx_voluntary + record->ctx_involuntary) / passes);
    return true;
}

static void add_median(struct values *to, const struct values *from)
{
    if (from->count)
        values_add(to, summary_median(from->list, from->count));
}

static void keep(struct entrant *entrant, const struct outcome *outcome)
{
    add_median(&entrant->cpus_s, &outcome->cpus_s);
    add_median(&entrant->pss_bytes, &outcome->pss_bytes);
    add_median(&entrant->switches, &outcome->switches);
    if (!isnan(outcome->startup_s))
        values_add(&entrant->startups_s, outcome->startup_s);
    entrant->tasks = outcome->tasks;
}

int entrant_launch(struct entrant *entrant, struct adviser *adviser, int64_t number, double *wall_s,
                   struct bench_error *err)
{
    struct outcome outcome = {.startup_s = NAN};
    adviser->now = &entrant->one;
    adviser->hear = hear;
    adviser->context = &outcome;
    adviser->keeps_notes = false;
    const struct launch_hooks hooks = adviser_hooks(adviser);
    bool is_long = adviser->advice->bound.off_s > 10 * launch_s; /* the verification has warmed it up */
    bool is_asking = adviser_makes_requests(adviser);
    const struct stopping_limits limits = {.warmup = is_long || is_asking ? 0 : 1,
                                           .min_runs = 1,
                                           .max_runs = is_asking ? 1 : RUNS_MOST,
                                           .time_ns = (uint64_t)(launch_s * 1e9),
                                           .precision = precise};
    struct launch_request request = adviser_launch(adviser, &hooks, number);
    request.limits = &limits;
    request.passes = &entrant->passes;
    int rc = measure_launch(&request, err);
    *wall_s = NAN;
    if (rc == 0 && !outcome.failure && outcome.walls_s.count) {
        *wall_s = summary_median(outcome.walls_s.list, outcome.walls_s.count);
        keep(entrant, &outcome);
    } else if (rc == 0) {
        entrant->failure = outcome.failure ? outcome.failure : mem_text("it had no run");
        outcome.failure = NULL;
    }
    values_free(&outcome.walls_s);
    values_free(&outcome.cpus_s);
    values_free(&outcome.pss_bytes);
    values_free(&outcome.switches);
    free(outcome.failure);
    return rc;
}

void entrant_free(struct entrant *entrant)
{
    values_free(&entrant->cpus_s);
    values_free(&entrant->pss_bytes);
    values_free(&entrant->switches);
    values_free(&entrant->startups_s);
    free(entrant->failure);
}
