/* Which ranges are timed: long ones each, short ones by chance, and what is then said. */
#include "program.h"
#include "runner/run.h"
#include "runner/schedule.h"
#include "runner/tally.h"
#include "runner/timing.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { RANGES = 400000, PERIOD = 8 };

static uint64_t timed_at[PERIOD]; /* of the ranges that are timed, by their number's rest */

static int look(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    (void)end;
    if (lane->weight > 0 && lane->until_read == 1)
        timed_at[first % PERIOD]++;
    return 0;
}

static struct bench_workload workload = {.abi = BENCH_WORKLOAD_ABI, .name = "look", .run = look};
static const struct bench_executor executor = {.abi = BENCH_EXECUTOR_ABI, .name = "test"};

static struct team *make_team(uint32_t inflight, uint64_t ranges)
{
    struct bench_team shape = {.workers = 1, .inflight = inflight, .schedule = BENCH_STATIC};
    struct bench_plan plan = {.tasks = ranges, .grain = 1};
    unsigned long mask = 1;
    struct team *team;
    assert_int_equal(team_create(&team, &shape, &workload, &executor, NULL, &plan, &mask, 1, NULL), 0);
    return team;
}

/* A run, of ranges that are taken to be as short as can be, or as long, whatever they take. */
static void run_as(struct team *team, double short_ticks, const struct run_asked *asked)
{
    memset(timed_at, 0, sizeof timed_at);
    team->short_ticks = short_ticks;
    assert_int_equal(run_prepare(team, asked, NULL), 0);
    team->called_ns = bench_now();
    bench_enter(&team->shape, 0);
    for (uint32_t lane = 0; lane < team->shape.inflight; lane++)
        bench_work(bench_team_lane(&team->shape, 0, lane));
    bench_leave(&team->shape, 0);
    assert_int_equal(tally_check(team, NULL), 0);
}

static const struct run_asked usual = {.passes = 1};

static const struct worker_tally *tally_of(const struct team *team)
{
    return &team->workers[0].tally;
}

static bool is_noted(const struct team *team)
{
    struct bench_error note = {0};
    timing_note(team, &note);
    return strstr(note.message, "only some are timed");
}

static void long_ranges_are_timed_each(void **state)
{
    (void)state;
    struct team *team = make_team(1, RANGES);
    run_as(team, 1e-9, &usual);
    assert_int_equal(tally_of(team)->timed, RANGES);
    assert_int_equal(histogram_count(&tally_of(team)->latency), RANGES);
    assert_false(is_noted(team));
    team_destroy(team);
}

/* As many as there are is what the histogram counts, up to five times its standard deviation. */
static void a_sample_of_short_ranges_counts_for_all(void **state)
{
    (void)state;
    struct team *team = make_team(1, RANGES);
    run_as(team, HUGE_VAL, &usual);
    run_as(team, HUGE_VAL, &usual);
    double one_in = team->one_in_most, count = (double)histogram_count(&tally_of(team)->latency);
    assert_int_equal(team->one_in_most, 1024);
    assert_true(tally_of(team)->timed < RANGES / 500);
    assert_true(fabs(count - RANGES) < 5 * sqrt(RANGES * (one_in - 1)));
    assert_true(is_noted(team));
    team_destroy(team);
}

static void what_is_timed_keeps_to_no_period(void **state)
{
    (void)state;
    struct team *team = make_team(1, RANGES);
    uint64_t sums[PERIOD] = {0}, sum = 0;
    run_as(team, HUGE_VAL, &usual);
    for (int i = 0; i < 10; i++) {
        run_as(team, HUGE_VAL, &usual);
        for (int rest = 0; rest < PERIOD; rest++) {
            sums[rest] += timed_at[rest];
            sum += timed_at[rest];
        }
    }
    double each = (double)sum / PERIOD;
    for (int rest = 0; rest < PERIOD; rest++)
        assert_true(fabs((double)sums[rest] - each) < 5 * sqrt(each));
    team_destroy(team);
}

/* Of many lanes that do a range now and then each has a chance. */
static void a_sample_of_many_lanes_counts_for_all(void **state)
{
    (void)state;
    struct team *team = make_team(1000, RANGES);
    run_as(team, HUGE_VAL, &usual);
    run_as(team, HUGE_VAL, &usual);
    double count = (double)histogram_count(&tally_of(team)->latency);
    assert_true(tally_of(team)->timed < RANGES / 500);
    assert_true(fabs(count - RANGES) < 5 * sqrt(RANGES * 1023.0));
    team_destroy(team);
}

