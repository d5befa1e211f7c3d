/*
 * Launches close together in time: two sides of the same program, measured one after the other on a
 * machine that changes slowly. Does sample_ratio still keep its promise? With "table", as a table.
 */
#include "stats/moments.h"
#include "stats/random.h"
#include "stats/sample.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { LAUNCHES = 5, RUNS = 7, CASES = 12, STEPS_A_S = 20 };

static double draw(struct random_source *source)
{
    return sqrt(-2 * log(1 - random_uniform(source))) * cos(2 * M_PI * random_uniform(source));
}

/* A machine whose speed, in ln, changes slowly: sums of what is forgotten within so many seconds. */
enum slowness { DRIFT, STEPS, ONE_OVER_F, SLOWNESSES };
static const char *const names[] = {"drift of 3 s", "steps each 4 s", "1/f"};

struct machine {
    enum slowness slowness;
    double levels[6];
};

static double machine_now(const struct machine *machine)
{
    double sum = 0;
    for (int i = 0; i < 6; i++)
        sum += machine->levels[i];
    return sum;
}

static void forget(double *level, double memory_s, double sd, double step_s,
                   struct random_source *source)
{
    double kept = exp(-step_s / memory_s);
    *level = kept * *level + sqrt(1 - kept * kept) * sd * draw(source);
}

static void machine_wait(struct machine *machine, double seconds, struct random_source *source)
{
    for (double step_s = 1.0 / STEPS_A_S; seconds > 0; seconds -= step_s) {
        if (machine->slowness == DRIFT)
            forget(&machine->levels[0], 3, MOMENT_LUCK, step_s, source);
        else if (machine->slowness == STEPS && random_uniform(source) < step_s / 4)
            machine->levels[0] = MOMENT_LUCK * draw(source);
        for (int i = 0; machine->slowness == ONE_OVER_F && i < 6; i++)
            forget(&machine->levels[i], 0.25 * pow(3, i), MOMENT_LUCK / sqrt(6), step_s, source);
    }
}

struct side {
    double values[LAUNCHES * RUNS], times_s[LAUNCHES];
    struct sample sample;
};

static const size_t launch_sizes[LAUNCHES] = {RUNS, RUNS, RUNS, RUNS, RUNS};

/* Launches, one each so many seconds, that differ by 0.5 % by themselves and by 0.5 % from run to run.
 */
static void measure(struct side *side, struct machine *machine, double apart_s, double slower,
                    struct random_source *source)
{
    double *value = side->values;
    for (int launch = 0; launch < LAUNCHES; launch++) {
        double own = 0.005 * draw(source) + slower + machine_now(machine);
        for (int run = 0; run < RUNS; run++)
            *value++ = exp(own + 0.005 * draw(source));
        side->times_s[launch] = apart_s * launch;
        machine_wait(machine, apart_s, source);
    }
    side->sample =
        (struct sample){.values = side->values, .launch_sizes = launch_sizes, .launches = LAUNCHES};
}

/* Of so many suites of 12 cases: the share in which one is called slower by more than 2 %, as compare
 * does. */
static double alarms(enum slowness slowness, double span_s, double slower, bool has_luck, int suites)
{
    struct random_source source = {slowness + 17};
    int found = 0;
    for (int suite = 0; suite < suites; suite++) {
        bool is_found = false;
        for (int one = 0; one < CASES; one++) {
            struct machine machine = {.slowness = slowness};
            struct side sides[2];
            machine_wait(&machine, 20, &source);
            for (int i = 0; i < 2; i++) {
                measure(&sides[i], &machine, span_s / (LAUNCHES - 1), one == 0 ? i * slower : 0,
                        &source);
                machine_wait(&machine, 20, &source);
                sides[i].sample.luck = has_luck ? moments_luck(sides[i].times_s, LAUNCHES, 0) : 0;
            }
            struct sample_ratio ratio =
                sample_ratio(&sides[0].sample, &sides[1].sample, 1 - 0.05 / CASES);
            is_found |= (slower > 0 ? one == 0 : true) &&
                        (ratio.interval.low > 1.02 || (slower == 0 && ratio.interval.high < 1 / 1.02));
        }
        found += is_found;
    }
    return (double)found / suites;
}

static int print_table(int suites)
{
    printf("machine,span_s,slower,alarms_without,alarms_with\n");
    for (enum slowness slowness = DRIFT; slowness < SLOWNESSES; slowness++) {
        for (double span_s = 1; span_s < 40; span_s *= 2) {
            for (double slower = 0; slower < 0.3; slower += 0.1)
                printf("%s,%g,%g,%.4f,%.4f\n", names[slowness], span_s, slower,
                       alarms(slowness, span_s, slower, false, suites),
                       alarms(slowness, span_s, slower, true, suites));
            fflush(stdout);
        }
    }
    return 0;
}

static void one_moment_is_all_that_launches_at_once_see(void **state)
{
    const double at_once[] = {5, 5, 5, 5}, spread[] = {0, 5, 10, 60}, near[] = {0, 1.25, 2.5, 62.5};
    (void)state;
    assert_true(moments_count(at_once, 4) == 1);
    assert_true(moments_count(spread, 4) == 4 && moments_luck(spread, 4, 0) == 0);
    assert_true(moments_count(near, 4) == 2.5);
    assert_true(fabs(moments_luck(at_once, 4, 0) - MOMENT_LUCK * sqrt(0.75)) < 1e-12);
}

static void launches_without_times_or_alone_have_no_luck(void **state)
{
    const double unknown[] = {0, NAN, 2};
    (void)state;
    assert_true(moments_luck(unknown, 3, 0) == 0);
    assert_true(moments_luck(unknown, 1, 0) == 0);
}

static void what_others_have_taken_may_be_gone_in_another_moment(void **state)
{
    (void)state;
    assert_true(moment_luck(0) == MOMENT_LUCK && moment_luck(NAN) == MOMENT_LUCK);
    assert_true(moment_luck(0.5) > log(2) && moment_luck(0.5) < log(2.01));
    assert_true(isfinite(moment_luck(1)));
}

/* A suite in twenty is allowed; without luck it is one in five. */
static void launches_within_two_seconds_alarm_no_more_often_than_promised(void **state)
{
    (void)state;
    for (enum slowness slowness = DRIFT; slowness < SLOWNESSES; slowness++) {
        assert_true(alarms(slowness, 2, 0, false, 400) > 0.1);
        assert_true(alarms(slowness, 2, 0, true, 400) < 0.05);
    }
}

static void ten_percent_are_found_where_launches_are_spread(void **state)
{
    (void)state;
    assert_true(alarms(DRIFT, 12, 0.1, true, 200) > 0.3);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_moment_is_all_that_launches_at_once_see),
        cmocka_unit_test(launches_without_times_or_alone_have_no_luck),
        cmocka_unit_test(what_others_have_taken_may_be_gone_in_another_moment),
        cmocka_unit_test(launches_within_two_seconds_alarm_no_more_often_than_promised),
        cmocka_unit_test(ten_percent_are_found_where_launches_are_spread),
    };
    if (argc > 1 && strcmp(argv[1], "table") == 0)
        return print_table(300);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
