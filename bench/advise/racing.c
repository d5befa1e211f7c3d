/* See racing.h. */
#include "advise/racing.h"

#include "base/memory.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LANES_MOST = 65536, WORKERS_MOST = 1024 };
static const double memory_part = 0.5; /* of what is free, that one way may take */

/* ---- who begins ---- */

int64_t racing_lanes(const struct plan_case *one)
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

double racing_cpu_share(const struct advice *advice)
{
    return fmax(isnan(advice->bound.cpu_part) ? 1 : advice->bound.cpu_part, 1.0 / LANES_MOST);
}

/* Around CPUs / CPU share; under one lock or in one loop, 1 / CPU share. */
static void enter_first(struct racing *racing, const struct plan_case *base)
{
    const struct advice *advice = racing->adviser->advice;
    double part = racing_cpu_share(advice);
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

bool racing_is_serial(const struct plan_case *one)
{
    return strcmp(one->executor->name, "serial") == 0;
}

void racing_enter_all(struct racing *racing)
{
    const struct advise_request *request = racing->adviser->request;
    for (size_t i = 0; i < request->plan->count; i++) {
        const struct plan_case *one = &request->plan->cases[i];
        const char *error = one->unsupported ? one->unsupported : request->verdicts[i].error;
        if (!adviser_can_run(request, i)) {
            size_t which = enter(racing, one);
            racing->entrants[which].failure = mem_text(error ? error : "it cannot be had");
            race_withdraw(&racing->race, which);
        } else if (request->has_ladder && !racing_is_serial(one)) {
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
        int64_t lanes = racing_lanes(&racing->entrants[i].one);
        if (*top == SIZE_MAX || lanes > racing_lanes(&racing->entrants[*top].one)) {
            *below = *top;
            *top = i;
        } else if (*below == SIZE_MAX || lanes > racing_lanes(&racing->entrants[*below].one)) {
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
    double each = entrant->pss_bytes.list[0] / (double)racing_lanes(&entrant->one);
    if (each * (double)lanes <= memory_part * room)
        return true;
    advice_warn(racing->adviser->advice,
                mem_format("%s with %" PRId64
                           " lanes was not tried: it would take about %.3g GiB, and %.3g are free",
                           entrant->one.executor->name, lanes, each * (double)lanes / 0x1p30,
                           room / 0x1p30));
    return false;
}

bool racing_grow(struct racing *racing, const struct plan_case *base, size_t *which)
{
    size_t top, below, best;
    find_ends(racing, base, &top, &below, &best);
    bool is_fixed = base->executor->flags & MODULE_ONE_WORKER && !(base->executor->flags & MODULE_LANES);
    if (top == SIZE_MAX || is_fixed)
        return false;
    int64_t most = racing_lanes(&racing->entrants[top].one),
            good = racing_lanes(&racing->entrants[best].one);
    bool pays = below == SIZE_MAX || race_seconds(&racing->race, top) * exp(racing->race.rules.within) <
                                         race_seconds(&racing->race, below);
    int64_t limit = lanes_most(racing), twice = most * 2 < limit ? most * 2 : limit;
    int64_t workers = base->shape.workers;
    if (pays && twice > most && has_memory(racing, top, twice) &&
        enter_with(racing, base, workers, twice, which))
        return true;
    return good >= 2 * workers && good > 1 && enter_with(racing, base, workers, good / 2, which);
}

void racing_free(struct racing *racing)
{
    for (size_t i = 0; i < racing->race.count; i++)
        entrant_free(&racing->entrants[i]);
    free(racing->entrants);
    race_free(&racing->race);
}
