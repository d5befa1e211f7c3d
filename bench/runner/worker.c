/* A worker's part of a run: pinned, made ready, let go with the others, counted when it leaves. What its
 * lanes do meanwhile is in schedule.c. */
#include "runner/lever.h"
#include "runner/ranks.h"
#include "runner/team.h"
#include "runner/timing.h"

#include "machine/affinity.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>

enum { LATE_NS = 20000 };

void bench_pin(struct bench_team *shape, uint32_t index)
{
    struct team *team = team_of(shape);
    struct bench_worker *worker = &team->workers[index];
    worker->pinned = true;
    worker->pin_error = affinity_set(team_mask(team, index, MASK_WANTED), team->mask_words);
    affinity_get(team_mask(team, index, MASK_GOT), team->mask_words);
    prctl(PR_SET_TIMERSLACK, 1UL); /* the kernel's default of 50 us would be added to every sleep */
}

/* On the worker itself, the first time it enters: its place, and its lanes' buffers. */
static void worker_make_ready(struct team *team, struct bench_worker *worker)
{
    if (!worker->pinned)
        bench_pin(&team->shape, worker->index);
    int (*lane_init)(struct bench_lane *) = team->workload->lane_init;
    for (uint32_t i = 0; lane_init && i < team->shape.inflight; i++) {
        struct bench_lane *lane = bench_team_lane(&team->shape, worker->index, i);
        int rc = lane_init(lane);
        if (rc == 0)
            continue;
        rc = rc > 0 ? -EIO : rc;
        bench_error_set(&worker->error, rc, "a lane could not be created: %s", strerror(-rc));
        team_fail(worker);
        break;
    }
    worker->ready = true;
}

static void team_release(void *context)
{
    struct team *team = context;
    if (team->executor->flags & BENCH_HELPERS)
        usage_process(&team->at_release);
    if (team->counters && !team->ranks)
        counters_read(team->counters, team->count_start);
    team->released_ns = bench_now();
    if (team->ranks)
        ranks_start(team->ranks, team);
    if (team->ranks && team->counters) /* waiting for the others is none of the work */
        counters_read(team->counters, team->count_start);
}

void bench_enter(struct bench_team *shape, uint32_t index)
{
    struct team *team = team_of(shape);
    struct bench_worker *worker = &team->workers[index];
    struct worker_tally *tally = &worker->tally;
    tally->entered_ns = bench_now();
    tally->entries++;
    tally->charged = (struct usage){0};
    tally->charged_peak_bytes = 0;
    histogram_clear(&tally->latency);
    worker->ranges_before = tally->ranges;
    worker->error = worker->note = (struct bench_error){0};
    if (!worker->ready)
        worker_make_ready(team, worker);
    bool has_lever = team->lever.kind != LEVER_NONE;
    if (has_lever)
        lever_make_ready(worker);
    /* Two barriers: the late have come before usage is read, and all are awake at the second. */
    barrier_wait(&team->gather, NULL, NULL);
    if (team->has_delays)
        delays_thread(&worker->delays_at_start, team->has_block_delays);
    usage_thread(&worker->at_start);
    uint64_t arrived_ns = bench_now();
    worker->at_start.ctx_voluntary += barrier_wait(&team->start, team_release, team);
    if (team->released_ns > arrived_ns + LATE_NS)
        usage_thread(&worker->at_start); /* someone was late all the same: waiting is not the run's */
    if (has_lever)
        lever_begin(worker);
    timing_enter(worker);
    bench_lane_begin(bench_team_lane(shape, index, 0));
}

/* A slowdown on purpose: goes on for the requested share of the time the worker has taken so far. */
static void slow_down(const struct team *team, struct bench_worker *worker)
{
    struct worker_tally *tally = &worker->tally;
    if (tally->left_ns < team->released_ns)
        return; /* the clock went back: the run has failed */
    double taken_ns = (double)(tally->left_ns - team->released_ns);
    uint64_t until_ns = tally->left_ns + (uint64_t)(taken_ns * team->slower);
    while (tally->left_ns < until_ns)
        tally->left_ns = bench_now();
}

void bench_leave(struct bench_team *shape, uint32_t index)
{
    struct team *team = team_of(shape);
    struct bench_worker *worker = &team->workers[index];
    struct worker_tally *tally = &worker->tally;
    struct usage at_end;
    if (team->lever.kind != LEVER_NONE)
        lever_end(worker);
    tally->left_ns = bench_now();
    if (team->slower > 0)
        slow_down(team, worker);
    bool helpers = team->executor->flags & BENCH_HELPERS;
    if (helpers)
        usage_process(&at_end);
    else
        usage_thread(&at_end);
    tally->used = (struct usage){0};
    usage_add(&tally->used, &at_end, helpers ? &team->at_release : &worker->at_start);
    tally->exits++;
    if (team->counters && atomic_fetch_add(&team->left, 1) + 1 == team->shape.workers)
        counters_read(team->counters, team->count_end);
    if (team->has_delays) {
        struct delays delays_now;
        delays_thread(&delays_now, team->has_block_delays);
        tally->delays = delays_between(&worker->delays_at_start, &delays_now);
    }
    tally->ranges_inside = tally->ranges - worker->ranges_before;
    affinity_get(team_mask(team, index, MASK_LEFT), team->mask_words);
    if (team->executor->flags & BENCH_PROCESSES) {
        barrier_wait(&team->end, NULL, NULL); /* reading memory would disturb those at work */
        memory_self(&tally->memory);
        memory_reset_peak();
    }
}

void bench_retire(struct bench_team *shape, uint32_t index)
{
    struct team *team = team_of(shape);
    struct bench_worker *worker = &team->workers[index];
    if (!worker->ready)
        return;
    for (uint32_t i = 0; team->workload->lane_fini && i < shape->inflight; i++) {
        struct bench_lane *lane = bench_team_lane(shape, index, i);
        team->workload->lane_fini(lane);
        lane->local = NULL;
    }
    worker->ready = worker->pinned = false;
}
