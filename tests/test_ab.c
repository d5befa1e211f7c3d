/* `bench ab` and `bench selftest` as users type them. Runners that are scripts say how long a run took,
 * so that the answers are certain. */
#include "program.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FAULTY "--plugin " FAKE("faulty") " -w faulty -x serial"
#define SPIN "-w spin -x serial -s tasks=10 -s steps_per_us=1"

static void write_steady_runner(struct sandbox *box, const char *name, const char *wall_s)
{
    char on_run[128];
    snprintf(on_run, sizeof on_run, "sleep 0.0012; say '{\"ok\":true,\"tasks\":7,\"wall_s\":%s}'",
             wall_s);
    sandbox_write_runner(box, name, on_run);
}

/* A takes 1 ms a run, B `b_s`: so they say, and it can be. */
static struct program *compare_with(struct sandbox *box, const char *b_s, const char *options)
{
    write_steady_runner(box, "a.sh", "0.001");
    write_steady_runner(box, "b.sh", b_s);
    return program_run(box,
                       "bench ab -w spin -x serial --launches 40 -t 50 %s -- --launcher 'sh a.sh' -- "
                       "--launcher 'sh b.sh'",
                       options);
}

static bool has_begun(void *context)
{
    return sandbox_has(context, "begun");
}

/* ---- answers ---- */

static void slower_is_status_1(void **state)
{
    struct program *bench = compare_with(*state, "0.00101", "");
    assert_int_equal(bench->status, 1);
    assert_non_null(strstr(bench->out, "1 slower"));
    assert_non_null(strstr(bench->out, "+1.0 %"));
    assert_string_equal(bench->err, "");
}

static void faster_is_status_0(void **state)
{
    struct program *bench = compare_with(*state, "0.00099", "");
    assert_int_equal(bench->status, 0);
    assert_non_null(strstr(bench->out, "1 faster"));
}

static void the_same_is_status_0(void **state)
{
    struct program *bench = compare_with(*state, "0.001", "");
    assert_int_equal(bench->status, 0);
    assert_non_null(strstr(bench->out, "1 same"));
}

static void within_the_threshold_is_the_same(void **state)
{
    struct program *bench = compare_with(*state, "0.00101", "--threshold 2");
    assert_int_equal(bench->status, 0);
    assert_non_null(strstr(bench->out, "1 same"));
}

static void too_few_launches_find_nothing_and_say_what_would(void **state)
{
    struct program *bench = compare_with(*state, "0.0012", "--launches 4 --strict");
    assert_int_equal(bench->status, 4);
    assert_non_null(strstr(bench->out, "1 inconclusive"));
    assert_non_null(strstr(bench->out, "4 launches of each"));
    assert_non_null(strstr(bench->out, "--launches"));
    bench = compare_with(*state, "0.0012", "--launches 4");
    assert_int_equal(bench->status, 0);
}

/* As write_steady_runner; CPU time and switches of context differ, the time does not. */
static struct program *compare_by(struct sandbox *box, const char *metric)
{
    static const char reply[] = "sleep 0.0012; say '{\"ok\":true,\"tasks\":7,\"wall_s\":0.001,"
                                "\"user_s\":%s,\"sys_s\":0,\"ctx_voluntary\":%s}'";
    char on_run[256];
    snprintf(on_run, sizeof on_run, reply, "0.0005", "0");
    sandbox_write_runner(box, "a.sh", on_run);
    snprintf(on_run, sizeof on_run, reply, "0.0006", "3");
    sandbox_write_runner(box, "b.sh", on_run);
    return program_run(box,
                       "bench ab -w spin -x serial --launches 40 -t 50 -m %s -- --launcher 'sh a.sh' -- "
                       "--launcher 'sh b.sh'",
                       metric);
}

static void other_metrics_are_compared(void **state)
{
    struct program *bench = compare_by(*state, "wall");
    assert_int_equal(bench->status, 0);
    bench = compare_by(*state, "cpu");
    assert_int_equal(bench->status, 1);
    assert_non_null(strstr(bench->out, "cpu (CPU time"));
    assert_non_null(strstr(bench->out, "+20"));
    assert_non_null(strstr(bench->out, "1 more"));
}

