/* What work is bound by, from rounds whose truth is known because they were made up. */
#include "results/bound.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ROUNDS = 10 };
static const struct bound_rules rules = {
    .share = 0.5, .settle_s = 0.02, .settle_most_s = 0.02, .is_one_lane = true};

struct work {
    double cpu_s, wait_s, held_s, others_s, delay_s, unseen_s;
    double tasks;
    double noise;   /* 0.01: runs differ by up to 1 % */
    double cache;   /* more CPU time without the cache, */
    double memory;  /* and without memory */
    bool hides;     /* the levers of both cannot be seen to work */
    double overlap; /* of the waits, that goes away while the CPU is slowed */
};

/* Each round a little different, as machines are. */
static void make(struct lever_round *rounds, const struct work *work)
{
    for (int i = 0; i < ROUNDS; i++) {
        lever_round_init(&rounds[i]);
        double factor = 1 + work->noise * ((i * 7 % ROUNDS) / (double)ROUNDS - 0.45);
        struct lever_seen off = {.tasks = work->tasks,
                                 .cpu_s = work->cpu_s,
                                 .held_s = work->held_s,
                                 .others_s = work->others_s,
                                 .delay_s = work->delay_s};
        off.waits_s[WAIT_POLL] = work->wait_s;
        off.wall_s = work->cpu_s + work->wait_s + work->delay_s + work->unseen_s;
        struct lever_seen cpu = off, wait = off, lock = off, on = off;
        wait.slept_s = 0.5 * work->wait_s * factor;
        cpu.waits_s[WAIT_POLL] -= work->overlap;
        cpu.wall_s = (off.wall_s + 0.5 * (work->cpu_s - work->held_s) - work->overlap) * factor;
        wait.wall_s = (off.wall_s + 0.5 * work->wait_s) * factor;
        lock.wall_s = off.wall_s + 0.5 * work->held_s;
        on.cpu_s = off.cpu_s * (1 + work->cache) * (1 + 0.001 * (i % 3));
        rounds[i].turns[TURN_OFF] = rounds[i].turns[TURN_CACHE_OFF] = off;
        rounds[i].turns[TURN_CPU] = cpu;
        rounds[i].turns[TURN_WAIT] = wait;
        on.shows = work->hides ? 0.01 : 0.1;
        rounds[i].turns[TURN_CACHE_ON] = on;
        on.cpu_s = off.cpu_s * (1 + work->memory) * (1 + 0.001 * (i % 3));
        rounds[i].turns[TURN_MEMORY_OFF] = off;
        rounds[i].turns[TURN_MEMORY_ON] = on;
        if (work->held_s > 0)
            rounds[i].turns[TURN_LOCK] = lock;
    }
}

static struct bound of(struct work work)
{
    struct lever_round rounds[ROUNDS];
    struct bound bound;
    make(rounds, &work);
    bound_of(&bound, rounds, ROUNDS, &rules);
    return bound;
}

static void assert_near(double value, double wanted)
{
    if (fabs(value - wanted) > 0.02)
        fail_msg("%g is not about %g", value, wanted);
}

static void computing_is_cpu_bound(void **state)
{
    (void)state;
    assert_int_equal(of((struct work){.cpu_s = 1}).class, BOUND_CPU);
}

static void waiting_is_io_bound(void **state)
{
    (void)state;
    assert_int_equal(of((struct work){.cpu_s = 0.1, .wait_s = 0.9}).class, BOUND_IO);
}

static void half_and_half_is_mixed(void **state)
{
    (void)state;
    assert_int_equal(of((struct work){.cpu_s = 0.5, .wait_s = 0.5}).class, BOUND_MIXED);
}

static void elasticity_is_the_share(void **state)
{
    (void)state;
    struct bound bound = of((struct work){.cpu_s = 0.3, .wait_s = 0.7});
    assert_near(bound.cpu.value, 0.3);
    assert_near(bound.wait.value, 0.7);
}

