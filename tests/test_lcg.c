/* The multiply-add chain of spin, and the jump that says where it must end. */
#include "workloads/common/lcg.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void a_jump_ends_where_the_chain_ends(void **state)
{
    (void)state;
    for (uint64_t steps = 0; steps < 200; steps++) {
        struct lcg jump = lcg_jump(steps);
        assert_int_equal(lcg_chain(42, steps), 42 * jump.multiplier + jump.increment);
    }
    struct lcg jump = lcg_jump(1234567);
    assert_int_equal(lcg_chain(42, 1234567), 42 * jump.multiplier + jump.increment);
}

static void no_steps_change_nothing(void **state)
{
    (void)state;
    assert_int_equal(lcg_chain(42, 0), 42);
}

static void a_step_more_or_less_is_seen(void **state)
{
    (void)state;
    assert_int_not_equal(lcg_chain(42, 1000), lcg_chain(42, 1001));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_jump_ends_where_the_chain_ends),
        cmocka_unit_test(no_steps_change_nothing),
        cmocka_unit_test(a_step_more_or_less_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
