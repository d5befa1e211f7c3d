/* A round of a paired comparison: two fresh runners that take turns. */
#include "control/alternation.h"

#include "measure/clock.h"

#include <bench/workload.h>

#include <math.h>

/*
 * Short runs: what disturbs a machine lasts for milliseconds, so the sooner two runs follow each other
 * the more they have in common, and a timer's tick hits few of them. Long enough that most of the time
 * is spent in them and not in asking for them.
 */
static const double run_least_s = 400e-6, run_most_s = 5e-3, run_over_asking = 2.5;

/* Time of a round: long enough to be worth its launches, short enough that there are many. */
static const double round_least_s = 0.03, round_most_s = 0.25, round_over_launching = 1.5;
enum { ROUNDS_WANTED = 24, BLOCKS_LEAST = 2, CALIBRATIONS = 6 };

double alternation_elapsed_s(const struct alternation *alternation)
{
    return fmax(0, clock_seconds(alternation->began_ns, bench_now()));
}

double alternation_cap_s(const struct alternation *alternation)
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
    run_order_add(&alternation->pairs, alternation->outer, half, log(a + has_zero), log(b + has_zero));
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
        double ignored, before_s = alternation_elapsed_s(alternation);
        rc = run_side(alternation, i % SIDES, PHASE_WARMUP, &ignored, err);
        double wall_s = rc == LAUNCH_GOES_ON ? alternation->launches[i % SIDES].wall_s : INFINITY;
        asking_s = fmin(asking_s, alternation_elapsed_s(alternation) - before_s - wall_s);
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
    double most_s = alternation_cap_s(alternation) / ROUNDS_WANTED - launching_s;
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
    double until_s = alternation_elapsed_s(alternation) + alternation->measured_s;
    int rc = LAUNCH_GOES_ON;
    for (int blocks = 0; rc == LAUNCH_GOES_ON; blocks++) {
        if (blocks >= BLOCKS_LEAST && blocks % 2 == 0 && alternation_elapsed_s(alternation) >= until_s)
            break;
        rc = do_block(alternation, err);
    }
    return rc;
}

/* Two fresh runners, from their start to their end. The pairs are in alternation->pairs. */
static int do_launches(struct alternation *alternation, struct bench_error *err)
{
    double began_s = alternation_elapsed_s(alternation);
    alternation->runs[A] = alternation->runs[B] = 0;
    alternation->requests[A].number++;
    alternation->requests[B].number++;
    int rc = open_both(alternation, err);
    if (rc == LAUNCH_GOES_ON && alternation->outcome->passes == 0)
        rc = calibrate(alternation, err);
    if (rc == LAUNCH_GOES_ON)
        rc = warm_up(alternation, err);
    if (rc == LAUNCH_GOES_ON && alternation->measured_s == 0)
        plan_rounds(alternation, alternation_elapsed_s(alternation) - began_s);
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

int alternation_round(struct alternation *alternation, double *difference, struct bench_error *err)
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
