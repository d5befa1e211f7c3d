/* After a run: what cannot be is told, and is no measurement. */
#include "runner/run.h"
#include "runner/tally.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static int do_nothing(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    (void)lane;
    (void)first;
    (void)end;
    return 0;
}

static const struct bench_workload workload = {
    .abi = BENCH_WORKLOAD_ABI, .name = "nothing", .run = do_nothing};
static const struct bench_executor executor = {.abi = BENCH_EXECUTOR_ABI, .name = "test"};
static const struct bench_plan plan = {.tasks = 10, .grain = 1, .work = 10};

/* One worker, and a run that it has done as it should. */
static int make_run(void **state)
{
    struct bench_team shape = {.workers = 1, .inflight = 1};
    unsigned long mask = 1;
    struct team *team;
    if (team_create(&team, &shape, &workload, &executor, NULL, &plan, &mask, 1, NULL) < 0 ||
        run_prepare(team, &(struct run_asked){.passes = 1}, NULL) < 0)
        return -1;
    team->called_ns = bench_now();
    bench_enter(&team->shape, 0);
    bench_work(bench_team_lane(&team->shape, 0, 0));
    bench_leave(&team->shape, 0);
    *state = team;
    return 0;
}

static int destroy(void **state)
{
    team_destroy(*state);
    return 0;
}

static void assert_refused(const struct team *team, int code, const char *why)
{
    struct bench_error err = {0};
    assert_int_equal(tally_check(team, &err), code);
    if (!strstr(err.message, why))
        fail_msg("'%s' has no '%s'", err.message, why);
}

/* The caller frees it. */
static struct record tally_of(const struct team *team, double steal_s, double pressure_us)
{
    struct steal_sample before = {.steal_s = 20, .pressure_us = {1000}};
    struct steal_sample after = {.steal_s = 20 + steal_s, .pressure_us = {1000 + pressure_us}};
    struct record record;
    record_init(&record);
    tally(&record, team, &plan, 0, &before, &after);
    return record;
}

static void a_good_run_passes(void **state)
{
    assert_int_equal(tally_check(*state, NULL), 0);
    struct record record = tally_of(*state, 0.5, 2e6);
    assert_true(record.wall_s > 0);
    assert_true(record.steal_s == 0.5);
    assert_true(record.pressure_cpu_s == 2);
    record_free(&record);
}

static void a_run_that_ends_before_it_began_fails(void **state)
{
    struct team *team = *state;
    team->workers[0].tally.left_ns = team->released_ns - 50000;
    assert_refused(team, -ERANGE, "went back");
}

static void a_worker_that_came_before_it_was_called_fails(void **state)
{
    struct team *team = *state;
    team->workers[0].tally.entered_ns = team->called_ns - 1;
    assert_refused(team, -ERANGE, "went back");
}

static void a_negative_latency_fails(void **state)
{
    struct team *team = *state;
    histogram_add(&team->workers[0].tally.latency, (uint64_t)-50000);
    assert_refused(team, -ERANGE, "negative");
}

static void steal_that_falls_is_unknown(void **state)
{
    struct record record = tally_of(*state, -20, -1);
    assert_true(isnan(record.steal_s));
    assert_true(isnan(record.pressure_cpu_s));
    record_free(&record);
}

static void cpu_time_that_falls_is_unknown(void **state)
{
    struct team *team = *state;
    team->workers[0].tally.used.user_us = -300;
    struct record record = tally_of(team, 0, 0);
    assert_true(isnan(record.user_s));
    assert_true(record.sys_s >= 0);
    record_free(&record);
}

static void moves_of_workers_are_counted_and_unknown_where_the_kernel_does_not_tell(void **state)
{
    struct team *team = *state;
    team->workers[0].tally.delays.migrations = 3;
    struct record record = tally_of(team, 0, 0);
    assert_int_equal(record.migrations, 3);
    record_free(&record);
    team->workers[0].tally.delays.migrations = -1;
    record = tally_of(team, 0, 0);
    assert_int_equal(record.migrations, RECORD_NO_COUNT);
    record_free(&record);
}

static void only_a_worker_with_one_cpu_is_noted_for_its_moves(void **state)
{
    struct team *team = *state;
    struct bench_error alone = {0}, free_to_move = {0};
    team->workers[0].tally.delays.migrations = 3;
    tally_note(team, &alone);
    assert_non_null(
        strstr(alone.message, "worker 0 changed CPUs during a run although pinned to CPU 0"));
    *team_mask(team, 0, MASK_GOT) = *team_mask(team, 0, MASK_LEFT) = 3;
    tally_note(team, &free_to_move);
    assert_string_equal(free_to_move.message, "");
}

static void each_note_of_lanes_is_told_once(void **state)
{
    struct team *team = *state;
    struct bench_error note = {0};
    struct bench_lane *lane = bench_team_lane(&team->shape, 0, 0);
    for (int i = 0; i < 3; i++) {
        bench_note(lane, "%d of %d were cold", 7, 10);
        bench_note(lane, "and one was slow");
    }
    tally_note(team, &note);
    assert_non_null(strstr(note.message, "7 of 10 were cold; and one was slow"));
    assert_null(strstr(strstr(note.message, "slow"), "cold"));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, make_run, destroy)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_good_run_passes),
        TEST(a_run_that_ends_before_it_began_fails),
        TEST(a_worker_that_came_before_it_was_called_fails),
        TEST(a_negative_latency_fails),
        TEST(steal_that_falls_is_unknown),
        TEST(cpu_time_that_falls_is_unknown),
        TEST(moves_of_workers_are_counted_and_unknown_where_the_kernel_does_not_tell),
        TEST(only_a_worker_with_one_cpu_is_noted_for_its_moves),
        TEST(each_note_of_lanes_is_told_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
