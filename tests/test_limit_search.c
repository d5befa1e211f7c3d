/* The search for the load at which a latency reaches its limit: held against queues whose law is known.
 */
#include "stats/limit_search.h"
#include "stats/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* M/M/1: the 99th percentile of the time in the system. */
static double mm1(double load, double service_rate)
{
    return load < service_rate ? -log(0.01) / (service_rate - load) : INFINITY;
}

/* A search in which each look is off by up to `noise` of its value, up or down. */
static struct limit_search search_of(double limit, double service_rate, double noise, uint64_t seed)
{
    struct limit_search search = {.limit = limit, .ceiling = service_rate, .most = 11};
    struct random_source random = {seed};
    for (double load; (load = limit_next(&search)) > 0;) {
        double latency = mm1(load, service_rate);
        double off = 1 + noise * (2 * random_fraction(&random) - 1);
        limit_add(&search, load, latency * off, isinf(latency));
    }
    return search;
}

static void without_noise_the_answer_is_exact(void **state)
{
    (void)state;
    static const double limits[] = {0.01, 0.05, 0.2};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        struct limit_search search = search_of(limits[i], 1000, 0, 1);
        struct limit_answer answer = limit_answer(&search);
        double truth = 1000 + log(0.01) / limits[i];
        assert_int_equal(answer.verdict, LIMIT_FOUND);
        assert_true(fabs(answer.load / truth - 1) < 0.002);
    }
}

/* 95 % is what it promises; of 400, 20 are expected to miss, and more than 40 hardly ever do. */
static void the_interval_covers_the_truth(void **state)
{
    (void)state;
    double truth = 1000 + log(0.01) / 0.03;
    int found = 0, covered = 0;
    double worst = 0;
    for (uint64_t seed = 1; seed <= 400; seed++) {
        struct limit_search search = search_of(0.03, 1000, 0.15, seed);
        struct limit_answer answer = limit_answer(&search);
        if (answer.verdict != LIMIT_FOUND)
            continue;
        found++;
        covered += interval_has(answer.interval, truth);
        worst = fmax(worst, fabs(answer.load / truth - 1));
    }
    assert_true(found >= 395);
    assert_true(covered >= found - 40);
    assert_true(worst < 0.05);
}

static void a_limit_below_the_service_time_is_never_kept(void **state)
{
    (void)state;
    struct limit_search search = search_of(0.004, 1000, 0.05, 3);
    struct limit_answer answer = limit_answer(&search);
    assert_int_equal(answer.verdict, LIMIT_NEVER);
    assert_true(answer.load < 20);
}

static void a_limit_that_is_never_reached_is_said(void **state)
{
    (void)state;
    struct limit_search search = {.limit = 1, .ceiling = 100, .most = 11};
    for (double load; (load = limit_next(&search)) > 0;)
        limit_add(&search, load, 0.001, false);
    assert_int_equal(limit_answer(&search).verdict, LIMIT_ALWAYS);
    assert_true(limit_answer(&search).load > 100);
}

static void no_more_looks_are_made_than_asked_for(void **state)
{
    (void)state;
    struct limit_search search = search_of(0.03, 1000, 0.3, 5);
    assert_true(search.count <= 11);
}

static void looks_without_sense_are_unclear(void **state)
{
    (void)state;
    struct limit_search search = {.limit = 1, .ceiling = 100, .most = 6};
    for (int i = 0; i < 3; i++) {
        limit_add(&search, 10 + i, 5, false);
        limit_add(&search, 90 + i, 0.5, false);
    }
    assert_int_equal(limit_answer(&search).verdict, LIMIT_UNCLEAR);
}

static void nothing_seen_is_no_answer(void **state)
{
    (void)state;
    struct limit_search search = {.limit = 1, .ceiling = 100, .most = 6};
    assert_int_equal(limit_answer(&search).verdict, LIMIT_UNCLEAR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_noise_the_answer_is_exact),
        cmocka_unit_test(the_interval_covers_the_truth),
        cmocka_unit_test(a_limit_below_the_service_time_is_never_kept),
        cmocka_unit_test(a_limit_that_is_never_reached_is_said),
        cmocka_unit_test(no_more_looks_are_made_than_asked_for),
        cmocka_unit_test(looks_without_sense_are_unclear),
        cmocka_unit_test(nothing_seen_is_no_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
