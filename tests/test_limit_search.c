/*
 * The search for the load at which a latency reaches its limit: held against queues that are simulated,
 * first come first served, by the recursion of Kiefer and Wolfowitz, with the same random numbers every
 * time. Times are in mean service times.
 */
#include "stats/limit_search.h"
#include "stats/random.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum law { EXPONENTIAL, FIXED, LOGNORMAL };
enum { SERVERS_MOST = 8 };

struct queue {
    enum law law;
    int servers;
    double limit, allowed;
};

static double exponential(struct random_source *random)
{
    return -log(1 - random_uniform(random));
}

/* A mean of 1. */
static double length(enum law law, struct random_source *random)
{
    static const double sigma = 0.7;
    if (law == FIXED)
        return 1;
    if (law == EXPONENTIAL)
        return exponential(random);
    double normal = sqrt(2 * exponential(random)) * cos(2 * 3.14159265358979 * random_uniform(random));
    return exp(sigma * normal - sigma * sigma / 2);
}

/* A launch: so many arrivals at a queue that is empty when it begins. */
static struct limit_look launch(const struct queue *queue, double load, double arrivals,
                                struct random_source *random)
{
    struct limit_look look = {.load = load};
    double free_at[SERVERS_MOST] = {0}, now = 0, last_end = 0;
    for (; look.tasks < fmax(1, floor(arrivals)); look.tasks++) {
        now += exponential(random) / load;
        int first = 0;
        for (int i = 1; i < queue->servers; i++)
            first = free_at[i] < free_at[first] ? i : first;
        free_at[first] = fmax(now, free_at[first]) + length(queue->law, random);
        look.beyond += free_at[first] - now > queue->limit;
        last_end = fmax(last_end, free_at[first]);
    }
    look.offered = look.tasks / now;
    look.is_overloaded = last_end - now > (0.05 + 2 / sqrt(look.tasks)) * now + 5;
    return look;
}

/* What `bench --slo` does in so much time. */
static struct limit_search search_of(const struct queue *queue, double time, uint64_t seed)
{
    struct limit_search search = {.limit = queue->limit,
                                  .allowed = queue->allowed,
                                  .ceiling = queue->servers,
                                  .time_s = time,
                                  .is_random = true,
                                  .most = 11};
    struct random_source random = {seed};
    for (struct limit_step step; (step = limit_next(&search)).load > 0;) {
        struct limit_look look = launch(queue, step.load, step.load * step.part * time, &random);
        look.part = step.part;
        limit_add(&search, &look);
    }
    return search;
}

/* The share beyond the limit, of M/M/c (Kleinrock I, problem 3.15). */
static double share_beyond(const struct queue *queue, double load)
{
    double term = 1, sum = 0, busy = load / queue->servers;
    for (int k = 0; k < queue->servers; k++) {
        sum += term;
        term *= load / (k + 1);
    }
    double waits = term / (1 - busy) / (sum + term / (1 - busy)), spare = queue->servers - load;
    double rest = fabs(spare - 1) < 1e-9
                      ? waits * queue->limit * exp(-queue->limit)
                      : waits / (spare - 1) * (exp(-queue->limit) - exp(-spare * queue->limit));
    return exp(-queue->limit) + rest;
}

/* Of other queues by simulation, of a million tasks each. */
static double truth_of(const struct queue *queue)
{
    double low = 0.01 * queue->servers, high = queue->servers;
    for (int i = 0; i < (queue->law == EXPONENTIAL ? 60 : 11); i++) {
        double middle = (low + high) / 2, share;
        if (queue->law == EXPONENTIAL) {
            share = share_beyond(queue, middle);
        } else {
            struct random_source random = {99};
            struct limit_look look = launch(queue, middle, 1e6, &random);
            share = look.beyond / look.tasks;
        }
        *(share > queue->allowed ? &high : &low) = middle;
    }
    return (low + high) / 2;
}

