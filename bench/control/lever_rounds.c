/* A launch in which levers are turned. See lever_rounds.h. */
#include "control/lever_rounds.h"

#include "base/memory.h"
#include "measure/clock.h"

#include <bench/workload.h>

#include <math.h>
#include <stdlib.h>

enum { LONG_RUNS = 20 }; /* as long as so many runs need to be: no warm-up, and one pass */

/* A launch under way. */
struct turning {
    const struct lever_asked *asked;
    struct launch launch;
    struct launch_hooks hooks; /* ours, in front of the asker's */
    const struct launch_hooks *theirs;
    struct lever_seen seen; /* of the last run */
    uint64_t passes, runs;
    char *texts[LEVER_TURNS];
};

static struct lever lever_of_turn(enum lever_turn turn, double share)
{
    const struct lever levers[LEVER_TURNS] = {
        [TURN_OFF] = {LEVER_OFF, 0},           [TURN_CPU] = {LEVER_CPU, share},
        [TURN_WAIT] = {LEVER_WAIT, share},     [TURN_LOCK] = {LEVER_LOCK, share},
        [TURN_CACHE_OFF] = {LEVER_CACHE, 0},   [TURN_CACHE_ON] = {LEVER_CACHE, 1},
        [TURN_MEMORY_OFF] = {LEVER_MEMORY, 0}, [TURN_MEMORY_ON] = {LEVER_MEMORY, 1}};
    return levers[turn];
}

static int on_record(void *context, const struct record *record, struct bench_error *err)
{
    struct turning *turning = context;
    lever_seen_read(&turning->seen, record);
    return turning->theirs->on_record ? turning->theirs->on_record(turning->theirs->context, record, err)
                                      : 0;
}

static void on_note(void *context, const char *note)
{
    struct turning *turning = context;
    if (turning->theirs->on_note)
        turning->theirs->on_note(turning->theirs->context, note);
}

static int run_once(struct turning *turning, enum phase phase, enum lever_turn turn, int64_t block,
                    struct bench_error *err)
{
    bool verify = phase == PHASE_VERIFY;
    const struct launch_run what = {.phase = phase,
                                    .run = ++turning->runs,
                                    .passes = verify ? 1 : turning->passes,
                                    .block = block,
                                    .lever = turning->texts[turn],
                                    .settle_s = turning->asked->settle_s};
    if (turning->theirs->on_progress)
        turning->theirs->on_progress(turning->theirs->context, turning->runs, 0);
    return launch_run(&turning->launch, &what, err);
}

/* Runs long enough that clocks and starts do not matter, where there can be several passes. */
static int find_passes(struct turning *turning, struct bench_error *err)
{
    int rc = LAUNCH_GOES_ON;
    turning->passes = 1;
    for (int i = 0; rc == LAUNCH_GOES_ON && i < 6; i++) {
        rc = run_once(turning, PHASE_WARMUP, TURN_OFF, RECORD_NO_COUNT, err);
        double wall_s = turning->launch.wall_s, wanted_s = turning->asked->run_s;
        if (rc != LAUNCH_GOES_ON || turning->launch.opened.single_pass || !(wall_s < wanted_s / 2) ||
            launch_knows_one_pass(&turning->launch, turning->passes))
            break;
        double more = fmin(100, ceil(wanted_s / fmax(wall_s, 1e-7)));
        turning->passes = (uint64_t)fmin((double)turning->passes * more, 1e6);
    }
    return rc;
}

static int do_round(struct turning *turning, int64_t block, struct random_source *random,
                    struct lever_round *round, struct bench_error *err)
{
    size_t order[LEVER_TURNS];
    int rc = LAUNCH_GOES_ON;
    lever_round_init(round);
    for (size_t i = 0; i < LEVER_TURNS; i++)
        order[i] = i;
    random_shuffle(random, order, LEVER_TURNS);
    for (size_t i = 0; rc == LAUNCH_GOES_ON && i < LEVER_TURNS; i++) {
        enum lever_turn turn = (enum lever_turn)order[i];
        if (!turning->asked->turns[turn] && turn != TURN_OFF)
            continue;
        rc = run_once(turning, PHASE_MEASURE, turn, block, err);
        if (rc == LAUNCH_GOES_ON)
            round->turns[turn] = turning->seen;
    }
    return rc;
}

static uint64_t turns_of(const struct lever_asked *asked)
{
    uint64_t count = 0;
    for (int turn = 0; turn < LEVER_TURNS; turn++)
        count += asked->turns[turn] || turn == TURN_OFF;
    return count;
}

/* May another round be begun? Others are not to be burdened with more requests than they may be. */
static bool may_go_on(const struct turning *turning)
{
    return launch_passes_left(&turning->launch) >= turns_of(turning->asked) * turning->passes;
}

static int do_rounds(struct turning *turning, struct random_source *random, struct lever_rounds *rounds,
                     struct bench_error *err)
{
    uint64_t began_ns = bench_now();
    int rc = run_once(turning, PHASE_VERIFY, TURN_OFF, RECORD_NO_COUNT, err);
    bool is_long = clock_seconds(began_ns, bench_now()) > LONG_RUNS * turning->asked->run_s;
    if (rc == LAUNCH_GOES_ON && (is_long || turning->launch.opened.requests > 0))
        turning->passes = 1; /* nor more runs than it takes: the verification has warmed it up */
    else if (rc == LAUNCH_GOES_ON)
        rc = find_passes(turning, err);
    for (uint64_t i = 0; rc == LAUNCH_GOES_ON && i < turning->asked->rounds_most; i++) {
        struct lever_round round;
        if ((i > 0 && bench_now() > turning->asked->until_ns) || !may_go_on(turning))
            break;
        rc = do_round(turning, (int64_t)rounds->count + 1, random, &round, err);
        if (rc != LAUNCH_GOES_ON)
            break;
        rounds->list = mem_grow(rounds->list, rounds->count, &rounds->capacity, sizeof *rounds->list);
        rounds->list[rounds->count++] = round;
    }
    return rc;
}

int lever_rounds_launch(const struct launch_request *request, const struct lever_asked *asked,
                        struct random_source *random, struct lever_rounds *rounds, bool *failed,
                        struct bench_error *err)
{
    struct turning turning = {.asked = asked, .theirs = request->hooks};
    struct launch_request ours = *request;
    turning.hooks =
        (struct launch_hooks){.context = &turning, .on_record = on_record, .on_note = on_note};
    ours.hooks = &turning.hooks;
    for (int turn = 0; turn < LEVER_TURNS; turn++) {
        struct lever lever = lever_of_turn((enum lever_turn)turn, asked->share);
        turning.texts[turn] = lever_text(&lever);
    }
    int rc = launch_open(&turning.launch, &ours, err);
    if (rc == LAUNCH_GOES_ON)
        rc = do_rounds(&turning, random, rounds, err);
    if (rc == LAUNCH_GOES_ON)
        rc = launch_close(&turning.launch, err);
    launch_end(&turning.launch, rc);
    *failed = rc == LAUNCH_OVER;
    for (int turn = 0; turn < LEVER_TURNS; turn++)
        free(turning.texts[turn]);
    return rc < 0 ? rc : 0;
}
