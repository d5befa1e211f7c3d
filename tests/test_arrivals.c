/* The open loop in the runner: when tasks come, who does them, and from when their latency counts. */
#include "records/counters.h"
#include "runner/arrivals.h"
#include "runner/run.h"
#include "runner/tally.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MOST = 20000 };

static uint64_t nap_ns;
static uint64_t highest;

static int nap(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    highest = end - 1 > highest ? end - 1 : highest;
    assert_int_equal(end, first + 1);
    return nap_ns ? bench_sleep_until(lane, bench_now() + nap_ns) : 0;
}

static struct bench_workload workload = {.abi = BENCH_WORKLOAD_ABI, .name = "nap", .run = nap};
static const struct bench_executor executor = {.abi = BENCH_EXECUTOR_ABI, .name = "test"};
static const struct bench_plan plan = {.tasks = 5, .grain = 1, .work = 50};

static struct team *make(double rate_per_s, const char *how)
{
    struct bench_team shape = {.workers = 1, .inflight = 1, .schedule = BENCH_DYNAMIC};
    struct shape asked = {.rate_per_s = rate_per_s, .arrivals = how};
    unsigned long mask = 1;
    struct team *team;
    assert_int_equal(team_create(&team, &shape, &workload, &executor, NULL, &plan, &mask, 1, NULL), 0);
    assert_int_equal(arrivals_open(team, &asked, MOST, NULL), 0);
    return team;
}

static void destroy(struct team *team)
{
    arrivals_close(team);
    team_destroy(team);
}

static void prepare(struct team *team, int64_t arrivals, int64_t draw)
{
    struct run_asked asked = {.passes = 1, .arrivals = arrivals, .draw = draw};
    assert_int_equal(run_prepare(team, &asked, NULL), 0);
}

/* All arrivals done by one worker, on this thread; the caller frees the record. */
static struct record run(struct team *team, int64_t arrivals)
{
    struct steal_sample none = {0};
    struct record record;
    prepare(team, arrivals, 1);
    team->called_ns = bench_now();
    bench_enter(&team->shape, 0);
    bench_work(bench_team_lane(&team->shape, 0, 0));
    bench_leave(&team->shape, 0);
    assert_int_equal(tally_check(team, NULL), 0);
    record_init(&record);
    tally(&record, team, &plan, 0, &none, &none);
    return record;
}

static void fixed_arrivals_come_evenly(void **state)
{
    (void)state;
    struct team *team = make(1000, "fixed");
    prepare(team, 100, 1);
    for (uint64_t i = 0; i < 100; i++)
        assert_true(llabs((long long)(team->arrivals->due_ns[i] - (i + 1) * 1000000)) <= 1);
    destroy(team);
}

/* Gaps of an exponential distribution: their mean is 1 / rate, and so is their standard deviation. */
static void poisson_arrivals_come_at_random(void **state)
{
    (void)state;
    struct team *team = make(1000, "poisson");
    prepare(team, MOST, 7);
    double sum = 0, squares = 0;
    for (uint64_t i = 1; i < MOST; i++) {
        double gap = (double)(team->arrivals->due_ns[i] - team->arrivals->due_ns[i - 1]);
        sum += gap;
        squares += gap * gap;
    }
    double mean = sum / (MOST - 1), deviation = sqrt(squares / (MOST - 1) - mean * mean);
    assert_true(fabs(mean / 1e6 - 1) < 0.03);
    assert_true(fabs(deviation / 1e6 - 1) < 0.05);
    destroy(team);
}

static void the_same_draw_is_the_same_sample(void **state)
{
    (void)state;
    struct team *team = make(1000, "poisson");
    prepare(team, 100, 7);
    uint64_t last = team->arrivals->due_ns[99];
    prepare(team, 100, 8);
    assert_int_not_equal(team->arrivals->due_ns[99], last);
    prepare(team, 100, 7);
    assert_int_equal(team->arrivals->due_ns[99], last);
    destroy(team);
}

static void nothing_begins_before_it_is_due(void **state)
{
    (void)state;
    nap_ns = 0;
    struct team *team = make(200, "fixed");
    struct record record = run(team, 10);
    assert_true(record.wall_s >= 0.05);
    assert_int_equal(record.tasks, 10);
    record_free(&record);
    destroy(team);
}

/* The second of two that come at once has waited for the first. */
static void waiting_for_a_lane_counts(void **state)
{
    (void)state;
    nap_ns = 20000000;
    struct team *team = make(1e6, "fixed");
    struct record record = run(team, 2);
    assert_true(record.latency_max_s >= 0.039 && record.service_p50_s >= 0.0198);
    assert_true(record.latency_max_s > record.service_p50_s * 1.5);
    record_free(&record);
    destroy(team);
}

/* No lane was free for it: that is not the generator's fault. */
static void an_arrival_that_found_no_lane_is_not_late(void **state)
{
    (void)state;
    nap_ns = 1000000;
    struct team *team = make(1e6, "fixed");
    struct record record = run(team, 50);
    assert_true(counter_find(&record, COLUMN_counters, "late_p99_s") <= 1e-6 ||
                record.latency_p99_s > 0.04);
    assert_true(histogram_quantile(&team->arrivals->tallies[0].late, 0.9) == 0);
    record_free(&record);
    destroy(team);
}

static void a_backlog_without_end_is_dropped_and_said(void **state)
{
    (void)state;
    nap_ns = 100000000;
    struct team *team = make(1000, "fixed");
    struct record record = run(team, 50);
    struct bench_error note = {0};
    arrivals_note(team, &note);
    double dropped = counter_find(&record, COLUMN_counters, "dropped");
    assert_true(dropped > 0 && (double)record.tasks + dropped == 50);
    assert_true(record.work == (double)record.tasks * 10);
    assert_non_null(strstr(note.message, "overloaded"));
    assert_non_null(strstr(note.message, " lanes or more, and there is 1"));
    record_free(&record);
    destroy(team);
}

static void task_numbers_come_again_unless_any_will_do(void **state)
{
    (void)state;
    nap_ns = 0;
    for (int any = 0; any < 2; any++) {
        workload.flags = any ? BENCH_ANY_TASK : 0;
        struct team *team = make(1e6, "fixed");
        highest = 0;
        struct record record = run(team, 12);
        assert_int_equal(highest, any ? 11 : 4);
        record_free(&record);
        destroy(team);
    }
    workload.flags = 0;
}

static void a_case_without_a_rate_has_no_arrivals(void **state)
{
    (void)state;
    struct team *team = make(0, "");
    struct bench_error err = {0};
    assert_null(team->arrivals);
    assert_true(run_prepare(team, &(struct run_asked){.passes = 1, .arrivals = 3}, &err) < 0);
    assert_non_null(strstr(err.message, "without rate_per_s"));
    destroy(team);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fixed_arrivals_come_evenly),
        cmocka_unit_test(poisson_arrivals_come_at_random),
        cmocka_unit_test(the_same_draw_is_the_same_sample),
        cmocka_unit_test(nothing_begins_before_it_is_due),
        cmocka_unit_test(waiting_for_a_lane_counts),
        cmocka_unit_test(an_arrival_that_found_no_lane_is_not_late),
        cmocka_unit_test(a_backlog_without_end_is_dropped_and_said),
        cmocka_unit_test(task_numbers_come_again_unless_any_will_do),
        cmocka_unit_test(a_case_without_a_rate_has_no_arrivals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
