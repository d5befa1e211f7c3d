/* Handing out ranges: each once, under every schedule, whatever the number of workers and lanes. */
#include "runner/run.h"
#include "runner/schedule.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { TASKS_MAX = 20000 };

static _Atomic uint8_t done[TASKS_MAX];
static _Atomic uint32_t done_by[TASKS_MAX]; /* worker */
static uint64_t slow_task = UINT64_MAX;

static int mark(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    for (uint64_t task = first; task < end; task++) {
        atomic_fetch_add(&done[task], 1);
        done_by[task] = lane->worker_index;
        if (task == slow_task) {
            struct timespec pause = {.tv_nsec = 30000000};
            nanosleep(&pause, NULL);
        }
    }
    return 0;
}

static const struct bench_workload workload = {.abi = BENCH_WORKLOAD_ABI, .name = "mark", .run = mark};
static const struct bench_executor executor = {.abi = BENCH_EXECUTOR_ABI, .name = "test"};

struct seat {
    struct team *team;
    uint32_t worker;
};

static void *work(void *argument)
{
    const struct seat *seat = argument;
    for (uint32_t lane = 0; lane < seat->team->shape.inflight; lane++)
        bench_work(bench_team_lane(&seat->team->shape, seat->worker, lane));
    return NULL;
}

/* Run it with `workers` threads, each doing its lanes one after the other. */
static struct team *run(enum bench_schedule schedule, bool in_turn, uint32_t workers, uint32_t inflight,
                        uint64_t tasks, uint64_t grain, uint64_t passes)
{
    struct bench_team shape = {
        .workers = workers, .inflight = inflight, .schedule = schedule, .in_turn = in_turn};
    struct bench_plan plan = {.tasks = tasks, .grain = grain};
    unsigned long masks[64] = {0};
    struct team *team;
    struct seat seats[64];
    pthread_t threads[64];
    memset(done, 0, sizeof done);
    assert_int_equal(team_create(&team, &shape, &workload, &executor, NULL, &plan, masks, 1, NULL), 0);
    assert_int_equal(run_prepare(team, &(struct run_asked){.passes = (int64_t)passes}, NULL), 0);
    for (uint32_t w = 0; w < workers; w++) {
        seats[w] = (struct seat){team, w};
        pthread_create(&threads[w], NULL, work, &seats[w]);
    }
    for (uint32_t w = 0; w < workers; w++)
        pthread_join(threads[w], NULL);
    return team;
}

static void assert_each_once(enum bench_schedule schedule, bool in_turn)
{
    static const uint32_t workers[] = {1, 2, 3, 7, 16}, inflights[] = {1, 5};
    static const uint64_t tasks[] = {1, 2, 15, 16, 1000, 19999}, grains[] = {1, 3, 64};
    for (size_t w = 0; w < 5; w++) {
        for (size_t t = 0; t < 6; t++) {
            for (size_t g = 0; g < 3; g++) {
                uint64_t passes = 1 + (w + t + g) % 2;
                team_destroy(
                    run(schedule, in_turn, workers[w], inflights[g % 2], tasks[t], grains[g], passes));
                for (uint64_t task = 0; task < tasks[t]; task++) {
                    if (done[task] != passes)
                        fail_msg("task %d of %d done %d times by %d workers", (int)task, (int)tasks[t],
                                 done[task], (int)workers[w]);
                }
            }
        }
    }
}

static void static_does_each_task_once(void **state)
{
    (void)state;
    assert_each_once(BENCH_STATIC, false);
}

static void static_in_turn_does_each_task_once(void **state)
{
    (void)state;
    assert_each_once(BENCH_STATIC, true);
}

static void dynamic_does_each_task_once(void **state)
{
    (void)state;
    assert_each_once(BENCH_DYNAMIC, false);
}

static void guided_does_each_task_once(void **state)
{
    (void)state;
    assert_each_once(BENCH_GUIDED, false);
}

static void static_gives_each_worker_a_contiguous_block(void **state)
{
    (void)state;
    team_destroy(run(BENCH_STATIC, false, 3, 1, 10, 1, 1));
    const uint32_t expected[] = {0, 0, 0, 0, 1,
                                 1, 1, 2, 2, 2}; /* the first ones get the rest, as libgomp deals */
    assert_memory_equal(done_by, expected, sizeof expected);
}

