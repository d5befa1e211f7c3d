/* The decision of a paired comparison, on rounds that are made up: seeds are fixed, so are the answers.
 */
#include "stats/paired.h"
#include "stats/random.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct paired_rules rules = {.false_alarm = 0.001, .threshold = 0.005, .level = 0.95};

/* ---- rounds ---- */

static double normal(struct random_source *source)
{
    return sqrt(-2 * log(1 - random_uniform(source))) * cos(2 * M_PI * random_uniform(source));
}

/* Two layouts of memory, one 3 % slower: each side is dealt one a launch. */
static double layouts(struct random_source *source)
{
    double a = random_below(source, 2) ? 0.03 : 0, b = random_below(source, 2) ? 0.03 : 0;
    return b - a + 0.001 * normal(source);
}

/* Student's t with two degrees of freedom: no variance. */
static double heavy(struct random_source *source)
{
    double u = random_uniform(source);
    return 0.004 * (2 * u - 1) / sqrt(2 * u * (1 - u) + 1e-12);
}

static double quiet(struct random_source *source)
{
    return 0.004 * normal(source);
}

static double one_sided(struct random_source *source)
{
    double burst_a = random_below(source, 20) ? 0 : 0.2, burst_b = random_below(source, 20) ? 0 : 0.2;
    return 0.003 * normal(source) + burst_b - burst_a;
}

static double loud(struct random_source *source)
{
    return 0.05 * normal(source);
}

/* A comparison for which there is time for `rounds` rounds of `make`, B slower by `shift`. */
static enum paired_state compare(const struct paired_rules *with, double (*make)(struct random_source *),
                                 double shift, size_t rounds, uint64_t seed, int *direction)
{
    struct paired paired = {.rules = *with};
    struct random_source source = {seed};
    enum paired_state state = PAIRED_LOOKING;
    for (size_t i = 1; i <= rounds && (state == PAIRED_LOOKING || state == PAIRED_CONFIRMING); i++) {
        paired_add(&paired, shift + make(&source));
        state = paired_look(&paired, (double)i / (double)rounds);
    }
    *direction = paired.direction;
    paired_free(&paired);
    return state;
}

/* How often, of `trials`, a difference is found; in either direction, or in that one. */
static unsigned found(const struct paired_rules *with, double (*make)(struct random_source *),
                      double shift, size_t rounds, unsigned trials, int wanted)
{
    unsigned hits = 0;
    for (unsigned trial = 0; trial < trials; trial++) {
        int direction;
        enum paired_state state = compare(with, make, shift, rounds, 1000 + trial * 7919ull, &direction);
        hits += state == PAIRED_DIFFERENT && (wanted == 0 || direction == wanted);
    }
    return hits;
}

/* ---- nothing is found where there is nothing ---- */

/*
 * A twentieth is allowed (false_alarm 0.05, no threshold to hide behind), so of 800 comparisons 40;
 * the test is failed by 60, which is more than three standard deviations more.
 */
static void assert_few_false_alarms(double (*make)(struct random_source *), size_t rounds)
{
    const struct paired_rules lax = {.false_alarm = 0.05, .threshold = 0, .level = 0.95};
    assert_true(found(&lax, make, 0, rounds, 800, 0) < 60);
}

static void quiet_rounds_give_no_more_false_alarms_than_promised(void **state)
{
    (void)state;
    assert_few_false_alarms(quiet, 12);
    assert_few_false_alarms(quiet, 40);
}

static void layouts_of_memory_give_no_more_false_alarms_than_promised(void **state)
{
    (void)state;
    assert_few_false_alarms(layouts, 20);
    assert_few_false_alarms(layouts, 40);
}

static void heavy_tails_give_no_more_false_alarms_than_promised(void **state)
{
    (void)state;
    assert_few_false_alarms(heavy, 20);
    assert_few_false_alarms(heavy, 40);
}

static void bursts_give_no_more_false_alarms_than_promised(void **state)
{
    (void)state;
    assert_few_false_alarms(one_sided, 20);
    assert_few_false_alarms(one_sided, 40);
}

static void by_default_hundreds_of_comparisons_with_itself_find_nothing(void **state)
{
    (void)state;
    assert_true(found(&rules, layouts, 0, 40, 500, 0) <= 2);
    assert_true(found(&rules, quiet, 0, 40, 500, 0) <= 2);
}

/* ---- what there is is found ---- */

static void one_percent_is_found_in_quiet_rounds(void **state)
{
    (void)state;
    assert_true(found(&rules, quiet, 0.01, 40, 400, 1) >= 396);
}

/* In so many rounds another way of spending the chance, such as on looking first and confirming then,
 * finds one in five less often. */
static void what_is_six_standard_errors_large_is_found_mostly(void **state)
{
    static const struct paired_rules suite = {
        .false_alarm = 0.001 / 12, .threshold = 0.0025, .level = 0.95};
    (void)state;
    assert_true(found(&suite, quiet, 6 * 0.004 / sqrt(40), 40, 400, 1) >= 320);
}

static void one_percent_less_is_found_as_well(void **state)
{
    (void)state;
    assert_true(found(&rules, quiet, -0.01, 40, 400, -1) >= 396);
}

static void bursts_do_not_hide_one_percent(void **state)
{
    (void)state;
    assert_true(found(&rules, one_sided, 0.01, 40, 400, 1) >= 340);
}

