/* A paired comparison: rounds of two fresh runners that take turns. */
#include "control/turns.h"

#include "stats/neighbours.h"
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

/* Of a round: long enough to be worth its launches, short enough that there are many. */
static const double round_least_s = 0.03, round_most_s = 0.25, round_over_launching = 1.5;
enum { ROUNDS_WANTED = 24, BLOCKS_LEAST = 2, CALIBRATIONS = 6 };

struct contest {
    const struct turns *turns;
    struct turns_outcome *outcome;
    struct random_source random;
    struct launch launches[SIDES];
    struct plan_case cases[SIDES]; /* copies: a duet places them; what was measured first, holds */
    struct flight flights[SIDES];
    uint64_t began_ns;
    int64_t block;
    int outer;            /* who begins and ends the block: A in ABBA */
    uint64_t runs[SIDES]; /* within the launch */
    double measured_s;    /* how long a round's blocks go on; 0: not known yet */
    struct neighbours pairs;
    struct values all[SIDES]; /* wall_s of all measured runs */
};

static int out_of_memory(struct bench_error *err)
{
    return bench_error_set(err, -ENOMEM, "out of memory");
}

static double elapsed_s(const struct contest *contest)
{
    return (double)(bench_now() - contest->began_ns) * 1e-9;
}

static double cap_s(const struct contest *contest)
{
    return (double)contest->turns->limits->time_ns * 1e-9;
}

/* ---- runs ---- */

static struct flight_run describe(struct contest *contest, int side, const char *phase)
{
    bool measured = phase[0] == 'm';
    return (struct flight_run){.phase = phase,
                               .run = ++contest->runs[side],
                               .passes = contest->outcome->passes,
                               .block = measured ? contest->block : RECORD_NO_COUNT,
                               .slower = side == B ? contest->turns->slower : 0,
                               .brief = true};
}

static int run_side(struct contest *contest, int side, const char *phase, double *wall_s,
                    struct bench_error *err)
{
    struct flight_run what = describe(contest, side, phase);
    int rc = flight_run(&contest->flights[side], &what, err);
    *wall_s = contest->flights[side].wall_s;
    return rc;
}

static int run_both(struct contest *contest, double wall_s[SIDES], struct bench_error *err)
{
    struct record records[SIDES];
    struct flight_run what[SIDES] = {describe(contest, A, "measure"), describe(contest, B, "measure")};
    int first = contest->outer, second = !first;
    int rc = flight_run_begin(&contest->flights[first], &what[first], &records[first], err);
    if (rc != FLIGHT_GOES_ON)
        return rc;
    rc = flight_run_begin(&contest->flights[second], &what[second], &records[second], err);
    if (rc != FLIGHT_GOES_ON) {
        record_free(&records[first]);
        return rc;
    }
    rc = flight_run_end(&contest->flights[first], &what[first], &records[first], err);
    if (rc != FLIGHT_GOES_ON) {
        record_free(&records[second]);
        return rc;
    }
    rc = flight_run_end(&contest->flights[second], &what[second], &records[second], err);
    for (int side = A; side < SIDES; side++)
        wall_s[side] = contest->flights[side].wall_s;
    return rc;
}

static int keep_pair(struct contest *contest, int half, double a_s, double b_s, struct bench_error *err)
{
    if (!(a_s > 0 && b_s > 0)) {
        contest->outcome->why = "a run has taken no time, so there is no ratio; let it do more";
        return FLIGHT_OVER;
    }
    int rc = neighbours_add(&contest->pairs, contest->outer, half, log(b_s / a_s));
    if (rc == 0)
        rc = values_add(&contest->all[A], a_s);
    if (rc == 0)
        rc = values_add(&contest->all[B], b_s);
    return rc < 0 ? out_of_memory(err) : FLIGHT_GOES_ON;
}

/* Every other block is the other way round than the one before. */
static void turn(struct contest *contest)
{
    contest->outer = contest->block % 2 ? !contest->outer : (int)random_below(&contest->random, SIDES);
    contest->block++;
}

