/* A paired comparison: rounds of two fresh runners that take turns. */
#include "control/alternate.h"

#include "measure/clock.h"
#include "stats/run_order.h"
#include "stats/summary.h"

#include <bench/workload.h>

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { A, B, SIDES };

/*
 * Short runs: what disturbs a machine lasts for milliseconds, so the sooner two runs follow each other
 * the more they have in common, and a timer's tick hits few of them. Long enough that most of the time
 * is spent in them and not in asking for them.
 */
static const double run_least_s = 400e-6, run_most_s = 5e-3, run_over_asking = 2.5;

/* Time of a round: long enough to be worth its launches, short enough that there are many. */
static const double round_least_s = 0.03, round_most_s = 0.25, round_over_launching = 1.5;
enum { ROUNDS_WANTED = 24, BLOCKS_LEAST = 2, CALIBRATIONS = 6 };

struct alternation {
    const struct alternate_request *request;
    struct alternate_outcome *outcome;
    struct random_source random;
    struct launch_request requests[SIDES];
    struct plan_case cases[SIDES]; /* copies: a duet places them; what was measured first, holds */
    struct launch launches[SIDES];
    uint64_t began_ns;
    int64_t block;
    int outer;            /* who begins and ends the block: A in ABBA */
    uint64_t runs[SIDES]; /* within the launch */
    double measured_s;    /* how long a round's blocks go on; 0: not known yet */
    struct run_order pairs;
    struct values all[SIDES]; /* of all measured runs, in the column that is compared */
};

static double elapsed_s(const struct alternation *alternation)
{
    return fmax(0, clock_seconds(alternation->began_ns, bench_now()));
}

static double cap_s(const struct alternation *alternation)
{
    return (double)alternation->request->limits->time_ns * 1e-9;
}

/* ---- runs ---- */

/* Are a run's time and what follows from it all that is asked for? */
static bool is_told_briefly(enum column column)
{
    return column == COLUMN_wall_s || column == COLUMN_work_per_s;
}

static struct launch_run describe(struct alternation *alternation, int side, enum phase phase)
{
    bool measured = phase == PHASE_MEASURE;
    return (struct launch_run){.phase = phase,
                               .run = ++alternation->runs[side],
                               .passes = alternation->outcome->passes,
                               .block = measured ? alternation->block : RECORD_NO_COUNT,
                               .slower = side == B ? alternation->request->slower : 0,
                               .brief = is_told_briefly(alternation->request->column)};
}

static int run_side(struct alternation *alternation, int side, enum phase phase, double *value,
                    struct bench_error *err)
{
    struct launch_run what = describe(alternation, side, phase);
    int rc = launch_run(&alternation->launches[side], &what, err);
    *value = alternation->launches[side].value;
    return rc;
}

static int run_both(struct alternation *alternation, double values[SIDES], struct bench_error *err)
{
    struct record records[SIDES];
    struct launch_run what[SIDES] = {describe(alternation, A, PHASE_MEASURE),
                                     describe(alternation, B, PHASE_MEASURE)};
    int first = alternation->outer, second = !first;
    int rc = launch_run_begin(&alternation->launches[first], &what[first], &records[first], err);
    if (rc != LAUNCH_GOES_ON)
        return rc;
    rc = launch_run_begin(&alternation->launches[second], &what[second], &records[second], err);
    if (rc != LAUNCH_GOES_ON) {
        record_free(&records[first]);
        return rc;
    }
    rc = launch_run_end(&alternation->launches[first], &what[first], &records[first], err);
    if (rc != LAUNCH_GOES_ON) {
        record_free(&records[second]);
        return rc;
    }
    rc = launch_run_end(&alternation->launches[second], &what[second], &records[second], err);
    for (int side = A; side < SIDES; side++)
        values[side] = alternation->launches[side].value;
    return rc;
}

static int keep_pair(struct alternation *alternation, int half, double a, double b)
{
    bool is_counted = column_type(alternation->request->column) == COLUMN_COUNT;
    if (isnan(a) || isnan(b)) {
        alternation->outcome->why = "its runs do not have this metric here";
        return LAUNCH_OVER;
    }
    if (!is_counted && !(a > 0 && b > 0)) {
        alternation->outcome->why = "a run has 0 of it, so there is no ratio; give it more work";
        return LAUNCH_OVER;
    }
    bool has_zero = a <= 0 || b <= 0; /* 0 page faults are a number: one more of each has a ratio */
    run_order_add(&alternation->pairs, alternation->outer, half, log((b + has_zero) / (a + has_zero)));
    values_add(&alternation->all[A], a);
    values_add(&alternation->all[B], b);
    return LAUNCH_GOES_ON;
}

