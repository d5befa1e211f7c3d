/* The team and its workers: made, entered, left. What a lane does in a run is in lane.c and schedule.c.
 */
#include "runner/team.h"

#include "machine/affinity.h"

#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

enum { LATE_NS = 20000 };

/* The parts of a team in one shared mapping, each aligned. */
struct layout {
    size_t workers, lanes, masks, size;
    size_t lane_stride;
};

static size_t aligned(size_t size)
{
    return (size + TEAM_LINE - 1) / TEAM_LINE * TEAM_LINE;
}

static struct layout team_layout(const struct bench_team *shape, size_t mask_words)
{
    struct layout layout;
    layout.lane_stride = aligned(shape->inflight * sizeof(struct bench_lane));
    layout.workers = aligned(sizeof(struct team));
    layout.lanes = layout.workers + aligned(shape->workers * sizeof(struct bench_worker));
    layout.masks = layout.lanes + shape->workers * layout.lane_stride;
    layout.size =
        layout.masks + (size_t)TEAM_MASKS * shape->workers * mask_words * sizeof(unsigned long);
    return layout;
}

static void team_fill(struct team *team, void *shared)
{
    const struct bench_io *io = team->executor->io ? team->executor->io : &bench_io_blocking;
    for (uint32_t w = 0; w < team->shape.workers; w++) {
        struct bench_worker *worker = &team->workers[w];
        worker->team = team;
        worker->index = w;
        for (uint32_t i = 0; i < team->shape.inflight; i++) {
            struct bench_lane *lane = bench_team_lane(&team->shape, w, i);
            lane->io = io;
            lane->shared = shared;
            lane->worker = worker;
            lane->index = w * team->shape.inflight + i;
            lane->worker_index = w;
        }
    }
}

/* Can each worker spin without keeping another from its CPU? */
static bool team_has_cpus(const unsigned long *masks, size_t words, uint32_t workers)
{
    uint32_t cpus = 0;
    for (size_t word = 0; word < words; word++) {
        unsigned long any = 0;
        for (uint32_t w = 0; w < workers; w++)
            any |= masks[w * words + word];
        cpus += (uint32_t)__builtin_popcountl(any);
    }
    return workers <= cpus;
}

int team_create(struct team **out, const struct bench_team *shape, const struct bench_workload *workload,
                const struct bench_executor *executor, void *shared, const struct bench_plan *plan,
                const unsigned long *masks, size_t mask_words, struct bench_error *err)
{
    struct layout layout = team_layout(shape, mask_words);
    struct team *team = bench_shared_alloc(layout.size);
    if (!team)
        return bench_error_set(err, -ENOMEM,
                               "no memory for %" PRIu32 " workers with %" PRIu32 " lanes each",
                               shape->workers, shape->inflight);
    char *base = (char *)team;
    team->shape = *shape;
    team->workload = workload;
    team->executor = executor;
    team->workers = (struct bench_worker *)(base + layout.workers);
    team->lanes = (struct bench_lane *)(base + layout.lanes);
    team->lane_stride = layout.lane_stride;
    team->masks = (unsigned long *)(base + layout.masks);
    team->mask_words = mask_words;
    for (uint32_t w = 0; w < shape->workers; w++)
        memcpy(team_mask(team, w, MASK_WANTED), masks + w * mask_words, mask_words * sizeof *masks);
    team->tasks = plan->tasks;
    team->grain = plan->grain;
    team->ranges_per_pass = (plan->tasks - 1) / plan->grain + 1;
    tick_clock_init(&team->clock);
    team_fill(team, shared);
    bool spin = team_has_cpus(masks, mask_words, shape->workers);
    /* To spin at the first would keep from their CPU those who have yet to wake the rest. */
    barrier_init(&team->gather, shape->workers, false);
    barrier_init(&team->start, shape->workers, spin);
    barrier_init(&team->end, shape->workers, false);
    *out = team;
    return 0;
}

void team_destroy(struct team *team)
{
    if (team)
        bench_shared_free(team, team_layout(&team->shape, team->mask_words).size);
}

int team_prepare(struct team *team, bool verify, uint64_t passes, double slower, struct bench_error *err)
{
    if (passes == 0 || team->ranges_per_pass > TEAM_RANGES_MAX / passes)
        return bench_error_set(err, -EINVAL,
                               "%" PRIu64 " passes over %" PRIu64 " ranges: a run can have %" PRIu32
                               " at most; take a larger --grain",
                               passes, team->ranges_per_pass, TEAM_RANGES_MAX);
    team->shape.ranges = team->ranges_per_pass * passes;
    team->verify = verify;
    team->passes = passes;
    team->slower = slower;
    team->released_ns = 0;
    atomic_store(&team->failed, false);
    atomic_store(&team->first_failed, 0);
    for (uint32_t w = 0; w < team->shape.workers; w++) {
        struct worker_tally *tally = &team->workers[w].tally;
        tally->ranges = tally->range_digest = tally->ranges_inside = 0;
        tally->entries = tally->exits = 0;
    }
    schedule_deal(team);
    return 0;
}

bool bench_team_failed(const struct bench_team *shape)
{
    return atomic_load_explicit(&((const struct team *)shape)->failed, memory_order_relaxed);
}

struct bench_lane *bench_team_lane(struct bench_team *shape, uint32_t worker, uint32_t lane)
{
    struct team *team = team_of(shape);
    struct bench_lane *block = (struct bench_lane *)((char *)team->lanes + worker * team->lane_stride);
    return &block[lane];
}

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
        bench_error_set(&worker->error, rc, "a lane could not be made: %s", strerror(-rc));
        uint32_t nobody = 0;
        atomic_compare_exchange_strong(&team->first_failed, &nobody, worker->index + 1);
        atomic_store(&team->failed, true);
        break;
    }
    worker->ready = true;
}

static void team_release(void *context)
{
    struct team *team = context;
    if (team->executor->flags & BENCH_HELPERS)
        usage_process(&team->at_release);
    team->released_ns = bench_now();
}

void bench_enter(struct bench_team *shape, uint32_t index)
{
    struct team *team = team_of(shape);
    struct bench_worker *worker = &team->workers[index];
    struct worker_tally *tally = &worker->tally;
    tally->entered_ns = bench_now();
    tally->entries++;
    tally->charged = (struct usage){0};
    histogram_clear(&tally->latency);
    worker->ranges_before = tally->ranges;
    worker->error = worker->note = (struct bench_error){0};
    if (!worker->ready)
        worker_make_ready(team, worker);
    /* Two barriers: the late have come before usage is read, and all are awake at the second. */
    barrier_wait(&team->gather, NULL, NULL);
    usage_thread(&worker->at_start);
    uint64_t arrived_ns = bench_now();
    worker->at_start.ctx_voluntary += barrier_wait(&team->start, team_release, team);
    if (team->released_ns > arrived_ns + LATE_NS)
        usage_thread(&worker->at_start); /* someone was late all the same: waiting is not the run's */
    bench_lane_begin(bench_team_lane(shape, index, 0));
}

/* On purpose: for the part asked for of what the worker has taken so far. */
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