static void count_of_0_is_compared(void **state)
{
    struct program *bench = compare_by(*state, "ctx_voluntary");
    assert_int_equal(bench->status, 1);
    assert_non_null(strstr(bench->out, "1 more"));
}

static void rate_that_falls_is_slower(void **state)
{
    struct program *bench =
        program_run(*state, "bench ab -w spin -x serial -s tasks=10 -s steps_per_us=100 -t 30 -q "
                            "--metric rate -- -s work=10us -- -s work=20us");
    assert_int_equal(bench->status, 1);
    assert_non_null(strstr(bench->out, "1 slower"));
}

static void metric_that_no_run_has_is_refused_or_told(void **state)
{
    struct program *bench = program_run(*state, "bench ab " SPIN " -m startup -- --");
    assert_int_equal(bench->status, 2);
    assert_non_null(strstr(bench->err, "bench compare"));
    bench = compare_by(*state, "pss");
    assert_int_equal(bench->status, 3);
    assert_non_null(strstr(bench->out, "its runs do not have this metric"));
}

static void doubt_says_its_reason_and_what_helps_once(void **state)
{
    /* launches of hundreds of milliseconds: there is no time for as many as it takes */
    struct program *bench = program_run(
        *state, "bench ab -w sleep -x serial -s tasks=1 -s duration=100ms,110ms -t 1 -q -- --");
    assert_int_equal(bench->status, 0);
    char *why = strstr(bench->out, "inconclusive, 2 cases: time: ");
    assert_non_null(why);
    assert_non_null(strstr(why, "--time "));
    assert_null(strstr(why + 1, "inconclusive"
                                ": "));
    assert_null(strstr(bench->out, "1 launches"));
}

static void interrupted_it_says_what_there_is(void **state)
{
    sandbox_write_runner(*state, "a.sh", "touch begun; sleep 100");
    struct program *bench =
        program_start(*state, TERMINAL_NONE, "exec bench ab " SPIN " --launcher 'sh a.sh' -- --");
    assert_true(wait_until(has_begun, *state));
    kill(bench->pid, SIGINT);
    program_finish(bench);
    assert_int_equal(bench->status, 130);
    assert_string_equal(bench->err, "bench: interrupted before a case was finished\n");
}

static void real_work_that_is_twice_as_long_is_found(void **state)
{
    struct program *bench =
        program_run(*state, "bench ab -w spin -x serial -s tasks=10 -s steps_per_us=100 -t 30 -q -- -s "
                            "work=10us -- -s work=20us");
    assert_int_equal(bench->status, 1);
    assert_non_null(strstr(bench->out, "1 slower"));
}

/* ---- what is written ---- */

static void each_run_is_a_row_with_its_side_and_block(void **state)
{
    struct program *bench = compare_with(*state, "0.00101", "-o r.csv");
    struct rows rows = rows_of(*state, sandbox_read(*state, "r.csv"));
    size_t measured = 0, verified_a = 0, verified_b = 0;
    char block[5] = "";
    assert_int_equal(bench->status, 1);
    for (size_t i = 0; i < rows.count; i++) {
        const char *side = rows_field(&rows, i, "side"), *phase = rows_field(&rows, i, "phase");
        assert_true(strcmp(side, "A") == 0 || strcmp(side, "B") == 0);
        verified_a += strcmp(phase, "verify") == 0 && *side == 'A';
        verified_b += strcmp(phase, "verify") == 0 && *side == 'B';
        if (strcmp(phase, "measure") != 0) {
            assert_string_equal(rows_field(&rows, i, "block"), "");
            continue;
        }
        block[measured % 4] = *side;
        measured++;
        if (measured % 4 == 0)
            assert_true(strcmp(block, "ABBA") == 0 || strcmp(block, "BAAB") == 0);
        assert_int_equal(atoi(rows_field(&rows, i, "block")), (int)((measured - 1) / 4 + 1));
    }
    assert_true(measured > 0 && measured % 8 == 0);
    assert_int_equal(verified_a, verified_b); /* each launch is verified */
    assert_string_equal(rows_field(&rows, 0, "session"), rows_field(&rows, rows.count - 1, "session"));
}

