/* Levers, as users turn them: what is slowed is what was asked for, by as much. Ratios are of what bench
 * itself counted in the same run, not of clocks of ours. */
#include "base/lever.h"
#include "program.h"

#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* NAME=NUMBER in a list of such; 0 where it is not there. */
static double named(const char *list, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = list; (at = strstr(at, name)); at += length) {
        if ((at == list || at[-1] == ' ') && at[length] == '=')
            return atof(at + length + 1);
    }
    return 0;
}

struct seen {
    double cpu_s, spun_s, slept_s, held_s, wall_s;
    const char *waits;
};

/* The first measured run of a command. */
static struct seen run(struct sandbox *box, const char *options)
{
    struct program *program =
        program_run(box, "bench -q -r 2 --warmup 0 --format csv --columns all %s", options);
    assert_int_equal(program->status, 0);
    struct rows rows = rows_of(box, program->out);
    size_t row = rows_find(&rows, 0, "phase", "measure");
    const char *counters = rows_field(&rows, row, "counters");
    return (struct seen){.cpu_s = named(counters, "work_cpu_s"),
                         .spun_s = named(counters, "lever_spun_s"),
                         .slept_s = named(counters, "lever_slept_s"),
                         .held_s = named(counters, "lock_held_s"),
                         .wall_s = atof(rows_field(&rows, row, "wall_s")),
                         .waits = rows_field(&rows, row, "waits")};
}

static void assert_near(double value, double wanted, double part)
{
    if (value < wanted * (1 - part) || value > wanted * (1 + part))
        fail_msg("%g is not within %g %% of %g", value, part * 100, wanted);
}

static void cpu_lever_spins_its_share_of_cpu_time(void **state)
{
    struct seen seen = run(*state, "-w spin -s work=20us -x pthread -j 1 --lever cpu=100%");
    assert_near(seen.spun_s, seen.cpu_s, 0.1);
}

static void cpu_lever_turned_half_as_far_spins_half(void **state)
{
    struct seen seen = run(*state, "-w spin -s work=20us -x pthread -j 1 --lever cpu=50%");
    assert_near(seen.spun_s, seen.cpu_s / 2, 0.1);
}

static void cpu_lever_does_not_sleep(void **state)
{
    assert_true(run(*state, "-w mixed -x serial --lever cpu=50%").slept_s == 0);
}

static void wait_lever_sleeps_its_share_of_waits(void **state)
{
    struct seen seen = run(*state, "-w sleep -x serial --lever wait=100%");
    assert_true(seen.slept_s >= 0.9 * named(seen.waits, "sleep"));
}

static void what_is_still_owed_at_the_end_is_slept_then(void **state)
{
    struct seen seen = run(*state, "-w sleep -s duration=300us -s tasks=1 -x serial --lever wait=100%");
    assert_true(seen.slept_s >= 0.9 * named(seen.waits, "sleep"));
}

static void wait_lever_leaves_computing_alone(void **state)
{
    struct seen seen = run(*state, "-w spin -s work=20us -x serial --lever wait=100%");
    assert_true(seen.spun_s == 0);
}

static void wait_lever_works_in_an_event_loop(void **state)
{
    if (!executor_works("uv"))
        skip();
    struct seen seen = run(*state, "-w sleep -x uv -j 1 -i 4 --lever wait=100%");
    assert_true(seen.slept_s >= 0.9 * named(seen.waits, "sleep"));
}

static void lock_lever_holds_locks_longer(void **state)
{
    struct seen seen =
        run(*state, "-w counter -s sync=lock -s tasks=50 -x pthread -j 1 --lever lock=100%");
    double held_s =
        seen.held_s < seen.cpu_s ? seen.held_s : seen.cpu_s; /* it may have lost its CPU meanwhile */
    assert_true(held_s > 0 && seen.spun_s >= 0.3 * held_s);
}

static void cpu_time_in_a_lock_is_the_locks(void **state)
{
    struct seen seen =
        run(*state, "-w counter -s sync=lock -s tasks=50 -x pthread -j 1 --lever cpu=100%");
    double held_s =
        seen.held_s < seen.cpu_s ? seen.held_s : seen.cpu_s; /* it may have lost its CPU meanwhile */
    assert_true(seen.spun_s <= seen.cpu_s - 0.5 * held_s);
}

static void off_only_reads_clocks(void **state)
{
    struct seen seen = run(*state, "-w mixed -x serial --lever off");
    assert_true(seen.cpu_s > 0 && named(seen.waits, "sleep") > 0 && seen.spun_s == 0 &&
                seen.slept_s == 0);
}

static void without_a_lever_no_clock_is_read_for_it(void **state)
{
    assert_string_equal(run(*state, "-w sleep -x serial").waits, "");
}

static void what_the_lever_burns_is_not_the_works(void **state)
{
    struct program *program = program_run(
        *state,
        "bench -q -r 1 --warmup 0 --format csv -w spin -s work=20us -x serial --lever cpu=400%%");
    struct rows rows = rows_of(*state, program->out);
    size_t row = rows_find(&rows, 0, "phase", "measure");
    assert_true(atof(rows_field(&rows, row, "cpu_s")) < 0.5 * atof(rows_field(&rows, row, "wall_s")));
}

static void waits_that_bench_does_not_see_are_told_as_other(void **state)
{
    struct seen seen = run(*state, "--plugin " FAKE("sleeper") " -w sleeper -x serial --lever off");
    assert_true(named(seen.waits, "other") >= 0.005);
}

