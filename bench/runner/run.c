/* A run as it was asked for, into the team. */
#include "runner/run.h"

#include "runner/arrivals.h"
#include "runner/lever.h"
#include "runner/lever_hog.h"
#include "runner/lever_tree.h"
#include "runner/ranks.h"
#include "runner/schedule.h"
#include "runner/tally.h"
#include "runner/timing.h"
#include "runner/trace.h"
#include "runner/watch.h"

#include <errno.h>
#include <inttypes.h>

enum { SETTLE_NS = 1000000 }; /* of a lever, where the message does not say */

static int turn_lever(struct team *team, const struct run_asked *asked, struct bench_error *err)
{
    struct lever lever = {0};
    int rc = asked->lever && !asked->verify ? lever_parse(&lever, asked->lever, err) : 0;
    if (rc == 0)
        lever_prepare(team, &lever, asked->settle_s > 0 ? (uint64_t)(asked->settle_s * 1e9) : SETTLE_NS);
    return rc;
}

/* So many tasks come at times of their own, where the message says so. */
static int check_arrivals(const struct team *team, const struct run_asked *asked,
                          struct bench_error *err)
{
    if (asked->arrivals == 0)
        return 0;
    if (!team->arrivals)
        return bench_error_set(err, -EINVAL, "run: arrivals: the case was opened without rate_per_s");
    if ((uint64_t)asked->arrivals > team->arrivals->most)
        return bench_error_set(err, -EINVAL,
                               "run: %" PRId64 " arrivals: must be at most the %" PRIu64
                               " of open (arrivals_most)",
                               asked->arrivals, team->arrivals->most);
    if (asked->verify || asked->passes > 1)
        return bench_error_set(err, -EINVAL,
                               "run: arrivals: not with verify, and not with several passes");
    if (team->lever.kind != LEVER_NONE)
        return bench_error_set(err, -EINVAL, "run: arrivals: not with a lever");
    return 0;
}

int run_prepare(struct team *team, const struct run_asked *asked, struct bench_error *err)
{
    uint64_t passes = (uint64_t)asked->passes;
    if (passes == 0 || team->ranges_per_pass > TEAM_RANGES_MAX / passes)
        return bench_error_set(err, -EINVAL,
                               "%" PRIu64 " passes over %" PRIu64 " ranges: a run can have %" PRIu32
                               " at most; take a larger --grain",
                               passes, team->ranges_per_pass, TEAM_RANGES_MAX);
    int rc = turn_lever(team, asked, err);
    if (rc == 0)
        rc = check_arrivals(team, asked, err);
    if (rc < 0)
        return rc;
    team->arriving = asked->arrivals > 0;
    team->all_ranges = team->arriving ? (uint64_t)asked->arrivals : team->ranges_per_pass * passes;
    team->verify = asked->verify;
    team->passes = passes;
    team->slower = asked->slower;
    team->has_delays = !asked->verify && !asked->brief;
    team->has_block_delays = team->has_delays && delays_has_block();
    trace_prepare(team, asked->verify || team->lever.kind != LEVER_NONE ? 0 : asked->trace_bytes);
    team->is_plain =
        !team->verify && !team->is_traced && !team->executor->pause && team->lever.kind == LEVER_NONE;
    team->serves_ranks = team->ranks && ranks_is_first(team->ranks) &&
                         !(team->executor->flags & BENCH_OWN_SCHEDULE) &&
                         schedule_dealt(team) < team->all_ranges;
    timing_prepare(team, !asked->brief && !asked->no_latency);
    team->released_ns = 0;
    atomic_store(&team->left, 0);
    atomic_store(&team->failed, false);
    atomic_store(&team->first_failed, 0);
    for (uint32_t w = 0; w < team->shape.workers; w++) {
        struct worker_tally *tally = &team->workers[w].tally;
        tally->ranges = tally->range_digest = tally->ranges_inside = 0;
        tally->entries = tally->exits = 0;
    }
    schedule_deal(team);
    if (team->arriving)
        arrivals_draw(team, (uint64_t)asked->arrivals, (uint64_t)asked->draw);
    if (team->arrivals || team->trace)
        watch_prepare(team);
    return 0;
}

/* Whether programs are started is known only from an earlier run: looking for them costs some CPU time.
 */
static int run_with_programs(struct team *team, void *state, struct bench_error *err)
{
    bool reaches_programs =
        team->starts_programs && (team->lever.kind == LEVER_CPU || team->lever.kind == LEVER_OFF);
    struct lever_tree *tree =
        reaches_programs ? lever_tree_start(team->lever.share, team_home(team), team->mask_words) : NULL;
    team->called_ns = bench_now();
    int rc = team->executor->run(&team->shape, state, err);
    team->stopped_ns = lever_tree_stop(tree);
    team->starts_programs = tally_has_charged(team);
    return rc;
}

/* The worker tells the hog what to do: it knows when it is on its CPU. */
static int make_hog(struct team *team, struct bench_error *err)
{
    if (team->lever.kind != LEVER_MEMORY || team->hog)
        return 0;
    if (team->shape.workers > 1 || team->executor->flags & BENCH_PROCESSES)
        return bench_error_set(err, -ENOTSUP,
                               "the memory lever takes one worker, which is no process of its own");
    return lever_hog_start(&team->hog, team_home(team), team_mask(team, 0, MASK_WANTED),
                           team->mask_words, err);
}

int run_make(struct team *team, void *state, struct bench_error *err)
{
    int rc = make_hog(team, err);
    if (rc < 0)
        return rc;
    rc = run_with_programs(team, state, err);
    if (team->hog)
        lever_hog_tell(team->hog, HOG_RESTS);
    return rc;
}