static void both_sides_do_the_same_number_of_passes_and_the_same_rate(void **state)
{
    struct program *bench =
        program_run(*state, "bench ab -w spin -x serial -s tasks=10 -t 1 -q -o r.csv -- --");
    struct rows rows = rows_of(*state, sandbox_read(*state, "r.csv"));
    const char *tasks = NULL, *params = rows_field(&rows, 0, "params");
    assert_int_equal(bench->status, 0);
    assert_null(strstr(params, "steps_per_us=0"));
    for (size_t i = 0; i < rows.count; i++) {
        assert_string_equal(rows_field(&rows, i, "params"), params);
        if (strcmp(rows_field(&rows, i, "phase"), "measure") != 0)
            continue;
        tasks = tasks ? tasks : rows_field(&rows, i, "tasks");
        assert_string_equal(rows_field(&rows, i, "tasks"), tasks);
    }
    assert_true(atoi(tasks) > 10);
}

static void a_runner_that_knows_of_one_pass_is_asked_for_one(void **state)
{
    write_steady_runner(*state, "a.sh", "0.00001");
    struct program *bench =
        program_run(*state, "bench ab -w spin -x serial -t 2 -o r.csv -- -- --launcher 'sh a.sh'");
    struct rows rows = rows_of(*state, sandbox_read(*state, "r.csv"));
    assert_true(bench->status == 0 || bench->status == 1);
    size_t a = rows_find(&rows, 0, "side", "A"), last = rows.count - 1;
    const char *once = rows_field(&rows, a, "tasks"); /* of the verification run */
    while (strcmp(rows_field(&rows, last, "side"), "A") != 0)
        last--;
    assert_string_equal(rows_field(&rows, last, "phase"), "measure");
    assert_string_equal(rows_field(&rows, last, "tasks"), once);
}

static void what_is_written_is_not_compared_as_one_file(void **state)
{
    compare_with(*state, "0.00101", "-o r.csv");
    struct program *bench = program_run(*state, "bench compare r.csv r.csv");
    assert_int_equal(bench->status, 2);
    assert_non_null(strstr(bench->err, "side"));
}

static void every_format_says_slower(void **state)
{
    static const char *const checks[] = {"table",
                                         "cat",
                                         "markdown",
                                         "cat",
                                         "json",
                                         "python3 -m json.tool",
                                         "junit",
                                         "python3 -c 'import sys, xml.dom.minidom as x; "
                                         "print(x.parse(sys.stdin).toxml())'",
                                         "github",
                                         "cat"};
    compare_with(*state, "0.00101", "");
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i += 2) {
        struct program *bench =
            program_run(*state,
                        "bench ab -w spin -x serial --launches 40 -t 50 --format %s -- --launcher 'sh "
                        "a.sh' -- --launcher 'sh b.sh' >out; test $? = 1 && %s <out",
                        checks[i], checks[i + 1]);
        assert_int_equal(bench->status, 0);
        assert_non_null(strstr(bench->out, "slower"));
    }
}

static void the_page_is_written_beside(void **state)
{
    struct program *bench;
    compare_with(*state, "0.00101", "");
    bench = program_run(*state, "bench ab -w spin -x serial --launches 40 -t 50 --page p.html -- "
                                "--launcher 'sh a.sh' -- --launcher 'sh b.sh'");
    assert_int_equal(bench->status, 1);
    assert_non_null(strstr(bench->out, "1 slower"));
    assert_non_null(strstr(sandbox_read(*state, "p.html"), "</html>"));
}

/* ---- several cases ---- */

static void cases_are_paired_in_order(void **state)
{
    struct program *bench =
        program_run(*state, "bench ab -n " SPIN " -- -s work=1us,2us -- -s work=3us,4us");
    assert_int_equal(bench->status, 0);
    const char *a = strstr(bench->out, "A: spin work=1us"), *b = strstr(bench->out, "B: spin work=3us");
    const char *next = strstr(bench->out, "A: spin work=2us");
    assert_true(a && b && next && a < b && b < next);
}