static void shares_of_one_lane_add_up_to_one(void **state)
{
    (void)state;
    assert_near(of((struct work){.cpu_s = 0.5, .wait_s = 0.3, .held_s = 0.2, .unseen_s = 0.2 - 0.2}).sum,
                1);
}

static void waits_are_told_by_kind(void **state)
{
    (void)state;
    struct bound bound = of((struct work){.cpu_s = 0.2, .wait_s = 0.8});
    assert_near(bound.waits[WAIT_POLL].value, 0.8);
    assert_true(isnan(bound.waits[WAIT_SLEEP].value));
}

static void losing_the_cache_makes_it_cache_bound(void **state)
{
    (void)state;
    assert_int_equal(of((struct work){.cpu_s = 1, .cache = 0.1}).class, BOUND_CACHE);
}

static void a_cache_that_hardly_matters_leaves_it_cpu_bound(void **state)
{
    (void)state;
    assert_int_equal(of((struct work){.cpu_s = 1, .cache = 0.02}).class, BOUND_CPU);
}

static void losing_memory_makes_it_memory_bound(void **state)
{
    (void)state;
    assert_int_equal(of((struct work){.cpu_s = 1, .memory = 0.2}).class, BOUND_MEMORY);
    assert_int_equal(of((struct work){.cpu_s = 1, .memory = 0.2, .cache = 0.1}).class, BOUND_MEMORY);
    assert_int_equal(of((struct work){.cpu_s = 1, .memory = 0.1, .cache = 0.2}).class, BOUND_CACHE);
}

static void lever_that_is_not_seen_to_work_tells_nothing(void **state)
{
    (void)state;
    struct bound bound = of((struct work){.cpu_s = 1, .memory = 0.2, .cache = 0.1, .hides = true});
    assert_int_equal(bound.class, BOUND_CPU);
    assert_true(isnan(bound.memory.value) && isnan(bound.cache.value));
    assert_true(bound.memory_hidden && bound.cache_hidden);
}

static void wide_intervals_are_no_answer(void **state)
{
    (void)state;
    struct bound bound = of((struct work){.cpu_s = 0.5, .wait_s = 0.5, .noise = 0.9});
    assert_int_equal(bound.class, BOUND_UNKNOWN);
    assert_int_equal(bound.reason, BOUND_TOO_WIDE);
}

static void what_nothing_explains_is_no_answer(void **state)
{
    (void)state;
    struct bound bound = of((struct work){.cpu_s = 0.9, .wait_s = 0.1, .held_s = 0});
    bound.sum = 0;
    struct lever_round rounds[ROUNDS];
    make(rounds, &(struct work){.cpu_s = 0.5, .wait_s = 0.5});
    for (int i = 0; i < ROUNDS; i++) /* the clocks see it all, yet making it longer changes nothing */
        rounds[i].turns[TURN_WAIT].wall_s = rounds[i].turns[TURN_OFF].wall_s;
    bound_of(&bound, rounds, ROUNDS, &rules);
    assert_int_equal(bound.reason, BOUND_SUM_LOW);
}

static void stolen_time_explains_what_is_missing(void **state)
{
    (void)state;
    assert_int_equal(of((struct work){.cpu_s = 0.75, .unseen_s = 0.25}).class, BOUND_CPU);
}

static void busy_machine_leaves_it_to_accounting(void **state)
{
    (void)state;
    struct bound bound = of((struct work){.cpu_s = 0.1, .wait_s = 0.8, .delay_s = 0.1});
    assert_int_equal(bound.reason, BOUND_BUSY_MACHINE);
    assert_int_equal(bound.class, BOUND_IO);
}

static void figures_that_tell_nothing_are_none_on_a_busy_machine(void **state)
{
    (void)state;
    struct bound bound = of((struct work){.cpu_s = 0.5, .wait_s = 0.4, .delay_s = 0.1, .noise = 0.9});
    assert_int_equal(bound.reason, BOUND_BUSY_MACHINE);
    assert_true(isnan(bound.cpu.value) && isnan(bound.wait.value));
    assert_near(bound.cpu_part, 0.5 / 0.9);
}