/* Every other block is the other way round than the one before. */
static void turn(struct alternation *alternation)
{
    alternation->outer =
        alternation->block % 2 ? !alternation->outer : (int)random_below(&alternation->random, SIDES);
    alternation->block++;
}

/* ABBA or BAAB: two pairs of run_order. */
static int do_four(struct alternation *alternation, enum phase phase, double first_s[SIDES],
                   double second_s[SIDES], struct bench_error *err)
{
    int outer = alternation->outer, inner = !outer;
    int rc = run_side(alternation, outer, phase, &first_s[outer], err);
    if (rc == LAUNCH_GOES_ON)
        rc = run_side(alternation, inner, phase, &first_s[inner], err);
    if (rc == LAUNCH_GOES_ON)
        rc = run_side(alternation, inner, phase, &second_s[inner], err);
    if (rc == LAUNCH_GOES_ON)
        rc = run_side(alternation, outer, phase, &second_s[outer], err);
    return rc;
}

static int do_block(struct alternation *alternation, struct bench_error *err)
{
    double first_s[SIDES] = {0}, second_s[SIDES] = {0};
    bool duet = alternation->request->duet[A];
    turn(alternation);
    int rc = duet ? run_both(alternation, first_s, err)
                  : do_four(alternation, PHASE_MEASURE, first_s, second_s, err);
    if (rc == LAUNCH_GOES_ON)
        rc = keep_pair(alternation, 0, first_s[A], first_s[B]);
    if (rc == LAUNCH_GOES_ON && !duet)
        rc = keep_pair(alternation, 1, second_s[A], second_s[B]);
    return rc;
}

/* ---- a round ---- */

static int verify(struct alternation *alternation, int side, struct bench_error *err)
{
    const struct launch_run what = {
        .phase = PHASE_VERIFY, .run = 1, .passes = 1, .block = RECORD_NO_COUNT};
    return launch_run(&alternation->launches[side], &what, err);
}

/* Both must do as many as they are asked for: a runner that knows of one pass only answers with its
 * tasks. */
static int try_passes(struct alternation *alternation, struct bench_error *err)
{
    int rc = LAUNCH_GOES_ON;
    for (int side = A; rc == LAUNCH_GOES_ON && alternation->outcome->passes > 1 && side < SIDES;
         side++) {
        const struct launch *launch = &alternation->launches[side];
        double ignored;
        rc = run_side(alternation, side, PHASE_WARMUP, &ignored, err);
        if (rc == LAUNCH_GOES_ON && launch_knows_one_pass(launch, alternation->outcome->passes))
            alternation->outcome->passes = 1;
    }
    return rc;
}

/* How many passes make a run long enough: the same for both sides, in all rounds. By the shortest runs.
 */
static int calibrate(struct alternation *alternation, struct bench_error *err)
{
    double shortest_s = INFINITY, asking_s = INFINITY, target_s;
    bool single =
        alternation->launches[A].opened.single_pass || alternation->launches[B].opened.single_pass;
    int rc = LAUNCH_GOES_ON;
    alternation->outcome->passes = 1;
    for (int i = 0; rc == LAUNCH_GOES_ON && i < CALIBRATIONS; i++) {
        double ignored, before_s = elapsed_s(alternation);
        rc = run_side(alternation, i % SIDES, PHASE_WARMUP, &ignored, err);
        double wall_s = rc == LAUNCH_GOES_ON ? alternation->launches[i % SIDES].wall_s : INFINITY;
        asking_s = fmin(asking_s, elapsed_s(alternation) - before_s - wall_s);
        shortest_s = fmin(shortest_s, wall_s);
    }
    target_s = fmin(fmax(run_least_s, asking_s * run_over_asking), run_most_s);
    if (rc == LAUNCH_GOES_ON && !single && shortest_s > 0)
        alternation->outcome->passes = (uint64_t)fmax(1, round(target_s / shortest_s));
    return rc == LAUNCH_GOES_ON ? try_passes(alternation, err) : rc;
}

/* Blocks that are not kept. */
static int warm_up(struct alternation *alternation, struct bench_error *err)
{
    double first_s[SIDES], second_s[SIDES];
    int rc = LAUNCH_GOES_ON;
    for (uint64_t i = 0; rc == LAUNCH_GOES_ON && i < alternation->request->limits->warmup; i++) {
        alternation->outer = (int)random_below(&alternation->random, SIDES);
        rc = do_four(alternation, PHASE_WARMUP, first_s, second_s, err);
    }
    return rc;
}

