/* What work is bound by: launches in which levers are turned until the intervals are narrow enough. */
#include "advise/advise.h"

#include "base/memory.h"
#include "control/lever_rounds.h"

#include <bench/workload.h>

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
    MOST_LATE = 2
};

struct finding {
    struct adviser *adviser;
    const struct plan_case *one;
    struct lever_asked asked;
    struct lever_rounds rounds;
    struct bound_rules rules;
    size_t launches;
    bool is_later;   /* the work itself is known: it is about another way of running it */
    bool has_rounds; /* of the levers that every runtime has */
    bool failed;
};

static int on_record(void *context, const struct record *record, struct bench_error *err)
{
    struct finding *finding = context;
    const struct advise_hooks *hooks = finding->adviser->request->hooks;
    struct advice *advice = finding->adviser->advice;
    if (record->status == STATUS_OK && record->phase == PHASE_VERIFY)
        advice->tasks = record->tasks;
    else if (record->status == STATUS_UNSUPPORTED && finding->has_rounds)
        return 0; /* it is of a lever that this runtime has not: the others have told what they can */
    else if (record->status != STATUS_OK && !finding->is_later)
        advice_warn(advice, mem_format("%s: %s: %s", record->executor, status_word(record->status),
                                       record->error ? record->error : "it does not say why"));
    return hooks->on_record ? hooks->on_record(hooks->context, record, err) : 0;
}

static void on_note(void *context, const char *note)
{
    struct finding *finding = context;
    if (!finding->is_later)
        advice_warn(finding->adviser->advice, mem_text(note));
}

static void on_progress(void *context, uint64_t run, uint64_t runs)
{
    struct finding *finding = context;
    const struct adviser *adviser = finding->adviser;
    const struct advise_hooks *hooks = adviser->request->hooks;
    (void)run;
    (void)runs;
    if (hooks->on_progress)
        hooks->on_progress(hooks->context, finding->one, "turning levers", adviser_spent(adviser));
}

static void settle(struct finding *finding, double settle_s)
{
    finding->asked.settle_s = finding->rules.settle_s = settle_s;
    finding->asked.run_s = fmax(run_least_s, settles_in_run * settle_s);
}

static int launch(struct finding *finding, uint64_t rounds, double until, struct bench_error *err)
{
    struct adviser *adviser = finding->adviser;
    const struct advise_request *asker = adviser->request;
    const struct launch_hooks hooks = {
        .context = finding, .on_record = on_record, .on_note = on_note, .on_progress = on_progress};
    const struct launch_request request = {.one = finding->one,
                                           .setup = asker->setup,
                                           .hooks = &hooks,
                                           .session = asker->session,
                                           .timeout_ns = asker->timeout_ns,
                                           .number = (int64_t)++finding->launches};
    finding->asked.rounds_most = rounds;
    finding->asked.until_ns = adviser->began_ns + (uint64_t)(until * (double)asker->time_ns);
    return lever_rounds_launch(&request, &finding->asked, &adviser->random, &finding->rounds,
                               &finding->failed, err);
}

/* Which levers there is a reason to turn, after the first rounds. */
static void choose_turns(struct finding *finding, const struct bound *bound)
{
    finding->asked.turns[TURN_LOCK] = bound->held_part > lock_from;
    bool computes = bound->cpu_part > cpu_from && finding->rules.is_one_lane;
    finding->asked.turns[TURN_CACHE_OFF] = finding->asked.turns[TURN_CACHE_ON] = computes;
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
        bool is_over = adviser_spent(finding->adviser) > until;
        if (is_over || finding->rules.settle_s >= settle_most_s ||
            !bound_is_disturbed(finding->rounds.list, finding->rounds.count))
            return 0;
        settle(finding, fmin(settle_most_s, finding->rules.settle_s * COARSER));
        finding->rounds.count = 0;
    }
}

int class_find(struct adviser *adviser, const struct plan_case *one, double until, struct bound *bound,
               struct bound_rules *rules, struct bench_error *err)
{
    bool is_one_lane = one->shape.workers == 1 && one->shape.inflight == 1;
    struct finding finding = {
        .adviser = adviser,
        .one = one,
        .is_later = bound != &adviser->advice->bound,
        .asked = {.turns = {[TURN_CPU] = true, [TURN_WAIT] = true}, .share = share},
        .rules = {.cpu_share = share,
                  .wait_share = share,
                  .lock_share = share,
                  .settle_most_s = settle_most_s,
                  .is_one_lane = is_one_lane}};
    settle(&finding, settle_first_s);
    int rc = find_settling(&finding, until, bound, err);
    if (rc == 0 && !finding.failed)
        choose_turns(&finding, bound);
    finding.has_rounds = !finding.failed;
    while (rc == 0 && !finding.failed) {
        bound_of(bound, finding.rounds.list, finding.rounds.count, &finding.rules);
        bool is_enough = bound_is_precise(bound, precise_half) && finding.launches > LAUNCHES_LEAST;
        double spent = adviser_spent(adviser);
        bool is_late = spent > (finding.rounds.count < ROUNDS_LEAST ? MOST_LATE : 1) * until;
        if (is_enough || is_late)
            break;
        rc = launch(&finding, ROUNDS_A_LAUNCH, until, err);
        if (finding.failed && finding.asked.turns[TURN_CACHE_ON]) {
            finding.asked.turns[TURN_CACHE_ON] = finding.asked.turns[TURN_CACHE_OFF] = finding.failed =
                false;
        }
    }
    if (rc == 0)
        bound_of(bound, finding.rounds.list, finding.rounds.count, &finding.rules);
    *rules = finding.rules;
    free(finding.rounds.list);
    return rc;
}
