/*
 * Handing out ranges, and doing one: the timed path.
 *
 * static needs no shared state. guided takes shrinking batches from one counter: there are few of them.
 * dynamic would contend for one counter at every range, so each worker starts with a contiguous slice
 * of its own, takes ranges from its front, and when it is empty steals the back half of another's
 * (Blumofe and Leiserson 1999, "Scheduling Multithreaded Computations by Work Stealing", with a slice
 * instead of a deque: ranges are numbers). As in OpenMP, a range is taken when one has been finished.
 */
#include "runner/schedule.h"

#include "runner/arrivals.h"
#include "runner/lever.h"
#include "runner/ranks.h"
#include "runner/timing.h"
#include "runner/trace.h"

#include <bench/random.h>

#include <errno.h>

#define LIKELY(condition) __builtin_expect(!!(condition), 1)

static uint64_t slice_make(uint64_t first, uint64_t end)
{
    return first << 32 | end;
}

static uint64_t slice_first(uint64_t slice)
{
    return slice >> 32;
}

static uint64_t slice_end(uint64_t slice)
{
    return slice & UINT32_MAX;
}

/* The contiguous share of one of `parts`, the first ones one longer: as libgomp and libomp deal. */
static uint64_t share_first(uint64_t ranges, uint64_t parts, uint64_t part)
{
    uint64_t each = ranges / parts, longer = ranges % parts;
    return part * each + (part < longer ? part : longer);
}

/* With other ranks, half of what is not static is kept back, for whoever has done its own sooner. */
void schedule_deal(struct team *team)
{
    struct bench_team *shape = &team->shape;
    uint64_t all = team->all_ranges, parts = team->all_workers;
    uint32_t before = team->first_worker;
    team->first_range = share_first(all, parts, before);
    shape->ranges = share_first(all, parts, before + shape->workers) - team->first_range;
    uint64_t dealt = schedule_dealt(team);
    for (uint32_t w = 0; w < shape->workers; w++) {
        uint64_t first = share_first(dealt, parts, before + w);
        uint64_t end = share_first(dealt, parts, before + w + 1);
        atomic_store_explicit(&team->workers[w].slice, slice_make(first, end), memory_order_relaxed);
        team->workers[w].victim = w;
    }
    uint64_t own = slice_make(share_first(dealt, parts, before),
                              share_first(dealt, parts, before + shape->workers));
    atomic_store_explicit(&team->next, team->arriving ? 0 : own, memory_order_relaxed);
    atomic_store_explicit(&team->dry, false, memory_order_relaxed);
}

uint64_t schedule_dealt(const struct team *team)
{
    uint64_t all = team->all_ranges;
    return team->ranks && team->shape.schedule != BENCH_STATIC ? all - all / 2 : all;
}

uint64_t schedule_digest(uint64_t range)
{
    return bench_random_at(range, 0);
}

/* bench_fail without a reason, if none was given yet. */
static void lane_failed(struct bench_lane *lane, int code)
{
    struct bench_worker *worker = lane->worker;
    code = code > 0 ? -EIO : code; /* a module that returns EIO means -EIO */
    bench_fail(lane, code, "%s failed without saying why (%d)", worker->team->workload->name, code);
    team_fail(worker);
}

static void range_check(struct bench_lane *lane, uint64_t range, uint64_t first, uint64_t end)
{
    struct bench_worker *worker = lane->worker;
    const struct team *team = worker->team;
    worker->tally.range_digest += schedule_digest(range);
    int rc = team->workload->check ? team->workload->check(lane, first, end) : 0;
    if (rc != 0)
        lane_failed(lane, rc);
}

/* What is not plain: a range that failed or is to be checked, a trace, a lever, an executor that lets
 * others in. The next range's latency counts from after it. */
static __attribute__((noinline)) void range_after(struct bench_lane *lane, uint64_t range,
                                                  uint64_t first, uint64_t end, int rc)
{
    const struct team *team = lane->worker->team;
    if (rc != 0)
        lane_failed(lane, rc);
    else if (team->verify)
        range_check(lane, range, first, end);
    if (team->lever.kind != LEVER_NONE)
        lever_after_range(lane);
    if (team->verify || team->lever.kind != LEVER_NONE)
        lane->range_tick = tick_clock_read(&team->clock);
    if (team->executor->pause)
        team->executor->pause(lane);
}

/* The tasks of a range, of whichever pass. */
static inline uint64_t range_first(const struct team *team, uint64_t range)
{
    uint64_t in_pass = LIKELY(range < team->ranges_per_pass) ? range : range % team->ranges_per_pass;
    return in_pass * team->grain;
}

static inline uint64_t range_end(const struct team *team, uint64_t first)
{
    uint64_t end = first + team->grain;
    return end < team->tasks ? end : team->tasks;
}