static void as_many_cases_on_each_side_are_asked_for(void **state)
{
    struct program *bench = program_run(*state, "bench ab " SPIN " -- -s work=1us,2us -- -s work=3us");
    assert_int_equal(bench->status, 2);
    assert_non_null(strstr(bench->err, "A has 2 cases and B has 1"));
}

/* ---- what goes wrong ---- */

static void failed_side_is_status_3_with_its_reason(void **state)
{
    struct program *bench =
        program_run(*state, "bench ab " FAULTY " -q -t 2 -o r.csv -- -s how=nothing -- -s how=fail");
    assert_int_equal(bench->status, 3);
    assert_non_null(strstr(bench->out, "failed"));
    assert_non_null(strstr(bench->out, "as it was told to"));
    struct rows rows = rows_of(*state, sandbox_read(*state, "r.csv"));
    assert_int_equal(rows_with(&rows, "status", "failed"), 1);
}

static void crash_of_one_side_leaves_nothing_of_the_other(void **state)
{
    struct program *bench =
        program_run(*state, "bench ab " FAULTY " -q -t 2 -- -s how=nothing -- -s how=segv");
    assert_int_equal(bench->status, 3);
    assert_non_null(strstr(bench->out, "crashed"));
    assert_int_equal(sandbox_processes_left(*state), 0);
}

static void hang_is_ended_by_the_timeout(void **state)
{
    struct program *bench =
        program_run(*state, "bench ab " FAULTY " -q --timeout 1 -- -s how=nothing -- -s how=asleep");
    assert_int_equal(bench->status, 3);
    assert_non_null(strstr(bench->out, "--timeout"));
    assert_int_equal(sandbox_processes_left(*state), 0);
}

static void runner_without_a_time_is_a_failure(void **state)
{
    write_steady_runner(*state, "a.sh", "0.001");
    sandbox_write_runner(*state, "b.sh", "say '{\"ok\":true,\"tasks\":7}'");
    struct program *bench =
        program_run(*state, "bench ab -w spin -x serial -t 2 -- --launcher 'sh a.sh' -- "
                            "--launcher 'sh b.sh'");
    assert_int_equal(bench->status, 3);
    assert_non_null(strstr(bench->out, "the run has no time"));
}

static void runs_that_take_no_time_are_not_the_same(void **state)
{
    write_steady_runner(*state, "a.sh", "0");
    struct program *bench =
        program_run(*state, "bench ab -w spin -x serial -t 1 --strict -- --launcher 'sh "
                            "a.sh' -- --launcher 'sh a.sh'");
    assert_int_equal(bench->status, 3);
}

static void interrupt_ends_with_130_and_keeps_what_was_run(void **state)
{
    struct sandbox *box = *state;
    write_steady_runner(box, "a.sh", "0.001");
    struct program *bench =
        program_start(box, TERMINAL_ERR,
                      "exec bench ab -w spin -x serial -t 100 --threshold 0 -o r.csv -- "
                      "--launcher 'sh a.sh' -- --launcher 'sh a.sh'");
    program_expect(bench, "launches");
    kill(bench->pid, SIGINT);
    program_finish(bench);
    assert_int_equal(bench->status, 130);
    assert_true(rows_of(box, sandbox_read(box, "r.csv")).count > 10);
    assert_int_equal(sandbox_processes_left(box), 0);
}

/* ---- the command line ---- */

struct mistake {
    const char *options, *message;
};

