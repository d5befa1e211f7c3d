/* A paired comparison: rounds, until there is an answer or no time. */
#include "control/alternation.h"
#include "measure/clock.h"
#include "stats/summary.h"

#include <bench/workload.h>

#include <math.h>
#include <string.h>

/*
 * A parameter that A's first launch has measured holds for all others, so that they do the same work;
 * B's too, where it has the same workload and does not say otherwise.
 */
static int take_one(struct alternation *alternation, const struct entry *measured,
                    struct bench_error *err)
{
    int rc = 0;
    for (int side = A; rc == 0 && side < SIDES; side++) {
        struct plan_case *one = &alternation->cases[side];
        if (strcmp(one->workload->name, alternation->cases[A].workload->name) == 0 &&
            plan_case_is_default(one, measured->name))
            rc = plan_case_set(one, measured->name, measured->value, err);
    }
    return rc;
}

static int take_measured(struct alternation *alternation, struct bench_error *err)
{
    const struct entries *measured = &alternation->launches[A].opened.measured;
    int rc = LAUNCH_GOES_ON;
    for (size_t i = 0; rc == LAUNCH_GOES_ON && i < measured->count; i++)
        rc = take_one(alternation, &measured->list[i], err);
    return rc;
}

/* Before the first round: A's launch is opened for what it measures, and closed again. */
static int settle(struct alternation *alternation, struct bench_error *err)
{
    struct launch *launch = &alternation->launches[A];
    int rc = launch_open(launch, &alternation->requests[A], err);
    if (rc == LAUNCH_GOES_ON)
        rc = take_measured(alternation, err);
    if (rc == LAUNCH_GOES_ON)
        rc = launch_close(launch, err);
    launch_end(launch, rc);
    return rc;
}

/* Which part of the time is gone, counting a round that would not be over in time. */
static double spent(const struct alternation *alternation)
{
    const struct alternate_limits *limits = alternation->request->limits;
    const struct alternate_outcome *outcome = alternation->outcome;
    double now_s = alternation_elapsed_s(alternation);
    if (now_s + outcome->round_s > alternation_cap_s(alternation) ||
        (limits->rounds_max && outcome->paired.rounds.count >= limits->rounds_max))
        return 1;
    double by_time = now_s / alternation_cap_s(alternation);
    double by_rounds =
        limits->rounds_max ? (double)outcome->paired.rounds.count / (double)limits->rounds_max : 0;
    return fmin(1, fmax(by_time, by_rounds));
}

static int do_rounds(struct alternation *alternation, struct bench_error *err)
{
    const struct alternate_request *request = alternation->request;
    struct alternate_outcome *outcome = alternation->outcome;
    const struct launch_hooks *hooks = request->sides[A]->hooks;
    int rc = settle(alternation, err);
    outcome->failed = rc == LAUNCH_OVER;
    while (rc == LAUNCH_GOES_ON) {
        double difference, part, before_s = alternation_elapsed_s(alternation);
        rc = alternation_round(alternation, &difference, err);
        if (rc < 0)
            return rc;
        outcome->failed = rc == LAUNCH_OVER;
        if (outcome->failed)
            return 0;
        paired_add(&outcome->paired, difference);
        outcome->round_s = alternation_elapsed_s(alternation) - before_s;
        part = spent(alternation);
        enum paired_state state = paired_look(&outcome->paired, part);
        if (request->on_round)
            request->on_round(hooks->context, part, &outcome->paired);
        if (part >= 1 || (state != PAIRED_LOOKING && state != PAIRED_CONFIRMING))
            return 0;
    }
    return rc < 0 ? rc : 0;
}

static void prepare(struct alternation *alternation)
{
    static const char *const names[SIDES] = {"A", "B"};
    for (int side = A; side < SIDES; side++) {
        struct launch_request *request = &alternation->requests[side];
        *request = *alternation->request->sides[side];
        request->side = names[side];
        request->number = 0;
        request->column = alternation->request->column;
        plan_case_copy(&alternation->cases[side], request->one);
        request->one = &alternation->cases[side];
    }
}

int alternate_run(const struct alternate_request *request, struct alternate_outcome *outcome,
                  struct bench_error *err)
{
    struct alternation alternation = {.request = request,
                                      .outcome = outcome,
                                      .random = {request->limits->seed},
                                      .began_ns = bench_now()};
    *outcome = (struct alternate_outcome){.paired.rules = request->rules, .values = {NAN, NAN}};
    prepare(&alternation);
    int rc = do_rounds(&alternation, err);
    bool is_summed = record_columns[request->column].role == ROLE_PER_PASS;
    outcome->runs = alternation.all[A].count;
    for (int side = A; side < SIDES; side++) {
        outcome->values[side] = summary_median(alternation.all[side].list, alternation.all[side].count);
        if (is_summed)
            outcome->values[side] /= (double)(outcome->passes ? outcome->passes : 1);
        values_free(&alternation.all[side]);
        plan_case_free(&alternation.cases[side]);
    }
    run_order_free(&alternation.pairs);
    return rc;
}

void alternate_free(struct alternate_outcome *outcome)
{
    paired_free(&outcome->paired);
}
