/* The heap of who is to be woken when. */
#include "bench/executors/common/timers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MOST = 1000 };

/* A few hundred different times, so that some are equal. */
static uint64_t some_time(uint64_t seed)
{
    return (seed * 6364136223846793005u + 1442695040888963407u) >> 55;
}

static void they_come_out_in_the_order_of_their_times(void **state)
{
    (void)state;
    struct timers timers;
    struct timed who[MOST] = {0};
    assert_true(timers_init(&timers, MOST, false));
    for (uint64_t i = 0; i < MOST; i++)
        timers_add(&timers, some_time(i), &who[i]);
    uint64_t last = 0;
    for (int i = 0; i < MOST; i++) {
        uint64_t next = timers_next(&timers);
        struct timed *first = timers_take(&timers);
        assert_true(next >= last);
        assert_int_equal(next, some_time((uint64_t)(first - who)));
        last = next;
    }
    assert_int_equal(timers_next(&timers), UINT64_MAX);
    timers_free(&timers);
}

static void those_removed_do_not_come_and_the_others_all_do(void **state)
{
    (void)state;
    struct timers timers;
    struct timed who[MOST] = {0};
    assert_true(timers_init(&timers, MOST, true));
    for (uint64_t i = 0; i < MOST; i++)
        timers_add(&timers, some_time(i), &who[i]);
    for (uint64_t i = 0; i < MOST; i += 3)
        timers_remove(&timers, &who[(i * 7) % MOST]);
    size_t left = timers.count;
    uint64_t last = 0;
    for (size_t i = 0; i < left; i++) {
        uint64_t next = timers_next(&timers);
        assert_true(next >= last);
        assert_int_equal(timers_take(&timers)->place, 0);
        last = next;
    }
    for (int i = 0; i < MOST; i++)
        assert_int_equal(who[i].place, 0);
    assert_int_equal(left, MOST - (MOST + 2) / 3);
    timers_free(&timers);
}

static void they_can_be_added_again_while_others_are_taken(void **state)
{
    (void)state;
    struct timers timers;
    struct timed who[MOST] = {0};
    assert_true(timers_init(&timers, MOST, true));
    for (uint64_t i = 0; i < MOST; i++)
        timers_add(&timers, some_time(i), &who[i]);
    for (uint64_t i = 0; i < 20 * MOST; i++) {
        uint64_t now = timers_next(&timers);
        struct timed *first = timers_take(&timers);
        assert_true(timers_next(&timers) >= now);
        timers_add(&timers, now + some_time(i), first);
    }
    assert_int_equal(timers.count, MOST);
    timers_free(&timers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_come_out_in_the_order_of_their_times),
        cmocka_unit_test(those_removed_do_not_come_and_the_others_all_do),
        cmocka_unit_test(they_can_be_added_again_while_others_are_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