static void mistakes_are_told_with_what_would_be_right(void **state)
{
    static const struct mistake mistakes[] = {
        {SPIN, "say what A adds and what B adds"},
        {SPIN " -- -s work=1us", "only one --"},
        {SPIN " -- -- --", "a third --"},
        {SPIN " -r 3 -- --", "no option '-r'"},
        {SPIN " --min-runs 3 -- --", "no option '--min-runs'"},
        {SPIN " --threshold x -- --", "--threshold: 'x' must be"},
        {SPIN " --confidence 100 -- --", "--confidence: '100' must be"},
        {SPIN " --format csv -- --", "--format: 'csv' must be"},
        {SPIN " --bench-a ./nothing", "--bench-a: ./nothing: No such file"},
        {SPIN " --page no/p.html -- --", "--page: no/p.html: the folder no: No such file"},
        {SPIN " --duett -- --", "did you mean '--duet'"},
        {"blur -- --", "'blur'"},
        {"-w spin -x pthread -j 2 --duet -- --", "--duet: needs cases with one worker"},
        {"-w blurr -x serial -- --", "did you mean 'blur'"},
        {"-w spin -x serial -- -s work=1us -- -s wrok=2us", "did you mean 'work'"},
    };
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        struct program *bench = program_run(*state, "bench ab %s", mistakes[i].options);
        if (bench->status != 2 || !strstr(bench->err, mistakes[i].message))
            fail_msg("bench ab %s: status %d: %s", mistakes[i].options, bench->status, bench->err);
    }
}

static void two_builds_of_bench_are_compared(void **state)
{
    struct program *bench = program_run(
        *state, "bench ab " SPIN
                " -s work=100us -t 3 --threshold 5%% --bench-a \"$(command -v bench)\" --bench-b bench");
    assert_int_equal(bench->status, 0);
    assert_non_null(strstr(bench->out, "A is /"));
}

/* Copies of a file lie elsewhere in memory, and caches know it: that much is no alarm here. */
static void two_builds_of_a_plugin_are_compared(void **state)
{
    struct program *bench =
        program_run(*state, "cp " FAKE("faulty") " old.so && cp old.so new.so && bench ab -w "
                                                 "faulty -x serial -s tasks=1000 -t 3 --threshold 5%% "
                                                 "-q -o r.csv -- --plugin ./old.so -- --plugin "
                                                 "./new.so");
    struct rows rows = rows_of(*state, sandbox_read(*state, "r.csv"));
    assert_int_equal(bench->status, 0);
    assert_non_null(strstr(bench->out, "A is --plugin ./old.so, B is --plugin ./new.so"));
    assert_int_equal(rows_with(&rows, "status", "ok"), rows.count);
}

static void duet_runs_both_at_once_on_two_cores(void **state)
{
    skip_on_one_cpu();
    struct program *bench = program_run(
        *state, "bench ab " SPIN " -s work=50us --duet -t 30 -q -o r.csv -- -- -s work=100us");
    struct rows rows = rows_of(*state, sandbox_read(*state, "r.csv"));
    assert_int_equal(bench->status, 1);
    size_t a = rows_find(&rows, 0, "side", "A"), b = rows_find(&rows, 0, "side", "B");
    assert_string_not_equal(rows_field(&rows, a, "pin"), rows_field(&rows, b, "pin"));
    const char *pin = rows_field(&rows, a, "pin"); /* and the other way round in the next launch */
    bool changes = false;
    for (size_t i = 0; i < rows.count; i++)
        changes = changes || (strcmp(rows_field(&rows, i, "side"), "A") == 0 &&
                              strcmp(rows_field(&rows, i, "pin"), pin) != 0);
    assert_true(changes);
}

/* ---- bench selftest ---- */

static void selftest_finds_what_it_put_in(void **state)
{
    struct program *bench = program_run(*state, "bench selftest -w spin -x serial -s work=20us -s "
                                                "steps_per_us=100 --trials 1 --sizes 0,100 -t 30 -q "
                                                "-o s.csv");
    struct rows rows = rows_of(*state, sandbox_read(*state, "s.csv"));
    assert_int_equal(bench->status, 0);
    assert_int_equal(rows.count, 2);
    assert_string_equal(rows_field(&rows, rows_find(&rows, 0, "slower", "1"), "answer"), "slower");
    assert_non_null(strstr(bench->out, "serial spin 1"));
    assert_non_null(strstr(bench->out, "1/1"));
}

