/* Advice as JSON, for others to build on. Its keys: docs/advice.md. */
#include "report/advice_json.h"

#include "report/formats.h"
#include "report/json_values.h"
#include "report/scaling_json.h"

#include <math.h>

enum { ADVICE_SCHEMA = 1 };

static json_t *json_of_elasticity(const struct elasticity *of)
{
    if (isnan(of->value))
        return json_null();
    json_t *object = json_object();
    json_put(object, "value", json_of_real(of->value));
    json_put(object, "low", json_of_real(of->interval.low));
    json_put(object, "high", json_of_real(of->interval.high));
    return object;
}

static json_t *json_of_elasticities(const struct bound *bound)
{
    json_t *object = json_object();
    json_put(object, "cpu", json_of_elasticity(&bound->cpu));
    json_put(object, "wait", json_of_elasticity(&bound->wait));
    json_put(object, "memory", json_of_elasticity(&bound->memory));
    json_put(object, "cache", json_of_elasticity(&bound->cache));
    json_put(object, "lock", json_of_elasticity(&bound->lock));
    return object;
}

/* Why there is no figure for cache or memory. */
static json_t *json_of_lacks(const struct bound *bound)
{
    json_t *object = json_object();
    if (isnan(bound->memory.value))
        json_put(object, "memory", json_of_text(bound->memory_hidden ? "not_shown" : "not_looked_at"));
    if (isnan(bound->cache.value))
        json_put(object, "cache", json_of_text(bound->cache_hidden ? "not_shown" : "not_looked_at"));
    return object;
}

static json_t *json_of_waits(const struct bound *bound)
{
    json_t *object = json_object();
    for (int kind = 0; kind < WAIT_KINDS; kind++) {
        if (!isnan(bound->waits[kind].value))
            json_put(object, wait_words[kind], json_of_elasticity(&bound->waits[kind]));
    }
    return object;
}

static const char *reason_word(enum bound_reason reason)
{
    static const char *const words[] = {[BOUND_PLAIN] = "levers",
                                        [BOUND_TOO_FEW] = "too_few_runs",
                                        [BOUND_TOO_WIDE] = "too_noisy",
                                        [BOUND_SUM_HIGH] = "sum_high",
                                        [BOUND_SUM_LOW] = "sum_low",
                                        [BOUND_BUSY_MACHINE] = "busy_machine",
                                        [BOUND_TOO_BUSY] = "too_busy",
                                        [BOUND_ACCOUNTED] = "accounting",
                                        [BOUND_PROGRAMS] = "levers_of_programs",
                                        [BOUND_CLOCKS] = "accounting_of_rows",
                                        [BOUND_NO_LANE] = "no_lane"};
    return words[reason];
}

static json_t *json_of_bound(const struct bound *bound)
{
    json_t *object = json_object();
    json_put(object, "class", json_of_text(bound_words[bound->class]));
    json_put(object, "because", json_of_text(reason_word(bound->reason)));
    json_put(object, "elasticity", json_of_elasticities(bound));
    json_put(object, "cannot_tell", json_of_lacks(bound));
    json_put(object, "waits", json_of_waits(bound));
    json_put(object, "contended_lock", json_of_elasticity(&bound->contended));
    json_put(object, "sum", json_of_real(bound->sum));
    json_t *accounting = json_object();
    json_put(accounting, "cpu", json_of_real(bound->cpu_part));
    json_put(accounting, "cpu_of_wall", json_of_real(bound->time_part));
    json_put(accounting, "run_delay", json_of_real(bound->delay_part));
    json_put(accounting, "unexplained", json_of_real(bound->unseen_part));
    json_put(object, "accounting", accounting);
    json_put(object, "overlap", json_boolean(bound->has_overlap));
    json_put(object, "rounds", json_of_count((int64_t)bound->rounds));
    return object;
}

static json_t *json_of_way(const struct advice_way *way)
{
    json_t *object = json_object();
    json_put(object, "runtime", json_of_text(way->runtime ? way->runtime : "bench"));
    json_put(object, "executor", json_of_text(way->executor));
    json_put(object, "workers", json_of_count(way->workers));
    json_put(object, "inflight", json_of_count(way->inflight));
    json_put(object, "speedup", json_of_real(way->speedup));
    json_put(object, "speedup_low", json_of_real(way->speedup_interval.low));
    json_put(object, "speedup_high", json_of_real(way->speedup_interval.high));
    json_put(object, "wall_s", json_of_real(way->wall_s));
    json_put(object, "cpu_s", json_of_real(way->cpu_s));
    json_put(object, "pss_bytes", json_of_real(way->pss_bytes));
    json_put(object, "launches", json_of_count((int64_t)way->launches));
    json_put(object, "given_up", json_boolean(way->is_behind));
    json_put(object, "failed", json_of_text(way->failed));
    return object;
}

static json_t *json_of_recommendation(const struct advice *advice)
{
    if (advice->recommended == SIZE_MAX)
        return json_null();
    json_t *object = json_of_way(&advice->ways[advice->recommended]);
    json_put(object, "lanes_least", json_of_count(advice->lanes_least));
    json_put(object, "lanes_most", json_of_count(advice->lanes_most));
    json_put(object, "task_cost_s", json_of_real(advice->task_cost_s));
    json_put(object, "break_even_s", json_of_real(advice->break_even_s));
    json_put(object, "startup_s", json_of_real(advice->startup_s));
    json_put(object, "command", json_of_text(advice->command));
    return object;
}

/* What the rows do not tell. */
static json_t *json_of_wishes(const struct advice *advice)
{
    json_t *array = json_array();
    for (size_t i = 0; i < advice->wishes_count; i++) {
        json_t *object = json_object();
        json_put(object, "for", json_of_text(advice->wishes[i].what));
        json_put(object, "command", json_of_text(advice->wishes[i].command));
        json_add(array, object);
    }
    return array;
}

json_t *json_of_advice(const struct advice *advice)
{
    json_t *all = json_of_bound(&advice->bound), *tried = json_array(), *warnings = json_array();
    json_put(all, "schema", json_of_count(ADVICE_SCHEMA));
    json_put(all, "workload", json_of_text(advice->workload));
    json_put(all, "params", json_of_text(advice->params));
    json_put(all, "recommendation", json_of_recommendation(advice));
    json_put(all, "bound_then", advice->has_then ? json_of_bound(&advice->then) : json_null());
    for (size_t i = 0; i < advice->ways_count; i++)
        json_add(tried, json_of_way(&advice->ways[i]));
    for (size_t i = 0; i < advice->warnings_count; i++)
        json_add(warnings, json_of_text(advice->warnings[i]));
    json_put(all, "tried", tried);
    json_put(all, "warnings", warnings);
    json_put(all, "scaling", advice->scalings ? json_of_scalings(advice->scalings) : json_array());
    json_put(all, "from_rows", json_boolean(advice->is_of_rows));
    json_put(all, "to_run", json_of_wishes(advice));
    json_put(all, "took_s", json_of_real(advice->took_s));
    return all;
}

int json_advice(struct page *page, const struct advice *advice, struct bench_error *err)
{
    return json_write(page, json_of_advice(advice), err);
}
