/* What work is bound by: launches in which levers are turned until the intervals are narrow enough. */
#include "advise/class.h"

#include "base/memory.h"
#include "control/lever_rounds.h"
#include "stats/summary.h"

#include <math.h>
#include <stdlib.h>

static const double share = 0.5, settle_first_s = 0.001, settle_most_s = 0.02, run_least_s = 0.025,
                    settles_in_run = 4, precise_half = 0.04, lock_from = 0.02, cpu_from = 0.5;
enum {
    LOOK_AFTER = 3,
    LAUNCHES_LEAST = 2,
    ROUNDS_A_LAUNCH = 6,
    ROUNDS_LEAST = 6,
    COARSER = 5,
    MOST_LATE = 2,
    TURNS_LEAST = 3, /* off, cpu, wait */
};

struct finding {
    struct adviser *adviser;
    const struct plan_case *one;
    struct lever_asked asked;
    struct lever_rounds rounds;
    struct bound_rules rules;
    size_t launches;
    bool is_of_work; /* and not of another way of running it */
    bool has_rounds; /* of the levers that every runtime has */
    bool failed;
};

static bool hear(void *context, const struct record *record)
{
    const struct finding *finding = context;
    struct advice *advice = finding->adviser->advice;
    if (record->status == STATUS_OK && record->phase == PHASE_VERIFY)
        advice->tasks = record->tasks;
    if (record->status == STATUS_UNSUPPORTED && finding->has_rounds)
        return false; /* it is of a lever that this runtime has not: the others have told what they can
                       */
    if (record->status != STATUS_OK && finding->is_of_work) {
        char *failure = adviser_failure(record);
        advice_warn(advice, mem_format("%s: %s", record->executor, failure));
        free(failure);
    }
    return true;
}

static void settle(struct finding *finding, double settle_s)
{
    finding->asked.settle_s = finding->rules.settle_s = settle_s;
    finding->asked.run_s = fmax(run_least_s, settles_in_run * settle_s);
}

/* What the work takes in a launch without a lever. */
static void keep_wall(const struct finding *finding, size_t from)
{
    struct values walls_s = {0};
    for (size_t i = from; i < finding->rounds.count; i++)
        values_add(&walls_s, finding->rounds.list[i].turns[TURN_OFF].wall_s);
    if (walls_s.count)
        values_add(&finding->adviser->serial_walls_s, summary_median(walls_s.list, walls_s.count));
    values_free(&walls_s);
}

static int launch(struct finding *finding, uint64_t rounds, double until, struct bench_error *err)
{
    struct adviser *adviser = finding->adviser;
    size_t before = finding->rounds.count;
    adviser->now = finding->one;
    adviser->doing = "turning levers";
    adviser->hear = hear;
    adviser->context = finding;
    adviser->keeps_notes = finding->is_of_work;
    const struct launch_hooks hooks = adviser_hooks(adviser);
    const struct launch_request request = adviser_launch(adviser, &hooks, (int64_t)++finding->launches);
    finding->asked.rounds_most = rounds;
    finding->asked.until_ns = adviser->began_ns + (uint64_t)(until * (double)adviser->request->time_ns);
    int rc = lever_rounds_launch(&request, &finding->asked, &adviser->random, &finding->rounds,
                                 &finding->failed, err);
    if (finding->is_of_work)
        keep_wall(finding, before);
    return rc;
}

/* Cache and memory, which divide what the CPU has. Memory is taken away from another core. */
static void turn_losses(struct finding *finding, bool turn)
{
    bool *turns = finding->asked.turns;
    turns[TURN_CACHE_OFF] = turns[TURN_CACHE_ON] = turn;
    turns[TURN_MEMORY_OFF] = turns[TURN_MEMORY_ON] = turn && finding->adviser->advice->cpus >= 2;
}

/* Which levers there is a reason to turn, after the first rounds. */
static void choose_turns(struct finding *finding, const struct bound *bound)
{
    finding->asked.turns[TURN_LOCK] = bound->held_part > lock_from;
    /* What its programs have in their caches is not looked at. */
    bool computes = bound->cpu_part > cpu_from && finding->rules.is_one_lane && bound->others_part <= 0;
    turn_losses(finding, computes);
}

/* Pauses that change what they interrupt are made fewer and longer, and all begins anew. */
static int find_settling(struct finding *finding, double until, struct bound *bound,
                         struct bench_error *err)
{
    for (;;) {
        int rc = launch(finding, LOOK_AFTER, until, err);
        if (rc < 0 || finding->failed)
            return rc;
        bound_of(bound, finding->rounds.list, finding->rounds.count, &finding->rules);
        bool is_over = adviser_spent(finding->adviser) > until ||
                       !adviser_may_ask(finding->adviser, 1 + TURNS_LEAST);
        if (is_over || finding->rules.settle_s >= settle_most_s ||
            !bound_is_disturbed(finding->rounds.list, finding->rounds.count))
            return 0;
        settle(finding, fmin(settle_most_s, finding->rules.settle_s * COARSER));
        finding->rounds.count = 0;
    }
}

int class_find(struct adviser *adviser, const struct plan_case *one, double until, bool is_of_work,
               struct bound *bound, struct bound_rules *rules, struct bench_error *err)
{
    bool is_one_lane = one->shape.workers == 1 && one->shape.inflight == 1;
    struct finding finding = {
        .adviser = adviser,
        .one = one,
        .is_of_work = is_of_work,
        .asked = {.turns = {[TURN_CPU] = true, [TURN_WAIT] = true}, .share = share},
        .rules = {.share = share, .settle_most_s = settle_most_s, .is_one_lane = is_one_lane}};
    settle(&finding, settle_first_s);
    adviser_share_requests(adviser, until);
    int rc = find_settling(&finding, until, bound, err);
    if (rc == 0 && !finding.failed)
        choose_turns(&finding, bound);
    finding.has_rounds = !finding.failed;
    while (rc == 0 && !finding.failed) {
        bound_of(bound, finding.rounds.list, finding.rounds.count, &finding.rules);
        bool is_enough = bound_is_precise(bound, precise_half) && finding.launches > LAUNCHES_LEAST;
        double spent = adviser_spent(adviser);
        bool is_late = spent > (finding.rounds.count < ROUNDS_LEAST ? MOST_LATE : 1) * until;
        if (is_enough || is_late || !adviser_may_ask(adviser, 1 + TURNS_LEAST))
            break;
        rc = launch(&finding, ROUNDS_A_LAUNCH, until, err);
        if (finding.failed && finding.asked.turns[TURN_CACHE_ON]) {
            turn_losses(&finding, false);
            finding.failed = false;
        }
    }
    if (rc == 0)
        bound_of(bound, finding.rounds.list, finding.rounds.count, &finding.rules);
    *rules = finding.rules;
    free(finding.rounds.list);
    return rc;
}
