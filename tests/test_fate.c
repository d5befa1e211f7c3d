/* When a runner crashed or hung, in words. */
#include "control/fate.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char *told(const struct fate *fate)
{
    static struct bench_error why;
    why = (struct bench_error){0};
    bench_error_set(&why, -1, "it died");
    fate_tell(fate, &why);
    return why.message;
}

static void hooks_that_it_can_have_been_in_are_named(void **state)
{
    (void)state;
    assert_non_null(strstr(told(&(struct fate){.stage = STAGE_OPEN}), "setup"));
    assert_non_null(strstr(told(&(struct fate){.stage = STAGE_CLOSE}), "teardown"));
    assert_non_null(strstr(told(&(struct fate){.stage = STAGE_RUN, .phase = PHASE_VERIFY}), "check"));
    const char *run = told(&(struct fate){.stage = STAGE_RUN, .phase = PHASE_MEASURE, .run = 3});
    assert_non_null(strstr(run, "it died, in run 3 of phase measure"));
    assert_null(strstr(run, "check"));
}

static void small_stack_is_suspected_where_a_lane_had_one(void **state)
{
    (void)state;
    struct fate fate = {
        .stage = STAGE_RUN, .phase = PHASE_MEASURE, .signal = SIGSEGV, .small_stacks = true};
    assert_non_null(strstr(told(&fate), "-fstack-clash-protection"));
    fate.signal = SIGKILL;
    assert_null(strstr(told(&fate), "stack"));
    fate.signal = SIGSEGV;
    fate.small_stacks = false;
    assert_null(strstr(told(&fate), "stack"));
}

static void what_was_said_is_cut_and_not_overrun(void **state)
{
    (void)state;
    struct bench_error why = {0};
    memset(why.message, 'x', sizeof why.message - 3);
    fate_tell(&(struct fate){.stage = STAGE_CLOSE}, &why);
    assert_int_equal(strlen(why.message), sizeof why.message - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hooks_that_it_can_have_been_in_are_named),
        cmocka_unit_test(small_stack_is_suspected_where_a_lane_had_one),
        cmocka_unit_test(what_was_said_is_cut_and_not_overrun),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
