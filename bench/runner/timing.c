/* Which ranges are timed. See timing.h. */
#include "runner/timing.h"

#include "runner/ranks.h"

#include <bench/random.h>

#include <math.h>

enum {
    SHORT_NS = 1000,    /* shorter ranges are sampled */
    ONE_IN_SHORT = 4,   /* of just shorter ones; in proportion more of those that are shorter still */
    ONE_IN_MOST = 1024, /* but no fewer than that */
    TIMED_LEAST = 100,  /* or than so many a worker in a run */
    LOOK_RANGES = 16,   /* over how many a worker learns what they cost */
};

/* Of all that is not plain, what a range took is looked at after each. */
static bool looks_at_each(const struct team *team)
{
    return team->verify || team->lever.kind != LEVER_NONE;
}

void timing_prepare(struct team *team, bool wanted)
{
    bool own = team->workload->flags & BENCH_OWN_LATENCY;
    team->has_latency = wanted;
    bool is_asked = team->is_traced || team->serves_ranks || (wanted && !own);
    team->timing = looks_at_each(team) ? TIMING_ALL : is_asked ? TIMING_SAMPLE : TIMING_NONE;
    if (team->timing != TIMING_SAMPLE)
        return;
    if (team->short_ticks == 0)
        team->short_ticks = SHORT_NS * 1e-9 / tick_clock_scale(&team->clock);
    uint64_t most = team->shape.ranges / ((uint64_t)TIMED_LEAST * team->shape.workers);
    team->one_in_most = most < 1 ? 1 : most > ONE_IN_MOST ? ONE_IN_MOST : (uint32_t)most;
}

/* One range in how many the worker times now. Of those that are long, and of which it is not known (0,
 * or NaN where the clock went back), each. */
static void choose(struct bench_worker *worker)
{
    struct range_timing *timing = &worker->timing;
    const struct team *team = worker->team;
    double one_in = 1;
    if (timing->range_ticks > 0 && timing->range_ticks < team->short_ticks)
        one_in = fmin(ceil(ONE_IN_SHORT * team->short_ticks / timing->range_ticks), team->one_in_most);
    if ((uint32_t)one_in == timing->one_in)
        return;
    timing->one_in = (uint32_t)one_in;
    timing->log_missed = timing->one_in > 1 ? log1p(-1 / one_in) : 0;
}

void timing_enter(struct bench_worker *worker)
{
    struct range_timing *timing = &worker->timing;
    worker->tally.timed = 0;
    timing->looked_tick = tick_clock_read(&worker->team->clock);
    timing->looked_ranges = worker->tally.ranges;
    choose(worker);
}

/* What ranges have cost the worker since it last looked, waits included, into what they cost lately. */
static void learn(struct bench_worker *worker, uint64_t now)
{
    struct range_timing *timing = &worker->timing;
    uint64_t ranges = worker->tally.ranges - timing->looked_ranges;
    if (ranges < LOOK_RANGES)
        return;
    double ticks = (double)(int64_t)(now - timing->looked_tick) / (double)ranges;
    timing->range_ticks += (ticks - timing->range_ticks) / (timing->range_ticks > 0 ? 4 : 1);
    timing->looked_tick = now;
    timing->looked_ranges = worker->tally.ranges;
    choose(worker);
}

/* How many ranges on the next timed one is: geometrically distributed, as if each drew by itself. */
static uint32_t draw_gap(struct range_timing *timing)
{
    if (timing->one_in <= 1)
        return 1;
    double chance = 1 - bench_random_fraction(bench_random_next(&timing->random)); /* above 0 */
    return 1 + (uint32_t)fmin(log(chance) / timing->log_missed, UINT32_MAX / 2.0);
}

/* When the lane reads the clock next; it has just read it. */
static void plan(struct bench_lane *lane)
{
    struct bench_worker *worker = lane->worker;
    struct range_timing *timing = &worker->timing;
    uint32_t gap = worker->team->timing == TIMING_SAMPLE ? draw_gap(timing) : 1;
    int32_t weight = worker->team->timing == TIMING_SAMPLE ? (int32_t)timing->one_in : 1;
    lane->until_read = gap > 1 ? gap - 1 : 1;
    lane->weight = gap > 1 ? -weight : weight;
}

void timing_begin(struct bench_lane *lane)
{
    const struct team *team = lane->worker->team;
    if (team->timing == TIMING_NONE) {
        lane->until_read = UINT32_MAX;
        return;
    }
    lane->range_tick = tick_clock_read(&team->clock);
    plan(lane);
}

static void answer_ranks(void *ranks)
{
    ranks_progress(ranks);
}

/* What other ranks want is looked after where the clock has been read anyway: every few microseconds, or
 * after a longer range. */
static void look_after_ranks(struct bench_lane *lane)
{
    const struct team *team = lane->worker->team;
    if (!ranks_is_due(lane->range_tick, &lane->worker->looked_tick))
        return;
    bench_call(lane, answer_ranks, team->ranks);
    lane->range_tick = tick_clock_read(&team->clock); /* it is none of the next range's */
}

static void read_clock(struct bench_lane *lane)
{
    struct bench_worker *worker = lane->worker;
    const struct team *team = worker->team;
    if (team->timing == TIMING_NONE) {
        lane->until_read = UINT32_MAX;
        return;
    }
    uint64_t now = tick_clock_read(&team->clock), took = now - lane->range_tick;
    lane->range_tick = now;
    if (lane->weight < 0) { /* the next range is to be timed, and begins now */
        lane->weight = -lane->weight;
        lane->until_read = 1;
        return;
    }
    if (team->has_latency && !(team->workload->flags & BENCH_OWN_LATENCY))
        histogram_add_times(&worker->tally.latency, took, (uint64_t)lane->weight);
    worker->tally.timed++;
    if (team->timing == TIMING_SAMPLE)
        learn(worker, now);
    plan(lane);
}

void timing_read(struct bench_lane *lane)
{
    read_clock(lane);
    if (lane->worker->team->serves_ranks)
        look_after_ranks(lane);
}

void timing_note(const struct team *team, struct bench_error *err)
{
    uint64_t ranges = 0, timed = 0;
    for (uint32_t w = 0; w < team->shape.workers; w++) {
        ranges += team->workers[w].tally.ranges;
        timed += team->workers[w].tally.timed;
    }
    if (timed > 0 && timed < ranges / 10 * 9)
        bench_error_note(err, "ranges are so short that only some are timed; latencies are of those");
}
