/* The team and its workers: laid out in memory that processes share, and made ready for a run. */
#include "runner/team.h"

#include "runner/lever_hog.h"

#include "machine/affinity.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

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
        layout.masks + ((size_t)TEAM_MASKS * shape->workers + 1) * mask_words * sizeof(unsigned long);
    return layout;
}

static void team_fill(struct team *team, void *shared)
{
    for (uint32_t w = 0; w < team->shape.workers; w++) {
        struct bench_worker *worker = &team->workers[w];
        worker->team = team;
        worker->index = w;
        worker->timing.random = w;
        for (uint32_t i = 0; i < team->shape.inflight; i++) {
            struct bench_lane *lane = bench_team_lane(&team->shape, w, i);
            lane->io = team_io(team);
            lane->shared = shared;
            lane->worker = worker;
            lane->index = w * team->shape.inflight + i;
            lane->worker_index = w;
        }
    }
}

bool team_has_cpus(const struct team *team)
{
    uint32_t cpus = 0;
    for (size_t word = 0; word < team->mask_words; word++) {
        unsigned long any = 0;
        for (uint32_t w = 0; w < team->shape.workers; w++)
            any |= team_mask(team, w, MASK_WANTED)[word];
        cpus += (uint32_t)__builtin_popcountl(any);
    }
    return team->shape.workers <= cpus;
}

void team_set_io(struct team *team, const struct bench_io *io)
{
    for (uint32_t w = 0; w < team->shape.workers; w++) {
        for (uint32_t i = 0; i < team->shape.inflight; i++)
            bench_team_lane(&team->shape, w, i)->io = io;
    }
}

int team_create(struct team **out, const struct bench_team *shape, const struct bench_workload *workload,
                const struct bench_executor *executor, void *shared, const struct bench_plan *plan,
                const unsigned long *masks, size_t mask_words, struct bench_error *err)
{
    struct layout layout = team_layout(shape, mask_words);
    struct team *team = bench_shared_alloc(layout.size);
    if (!team)
        return bench_error_set(err, -ENOMEM,
                               "out of memory for %" PRIu32 " workers with %" PRIu32 " lanes each",
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
    affinity_get(team_home(team), mask_words);
    for (uint32_t w = 0; w < shape->workers; w++)
        memcpy(team_mask(team, w, MASK_WANTED), masks + w * mask_words, mask_words * sizeof *masks);
    team->tasks = plan->tasks;
    team->grain = plan->grain;
    team->ranges_per_pass = (plan->tasks - 1) / plan->grain + 1;
    tick_clock_init(&team->clock);
    team->all_workers = shape->workers;
    team_fill(team, shared);
    bool spin = team_has_cpus(team);
    /* To spin at the first would keep from their CPU those who have yet to wake the rest. */
    barrier_init(&team->gather, shape->workers, false);
    barrier_init(&team->start, shape->workers, spin);
    barrier_init(&team->end, shape->workers, false);
    *out = team;
    return 0;
}

void team_join(struct team *team, struct ranks *ranks, uint32_t first_worker, uint32_t all_workers)
{
    team->ranks = ranks;
    team->first_worker = first_worker;
    team->all_workers = all_workers;
    for (uint32_t w = 0; w < team->shape.workers; w++) {
        for (uint32_t i = 0; i < team->shape.inflight; i++) {
            struct bench_lane *lane = bench_team_lane(&team->shape, w, i);
            lane->index += first_worker * team->shape.inflight;
            lane->worker_index += first_worker;
        }
    }
}

void team_destroy(struct team *team)
{
    if (team)
        lever_hog_stop(team->hog);
    if (team)
        bench_shared_free(team, team_layout(&team->shape, team->mask_words).size);
}

void team_fail(struct bench_worker *worker)
{
    uint32_t nobody = 0;
    atomic_compare_exchange_strong(&worker->team->first_failed, &nobody, worker->index + 1);
    atomic_store(&worker->team->failed, true);
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