/* A range after which there is more to do than to count it. */
static __attribute__((noinline)) void range_watched(struct bench_lane *lane, uint64_t range)
{
    const struct team *team = lane->worker->team;
    uint64_t first = range_first(team, range), end = range_end(team, first);
    int rc = team->workload->run(lane, first, end);
    uint64_t began = lane->range_tick;
    bool is_timed = timing_is_timed(lane);
    lane->worker->tally.ranges++;
    timing_range_ended(lane);
    if (team->is_traced && is_timed)
        trace_range(lane, range, began, lane->range_tick);
    range_after(lane, range, first, end, rc);
}

/* False when the run has failed and no more ranges are to be begun. */
static inline bool range_do(struct bench_lane *lane, uint64_t range)
{
    struct bench_worker *worker = lane->worker;
    const struct team *team = worker->team;
    if (!LIKELY(!atomic_load_explicit(&team->failed, memory_order_relaxed)))
        return false;
    if (!LIKELY(team->is_plain)) {
        range_watched(lane, range);
        return true;
    }
    uint64_t first = range_first(team, range);
    int rc = team->workload->run(lane, first, range_end(team, first));
    worker->tally.ranges++;
    timing_range_ended(lane);
    if (!LIKELY(rc == 0))
        lane_failed(lane, rc);
    return true;
}

/* A range of an open loop, which is one task. */
static bool range_arrived(struct bench_lane *lane, uint64_t range)
{
    const struct team *team = lane->worker->team;
    struct arrival arrival;
    if (atomic_load_explicit(&team->failed, memory_order_relaxed))
        return false;
    if (!arrival_await(lane, range, &arrival))
        return true;
    uint64_t task = team->workload->flags & BENCH_ANY_TASK ? range : range % team->tasks;
    uint64_t began = team->is_traced ? tick_clock_read(&team->clock) : 0;
    int rc = team->workload->run(lane, task, task + 1);
    arrival_end(lane, &arrival);
    if (team->is_traced)
        trace_range(lane, range, began, tick_clock_read(&team->clock));
    if (!LIKELY(rc == 0 && team->is_plain))
        range_after(lane, range, task, task + 1, rc);
    return true;
}

void bench_lane_begin(struct bench_lane *lane)
{
    timing_begin(lane);
}

void bench_range(struct bench_lane *lane, uint64_t range)
{
    const struct team *team = lane->worker->team;
    if (LIKELY(!team->arriving))
        range_do(lane, team->first_range + range);
    else
        range_arrived(lane, range);
}

/* The shares of a static schedule are dealt in turn: a contiguous block would be a part of the time. */
static void work_arrivals(struct bench_lane *lane, const struct team *team)
{
    uint64_t range, lanes = (uint64_t)team->shape.workers * team->shape.inflight;
    if (team->shape.schedule == BENCH_STATIC) {
        for (range = lane->index; range < team->shape.ranges && range_arrived(lane, range);)
            range += lanes;
        return;
    }
    while (arrival_take(lane, &range) && range_arrived(lane, range))
        ;
}

static void work_static(struct bench_lane *lane, const struct team *team)
{
    uint64_t lanes = (uint64_t)team->all_workers * team->shape.inflight;
    uint64_t range = lane->index, end = team->all_ranges, step = lanes;
    if (!team->shape.in_turn) {
        range = share_first(team->all_ranges, lanes, lane->index);
        end = share_first(team->all_ranges, lanes, lane->index + 1);
        step = 1;
    }
    for (; range < end && range_do(lane, range); range += step)
        ;
}

/* The next batch of this team's; false when there is none. */
static bool batch_take(struct team *team, uint64_t lanes, uint64_t *first, uint64_t *end)
{
    uint64_t slice = atomic_load_explicit(&team->next, memory_order_relaxed), batch;
    do {
        *first = slice_first(slice);
        if (*first >= slice_end(slice))
            return false;
        batch = (slice_end(slice) - *first + lanes - 1) / lanes;
    } while (!atomic_compare_exchange_weak_explicit(&team->next, &slice, slice + (batch << 32),
                                                    memory_order_relaxed, memory_order_relaxed));
    *end = *first + batch;
    return true;
}

/* Take the first range of one's own slice; false when it is empty. */
static inline bool slice_take(struct bench_worker *worker, uint64_t *range)
{
    uint64_t slice = atomic_load_explicit(&worker->slice, memory_order_relaxed);
    do {
        if (slice_first(slice) >= slice_end(slice))
            return false;
    } while (!atomic_compare_exchange_weak_explicit(&worker->slice, &slice, slice + (UINT64_C(1) << 32),
                                                    memory_order_relaxed, memory_order_relaxed));
    *range = slice_first(slice);
    return true;
}