static void static_with_a_grain_deals_in_turn(void **state)
{
    (void)state;
    team_destroy(run(BENCH_STATIC, true, 3, 1, 10, 2, 1));
    const uint32_t expected[] = {0, 0, 1, 1, 2, 2, 0, 0, 1, 1};
    assert_memory_equal(done_by, expected, sizeof expected);
}

static void dynamic_takes_from_a_worker_that_is_held_up(void **state)
{
    (void)state;
    slow_task = 0;
    struct team *team = run(BENCH_DYNAMIC, false, 2, 1, 1000, 1, 1);
    slow_task = UINT64_MAX;
    assert_true(team->workers[0].tally.ranges < 500);
    team_destroy(team);
}

/* Begins only when all have come. */
static pthread_barrier_t together;

static void *work_together(void *argument)
{
    pthread_barrier_wait(&together);
    return work(argument);
}

static void many_idle_workers_all_find_the_end(void **state)
{
    (void)state;
    enum { WORKERS = 48 };
    struct bench_team shape = {.workers = WORKERS, .inflight = 1, .schedule = BENCH_DYNAMIC};
    struct bench_plan plan = {.tasks = 400, .grain = 1};
    unsigned long masks[WORKERS] = {0};
    struct team *team;
    assert_int_equal(team_create(&team, &shape, &workload, &executor, NULL, &plan, masks, 1, NULL), 0);
    pthread_barrier_init(&together, NULL, WORKERS);
    for (int round = 0; round < 20; round++) {
        struct seat seats[WORKERS];
        pthread_t threads[WORKERS];
        memset(done, 0, sizeof done);
        assert_int_equal(run_prepare(team, &(struct run_asked){.passes = 1}, NULL), 0);
        for (uint32_t w = 0; w < WORKERS; w++) {
            seats[w] = (struct seat){team, w};
            pthread_create(&threads[w], NULL, work_together, &seats[w]);
        }
        for (uint32_t w = 0; w < WORKERS; w++)
            pthread_join(threads[w], NULL);
        for (uint64_t task = 0; task < plan.tasks; task++)
            assert_int_equal(done[task], 1);
    }
    pthread_barrier_destroy(&together);
    team_destroy(team);
}

static int fail_at_10(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    mark(lane, first, end);
    return first == 10 ? bench_fail(lane, -5, "task 10 is bad") : 0;
}

static void a_failed_range_ends_the_run_early(void **state)
{
    (void)state;
    static const struct bench_workload failing = {
        .abi = BENCH_WORKLOAD_ABI, .name = "failing", .run = fail_at_10};
    struct bench_team shape = {.workers = 1, .inflight = 1, .schedule = BENCH_DYNAMIC};
    struct bench_plan plan = {.tasks = 1000, .grain = 1};
    unsigned long mask = 0;
    struct team *team;
    memset(done, 0, sizeof done);
    assert_int_equal(team_create(&team, &shape, &failing, &executor, NULL, &plan, &mask, 1, NULL), 0);
    assert_int_equal(run_prepare(team, &(struct run_asked){.passes = 1}, NULL), 0);
    bench_work(bench_team_lane(&team->shape, 0, 0));
    assert_int_equal(done[11], 0);
    assert_string_equal(team->workers[0].error.message, "task 10 is bad");
    assert_true(bench_team_failed(&team->shape));
    team_destroy(team);
}

static void digests_tell_different_sets_of_ranges_apart(void **state)
{
    (void)state;
    assert_true(schedule_digest(1) + schedule_digest(4) != schedule_digest(2) + schedule_digest(3));
    assert_true(2 * schedule_digest(1) != schedule_digest(0) + schedule_digest(2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(static_does_each_task_once),
        cmocka_unit_test(static_in_turn_does_each_task_once),
        cmocka_unit_test(dynamic_does_each_task_once),
        cmocka_unit_test(guided_does_each_task_once),
        cmocka_unit_test(static_gives_each_worker_a_contiguous_block),
        cmocka_unit_test(static_with_a_grain_deals_in_turn),
        cmocka_unit_test(dynamic_takes_from_a_worker_that_is_held_up),
        cmocka_unit_test(many_idle_workers_all_find_the_end),
        cmocka_unit_test(a_failed_range_ends_the_run_early),
        cmocka_unit_test(digests_tell_different_sets_of_ranges_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
