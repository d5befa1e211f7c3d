/* The pairs of rounds: what the order does is taken off, and A and B are treated alike. */
#include "stats/random.h"
#include "stats/run_order.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define assert_near(is, expected, error) assert_true(fabs((is) - (expected)) <= (error))

enum { A, B };

/* A block: its two pairs, where the second of two runs of one side is faster by `warm`. */
static void add_block(struct run_order *run_order, int outer, double change, double warm, double noise)
{
    run_order_add(run_order, outer, 0, 0, change + noise);
    run_order_add(run_order, outer, 1, 0, change + noise + (outer == A ? -warm : warm));
}

static double end_round(struct run_order *run_order)
{
    return run_order_end_round(run_order);
}

static void a_round_is_the_median_of_its_pairs(void **state)
{
    struct run_order run_order = {0};
    (void)state;
    for (int i = 0; i < 3; i++) {
        add_block(&run_order, A, 0.02, 0, 0);
        add_block(&run_order, B, 0.02, 0, 0);
    }
    run_order_add(&run_order, A, 0, 0, 5); /* one that something disturbed */
    assert_near(end_round(&run_order), 0.02, 1e-12);
    run_order_free(&run_order);
}

static void a_warm_second_run_favours_no_side(void **state)
{
    struct run_order run_order = {0};
    (void)state;
    for (int i = 0; i < 4; i++)
        add_block(&run_order, A, 0.01, 0.05, 0);
    add_block(&run_order, B, 0.01, 0.05, 0);
    assert_near(end_round(&run_order), 0.01, 1e-12);
    run_order_free(&run_order);
}

static void what_the_order_does_is_known_from_earlier_rounds(void **state)
{
    struct run_order run_order = {0};
    (void)state;
    for (int i = 0; i < 50; i++) {
        add_block(&run_order, A, 0, 0.05, 0);
        add_block(&run_order, B, 0, 0.05, 0);
    }
    assert_near(end_round(&run_order), 0, 1e-12);
    add_block(&run_order, A, 0.01, 0.05, 0); /* of one kind alone */
    assert_near(end_round(&run_order), 0.01, 1e-12);
    run_order_free(&run_order);
}

static void a_round_knows_nothing_of_the_pairs_of_another(void **state)
{
    struct run_order run_order = {0};
    (void)state;
    add_block(&run_order, A, 0.5, 0, 0);
    add_block(&run_order, B, 0.5, 0, 0);
    assert_near(end_round(&run_order), 0.5, 1e-12);
    add_block(&run_order, A, 0, 0, 0);
    add_block(&run_order, B, 0, 0, 0);
    assert_near(end_round(&run_order), 0, 1e-12);
    run_order_free(&run_order);
}

static void swapping_the_sides_changes_the_sign_alone(void **state)
{
    struct random_source source = {3};
    struct run_order one = {0}, other = {0};
    (void)state;
    for (int round = 0; round < 20; round++) {
        for (int block = 0; block < 7; block++) {
            int outer = (int)random_below(&source, 2), half = (int)random_below(&source, 2);
            double pair = random_uniform(&source) - 0.5;
            run_order_add(&one, outer, half, 0, pair);
            run_order_add(&other, !outer, half, pair, 0);
        }
        assert_near(end_round(&one), -end_round(&other), 1e-12);
    }
    run_order_free(&one);
    run_order_free(&other);
}

/* Most runs lose their CPU to somebody else, for about as long as they take or for twice that. */
static double with_load(struct random_source *source, double share)
{
    return random_uniform(source) < share ? log(2 + (double)random_below(source, 2)) : 0;
}

/* The mean distance of 200 rounds' differences from the change of 1 % that there is. */
static double miss_under_load(double share)
{
    struct random_source source = {11};
    struct run_order run_order = {0};
    double sum = 0;
    for (int round = 0; round < 200; round++) {
        for (int block = 0; block < 8; block++) {
            for (int half = 0; half < 2; half++)
                run_order_add(&run_order, block % 2, half, with_load(&source, share),
                              0.01 + with_load(&source, share));
        }
        sum += fabs(end_round(&run_order) - 0.01) / 200;
    }
    run_order_free(&run_order);
    return sum;
}

static void runs_that_lost_their_cpu_do_not_hide_one_percent(void **state)
{
    (void)state;
    assert_true(miss_under_load(0.2) < 1e-9);
    assert_true(miss_under_load(0.5) < 1e-3);
}

static void where_most_pairs_are_undisturbed_they_decide(void **state)
{
    struct run_order run_order = {0};
    (void)state;
    for (int i = 0; i < 6; i++) /* both get slower meanwhile: pairs know, medians of sides would not */
        run_order_add(&run_order, i % 2, 0, i * 0.03, i * 0.03 + 0.01);
    run_order_add(&run_order, A, 0, 2, 0);
    run_order_add(&run_order, A, 0, 2, 0);
    assert_near(end_round(&run_order), 0.01, 1e-12);
    run_order_free(&run_order);
}

static void no_pairs_are_no_difference(void **state)
{
    struct run_order run_order = {0};
    (void)state;
    assert_true(isnan(end_round(&run_order)));
    run_order_free(&run_order);
}

static void memory_does_not_grow_with_the_rounds(void **state)
{
    struct run_order run_order = {0};
    (void)state;
    for (int i = 0; i < 3 * RUN_ORDER_KNOWN_MOST; i++) {
        run_order_add(&run_order, A, 0, 0, 0.01);
        if (i % 8 == 7)
            end_round(&run_order);
    }
    assert_int_equal(run_order.known[0].count, RUN_ORDER_KNOWN_MOST);
    assert_true(run_order.round[0].capacity <= 256);
    run_order_free(&run_order);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_round_is_the_median_of_its_pairs),
        cmocka_unit_test(a_warm_second_run_favours_no_side),
        cmocka_unit_test(what_the_order_does_is_known_from_earlier_rounds),
        cmocka_unit_test(a_round_knows_nothing_of_the_pairs_of_another),
        cmocka_unit_test(swapping_the_sides_changes_the_sign_alone),
        cmocka_unit_test(runs_that_lost_their_cpu_do_not_hide_one_percent),
        cmocka_unit_test(where_most_pairs_are_undisturbed_they_decide),
        cmocka_unit_test(no_pairs_are_no_difference),
        cmocka_unit_test(memory_does_not_grow_with_the_rounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