static int by_size(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/* In many searches of a queue for so many mean service times a server, the answers are in the median
 * within 3 % of the truth, and nearly all intervals have it. */
static void check(enum law law, int servers, double limit, double allowed, double time)
{
    enum { SEARCHES = 40 };
    const struct queue queue = {law, servers, limit, allowed};
    double truth = truth_of(&queue), ratios[SEARCHES];
    int covered = 0, found = 0;
    for (int i = 0; i < SEARCHES; i++) {
        struct limit_search search = search_of(&queue, time / servers, (uint64_t)(i + 1) * 7919);
        struct limit_answer answer = limit_answer(&search);
        assert_true(search.count <= 11);
        found += answer.verdict == LIMIT_FOUND;
        covered += interval_has(answer.interval, truth);
        ratios[i] = answer.load / truth;
    }
    qsort(ratios, SEARCHES, sizeof *ratios, by_size);
    print_message(
        "law %d, %d servers, limit %g, %g allowed: load %.3f; median %.3f, tenths %.3f to %.3f; "
        "%d of %d found, %d covered\n",
        law, servers, limit, allowed, truth / servers, ratios[SEARCHES / 2], ratios[SEARCHES / 10],
        ratios[SEARCHES * 9 / 10], found, SEARCHES, covered);
    assert_true(fabs(ratios[SEARCHES / 2] - 1) < 0.03);
    assert_true(found >= SEARCHES - 2);
    assert_true(covered >= SEARCHES * 34 / 40);
}

static void one_server_with_random_lengths(void **state)
{
    (void)state;
    check(EXPONENTIAL, 1, 10, 0.01, 30000);
    check(EXPONENTIAL, 1, 20, 0.01, 30000);
    check(EXPONENTIAL, 1, 60, 0.01, 100000);
}

static void several_servers(void **state)
{
    (void)state;
    check(EXPONENTIAL, 2, 7.5, 0.01, 30000);
    check(EXPONENTIAL, 4, 6, 0.01, 30000);
}

static void fixed_lengths(void **state)
{
    (void)state;
    check(FIXED, 1, 3, 0.01, 100000);
    check(FIXED, 1, 8, 0.01, 30000);
    check(FIXED, 2, 4, 0.01, 30000);
}

static void lengths_of_which_some_are_long(void **state)
{
    (void)state;
    check(LOGNORMAL, 1, 15, 0.01, 60000);
    check(LOGNORMAL, 2, 12, 0.01, 60000);
}

static void other_quantiles(void **state)
{
    (void)state;
    check(EXPONENTIAL, 1, 2, 0.5, 30000);
    check(EXPONENTIAL, 1, 6, 0.1, 30000);
    check(EXPONENTIAL, 1, 15, 0.001, 300000);
}

/* ---- without answers ---- */

static void a_limit_below_the_service_time_is_never_kept(void **state)
{
    (void)state;
    const struct queue queue = {EXPONENTIAL, 1, 3, 0.01};
    struct limit_search search = search_of(&queue, 30000, 3);
    struct limit_answer answer = limit_answer(&search);
    assert_int_equal(answer.verdict, LIMIT_NEVER);
    assert_true(answer.load < 0.3);
}

static void a_limit_that_is_never_reached_is_said(void **state)
{
    (void)state;
    struct limit_search search = {.limit = 1, .allowed = 0.01, .ceiling = 100, .time_s = 10, .most = 11};
    for (struct limit_step step; (step = limit_next(&search)).load > 0;) {
        struct limit_look look = {
            .load = step.load, .offered = step.load, .tasks = 1000, .part = step.part};
        limit_add(&search, &look);
    }
    assert_int_equal(limit_answer(&search).verdict, LIMIT_ALWAYS);
    assert_true(limit_answer(&search).load > 100);
}

static void looks_without_sense_are_unclear(void **state)
{
    (void)state;
    struct limit_search search = {
        .limit = 0.1, .allowed = 0.01, .ceiling = 100, .time_s = 10, .most = 6};
    for (int i = 0; i < 6; i++) {
        double load = i % 2 ? 30 + i : 90 + i;
        struct limit_look look = {
            .load = load, .offered = load, .tasks = 1000, .beyond = i % 2 ? 12 : 0, .part = 0.1};
        limit_add(&search, &look);
    }
    assert_int_equal(limit_answer(&search).verdict, LIMIT_UNCLEAR);
}

static void nothing_seen_is_no_answer(void **state)
{
    (void)state;
    struct limit_search search = {.limit = 1, .allowed = 0.01, .ceiling = 100, .time_s = 10, .most = 6};
    assert_int_equal(limit_answer(&search).verdict, LIMIT_UNCLEAR);
}

static void all_of_the_time_is_shared_out(void **state)
{
    (void)state;
    const struct queue queue = {EXPONENTIAL, 1, 10, 0.01};
    struct limit_search search = search_of(&queue, 30000, 5);
    double parts = 0;
    for (size_t i = 0; i < search.count; i++)
        parts += search.looks[i].part;
    assert_true(fabs(parts - 1) < 1e-9);
    assert_true(search.looks[0].part < search.looks[search.count - 1].part);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_server_with_random_lengths),
        cmocka_unit_test(several_servers),
        cmocka_unit_test(fixed_lengths),
        cmocka_unit_test(lengths_of_which_some_are_long),
        cmocka_unit_test(other_quantiles),
        cmocka_unit_test(a_limit_below_the_service_time_is_never_kept),
        cmocka_unit_test(a_limit_that_is_never_reached_is_said),
        cmocka_unit_test(looks_without_sense_are_unclear),
        cmocka_unit_test(nothing_seen_is_no_answer),
        cmocka_unit_test(all_of_the_time_is_shared_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
