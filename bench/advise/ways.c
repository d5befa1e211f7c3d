/*
 * The race of ways: each executor begins around CPUs / CPU share lanes, and gets twice as many as long
 * as that pays; what is surely behind is given up; the rest takes turns until it is clear which are as
 * good as the best.
 */
#include "advise/ways.h"

#include "advise/entrant.h"
#include "base/memory.h"
#include "stats/race.h"
#include "stats/summary.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    LOOKS = 12,
    LAUNCH_PASSES = 2,
    ARMS_LEAST = 3,
    LAUNCHES_LEAST = 3,
    LANES_MOST = 65536,
    WORKERS_MOST = 1024
};
static const double within = 0.03, mistake = 0.05, memory_part = 0.5, slow_part = 0.1, short_part = 0.02;

struct racing {
    struct adviser *adviser;
    struct race race;
    struct entrant *entrants; /* as the race's arms */
    size_t capacity;
    double until;
    uint64_t launches;
};

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

/* ---- who takes part ---- */

static int64_t lanes_of(const struct plan_case *one)
{
    return one->shape.workers * one->shape.inflight;
}

static bool is_entered(const struct racing *racing, const struct plan_case *one)
{
    for (size_t i = 0; i < racing->race.count; i++) {
        const struct plan_case *other = &racing->entrants[i].one;
        if (other->executor == one->executor && other->way == one->way &&
            other->shape.workers == one->shape.workers && other->shape.inflight == one->shape.inflight)
            return true;
    }
    return false;
}

static size_t enter(struct racing *racing, const struct plan_case *one)
{
    racing->entrants =
        mem_grow(racing->entrants, racing->race.count, &racing->capacity, sizeof *racing->entrants);
    racing->entrants[racing->race.count] = (struct entrant){.one = *one};
    return race_enter(&racing->race);
}

/* The largest of a workload's own tasks that a lane could do: more lanes than tasks only wait. */
static int64_t lanes_most(const struct racing *racing)
{
    int64_t tasks = racing->adviser->advice->tasks;
    return tasks > 0 && tasks < LANES_MOST ? tasks : LANES_MOST;
}

/* With so many lanes: shared out as the executor can. False: it cannot have so many. */
static bool enter_with(struct racing *racing, const struct plan_case *base, int64_t workers,
                       int64_t lanes, size_t *which)
{
    struct plan_case one = *base;
    bool has_lanes = base->executor->flags & MODULE_LANES;
    if (base->executor->flags & MODULE_ONE_WORKER)
        workers = 1;
    one.shape.workers = has_lanes ? workers : lanes;
    one.shape.inflight = has_lanes ? (lanes + workers - 1) / workers : 1;
    if (one.shape.workers > WORKERS_MOST || lanes > lanes_most(racing) || one.shape.workers < 1 ||
        is_entered(racing, &one))
        return false;
    *which = enter(racing, &one);
    return true;
}

static int64_t power_from(double lanes)
{
    int64_t power = 1;
    while ((double)power < lanes && power < LANES_MOST)
        power *= 2;
    return power;
}

/* Around CPUs / CPU share; under one lock or in one loop, 1 / CPU share. */
static void enter_first(struct racing *racing, const struct plan_case *base)
{
    const struct advice *advice = racing->adviser->advice;
    double part = fmax(isnan(advice->bound.cpu_part) ? 1 : advice->bound.cpu_part, 1.0 / LANES_MOST);
    int64_t cpus = (int64_t)fmax(1, floor(advice->cpus)), most = lanes_most(racing);
    int64_t start = power_from((double)cpus / part);
    size_t which;
    start = start > most ? most : start;
    if (base->executor->flags & MODULE_LANES) {
        enter_with(racing, base, 1, start, &which);
        if (cpus > 1 && start >= cpus)
            enter_with(racing, base, cpus, start, &which);
        return;
    }
    enter_with(racing, base, 1, cpus < most ? cpus : most, &which);
    enter_with(racing, base, 1, start, &which);
}

static bool is_serial(const struct plan_case *one)
{
    return strcmp(one->executor->name, "serial") == 0;
}

static void enter_all(struct racing *racing)
{
    const struct advise_request *request = racing->adviser->request;
    for (size_t i = 0; i < request->plan->count; i++) {
        const struct plan_case *one = &request->plan->cases[i];
        const char *error = one->unsupported ? one->unsupported : request->verdicts[i].error;
        if (!adviser_can_run(request, i)) {
            size_t which = enter(racing, one);
            racing->entrants[which].failure = mem_text(error ? error : "it cannot be had");
            race_withdraw(&racing->race, which);
        } else if (request->has_ladder && !is_serial(one)) {
            enter_first(racing, one);
        } else {
            enter(racing, one);
        }
    }
}

/* ---- more lanes while it pays ---- */