/* A lane that is woken and has no CPU yet sees that as part of its wait. */
static void time_without_a_cpu_is_no_wait(void **state)
{
    struct lever_round rounds[ROUNDS];
    struct bound bound;
    (void)state;
    make(rounds, &(struct work){.cpu_s = 0.5, .wait_s = 0.5, .delay_s = 0.4});
    for (int i = 0; i < ROUNDS; i++)
        rounds[i].turns[TURN_OFF].waits_s[WAIT_POLL] += 0.4;
    for (int i = 0; i < ROUNDS; i++) /* of which the lever has made half as much again */
    {
        rounds[i].turns[TURN_WAIT].wall_s += 0.5 * 0.4;
        rounds[i].turns[TURN_WAIT].slept_s += 0.5 * 0.4;
    }
    bound_of(&bound, rounds, ROUNDS, &rules);
    assert_near(bound.cpu_part, 0.5);
    assert_near(bound.wait.value, 0.5);
}

static void time_without_a_cpu_is_in_no_elasticity(void **state)
{
    struct lever_round rounds[ROUNDS];
    struct bound bound;
    (void)state;
    make(rounds, &(struct work){.cpu_s = 0.3, .wait_s = 0.7});
    for (int i = 0; i < ROUNDS; i++) { /* other programs come and go */
        for (int turn = 0; turn < 3; turn++) {
            rounds[i].turns[turn].delay_s = 0.1 * ((i + turn) % 3);
            rounds[i].turns[turn].wall_s += rounds[i].turns[turn].delay_s;
        }
    }
    bound_of(&bound, rounds, ROUNDS, &rules);
    assert_near(bound.cpu.value, 0.3);
    assert_near(bound.wait.value, 0.7);
}

static void short_programs_are_accounted_for(void **state)
{
    (void)state;
    struct bound bound =
        of((struct work){.cpu_s = 0.01, .wait_s = 0.99, .others_s = 0.98, .tasks = 100});
    assert_int_equal(bound.reason, BOUND_ACCOUNTED);
    assert_int_equal(bound.class, BOUND_CPU);
    assert_true(isnan(bound.wait.value));
}

static void longer_programs_are_stopped_for_their_share(void **state)
{
    struct lever_round rounds[ROUNDS];
    struct bound bound;
    (void)state;
    make(rounds, &(struct work){.wait_s = 1, .others_s = 0.2, .tasks = 1});
    for (int i = 0; i < ROUNDS; i++)
        rounds[i].turns[TURN_CPU].wall_s = rounds[i].turns[TURN_OFF].wall_s + 0.5 * 0.2;
    bound_of(&bound, rounds, ROUNDS, &rules);
    assert_int_equal(bound.reason, BOUND_PROGRAMS);
    assert_int_equal(bound.class, BOUND_IO);
    assert_near(bound.cpu.value, 0.2);
}

static void programs_on_a_busy_machine_are_left_to_accounting(void **state)
{
    struct lever_round rounds[ROUNDS];
    struct bound bound;
    (void)state;
    make(rounds, &(struct work){.wait_s = 1, .others_s = 0.9, .tasks = 1, .noise = 0.9});
    for (int i = 0; i < ROUNDS; i++)
        rounds[i].turns[TURN_OFF].pressure_s = 0.3;
    bound_of(&bound, rounds, ROUNDS, &rules);
    assert_int_equal(bound.reason, BOUND_BUSY_MACHINE);
    assert_int_equal(bound.class, BOUND_CPU);
}