/* ABBA or BAAB: two pairs of neighbours. */
static int do_four(struct contest *contest, const char *phase, double first_s[SIDES],
                   double second_s[SIDES], struct bench_error *err)
{
    int outer = contest->outer, inner = !outer;
    int rc = run_side(contest, outer, phase, &first_s[outer], err);
    if (rc == FLIGHT_GOES_ON)
        rc = run_side(contest, inner, phase, &first_s[inner], err);
    if (rc == FLIGHT_GOES_ON)
        rc = run_side(contest, inner, phase, &second_s[inner], err);
    if (rc == FLIGHT_GOES_ON)
        rc = run_side(contest, outer, phase, &second_s[outer], err);
    return rc;
}

static int do_block(struct contest *contest, struct bench_error *err)
{
    double first_s[SIDES] = {0}, second_s[SIDES] = {0};
    bool duet = contest->turns->duet[A];
    turn(contest);
    int rc =
        duet ? run_both(contest, first_s, err) : do_four(contest, "measure", first_s, second_s, err);
    if (rc == FLIGHT_GOES_ON)
        rc = keep_pair(contest, 0, first_s[A], first_s[B], err);
    if (rc == FLIGHT_GOES_ON && !duet)
        rc = keep_pair(contest, 1, second_s[A], second_s[B], err);
    return rc;
}

/* ---- a round ---- */

static int verify(struct contest *contest, int side, struct bench_error *err)
{
    const struct flight_run what = {.phase = "verify", .run = 1, .passes = 1, .block = RECORD_NO_COUNT};
    return flight_run(&contest->flights[side], &what, err);
}

/* Both must do as many as they are asked for: a runner that knows of one pass only answers with its
 * tasks. */
static int try_passes(struct contest *contest, struct bench_error *err)
{
    int rc = FLIGHT_GOES_ON;
    for (int side = A; rc == FLIGHT_GOES_ON && contest->outcome->passes > 1 && side < SIDES; side++) {
        const struct flight *flight = &contest->flights[side];
        json_int_t once = json_integer_value(json_object_get(flight->opened, "tasks"));
        double ignored;
        rc = run_side(contest, side, "warmup", &ignored, err);
        if (rc == FLIGHT_GOES_ON && flight->tasks != once * (json_int_t)contest->outcome->passes)
            contest->outcome->passes = 1;
    }
    return rc;
}

/* How many passes make a run long enough: the same for both sides, in all rounds. By the shortest runs.
 */
static int calibrate(struct contest *contest, struct bench_error *err)
{
    double shortest_s = INFINITY, asking_s = INFINITY, target_s;
    bool single = json_is_true(json_object_get(contest->flights[A].opened, "single_pass")) ||
                  json_is_true(json_object_get(contest->flights[B].opened, "single_pass"));
    int rc = FLIGHT_GOES_ON;
    contest->outcome->passes = 1;
    for (int i = 0; rc == FLIGHT_GOES_ON && i < CALIBRATIONS; i++) {
        double wall_s = INFINITY, before_s = elapsed_s(contest);
        rc = run_side(contest, i % SIDES, "warmup", &wall_s, err);
        asking_s = fmin(asking_s, elapsed_s(contest) - before_s - wall_s);
        shortest_s = fmin(shortest_s, wall_s);
    }
    target_s = fmin(fmax(run_least_s, asking_s * run_over_asking), run_most_s);
    if (rc == FLIGHT_GOES_ON && !single && shortest_s > 0)
        contest->outcome->passes = (uint64_t)fmax(1, round(target_s / shortest_s));
    return rc == FLIGHT_GOES_ON ? try_passes(contest, err) : rc;
}

/* Blocks that are not kept. */
static int warm_up(struct contest *contest, struct bench_error *err)
{
    double first_s[SIDES], second_s[SIDES];
    int rc = FLIGHT_GOES_ON;
    for (uint64_t i = 0; rc == FLIGHT_GOES_ON && i < contest->turns->limits->warmup; i++) {
        contest->outer = (int)random_below(&contest->random, SIDES);
        rc = do_four(contest, "warmup", first_s, second_s, err);
    }
    return rc;
}