static bool is_of(const struct racing *racing, size_t arm, const struct plan_case *base)
{
    const struct plan_case *one = &racing->entrants[arm].one;
    bool same_workers =
        !(base->executor->flags & MODULE_LANES) || one->shape.workers == base->shape.workers;
    return one->way == base->way && one->executor == base->executor && same_workers;
}

/* The arms of a ladder: the one with the most lanes, the one below it, and the best. */
static void find_ends(const struct racing *racing, const struct plan_case *base, size_t *top,
                      size_t *below, size_t *best)
{
    *top = *below = *best = SIZE_MAX;
    for (size_t i = 0; i < racing->race.count; i++) {
        if (!is_of(racing, i, base) || racing->race.arms[i].logs.count == 0)
            continue;
        int64_t lanes = lanes_of(&racing->entrants[i].one);
        if (*top == SIZE_MAX || lanes > lanes_of(&racing->entrants[*top].one)) {
            *below = *top;
            *top = i;
        } else if (*below == SIZE_MAX || lanes > lanes_of(&racing->entrants[*below].one)) {
            *below = i;
        }
        if (*best == SIZE_MAX || race_seconds(&racing->race, i) < race_seconds(&racing->race, *best))
            *best = i;
    }
}

/* Would so many lanes leave enough memory? By what those that ran have taken, serial's share apart. */
static bool has_memory(const struct racing *racing, size_t arm, int64_t lanes)
{
    const struct entrant *entrant = &racing->entrants[arm];
    double room = racing->adviser->request->memory_room;
    if (isnan(room) || !entrant->pss_bytes.count)
        return true;
    double each = entrant->pss_bytes.list[0] / (double)lanes_of(&entrant->one);
    if (each * (double)lanes <= memory_part * room)
        return true;
    advice_warn(racing->adviser->advice,
                mem_format("%s with %" PRId64
                           " lanes was not tried: it would take about %.3g GiB, and %.3g are free",
                           entrant->one.executor->name, lanes, each * (double)lanes / 0x1p30,
                           room / 0x1p30));
    return false;
}

/* Twice as many, if the most so far are better than the next fewer, or have none to be held against; and
 * half as many as the best, which may do. True: *which is a new arm. */
static bool grow(struct racing *racing, const struct plan_case *base, size_t *which)
{
    size_t top, below, best;
    find_ends(racing, base, &top, &below, &best);
    bool is_fixed = base->executor->flags & MODULE_ONE_WORKER && !(base->executor->flags & MODULE_LANES);
    if (top == SIZE_MAX || is_fixed)
        return false;
    int64_t most = lanes_of(&racing->entrants[top].one), good = lanes_of(&racing->entrants[best].one);
    bool pays = below == SIZE_MAX ||
                race_seconds(&racing->race, top) * exp(within) < race_seconds(&racing->race, below);
    int64_t limit = lanes_most(racing), twice = most * 2 < limit ? most * 2 : limit;
    int64_t workers = base->shape.workers;
    if (pays && twice > most && has_memory(racing, top, twice) &&
        enter_with(racing, base, workers, twice, which))
        return true;
    return good >= 2 * workers && good > 1 && enter_with(racing, base, workers, good / 2, which);
}

static int grow_all(struct racing *racing, struct bench_error *err)
{
    bool has_grown = true;
    for (int turn = 0; has_grown && turn < 16; turn++) {
        size_t count = racing->race.count;
        has_grown = false;
        for (size_t i = 0; i < count; i++) {
            size_t which;
            if (is_over(racing) || is_serial(&racing->entrants[i].one))
                continue;
            struct plan_case base = racing->entrants[i].one;
            if (!grow(racing, &base, &which))
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
    double part = fmax(isnan(advice->bound.cpu_part) ? 1 : advice->bound.cpu_part, 1.0 / LANES_MOST),
           lanes = (double)lanes_of(&racing->entrants[arm].one);
    double launch_s = LAUNCH_PASSES * advice->bound.off_s / fmin(lanes, advice->cpus / part);
    bool is_short = launch_s < short_part * 1e-9 * (double)racing->adviser->request->time_ns;
    return is_short || (racing->launches < ARMS_LEAST && is_new(racing, arm));
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
        const struct race_arm *arm = &racing->race.arms[order[i]];
        bool is_needed =
            is_first && is_worth_it(racing, order[i]) && adviser_may_ask(racing->adviser, LAUNCH_PASSES);
        bool may = is_needed || !is_over(racing);
        if (!arm->is_out && !arm->is_closed && may)
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
    way->is_serial = is_serial(&entrant->one);
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

static void racing_free(struct racing *racing)
{
    for (size_t i = 0; i < racing->race.count; i++)
        entrant_free(&racing->entrants[i]);
    free(racing->entrants);
    race_free(&racing->race);
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
        if (!is_serial(&racing->entrants[i].one) || walls_s->count == 0 || !(is_long || is_late))
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
    enter_all(&racing);
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