static void a_large_difference_is_found_before_the_time_is_over(void **state)
{
    struct paired paired = {.rules = rules};
    struct random_source source = {1};
    enum paired_state now = PAIRED_LOOKING;
    size_t rounds = 0;
    (void)state;
    while (now == PAIRED_LOOKING || now == PAIRED_CONFIRMING) {
        paired_add(&paired, 0.1 + quiet(&source));
        now = paired_look(&paired, (double)++rounds / 200);
    }
    assert_int_equal(now, PAIRED_DIFFERENT);
    assert_true(rounds < 60);
    paired_free(&paired);
}

/* ---- rounds ---- */

static void too_few_rounds_find_nothing_however_large_it_is(void **state)
{
    int direction;
    size_t least = paired_least_rounds(&rules);
    (void)state;
    for (size_t rounds = 1; rounds < least; rounds++) {
        enum paired_state now = compare(&rules, quiet, 0.5, rounds, 3, &direction);
        assert_true(now != PAIRED_DIFFERENT && now != PAIRED_SAME);
    }
}

/* Of 100 rounds the first so many are slow: by far enough for all together to show it. */
static enum paired_state slow_at_first(size_t slow)
{
    struct paired paired = {.rules = rules};
    struct random_source source = {5};
    enum paired_state now = PAIRED_LOOKING;
    for (size_t i = 0; i < 100 && now != PAIRED_DIFFERENT; i++) {
        paired_add(&paired, (i < slow ? 0.05 : 0) + quiet(&source));
        now = paired_look(&paired, i < 99 ? 0.5 : 1); /* looked at early, and at the end */
    }
    paired_free(&paired);
    return now;
}

static void a_difference_that_only_the_earlier_half_shows_is_not_confirmed(void **state)
{
    (void)state;
    assert_int_equal(slow_at_first(55), PAIRED_NOT_CONFIRMED);
    assert_int_equal(slow_at_first(90), PAIRED_DIFFERENT);
}

static void a_difference_within_the_threshold_is_the_same(void **state)
{
    int direction;
    struct paired_rules wide = rules;
    (void)state;
    wide.threshold = 0.05;
    assert_int_equal(compare(&wide, quiet, 0.01, 40, 9, &direction), PAIRED_SAME);
}

static void noise_far_above_the_threshold_leaves_it_open(void **state)
{
    int direction;
    (void)state;
    assert_int_equal(compare(&rules, loud, 0, 40, 11, &direction), PAIRED_LOOKING);
}

/* ---- what the rounds say ---- */

static void interval_covers_what_was_put_in(void **state)
{
    unsigned covered = 0;
    enum { TRIALS = 1000 };
    (void)state;
    for (unsigned trial = 0; trial < TRIALS; trial++) {
        struct paired paired = {.rules = rules};
        struct random_source source = {trial + 1};
        for (int i = 0; i < 20; i++)
            paired_add(&paired, 0.02 + quiet(&source));
        covered += interval_has(paired_result(&paired).interval, 0.02);
        paired_free(&paired);
    }
    assert_in_range(covered, TRIALS * 94 / 100, TRIALS * 965 / 1000);
}

static void one_round_says_nothing(void **state)
{
    struct paired paired = {.rules = rules};
    (void)state;
    paired_add(&paired, 0.5);
    assert_int_equal(paired_look(&paired, 1), PAIRED_LOOKING);
    assert_true(isnan(paired_result(&paired).difference));
    paired_free(&paired);
}

static void equal_rounds_have_no_difference(void **state)
{
    struct paired paired = {.rules = rules};
    (void)state;
    for (int i = 0; i < 10; i++)
        paired_add(&paired, 0);
    assert_int_equal(paired_look(&paired, 0.1), PAIRED_SAME);
    assert_true(paired_result(&paired).difference == 0);
    assert_true(paired_result(&paired).p == 1);
    paired_free(&paired);
}

static void the_change_that_is_called_detectable_is_found_nine_times_in_ten(void **state)
{
    struct paired paired = {.rules = rules};
    struct random_source source = {77};
    (void)state;
    for (int i = 0; i < 40; i++)
        paired_add(&paired, quiet(&source));
    double detectable = paired_result(&paired).detectable;
    paired_free(&paired);
    assert_true(found(&rules, quiet, detectable, 40, 400, 1) >= 340);
    assert_true(found(&rules, quiet, detectable / 3, 40, 400, 1) <= 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quiet_rounds_give_no_more_false_alarms_than_promised),
        cmocka_unit_test(layouts_of_memory_give_no_more_false_alarms_than_promised),
        cmocka_unit_test(heavy_tails_give_no_more_false_alarms_than_promised),
        cmocka_unit_test(bursts_give_no_more_false_alarms_than_promised),
        cmocka_unit_test(by_default_hundreds_of_comparisons_with_itself_find_nothing),
        cmocka_unit_test(one_percent_is_found_in_quiet_rounds),
        cmocka_unit_test(what_is_six_standard_errors_large_is_found_mostly),
        cmocka_unit_test(one_percent_less_is_found_as_well),
        cmocka_unit_test(bursts_do_not_hide_one_percent),
        cmocka_unit_test(a_large_difference_is_found_before_the_time_is_over),
        cmocka_unit_test(too_few_rounds_find_nothing_however_large_it_is),
        cmocka_unit_test(a_difference_that_only_the_earlier_half_shows_is_not_confirmed),
        cmocka_unit_test(a_difference_within_the_threshold_is_the_same),
        cmocka_unit_test(noise_far_above_the_threshold_leaves_it_open),
        cmocka_unit_test(interval_covers_what_was_put_in),
        cmocka_unit_test(one_round_says_nothing),
        cmocka_unit_test(equal_rounds_have_no_difference),
        cmocka_unit_test(the_change_that_is_called_detectable_is_found_nine_times_in_ten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