/* How long the blocks of each round go on, from what the first launches took. */
static void plan_rounds(struct alternation *alternation, double launching_s)
{
    double most_s = cap_s(alternation) / ROUNDS_WANTED - launching_s;
    double wanted_s = fmin(fmax(launching_s * round_over_launching, round_least_s), round_most_s);
    alternation->measured_s = fmin(wanted_s, fmax(most_s, launching_s / 2));
}

static int open_both(struct alternation *alternation, struct bench_error *err)
{
    int first = (int)random_below(&alternation->random, SIDES), second = !first;
    alternation->launches[second] = (struct launch){0};
    int rc = launch_open(&alternation->launches[first], &alternation->requests[first], err);
    if (rc == LAUNCH_GOES_ON)
        rc = launch_open(&alternation->launches[second], &alternation->requests[second], err);
    alternation->launches[A].child.beside = &alternation->launches[B].child;
    alternation->launches[B].child.beside = &alternation->launches[A].child;
    if (rc == LAUNCH_GOES_ON)
        rc = verify(alternation, first, err);
    if (rc == LAUNCH_GOES_ON)
        rc = verify(alternation, second, err);
    return rc;
}

/* The same number of each kind. */
static int do_blocks(struct alternation *alternation, struct bench_error *err)
{
    double until_s = elapsed_s(alternation) + alternation->measured_s;
    int rc = LAUNCH_GOES_ON;
    for (int blocks = 0; rc == LAUNCH_GOES_ON; blocks++) {
        if (blocks >= BLOCKS_LEAST && blocks % 2 == 0 && elapsed_s(alternation) >= until_s)
            break;
        rc = do_block(alternation, err);
    }
    return rc;
}

/* Two fresh runners, from their start to their end. The pairs are in alternation->pairs. */
static int do_launches(struct alternation *alternation, struct bench_error *err)
{
    double began_s = elapsed_s(alternation);
    alternation->runs[A] = alternation->runs[B] = 0;
    alternation->requests[A].number++;
    alternation->requests[B].number++;
    int rc = open_both(alternation, err);
    if (rc == LAUNCH_GOES_ON && alternation->outcome->passes == 0)
        rc = calibrate(alternation, err);
    if (rc == LAUNCH_GOES_ON)
        rc = warm_up(alternation, err);
    if (rc == LAUNCH_GOES_ON && alternation->measured_s == 0)
        plan_rounds(alternation, elapsed_s(alternation) - began_s);
    if (rc == LAUNCH_GOES_ON)
        rc = do_blocks(alternation, err);
    for (int side = A; side < SIDES; side++) {
        if (rc == LAUNCH_GOES_ON)
            rc = launch_close(&alternation->launches[side], err);
    }
    for (int side = A; side < SIDES; side++)
        launch_end(&alternation->launches[side], rc);
    return rc;
}

/* In a duet, one launch in each arrangement: what the two places differ by cancels out. */
static int do_round(struct alternation *alternation, double *difference, struct bench_error *err)
{
    const char *const *duet = alternation->request->duet;
    int launches = duet[A] ? 2 : 1;
    *difference = 0;
    for (int i = 0; i < launches; i++) {
        if (duet[A]) {
            alternation->cases[A].shape.pin = duet[i];
            alternation->cases[B].shape.pin = duet[!i];
        }
        int rc = do_launches(alternation, err);
        if (rc != LAUNCH_GOES_ON)
            return rc;
        *difference += run_order_end_round(&alternation->pairs) / launches;
    }
    return LAUNCH_GOES_ON;
}

/* ---- all rounds ---- */

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
    double now_s = elapsed_s(alternation);
    if (now_s + outcome->round_s > cap_s(alternation) ||
        (limits->rounds_max && outcome->paired.rounds.count >= limits->rounds_max))
        return 1;
    double by_time = now_s / cap_s(alternation);
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
        double difference, part, before_s = elapsed_s(alternation);
        rc = do_round(alternation, &difference, err);
        if (rc < 0)
            return rc;
        outcome->failed = rc == LAUNCH_OVER;
        if (outcome->failed)
            return 0;
        paired_add(&outcome->paired, difference);
        outcome->round_s = elapsed_s(alternation) - before_s;
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
