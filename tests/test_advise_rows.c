/* `bench advise RUNS.csv` as users type it: what rows tell without anything being run. */
#include "program.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define HEADER                                                                                      \
    "schema,session,workload,params,executor,workers,inflight,lever,block,launch,run,phase,status," \
    "tasks,passes,wall_s,"                                                                          \
    "cpu_s"

static json_t *load(struct program *bench)
{
    json_error_t why;
    json_t *root = json_loads(bench->out, 0, &why);
    if (!root)
        fail_msg("%s: %s\n%s%s", bench->command, why.text, bench->out, bench->err);
    return root;
}

static const char *text_at(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* Rows of `serial`, and of 1 to `most` threads in three launches each, of which the n'th takes an
 * expression of n; of all that time the work computes for a share of `cpu`. */
static void make_rows(struct sandbox *box, int most, const char *seconds, double cpu)
{
    struct program *awk = program_run(
        box,
        "awk 'function row(x, n, l, s) { print 2, \"s\", \"sleep\", \"tasks=100\", x, n, 1, \"\", \"\", "
        "l, 1, "
        "\"measure\", \"ok\", 100, 1, s * (1 + (l - 2) / 100), s * %g } BEGIN { OFS = \",\"; print "
        "\"" HEADER
        "\"; for (l = 1; l <= 3; l++) { n = 1; row(\"serial\", 1, l, (%s)); for (n = 1; n <= %d; n++) "
        "row(\"pthread\", n, l, (%s)) } }' >runs.csv",
        cpu, seconds, most, seconds);
    assert_int_equal(awk->status, 0);
}

/* The command that it names for what the rows do not tell; "": none. */
static const char *wish(const json_t *advice, const char *what)
{
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(advice, "to_run"), i, one)
    {
        if (strcmp(text_at(one, "for"), what) == 0)
            return text_at(one, "command");
    }
    return "";
}

static void waiting_is_seen_by_accounting(void **state)
{
    make_rows(*state, 4, "1 / n", 0.02);
    struct program *bench = program_run(*state, "bench advise runs.csv --format json");
    json_t *advice = load(bench);
    assert_int_equal(bench->status, 0);
    assert_string_equal(text_at(advice, "class"), "io");
    assert_string_equal(text_at(advice, "because"), "accounting_of_rows");
    assert_true(json_is_true(json_object_get(advice, "from_rows")));
    assert_true(json_is_null(json_object_get(json_object_get(advice, "elasticity"), "cpu")));
    assert_non_null(strstr(wish(advice, "class"), "bench advise -w sleep"));
    json_decref(advice);
}

static void best_of_the_measured_ways_is_recommended(void **state)
{
    make_rows(*state, 4, "1 / n", 0.02);
    json_t *advice = load(program_run(*state, "bench advise runs.csv --format json"));
    const json_t *best = json_object_get(advice, "recommendation");
    assert_string_equal(text_at(best, "executor"), "pthread");
    assert_int_equal(json_integer_value(json_object_get(best, "workers")), 4);
    assert_float_equal(json_number_value(json_object_get(best, "speedup")), 4, 1e-9);
    assert_non_null(strstr(text_at(best, "command"), "-x pthread -j 4"));
    assert_non_null(strstr(wish(advice, "scaling"), "-x pthread -j 1-8 --launches 5"));
    json_decref(advice);
}

static void sweep_of_rows_is_predicted_from(void **state)
{
    make_rows(*state, 8, "(1 + 0.05 * (n - 1) + 0.002 * n * (n - 1)) / n", 0.02);
    struct program *bench = program_run(*state, "bench advise runs.csv");
    assert_int_equal(bench->status, 0);
    assert_non_null(strstr(bench->out, "more than twice the 8 that were"));
    json_t *advice = load(program_run(*state, "bench advise runs.csv --format json"));
    const json_t *sweep = json_array_get(json_object_get(advice, "scaling"), 0);
    assert_string_equal(text_at(sweep, "because"), "holds");
    assert_string_equal(wish(advice, "scaling"), "");
    json_decref(advice);
}

/* What advise has measured itself: its class is the same from the rows. */
static void rows_of_levers_give_the_class_again(void **state)
{
    json_t *live = load(program_run(
        *state, "bench advise -q -t 3 -w sleep -s tasks=8 -x serial,pthread -o runs.csv --format json"));
    struct program *bench = program_run(*state, "bench advise runs.csv --format json");
    json_t *advice = load(bench);
    assert_string_equal(text_at(advice, "class"), text_at(live, "class"));
    assert_string_equal(text_at(advice, "because"), text_at(live, "because"));
    const json_t *cpu = json_object_get(json_object_get(advice, "elasticity"), "cpu");
    const json_t *live_cpu = json_object_get(json_object_get(live, "elasticity"), "cpu");
    assert_float_equal(json_number_value(json_object_get(cpu, "value")),
                       json_number_value(json_object_get(live_cpu, "value")), 1e-6);
    json_decref(live);
    json_decref(advice);
}