static void programs_that_may_be_kept_waiting_are_not_called_waiting(void **state)
{
    struct lever_round rounds[ROUNDS];
    struct bound bound;
    (void)state;
    make(rounds, &(struct work){.wait_s = 1, .others_s = 0.2, .tasks = 1});
    for (int i = 0; i < ROUNDS; i++)
        rounds[i].turns[TURN_OFF].pressure_s = 0.8;
    bound_of(&bound, rounds, ROUNDS, &rules);
    assert_int_equal(bound.reason, BOUND_TOO_BUSY);
    assert_int_equal(bound.class, BOUND_UNKNOWN);
    for (int i = 0; i < ROUNDS; i++) /* so little that it makes no other class of it */
        rounds[i].turns[TURN_OFF].pressure_s = 0.1;
    bound_of(&bound, rounds, ROUNDS, &rules);
    assert_int_equal(bound.class, BOUND_IO);
}

static void a_lock_that_others_want_binds(void **state)
{
    (void)state;
    struct bound bound = of((struct work){.cpu_s = 1, .held_s = 0.4});
    bound_is_contended(&bound, (struct elasticity){0.9, {0.85, 0.95}, 10});
    assert_int_equal(bound.class, BOUND_LOCK);
}

static void a_lock_that_nobody_waits_for_is_cpu_time(void **state)
{
    (void)state;
    struct bound bound = of((struct work){.cpu_s = 1, .held_s = 0.8});
    bound_is_contended(&bound, (struct elasticity){0.1, {0.05, 0.15}, 10});
    assert_int_equal(bound.class, BOUND_CPU);
}

static void overlap_is_seen_and_excuses_the_sum(void **state)
{
    (void)state;
    struct bound bound = of((struct work){.cpu_s = 0.5, .wait_s = 0.5, .overlap = 0.2});
    assert_true(bound.has_overlap);
    assert_int_equal(bound.reason, BOUND_PLAIN);
}

static void one_round_is_too_few(void **state)
{
    struct lever_round rounds[ROUNDS];
    struct bound bound;
    (void)state;
    make(rounds, &(struct work){.cpu_s = 1});
    bound_of(&bound, rounds, 1, &rules);
    assert_int_equal(bound.reason, BOUND_TOO_FEW);
}

static void no_round_is_no_answer(void **state)
{
    struct bound bound;
    (void)state;
    bound_of(&bound, NULL, 0, &rules);
    assert_int_equal(bound.class, BOUND_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(computing_is_cpu_bound),
        cmocka_unit_test(waiting_is_io_bound),
        cmocka_unit_test(half_and_half_is_mixed),
        cmocka_unit_test(elasticity_is_the_share),
        cmocka_unit_test(shares_of_one_lane_add_up_to_one),
        cmocka_unit_test(waits_are_told_by_kind),
        cmocka_unit_test(losing_the_cache_makes_it_cache_bound),
        cmocka_unit_test(a_cache_that_hardly_matters_leaves_it_cpu_bound),
        cmocka_unit_test(losing_memory_makes_it_memory_bound),
        cmocka_unit_test(lever_that_is_not_seen_to_work_tells_nothing),
        cmocka_unit_test(wide_intervals_are_no_answer),
        cmocka_unit_test(what_nothing_explains_is_no_answer),
        cmocka_unit_test(stolen_time_explains_what_is_missing),
        cmocka_unit_test(busy_machine_leaves_it_to_accounting),
        cmocka_unit_test(figures_that_tell_nothing_are_none_on_a_busy_machine),
        cmocka_unit_test(time_without_a_cpu_is_no_wait),
        cmocka_unit_test(time_without_a_cpu_is_in_no_elasticity),
        cmocka_unit_test(short_programs_are_accounted_for),
        cmocka_unit_test(longer_programs_are_stopped_for_their_share),
        cmocka_unit_test(programs_on_a_busy_machine_are_left_to_accounting),
        cmocka_unit_test(programs_that_may_be_kept_waiting_are_not_called_waiting),
        cmocka_unit_test(a_lock_that_others_want_binds),
        cmocka_unit_test(a_lock_that_nobody_waits_for_is_cpu_time),
        cmocka_unit_test(overlap_is_seen_and_excuses_the_sum),
        cmocka_unit_test(one_round_is_too_few),
        cmocka_unit_test(no_round_is_no_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
