/* --counters, as a user types it: with a fake PMU (fake_pmu.c), with none, and by the kernel's own. */
#include "program.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#define SPIN "bench -w spin -s tasks=4 -s steps_per_us=1 --warmup 0 -r 2 --format csv"
#define FOUR " --counters cycles,instructions,cache-misses,branch-misses"

static const char *const hardware[] = {"cycles", "instructions", "cache_misses", "branch_misses"};

static void use_pmu(struct sandbox *box, const char *how)
{
    if (access(BINARY_FOLDER "/tests/fake_pmu.so", R_OK) < 0)
        skip(); /* sanitizers come with calls of their own */
    box->variables[0] = "LD_PRELOAD=" BINARY_FOLDER "/tests/fake_pmu.so";
    box->variables[1] = how;
}

/* How often a text stands in another. */
static size_t times(const char *text, const char *part)
{
    size_t found = 0;
    for (const char *at = text; (at = strstr(at, part)); at++)
        found++;
    return found;
}

static void hardware_counters_have_columns_of_their_own(void **state)
{
    static const char *const counted[] = {"1000", "2000", "4000", "6000"};
    use_pmu(*state, "FAKE_PMU=whole");
    struct program *bench = program_run(*state, SPIN FOUR " -j 2 -x $EXECUTORS");
    assert_int_equal(bench->status, 0);
    struct rows rows = rows_of(*state, bench->out);
    for (size_t row = 0; row < rows.count; row++) {
        bool timed = strcmp(rows_field(&rows, row, "phase"), "measure") == 0;
        for (size_t i = 0; i < sizeof hardware / sizeof *hardware; i++)
            assert_string_equal(rows_field(&rows, row, hardware[i]), timed ? counted[i] : "");
        assert_string_equal(rows_field(&rows, row, "counters"), "");
        assert_string_equal(rows_field(&rows, row, "notes"), "");
    }
}

static void what_was_counted_stands_in_the_table(void **state)
{
    use_pmu(*state, "FAKE_PMU=whole");
    struct program *bench = program_run(
        *state,
        "bench -w spin -s tasks=4 -s steps_per_us=1 -r 3 -x serial --counters cycles,instructions");
    assert_int_equal(bench->status, 0);
    assert_non_null(strstr(bench->out, "cycles"));
    assert_non_null(strstr(bench->out, "1.00 k  2.00 k  2.00"));
    assert_null(strstr(bench->out, "cache miss\n"));
    struct program *without =
        program_run(*state, "bench -w spin -s tasks=4 -s steps_per_us=1 -r 3 -x serial");
    assert_null(strstr(without->out, "IPC"));
}

static void counters_can_be_compared(void **state)
{
    use_pmu(*state, "FAKE_PMU=whole");
    program_run(*state, SPIN " -x serial --launches 3 -o a.csv --counters instructions");
    struct program *compared = program_run(*state, "bench compare a.csv a.csv --metric instructions");
    assert_int_equal(compared->status, 0);
    assert_non_null(strstr(compared->out, "2.00 k"));
}

static void counters_that_take_turns_are_scaled_up_and_the_row_says_so(void **state)
{
    use_pmu(*state, "FAKE_PMU=half");
    struct program *bench = program_run(*state, SPIN FOUR " -x serial,pthread -j 1");
    assert_int_equal(bench->status, 0);
    struct rows rows = rows_of(*state, bench->out);
    size_t row = rows_find(&rows, 0, "phase", "measure");
    assert_string_equal(rows_field(&rows, row, "cycles"), "2000");
    assert_string_equal(rows_field(&rows, row, "counters"), "counted_share=0.5");
    assert_non_null(strstr(rows_field(&rows, row, "notes"), "took turns (multiplexing)"));
    assert_int_equal(times(bench->err, "took turns"), 1);
}

static void one_that_never_got_a_turn_is_empty(void **state)
{
    use_pmu(*state, "FAKE_PMU=never");
    struct program *bench = program_run(*state, SPIN " --counters cycles -x serial");
    assert_int_equal(bench->status, 0);
    struct rows rows = rows_of(*state, bench->out);
    size_t row = rows_find(&rows, 0, "phase", "measure");
    assert_string_equal(rows_field(&rows, row, "cycles"), "");
    assert_string_equal(rows_field(&rows, row, "counters"), "counted_share=0");
    assert_non_null(strstr(rows_field(&rows, row, "notes"), "took turns"));
}

static void without_a_pmu_the_columns_are_empty_and_one_note_says_so(void **state)
{
    use_pmu(*state, "FAKE_PMU=2");
    struct program *bench = program_run(*state, SPIN FOUR " -x serial,pthread -j 1,2");
    assert_int_equal(bench->status, 0);
    struct rows rows = rows_of(*state, bench->out);
    for (size_t row = 0; row < rows.count; row++) {
        for (size_t i = 0; i < sizeof hardware / sizeof *hardware; i++)
            assert_string_equal(rows_field(&rows, row, hardware[i]), "");
    }
    assert_int_equal(times(bench->err, "this machine shows no PMU"), 1);
}