static void programs_are_stopped_for_their_share_of_cpu_time(void **state)
{
    struct program *program =
        program_run(*state, "bench -q -r 1 --warmup 1 --format csv -w exec -s command='sh -c \"i=0; "
                            "while [ \\$i -lt 200000 ]; do i=\\$((i+1)); done\"' "
                            "-x serial --lever cpu=100%%");
    struct rows rows = rows_of(*state, program->out);
    const char *counters = rows_field(&rows, rows_find(&rows, 0, "phase", "measure"), "counters");
    assert_true(named(counters, "children_cpu_s") > 0);
    assert_true(named(counters, "lever_stopped_s") >= 0.5 * named(counters, "children_cpu_s"));
}

static void memory_lever_takes_one_worker(void **state)
{
    struct program *program = program_run(*state, "bench -q -w spin -x pthread -j 2 --lever memory=on");
    assert_int_equal(program->status, 3);
    assert_non_null(strstr(program->err, "the memory lever takes one worker"));
}

static void memory_lever_needs_a_core_for_itself(void **state)
{
    struct program *program =
        program_run(*state, "bench -q -w spin -x serial --pin none --lever memory=on");
    assert_int_equal(program->status, 3);
    assert_non_null(strstr(program->err, "the memory lever needs a core that no worker is pinned to"));
}

static void memory_lever_lets_go_after_each_run(void **state)
{
    cpu_set_t cpus;
    if (sched_getaffinity(0, sizeof cpus, &cpus) < 0 || CPU_COUNT(&cpus) < 2)
        skip();
    struct program *program = program_run(
        *state, "bench -q -w spin -x serial -r 20 --lever memory=on --format csv --columns all");
    struct rows rows = rows_of(*state, program->out);
    assert_int_equal(program->status, 0);
    assert_int_equal(rows_with(&rows, "phase", "measure"), 20);
    assert_int_equal(rows_with(&rows, "lever", "memory=on"), rows.count);
}

static void python_has_levers_too(void **state)
{
    struct seen seen =
        run(*state,
            "-w cpython.sleep -x cpython.serial -s cpython.program=/usr/bin/python3 --lever wait=100%");
    assert_true(seen.slept_s >= 0.9 * named(seen.waits, "other"));
}

static void executor_of_python_without_levers_says_so(void **state)
{
    struct program *program = program_run(*state, "bench -w cpython.sleep -x cpython.asyncio -s "
                                                  "cpython.program=/usr/bin/python3 --lever off -r 1");
    assert_int_equal(program->status, 3);
    assert_non_null(strstr(program->err, "unsupported"));
}

static void lever_is_part_of_what_a_case_is(void **state)
{
    program_run(*state, "bench -q -r 1 -w spin -x serial -o a.csv; bench -q -r 1 -w spin -x serial "
                        "--lever off -o a.csv");
    struct program *program =
        program_run(*state, "bench report a.csv --format json | grep -c '\"workload\"'");
    assert_string_equal(program->out, "2\n");
}

static void what_is_slowed_on_purpose_is_not_held_against_the_rest(void **state)
{
    struct program *program = program_run(
        *state, "bench -q -r 3 -w spin -x serial -o a.csv; "
                "bench -q -r 3 -w spin -x serial --lever cpu=400%% -o a.csv; bench report a.csv");
    assert_non_null(strstr(program->out, "cpu=400%"));
    assert_null(strstr(program->out, "times as fast"));
}

static void a_word_that_is_no_lever_is_refused(void **state)
{
    struct program *program = program_run(*state, "bench -w spin --lever gas=50%%");
    assert_int_equal(program->status, 2);
    assert_non_null(strstr(program->err, "--lever: 'gas=50%' must be cpu=X%, wait=X% or lock=X%"));
}

static void a_share_needs_its_percent_sign(void **state)
{
    struct lever lever;
    (void)state;
    assert_int_not_equal(lever_parse(&lever, "cpu=50", NULL), 0);
}

static void a_runner_without_levers_makes_the_case_unsupported(void **state)
{
    sandbox_write_runner(*state, "runner", "say '{\"ok\":true,\"tasks\":7,\"wall_s\":0.00001}'");
    struct program *program =
        program_run(*state, "bench -w spin -x serial --launcher 'sh runner' --lever off -r 1");
    assert_int_equal(program->status, 3);
    assert_non_null(strstr(program->err, "has no levers"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, sandbox_setup, sandbox_teardown)
    const struct CMUnitTest tests[] = {
        TEST(cpu_lever_spins_its_share_of_cpu_time),
        TEST(cpu_lever_turned_half_as_far_spins_half),
        TEST(cpu_lever_does_not_sleep),
        TEST(wait_lever_sleeps_its_share_of_waits),
        TEST(what_is_still_owed_at_the_end_is_slept_then),
        TEST(wait_lever_leaves_computing_alone),
        TEST(wait_lever_works_in_an_event_loop),
        TEST(lock_lever_holds_locks_longer),
        TEST(cpu_time_in_a_lock_is_the_locks),
        TEST(off_only_reads_clocks),
        TEST(without_a_lever_no_clock_is_read_for_it),
        TEST(what_the_lever_burns_is_not_the_works),
        TEST(waits_that_bench_does_not_see_are_told_as_other),
        TEST(programs_are_stopped_for_their_share_of_cpu_time),
        TEST(memory_lever_takes_one_worker),
        TEST(memory_lever_needs_a_core_for_itself),
        TEST(memory_lever_lets_go_after_each_run),
        TEST(python_has_levers_too),
        TEST(executor_of_python_without_levers_says_so),
        TEST(lever_is_part_of_what_a_case_is),
        TEST(what_is_slowed_on_purpose_is_not_held_against_the_rest),
        TEST(a_word_that_is_no_lever_is_refused),
        TEST(a_share_needs_its_percent_sign),
        TEST(a_runner_without_levers_makes_the_case_unsupported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