/* Levers that were turned by hand, a session each, are as good as those of advise. */
static void levers_turned_by_hand_are_taken(void **state)
{
    program_run(*state,
                "for lever in off cpu=50%% wait=50%%; do bench -q -w sleep -s tasks=8 -s duration=1ms "
                "-x serial -r 5 --lever $lever -o r.csv >/dev/null; done");
    json_t *advice = load(program_run(*state, "bench advise r.csv --format json"));
    assert_string_not_equal(text_at(advice, "because"), "accounting_of_rows");
    assert_int_equal(json_integer_value(json_object_get(advice, "rounds")), 5);
    assert_true(json_is_null(json_object_get(advice, "recommendation")));
    json_decref(advice);
}

static void without_one_lane_nothing_is_said_of_the_class(void **state)
{
    make_rows(*state, 4, "1 / n", 0.02);
    struct program *bench =
        program_run(*state, "awk -F, 'NR == 1 || $6 > 1' runs.csv | bench advise - --format json");
    json_t *advice = load(bench);
    assert_int_equal(bench->status, 4);
    assert_string_equal(text_at(advice, "class"), "unknown");
    assert_string_equal(text_at(advice, "because"), "no_lane");
    assert_non_null(strstr(wish(advice, "class"), "bench advise -w sleep"));
    json_decref(advice);
}

static void recommended_command_runs(void **state)
{
    program_run(*state,
                "bench -q -w sleep -s tasks=4 -s duration=300us -x serial,pthread -j 2 -r 2 -o r.csv");
    json_t *advice = load(program_run(*state, "bench advise r.csv --format json"));
    const char *command = text_at(json_object_get(advice, "recommendation"), "command");
    assert_non_null(strstr(command, "duration=300us"));
    assert_int_equal(program_run(*state, "%s -r 1 -q", command)->status, 0);
    json_decref(advice);
}

static void assert_refused(struct program *bench, const char *wrong, const char *right)
{
    if (bench->status != 2 || !strstr(bench->err, wrong) || !strstr(bench->err, right))
        fail_msg("%s: status %d, not 2 with '%s' and '%s': %s", bench->command, bench->status, wrong,
                 right, bench->err);
    assert_string_equal(bench->out, "");
}

static void several_works_have_to_be_chosen_from(void **state)
{
    make_rows(*state, 2, "1 / n", 0.02);
    program_run(*state, "sed '2,$s/tasks=100/tasks=7/' runs.csv >other.csv");
    assert_refused(program_run(*state, "bench advise runs.csv other.csv"), "several works",
                   "-s NAME=VALUE");
    struct program *bench = program_run(*state, "bench advise runs.csv other.csv -w sleep -s tasks=7");
    assert_int_equal(bench->status, 0);
    assert_non_null(strstr(bench->out, "tasks=7"));
    bench = program_run(*state, "bench advise runs.csv -x serial");
    assert_null(strstr(bench->out, "pthread"));
    assert_refused(program_run(*state, "bench advise runs.csv -w spin"), "no row", "runs.csv");
}

static void what_would_run_something_is_refused(void **state)
{
    make_rows(*state, 2, "1 / n", 0.02);
    assert_refused(program_run(*state, "bench advise runs.csv -j 4"), "--workers", "runs nothing");
    assert_refused(program_run(*state, "bench advise runs.csv -o more.csv"), "--output", "runs nothing");
    assert_refused(program_run(*state, "bench advise runs.csv ./runs.csv"), "./runs.csv", "twice");
    assert_refused(program_run(*state, "bench advise none.csv"), "none.csv", "No such file");
    assert_refused(program_run(*state, "head -1 runs.csv | bench advise -"), "nothing to advise on",
                   "successful measured run");
}

static void failed_cases_are_told_and_not_recommended(void **state)
{
    make_rows(*state, 2, "1 / n", 0.02);
    program_run(*state, "sed -i '/pthread,2/s/,ok,/,crashed,/' runs.csv");
    struct program *bench = program_run(*state, "bench advise runs.csv --format markdown");
    assert_int_equal(bench->status, 0);
    assert_non_null(strstr(bench->out, "not pthread: crashed"));
    assert_non_null(strstr(bench->out, "Use serial"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, sandbox_setup, sandbox_teardown)
    const struct CMUnitTest tests[] = {
        TEST(waiting_is_seen_by_accounting),
        TEST(best_of_the_measured_ways_is_recommended),
        TEST(sweep_of_rows_is_predicted_from),
        TEST(rows_of_levers_give_the_class_again),
        TEST(levers_turned_by_hand_are_taken),
        TEST(without_one_lane_nothing_is_said_of_the_class),
        TEST(recommended_command_runs),
        TEST(several_works_have_to_be_chosen_from),
        TEST(what_would_run_something_is_refused),
        TEST(failed_cases_are_told_and_not_recommended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