static void selftest_refuses_sizes_that_are_none(void **state)
{
    struct program *bench = program_run(*state, "bench selftest --sizes 1,x");
    assert_int_equal(bench->status, 2);
    assert_non_null(strstr(bench->err, "--sizes: '1,x' must be"));
}

static void selftest_says_which_case_failed(void **state)
{
    struct program *bench =
        program_run(*state, "bench selftest " FAULTY " -s how=fail --trials 1 --sizes 0 -t 1 -q");
    assert_int_equal(bench->status, 3);
    assert_non_null(strstr(bench->err, "as it was told to"));
    assert_non_null(strstr(bench->out, "could not be compared"));
}

static void selftest_shows_what_it_would_compare(void **state)
{
    struct program *bench = program_run(*state, "bench selftest " FAULTY " -s how=segv -n -o t.csv");
    assert_int_equal(bench->status, 0);
    assert_non_null(strstr(bench->out, " how=segv "));
    assert_false(sandbox_has(*state, "t.csv"));
}

#define test(name) cmocka_unit_test_setup_teardown(name, sandbox_setup, sandbox_teardown)

static void sides_that_do_not_do_as_much_are_told_so(void **state)
{
    static const char unlike[] =
        "bench ab -q -w spin -x serial -s steps_per_us=1 --launches 2 %s -- -s tasks=10 -- -s tasks=20";
    assert_non_null(
        strstr(program_run(*state, unlike, "")->out, "a run of A has 10 tasks, one of B 20"));
    assert_null(strstr(program_run(*state, unlike, "--metric rate")->out, "a run of A"));
}

/* In what both have in common, masked, stands nothing in which they differ. */
static void sides_that_differ_in_a_password_have_it_not_in_common(void **state)
{
    struct program *bench =
        program_run(*state, "bench ab -q -w exec -x serial --launches 2 --format json -- -s "
                            "command='true http://u:one@h/' -- -s command='true http://u:two@h/'");
    assert_non_null(strstr(bench->out, "\"params\":"));
    assert_null(strstr(strstr(bench->out, "\"params\":"), "u:***@h"));
    assert_null(strstr(bench->out, "u:one"));
    assert_null(strstr(bench->out, "u:two"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(slower_is_status_1),
        test(sides_that_differ_in_a_password_have_it_not_in_common),
        test(sides_that_do_not_do_as_much_are_told_so),
        test(faster_is_status_0),
        test(the_same_is_status_0),
        test(within_the_threshold_is_the_same),
        test(too_few_launches_find_nothing_and_say_what_would),
        test(other_metrics_are_compared),
        test(count_of_0_is_compared),
        test(rate_that_falls_is_slower),
        test(metric_that_no_run_has_is_refused_or_told),
        test(doubt_says_its_reason_and_what_helps_once),
        test(interrupted_it_says_what_there_is),
        test(real_work_that_is_twice_as_long_is_found),
        test(each_run_is_a_row_with_its_side_and_block),
        test(both_sides_do_the_same_number_of_passes_and_the_same_rate),
        test(a_runner_that_knows_of_one_pass_is_asked_for_one),
        test(what_is_written_is_not_compared_as_one_file),
        test(every_format_says_slower),
        test(the_page_is_written_beside),
        test(cases_are_paired_in_order),
        test(as_many_cases_on_each_side_are_asked_for),
        test(failed_side_is_status_3_with_its_reason),
        test(crash_of_one_side_leaves_nothing_of_the_other),
        test(hang_is_ended_by_the_timeout),
        test(runner_without_a_time_is_a_failure),
        test(runs_that_take_no_time_are_not_the_same),
        test(interrupt_ends_with_130_and_keeps_what_was_run),
        test(mistakes_are_told_with_what_would_be_right),
        test(two_builds_of_bench_are_compared),
        test(two_builds_of_a_plugin_are_compared),
        test(duet_runs_both_at_once_on_two_cores),
        test(selftest_finds_what_it_put_in),
        test(selftest_refuses_sizes_that_are_none),
        test(selftest_says_which_case_failed),
        test(selftest_shows_what_it_would_compare),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
