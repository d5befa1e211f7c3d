/* What is refused before anything is made, and what is advised then. */
#include "runner/resources.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* No machine has as much as lanes of 4 GiB each want here. */
static const struct bench_plan plan = {.lane_bytes = UINT32_MAX};
static const struct bench_executor executor = {.name = "fake"};

static void assert_advises(uint32_t workers, uint32_t inflight, const char *advice)
{
    const struct bench_team shape = {.workers = workers, .inflight = inflight};
    struct bench_error err = {0};
    assert_int_equal(resources_check(&executor, &shape, &plan, &err), -ENOMEM);
    if (!strstr(err.message, advice))
        fail_msg("no '%s' in '%s'", advice, err.message);
}

static void fewer_in_flight_are_advised_where_some_are(void **state)
{
    (void)state;
    assert_advises(1, 1 << 20, "(--inflight)");
}

static void fewer_workers_are_advised_where_nothing_is_in_flight(void **state)
{
    (void)state;
    assert_advises(1 << 20, 1, "(--workers)");
}

static void what_is_there_is_told_in_units_that_fit(void **state)
{
    (void)state;
    assert_advises(1 << 20, 1, "1048576 lanes need at least 4.0 PiB of memory, and ");
}

static void what_fits_is_not_refused(void **state)
{
    (void)state;
    const struct bench_team shape = {.workers = 2, .inflight = 1};
    const struct bench_plan small = {.lane_bytes = 4096};
    assert_int_equal(resources_check(&executor, &shape, &small, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fewer_in_flight_are_advised_where_some_are),
        cmocka_unit_test(fewer_workers_are_advised_where_nothing_is_in_flight),
        cmocka_unit_test(what_is_there_is_told_in_units_that_fit),
        cmocka_unit_test(what_fits_is_not_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