/* How long the blocks of each round go on, from what the first launches took. */
static void plan_rounds(struct contest *contest, double launching_s)
{
    double most_s = cap_s(contest) / ROUNDS_WANTED - launching_s;
    double wanted_s = fmin(fmax(launching_s * round_over_launching, round_least_s), round_most_s);
    contest->measured_s = fmin(wanted_s, fmax(most_s, launching_s / 2));
}

static int open_both(struct contest *contest, struct bench_error *err)
{
    int first = (int)random_below(&contest->random, SIDES), second = !first;
    contest->flights[second] = (struct flight){0};
    int rc = flight_open(&contest->flights[first], &contest->launches[first], err);
    if (rc == FLIGHT_GOES_ON)
        rc = flight_open(&contest->flights[second], &contest->launches[second], err);
    contest->flights[A].child.beside = &contest->flights[B].child;
    contest->flights[B].child.beside = &contest->flights[A].child;
    if (rc == FLIGHT_GOES_ON)
        rc = verify(contest, first, err);
    if (rc == FLIGHT_GOES_ON)
        rc = verify(contest, second, err);
    return rc;
}

/* As many of one kind as of the other. */
static int do_blocks(struct contest *contest, struct bench_error *err)
{
    double until_s = elapsed_s(contest) + contest->measured_s;
    int rc = FLIGHT_GOES_ON;
    for (int blocks = 0; rc == FLIGHT_GOES_ON; blocks++) {
        if (blocks >= BLOCKS_LEAST && blocks % 2 == 0 && elapsed_s(contest) >= until_s)
            break;
        rc = do_block(contest, err);
    }
    return rc;
}

/* Two fresh runners, from their start to their end. The pairs are in contest->pairs. */
static int do_launches(struct contest *contest, struct bench_error *err)
{
    double began_s = elapsed_s(contest);
    contest->runs[A] = contest->runs[B] = 0;
    contest->launches[A].number++;
    contest->launches[B].number++;
    int rc = open_both(contest, err);
    if (rc == FLIGHT_GOES_ON && contest->outcome->passes == 0)
        rc = calibrate(contest, err);
    if (rc == FLIGHT_GOES_ON)
        rc = warm_up(contest, err);
    if (rc == FLIGHT_GOES_ON && contest->measured_s == 0)
        plan_rounds(contest, elapsed_s(contest) - began_s);
    if (rc == FLIGHT_GOES_ON)
        rc = do_blocks(contest, err);
    for (int side = A; side < SIDES; side++) {
        if (rc == FLIGHT_GOES_ON)
            rc = flight_close(&contest->flights[side], err);
    }
    for (int side = A; side < SIDES; side++)
        flight_end(&contest->flights[side], rc);
    return rc;
}

/* In a duet, one launch in each arrangement: what the two places differ by cancels out. */
static int do_round(struct contest *contest, double *difference, struct bench_error *err)
{
    const char *const *duet = contest->turns->duet;
    int launches = duet[A] ? 2 : 1;
    *difference = 0;
    for (int i = 0; i < launches; i++) {
        double one = 0;
        if (duet[A]) {
            contest->cases[A].pin = duet[i];
            contest->cases[B].pin = duet[!i];
        }
        int rc = do_launches(contest, err);
        if (rc != FLIGHT_GOES_ON)
            return rc;
        if (neighbours_end_round(&contest->pairs, &one) < 0)
            return out_of_memory(err);
        *difference += one / launches;
    }
    return FLIGHT_GOES_ON;
}

/* ---- all rounds ---- */

/*
 * A parameter that A's first launch has measured holds for all others, so that they do the same work;
 * B's too, where it has the same workload and does not say otherwise.
 */
static int take_measured(struct contest *contest, struct bench_error *err)
{
    const char *text = json_string_value(json_object_get(contest->flights[A].opened, "measured"));
    const char *equals = text ? strchr(text, '=') : NULL;
    char name[64];
    if (!equals)
        return FLIGHT_GOES_ON;
    snprintf(name, sizeof name, "%.*s", (int)(equals - text), text);
    for (int side = A; side < SIDES; side++) {
        struct plan_case *one = &contest->cases[side];
        const struct bench_param *entry = params_find(one->workload_params.table, name);
        if (strcmp(one->workload->name, contest->cases[A].workload->name) != 0 || !entry ||
            !params_is_default(&one->workload_params, entry))
            continue;
        int rc = plan_case_set(one, name, equals + 1, err);
        if (rc < 0)
            return rc;
    }
    return FLIGHT_GOES_ON;
}

