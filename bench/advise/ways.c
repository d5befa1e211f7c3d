/*
 * The race of ways: each executor begins around CPUs / CPU share lanes, and gets twice as many as long
 * as that pays; what is surely behind is given up; the rest takes turns until it is clear which are as
 * good as the best.
 */
#include "advise/ways.h"

#include "advise/racing.h"
#include "base/memory.h"
#include "stats/summary.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LOOKS = 12, LAUNCH_PASSES = 2, ARMS_LEAST = 3, LAUNCHES_LEAST = 3 };
static const double within = 0.03, mistake = 0.05, slow_part = 0.1, short_part = 0.02;

static int launch(struct racing *racing, size_t which, struct bench_error *err)
{
    struct entrant *entrant = &racing->entrants[which];
    double wall_s;
    racing->adviser->doing = "racing the ways";
    racing->launches++;
    int rc = entrant_launch(entrant, racing->adviser, (int64_t)racing->race.arms[which].logs.count + 1,
                            &wall_s, err);
    if (rc == 0 && entrant->failure)
        race_withdraw(&racing->race, which);
    else if (rc == 0)
        race_add(&racing->race, which, wall_s);
    return rc;
}

/* Has the time gone, or all that other machines may be asked? */
static bool is_over(const struct racing *racing)
{
    return adviser_spent(racing->adviser) > racing->until ||
           !adviser_may_ask(racing->adviser, LAUNCH_PASSES);
}

/* ---- more lanes while it pays ---- */

static int grow_all(struct racing *racing, struct bench_error *err)
{
    bool has_grown = true;
    for (int turn = 0; has_grown && turn < 16; turn++) {
        size_t count = racing->race.count;
        has_grown = false;
        for (size_t i = 0; i < count; i++) {
            size_t which;
            if (is_over(racing) || racing_is_serial(&racing->entrants[i].one))
                continue;
            struct plan_case base = racing->entrants[i].one;
            if (!racing_grow(racing, &base, &which))
                continue;
            int rc = launch(racing, which, err);
            if (rc < 0)
                return rc;
            has_grown = true;
        }
    }
    return 0;
}

/* ---- the race ---- */

/* None of its executor's ways has been launched yet. */
static bool is_new(const struct racing *racing, size_t arm)
{
    for (size_t i = 0; i < racing->race.count; i++) {
        if (racing->entrants[i].one.executor == racing->entrants[arm].one.executor &&
            racing->race.arms[i].logs.count > 0)
            return false;
    }
    return true;
}

/* Of a way that has had no launch, when time has gone: some executors have to take part all the same,
 * and where waits overlap a launch takes a small part of what serial did. */
static bool is_worth_it(const struct racing *racing, size_t arm)
{
    const struct advice *advice = racing->adviser->advice;
    double part = racing_cpu_share(advice), lanes = (double)racing_lanes(&racing->entrants[arm].one);
    double launch_s = LAUNCH_PASSES * advice->bound.off_s / fmin(lanes, advice->cpus / part);
    bool is_short = launch_s < short_part * 1e-9 * (double)racing->adviser->request->time_ns;
    return is_short || (racing->launches < ARMS_LEAST && is_new(racing, arm));
}

/* Speedups are over serial, so that one launch of it is too few, far behind as it may be. */
static bool is_wanted(const struct racing *racing, size_t arm)
{
    const struct race_arm *one = &racing->race.arms[arm];
    bool is_reference = racing_is_serial(&racing->entrants[arm].one) && !racing->entrants[arm].failure &&
                        one->logs.count < LAUNCHES_LEAST;
    return !one->is_closed && (!one->is_out || is_reference);
}

static int do_round(struct racing *racing, bool is_first, struct bench_error *err)
{
    size_t count = racing->race.count;
    size_t *order = mem_alloc(count * sizeof *order);
    int rc = 0;
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    if (!is_first) /* in the first all take part, or as many as there is time for, the plainest first */
        random_shuffle(&racing->adviser->random, order, count);
    for (size_t i = 0; rc == 0 && i < count; i++) {
        bool is_needed =
            is_first && is_worth_it(racing, order[i]) && adviser_may_ask(racing->adviser, LAUNCH_PASSES);
        bool may = is_needed || !is_over(racing);
        if (is_wanted(racing, order[i]) && may)
            rc = launch(racing, order[i], err);
    }
    free(order);
    return rc;
}

static double median_or_nan(const struct values *values)
{
    return values->count ? summary_median(values->list, values->count) : NAN;
}