static void what_the_kernel_forbids_is_said_with_what_would_allow_it(void **state)
{
    use_pmu(*state, "FAKE_PMU=13");
    struct program *bench = program_run(*state, SPIN " --counters cycles -x serial");
    assert_int_equal(bench->status, 0);
    assert_non_null(strstr(bench->err, "cycles is not counted: "));
    assert_non_null(strstr(bench->err, "CAP_PERFMON"));
}

static void where_the_kernels_part_is_forbidden_the_users_is_counted(void **state)
{
    use_pmu(*state, "FAKE_PMU=user");
    struct program *bench = program_run(*state, SPIN " --counters cycles -x serial");
    assert_int_equal(bench->status, 0);
    struct rows rows = rows_of(*state, bench->out);
    assert_string_equal(rows_field(&rows, rows.count - 1, "cycles"), "1000");
    assert_non_null(strstr(bench->err, "cycles is counted in user space only"));
}

static void an_unknown_name_ends_everything_before_it_begins(void **state)
{
    struct program *bench = program_run(*state, SPIN " -o r.csv --counters cycles,page-fualts");
    assert_int_equal(bench->status, 2);
    assert_string_equal(bench->out, "");
    assert_non_null(strstr(bench->err, "--counters: no counter 'page-fualts' on this machine; did you "
                                       "mean 'page-faults'?"));
    assert_false(sandbox_has(*state, "r.csv"));
}

static void a_name_that_is_there_twice_is_refused(void **state)
{
    struct program *bench = program_run(*state, SPIN " --counters cycles,cycles");
    assert_int_equal(bench->status, 2);
    assert_non_null(strstr(bench->err, "'cycles' is there twice; name it once"));
}

static double counter_of(const struct rows *rows, size_t row, const char *name)
{
    const char *all = rows_field(rows, row, "counters"), *found = strstr(all, name);
    if (!found)
        fail_msg("no %s in '%s'", name, all);
    return strtod(found + strlen(name), NULL);
}

/* Page faults of the programs that are started are most of them. */
static void the_kernels_own_are_counted_in_programs_that_are_started_too(void **state)
{
    struct program *bench = program_run(
        *state,
        "bench -w exec -s command=true -s tasks=8 -x serial,pthread,process -j 2 --warmup 0 -r 1 "
        "--format csv --counters page-faults,task-clock");
    assert_int_equal(bench->status, 0);
    if (strstr(bench->err, "not counted"))
        skip(); /* it is forbidden here */
    struct rows rows = rows_of(*state, bench->out);
    for (size_t row = 0; row < rows.count; row++) {
        if (strcmp(rows_field(&rows, row, "phase"), "measure") != 0)
            continue;
        assert_true(counter_of(&rows, row, "page-faults=") >= 8 * 20);
        assert_true(counter_of(&rows, row, "task-clock=") > 0);
    }
}

static void under_cpython_what_getrusage_has_is_counted_and_the_rest_is_said(void **state)
{
    if (program_run(*state, "python3 -c ''")->status != 0)
        skip();
    struct program *bench =
        program_run(*state, SPIN " -x cpython.serial --counters cycles,page-faults,task-clock");
    assert_int_equal(bench->status, 0);
    assert_non_null(strstr(bench->err, "cycles is not counted under CPython"));
    struct rows rows = rows_of(*state, bench->out);
    size_t row = rows_find(&rows, 0, "phase", "measure");
    double cpu_s = strtod(rows_field(&rows, row, "cpu_s"), NULL);
    assert_true(cpu_s > 0);
    assert_true(fabs(counter_of(&rows, row, "task-clock=") - cpu_s) < 1e-6);
    assert_true(counter_of(&rows, row, "page-faults=") >= 0);
}

static void a_run_of_ab_is_counted_too(void **state)
{
    use_pmu(*state, "FAKE_PMU=whole");
    struct program *bench = program_run(
        *state, "bench ab -w spin -s tasks=4 -s steps_per_us=1 -x serial --launches 2 --counters cycles "
                "-o r.csv -- --");
    assert_int_equal(bench->status, 0);
    struct rows rows = rows_of(*state, sandbox_read(*state, "r.csv"));
    size_t row = rows_find(&rows, 0, "phase", "measure");
    assert_string_equal(rows_field(&rows, row, "cycles"), "1000");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, sandbox_setup, sandbox_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(hardware_counters_have_columns_of_their_own),
        TEST(what_was_counted_stands_in_the_table),
        TEST(counters_can_be_compared),
        TEST(counters_that_take_turns_are_scaled_up_and_the_row_says_so),
        TEST(one_that_never_got_a_turn_is_empty),
        TEST(without_a_pmu_the_columns_are_empty_and_one_note_says_so),
        TEST(what_the_kernel_forbids_is_said_with_what_would_allow_it),
        TEST(where_the_kernels_part_is_forbidden_the_users_is_counted),
        TEST(an_unknown_name_ends_everything_before_it_begins),
        TEST(a_name_that_is_there_twice_is_refused),
        TEST(the_kernels_own_are_counted_in_programs_that_are_started_too),
        TEST(under_cpython_what_getrusage_has_is_counted_and_the_rest_is_said),
        TEST(a_run_of_ab_is_counted_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