/* Before the first round: A's launch is opened for what it measures, and closed again. */
static int settle(struct contest *contest, struct bench_error *err)
{
    struct flight *flight = &contest->flights[A];
    int rc = flight_open(flight, &contest->launches[A], err);
    if (rc == FLIGHT_GOES_ON)
        rc = take_measured(contest, err);
    if (rc == FLIGHT_GOES_ON)
        rc = flight_close(flight, err);
    flight_end(flight, rc);
    return rc;
}

/* Which part of the time is gone, counting a round that would not be over in time. */
static double spent(const struct contest *contest)
{
    const struct turns_limits *limits = contest->turns->limits;
    const struct turns_outcome *outcome = contest->outcome;
    double now_s = elapsed_s(contest);
    if (now_s + outcome->round_s > cap_s(contest) ||
        (limits->rounds_max && outcome->paired.rounds.count >= limits->rounds_max))
        return 1;
    double by_time = now_s / cap_s(contest);
    double by_rounds =
        limits->rounds_max ? (double)outcome->paired.rounds.count / (double)limits->rounds_max : 0;
    return fmin(1, fmax(by_time, by_rounds));
}

static int do_rounds(struct contest *contest, struct bench_error *err)
{
    const struct turns *turns = contest->turns;
    struct turns_outcome *outcome = contest->outcome;
    const struct launch_hooks *hooks = turns->sides[A]->hooks;
    int rc = settle(contest, err);
    outcome->failed = rc == FLIGHT_OVER;
    while (rc == FLIGHT_GOES_ON) {
        double difference, part, before_s = elapsed_s(contest);
        rc = do_round(contest, &difference, err);
        if (rc < 0)
            return rc;
        outcome->failed = rc == FLIGHT_OVER;
        if (outcome->failed)
            return 0;
        if (paired_add(&outcome->paired, difference) < 0)
            return out_of_memory(err);
        outcome->round_s = elapsed_s(contest) - before_s;
        part = spent(contest);
        enum paired_state state = paired_look(&outcome->paired, part);
        if (turns->on_round)
            turns->on_round(hooks->context, part, &outcome->paired);
        if (part >= 1 || (state != PAIRED_LOOKING && state != PAIRED_CONFIRMING))
            return 0;
    }
    return rc < 0 ? rc : 0;
}

static int prepare(struct contest *contest, struct bench_error *err)
{
    static const char *const names[SIDES] = {"A", "B"};
    for (int side = A; side < SIDES; side++) {
        struct launch *launch = &contest->launches[side];
        *launch = *contest->turns->sides[side];
        launch->side = names[side];
        launch->number = 0;
        int rc = plan_case_copy(&contest->cases[side], launch->one, err);
        if (rc < 0)
            return rc;
        launch->one = &contest->cases[side];
    }
    return 0;
}

int turns_run(const struct turns *turns, struct turns_outcome *outcome, struct bench_error *err)
{
    struct contest contest = {
        .turns = turns, .outcome = outcome, .random = {turns->limits->seed}, .began_ns = bench_now()};
    *outcome = (struct turns_outcome){.paired.rules = turns->rules, .wall_s = {NAN, NAN}};
    int rc = prepare(&contest, err);
    if (rc == 0)
        rc = do_rounds(&contest, err);
    outcome->runs = contest.all[A].count;
    for (int side = A; side < SIDES; side++) {
        if (summary_median(contest.all[side].list, contest.all[side].count, &outcome->wall_s[side]) <
                0 &&
            rc == 0)
            rc = out_of_memory(err);
        outcome->wall_s[side] /= (double)(outcome->passes ? outcome->passes : 1);
        values_free(&contest.all[side]);
        plan_case_free(&contest.cases[side]);
    }
    neighbours_free(&contest.pairs);
    return rc;
}

void turns_free(struct turns_outcome *outcome)
{
    paired_free(&outcome->paired);
}