static void tell_way(struct racing *racing, size_t i)
{
    struct advice *advice = racing->adviser->advice;
    struct entrant *entrant = &racing->entrants[i];
    struct advice_way *way = advice_way_add(advice);
    way->runtime = entrant->one.executor->runtime;
    way->executor = entrant->one.executor->name;
    way->workers = entrant->one.shape.workers;
    way->inflight = entrant->one.shape.inflight;
    way->launches = racing->race.arms[i].logs.count;
    way->is_serial = racing_is_serial(&entrant->one);
    way->failed = entrant->failure;
    entrant->failure = NULL;
    way->is_behind = racing->race.arms[i].is_out && !way->failed;
    way->is_untried = !way->launches && !way->failed;
    if (way->is_untried)
        way->failed = mem_text(adviser_makes_requests(racing->adviser)
                                   ? "--max-requests or --time had no room left for it"
                                   : "--time had no room left for it");
    if (way->launches)
        way->wall_s = race_seconds(&racing->race, i);
    way->cpu_s = median_or_nan(&entrant->cpus_s);
    way->pss_bytes = median_or_nan(&entrant->pss_bytes);
    way->switches = median_or_nan(&entrant->switches);
    if (way->is_serial && way->launches && advice->serial == SIZE_MAX)
        advice->serial = i;
}

/* Is it the user's to say how many tasks there are? */
static bool has_tasks(const struct racing *racing)
{
    const struct bench_param *param = racing->adviser->request->plan->cases[0].workload->params;
    while (param && param->name && strcmp(param->name, "tasks") != 0)
        param++;
    return param && param->name;
}

static void tell(struct racing *racing)
{
    struct advice *advice = racing->adviser->advice;
    for (size_t i = 0; i < racing->race.count; i++)
        tell_way(racing, i);
    for (size_t i = 0; advice->serial != SIZE_MAX && i < racing->race.count; i++) {
        struct interval slower;
        struct advice_way *way = &advice->ways[i];
        way->speedup = 1 / race_ratio(&racing->race, i, advice->serial, &slower);
        if (i != advice->serial)
            way->speedup_interval = (struct interval){1 / slower.high, 1 / slower.low};
    }
    advice->margin = within;
    if (advice->tasks > 0 && (double)advice->tasks < advice->cpus)
        advice_warn(advice, mem_format("there %s only %" PRId64
                                       " task%s, which cannot be shared out among %g CPUs%s",
                                       advice->tasks == 1 ? "is" : "are", advice->tasks,
                                       advice->tasks == 1 ? "" : "s", advice->cpus,
                                       has_tasks(racing) ? "; -s tasks=8 would show more" : ""));
    advice_choose(advice);
    if (advice->recommended != SIZE_MAX)
        advice->startup_s = median_or_nan(&racing->entrants[advice->recommended].startups_s);
}

/* Serial takes long where waits do not overlap: what the launches with levers have shown of it will do.
 */
static void enter_serial_time(struct racing *racing)
{
    const struct adviser *adviser = racing->adviser;
    const struct values *walls_s = &adviser->serial_walls_s;
    double limit_s = slow_part * 1e-9 * (double)adviser->request->time_ns;
    for (size_t i = 0; i < racing->race.count; i++) {
        bool is_late = adviser_spent(adviser) > racing->until;
        bool is_long = adviser->advice->bound.off_s > limit_s;
        if (!racing_is_serial(&racing->entrants[i].one) || walls_s->count == 0 || !(is_long || is_late))
            continue;
        for (size_t launch_number = 0; launch_number < walls_s->count; launch_number++)
            race_add(&racing->race, i, walls_s->list[launch_number]);
        race_close(&racing->race, i);
    }
}

int ways_race(struct adviser *adviser, double until, struct bench_error *err)
{
    struct racing racing = {.adviser = adviser,
                            .race.rules = {.within = log1p(within),
                                           .mistake = mistake,
                                           .looks = LOOKS,
                                           .launches = LAUNCHES_LEAST},
                            .until = until};
    adviser_share_requests(adviser, until);
    racing_enter_all(&racing);
    enter_serial_time(&racing);
    int rc = do_round(&racing, true, err);
    if (rc == 0 && adviser->request->has_ladder)
        rc = grow_all(&racing, err);
    for (int look = 0; rc == 0 && look < LOOKS; look++) {
        race_look(&racing.race);
        if (race_is_over(&racing.race) || is_over(&racing))
            break;
        rc = do_round(&racing, false, err);
    }
    if (rc == 0)
        tell(&racing);
    racing_free(&racing);
    return rc;
}

bool ways_case(const struct adviser *adviser, const struct advice_way *way, struct plan_case *one)
{
    const struct plan *plan = adviser->request->plan;
    for (size_t i = 0; i < plan->count; i++) {
        if (plan->cases[i].executor->name != way->executor ||
            plan->cases[i].executor->runtime != way->runtime)
            continue;
        *one = plan->cases[i];
        one->shape.workers = way->workers;
        one->shape.inflight = way->inflight;
        return true;
    }
    return false;
}