static void of_few_ranges_each_is_timed(void **state)
{
    (void)state;
    struct team *team = make_team(1, 100);
    run_as(team, HUGE_VAL, &usual);
    run_as(team, HUGE_VAL, &usual);
    assert_int_equal(tally_of(team)->timed, 100);
    team_destroy(team);
}

static void a_run_that_is_looked_at_range_by_range_times_each(void **state)
{
    (void)state;
    struct team *team = make_team(1, RANGES);
    run_as(team, HUGE_VAL, &usual);
    run_as(team, HUGE_VAL, &(struct run_asked){.passes = 1, .verify = true});
    assert_int_equal(tally_of(team)->timed, RANGES);
    team_destroy(team);
}

static void nothing_is_timed_where_nobody_wants_latencies(void **state)
{
    (void)state;
    struct team *team = make_team(1, RANGES);
    run_as(team, 1e-9, &(struct run_asked){.passes = 1, .no_latency = true});
    assert_int_equal(tally_of(team)->timed, 0);
    assert_int_equal(histogram_count(&tally_of(team)->latency), 0);
    run_as(team, 1e-9, &(struct run_asked){.passes = 1, .brief = true});
    assert_int_equal(tally_of(team)->timed, 0);
    run_as(team, 1e-9, &usual);
    assert_int_equal(tally_of(team)->timed, RANGES);
    assert_false(is_noted(team));
    team_destroy(team);
}

/* ---- as a user types it ---- */

#define SHORT "bench -w spin -x %s -s work=0 -s tasks=200000 -r 3 --grain 1 --format csv %s"

static void every_executor_samples_ranges_that_are_short_and_says_so(void **state)
{
    struct program *bench = program_run(*state, SHORT, "$EXECUTORS", "-j 1");
    assert_int_equal(bench->status, 0);
    struct rows rows = rows_of(*state, bench->out);
    for (size_t i = rows_find(&rows, 0, "phase", "measure"); i < rows.count; i++) {
        if (strcmp(rows_field(&rows, i, "phase"), "measure") != 0)
            continue;
        assert_non_null(strstr(rows_field(&rows, i, "notes"), "only some are timed"));
        assert_true(atof(rows_field(&rows, i, "latency_p50_s")) > 0);
    }
    assert_non_null(strstr(bench->err, "only some are timed"));
}

static void latencies_can_be_done_without(void **state)
{
    struct program *bench = program_run(*state, SHORT, "pthread", "--no-latency");
    assert_int_equal(bench->status, 0);
    struct rows rows = rows_of(*state, bench->out);
    size_t measured = rows_find(&rows, 0, "phase", "measure");
    assert_string_equal(rows_field(&rows, measured, "latency_p50_s"), "");
    assert_string_equal(rows_field(&rows, measured, "latency_max_s"), "");
    assert_string_equal(rows_field(&rows, measured, "notes"), "");
    bench = program_run(*state, "bench -w sleep -x serial -s duration=1us -s tasks=5 -r 2 --format csv "
                                "--no-latency");
    rows = rows_of(*state, bench->out);
    measured = rows_find(&rows, 0, "phase", "measure");
    assert_string_equal(rows_field(&rows, measured, "latency_p50_s"), "");
}

static void arrivals_without_latencies_are_refused(void **state)
{
    struct program *bench = program_run(*state, "bench -w spin --rate 10 --no-latency");
    assert_int_equal(bench->status, 2);
    assert_non_null(strstr(bench->err, "--rate and --no-latency exclude each other"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, sandbox_setup, sandbox_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(long_ranges_are_timed_each),
        cmocka_unit_test(a_sample_of_short_ranges_counts_for_all),
        cmocka_unit_test(what_is_timed_keeps_to_no_period),
        cmocka_unit_test(a_sample_of_many_lanes_counts_for_all),
        cmocka_unit_test(of_few_ranges_each_is_timed),
        cmocka_unit_test(a_run_that_is_looked_at_range_by_range_times_each),
        cmocka_unit_test(nothing_is_timed_where_nobody_wants_latencies),
        TEST(every_executor_samples_ranges_that_are_short_and_says_so),
        TEST(latencies_can_be_done_without),
        TEST(arrivals_without_latencies_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
