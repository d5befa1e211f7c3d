/* What kept paired comparisons from an answer. */
#include "results/doubt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct doubt doubts[] = {
    {.kind = DOUBT_NOISE, .launches = 20, .wanted = 9, .round_s = 0.2, .detectable = 0.03},
    {.kind = DOUBT_FEW, .launches = 3, .wanted = 9, .round_s = 2},
    {.kind = DOUBT_NOISE, .launches = 12, .wanted = 10, .round_s = 0.4, .detectable = 0.01},
};

static void a_group_has_the_cases_of_its_kind_alone(void **state)
{
    (void)state;
    struct doubt_group noise = doubt_group_of(doubts, 3, DOUBT_NOISE, 0);
    assert_int_equal(noise.cases, 2);
    assert_int_equal(noise.launches_least, 12);
    assert_int_equal(noise.launches_most, 20);
    assert_int_equal(noise.wanted, 10);
    assert_true(noise.round_s == 0.4 && noise.detectable == 0.03);
    assert_int_equal(doubt_group_of(doubts, 3, DOUBT_UNCONFIRMED, 0).cases, 0);
}

static void launches_are_the_limit_only_where_all_cases_have_made_as_many(void **state)
{
    (void)state;
    assert_true(doubt_group_of(doubts, 3, DOUBT_NOISE, 12).by_launches);
    assert_false(doubt_group_of(doubts, 3, DOUBT_NOISE, 13).by_launches);
    assert_false(doubt_group_of(doubts, 3, DOUBT_NOISE, 0).by_launches);
}

static void a_change_that_was_not_seen_again_is_no_lack_of_launches(void **state)
{
    (void)state;
    struct paired paired = {.rules = {.false_alarm = 0.001, .threshold = 0.005, .level = 0.95},
                            .state = PAIRED_NOT_CONFIRMED};
    assert_int_equal(doubt_of(&paired, 1).kind, DOUBT_UNCONFIRMED);
    paired.state = PAIRED_LOOKING;
    struct doubt doubt = doubt_of(&paired, 1);
    assert_int_equal(doubt.kind, DOUBT_FEW);
    assert_int_equal(doubt.launches, 0);
    assert_true(doubt.wanted > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_group_has_the_cases_of_its_kind_alone),
        cmocka_unit_test(launches_are_the_limit_only_where_all_cases_have_made_as_many),
        cmocka_unit_test(a_change_that_was_not_seen_again_is_no_lack_of_launches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