/* Take the back half of a victim's slice as one's own; false when it is empty. */
static bool slice_steal(struct bench_worker *thief, struct bench_worker *victim)
{
    uint64_t slice = atomic_load_explicit(&victim->slice, memory_order_relaxed);
    while (slice_first(slice) < slice_end(slice)) {
        uint64_t first = slice_first(slice), end = slice_end(slice), from = end - (end - first + 1) / 2;
        if (!atomic_compare_exchange_weak_explicit(&victim->slice, &slice, slice_make(first, from),
                                                   memory_order_relaxed, memory_order_relaxed))
            continue;
        atomic_store_explicit(&thief->slice, slice_make(from, end), memory_order_relaxed);
        return true;
    }
    return false;
}

/* Has another of the team something that could be taken or stolen? */
static bool any_left(const struct bench_worker *worker, struct team *team)
{
    uint64_t slice = atomic_load_explicit(&team->next, memory_order_relaxed);
    bool any = team->shape.schedule == BENCH_GUIDED && slice_first(slice) < slice_end(slice);
    for (uint32_t w = 0; team->shape.schedule == BENCH_DYNAMIC && w < team->shape.workers; w++) {
        slice = atomic_load_explicit(&team->workers[w].slice, memory_order_relaxed);
        any |= &team->workers[w] != worker && slice_first(slice) < slice_end(slice);
    }
    return any;
}

/* A lane's question to the other ranks. */
struct question {
    struct bench_worker *worker;
    bool more;
};

/* One worker asks, the others wait for what it is told. */
static void ask_ranks(void *opaque)
{
    struct question *question = opaque;
    struct bench_worker *worker = question->worker;
    struct team *team = worker->team;
    struct bench_block block;
    ranks_lock(team->ranks);
    bool dry = atomic_load_explicit(&team->dry, memory_order_relaxed);
    question->more = !dry && any_left(worker, team);
    if (!question->more && !dry) {
        question->more = ranks_take(team->ranks, &block);
        if (question->more)
            atomic_store_explicit(team->shape.schedule == BENCH_GUIDED ? &team->next : &worker->slice,
                                  slice_make(block.first, block.end), memory_order_relaxed);
        else
            atomic_store_explicit(&team->dry, true, memory_order_relaxed);
    }
    ranks_unlock(team->ranks);
}

/* Other ranks may have something left. On an ordinary stack: MPI needs one. True: there may be more now.
 */
static bool more_from_ranks(struct bench_lane *lane, const struct team *team)
{
    struct question question = {.worker = lane->worker};
    if (team->ranks)
        bench_call(lane, ask_ranks, &question);
    return question.more;
}

static void work_guided(struct bench_lane *lane, struct team *team)
{
    uint64_t lanes = (uint64_t)team->shape.workers * team->shape.inflight, range, end;
    do {
        while (batch_take(team, lanes, &range, &end)) {
            for (; range < end; range++) {
                if (!range_do(lane, range))
                    return;
            }
        }
    } while (more_from_ranks(lane, team));
}

/*
 * Refill an empty slice; false when there is nothing left to do. The search begins where the last one
 * found something, and the first worker that finds nothing spares the others theirs: no new ranges ever
 * arise. What a thief has just taken is for a moment in nobody's slice; it is then done by that thief
 * alone, since to wait for it could be to wait for a thread that has no CPU.
 */
static bool slice_refill(struct bench_lane *lane, struct team *team)
{
    struct bench_worker *worker = lane->worker;
    uint32_t workers = team->shape.workers;
    if (atomic_load_explicit(&team->dry, memory_order_relaxed))
        return false;
    for (uint32_t i = 0; i < workers; i++) {
        uint32_t victim = (worker->victim + i) % workers;
        if (slice_steal(worker, &team->workers[victim])) {
            worker->victim = victim;
            if (team->is_traced && victim != worker->index)
                trace_mark(lane, TRACE_STEAL, victim);
            return true;
        }
    }
    if (!team->ranks)
        atomic_store_explicit(&team->dry, true, memory_order_relaxed);
    return false;
}

static void work_dynamic(struct bench_lane *lane, struct team *team)
{
    uint64_t range;
    do {
        while (slice_take(lane->worker, &range)) {
            if (!range_do(lane, range))
                return;
        }
    } while (slice_refill(lane, team) || more_from_ranks(lane, team));
}

void bench_work(struct bench_lane *lane)
{
    struct team *team = lane->worker->team;
    bench_lane_begin(lane);
    if (team->arriving) {
        work_arrivals(lane, team);
        return;
    }
    switch (team->shape.schedule) {
    case BENCH_STATIC:
        work_static(lane, team);
        break;
    case BENCH_DYNAMIC:
        work_dynamic(lane, team);
        break;
    case BENCH_GUIDED:
        work_guided(lane, team);
        break;
    }
}
