/* A race of ways: who is given up, who is as good, and that the best never is. */
#include "stats/race.h"

#include "stats/random.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct race begin(size_t arms)
{
    struct race race = {.rules = {.within = log(1.03), .mistake = 0.05, .looks = 12, .launches = 3}};
    for (size_t i = 0; i < arms; i++)
        race_enter(&race);
    return race;
}

static void best_is_the_shortest(void **state)
{
    struct race race = begin(3);
    (void)state;
    race_add(&race, 0, 2);
    race_add(&race, 1, 1);
    race_add(&race, 2, 3);
    assert_int_equal(race_best(&race), 1);
    race_free(&race);
}

static void nobody_has_run_and_nobody_is_best(void **state)
{
    struct race race = begin(2);
    (void)state;
    race_look(&race);
    assert_true(race_best(&race) == SIZE_MAX && !race_is_over(&race));
    race_free(&race);
}

static void twice_as_slow_is_given_up_after_one_launch(void **state)
{
    struct race race = begin(2);
    (void)state;
    race_add(&race, 0, 1);
    race_add(&race, 1, 2);
    race_look(&race);
    assert_true(race.arms[1].is_out && !race.arms[0].is_out);
    race_free(&race);
}

static void a_little_slower_is_not_given_up_after_one_launch(void **state)
{
    struct race race = begin(2);
    (void)state;
    race_add(&race, 0, 1);
    race_add(&race, 1, 1.05);
    race_look(&race);
    assert_false(race.arms[1].is_out);
    race_free(&race);
}

static void who_is_withdrawn_cannot_win(void **state)
{
    struct race race = begin(2);
    (void)state;
    race_add(&race, 0, 1);
    race_add(&race, 1, 2);
    race_withdraw(&race, 0);
    assert_int_equal(race_best(&race), 1);
    race_free(&race);
}

static void equals_are_seen_to_be_so(void **state)
{
    struct race race = begin(2);
    (void)state;
    for (int i = 0; i < 40; i++) {
        race_add(&race, 0, 1 + 0.001 * (i % 2));
        race_add(&race, 1, 1.001 - 0.001 * (i % 2));
    }
    race_look(&race);
    assert_true(race_is_over(&race) && !race.arms[0].is_out && !race.arms[1].is_out);
    race_free(&race);
}

/* 200 races of eight ways, each 1 % slower than the one before, launches 2.5 % apart. */
static void best_is_hardly_ever_given_up(void **state)
{
    struct random_source random = {7};
    int lost = 0;
    (void)state;
    for (int trial = 0; trial < 200; trial++) {
        struct race race = begin(8);
        for (size_t look = 0; look < 12 && !race_is_over(&race); look++) {
            for (size_t arm = 0; arm < 8; arm++) {
                double noise = 0;
                for (int k = 0; k < 12; k++) /* about normal */
                    noise += (double)random_below(&random, 1000001) / 1e6 - 0.5;
                if (!race.arms[arm].is_out)
                    race_add(&race, arm, exp(0.01 * (double)arm + 0.025 * noise));
            }
            race_look(&race);
        }
        lost += race.arms[0].is_out;
        race_free(&race);
    }
    assert_in_range(lost, 0, 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(best_is_the_shortest),
        cmocka_unit_test(nobody_has_run_and_nobody_is_best),
        cmocka_unit_test(twice_as_slow_is_given_up_after_one_launch),
        cmocka_unit_test(a_little_slower_is_not_given_up_after_one_launch),
        cmocka_unit_test(who_is_withdrawn_cannot_win),
        cmocka_unit_test(equals_are_seen_to_be_so),
        cmocka_unit_test(best_is_hardly_ever_given_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
