/* A comparison as it is printed, whoever has made it. */
#include "report/comparison_text.h"
#include "report/formats.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { CASES = 4 };

struct fixture {
    struct compared_case cases[CASES];
    struct record only[1];
    struct comparison comparison;
    char *text;
};

/* Its texts are literals: not for comparison_free. */
static struct record identity_of(const char *executor, int64_t workers)
{
    struct record identity;

    record_init(&identity);
    identity.workload = (char *)"spin";
    identity.params = (char *)"work=1us";
    identity.executor = (char *)executor;
    identity.workers = workers;
    identity.inflight = 1;
    identity.pin = (char *)"close";
    identity.schedule = (char *)"dynamic";
    return identity;
}

static struct compared_case case_of(enum verdict verdict, int64_t workers, double ratio, double arm)
{
    return (struct compared_case){.identity = identity_of("omp", workers),
                                  .old_value = 0.01,
                                  .new_value = 0.01 * ratio,
                                  .old_runs = 60,
                                  .new_runs = 60,
                                  .old_launches = 6,
                                  .new_launches = 6,
                                  .ratio = ratio,
                                  .interval = {ratio - arm, ratio + arm},
                                  .p = 0.5,
                                  .detectable = 0.031,
                                  .verdict = verdict};
}

/* One of each kind, as `bench ab` might have made it. */
static int begin(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));

    *state = fixture;
    if (fixture == NULL)
        return -1;
    fixture->cases[0] = case_of(VERDICT_WORSE, 1, 1.06, 0.004);
    fixture->cases[1] = case_of(VERDICT_INCONCLUSIVE, 2, 1.011, 0.03);
    fixture->cases[1].why = (char *)"more launches would tell";
    fixture->cases[2] = case_of(VERDICT_FAILED, 4, NAN, NAN);
    fixture->cases[2].why = (char *)"B: crashed: 100 %, line 1\r\nline 2 ::error::";
    fixture->cases[2].old_value = fixture->cases[2].new_value = fixture->cases[2].detectable = NAN;
    fixture->cases[3] = case_of(VERDICT_SAME, 8, 1.001, 0.002);
    fixture->only[0] = identity_of("uring", 1);
    fixture->comparison = (struct comparison){.metric = &metrics[0],
                                              .old_word = "A",
                                              .new_word = "B",
                                              .old_name = "-x pthread",
                                              .new_name = "-x omp",
                                              .threshold = 0.02,
                                              .confidence = 0.95,
                                              .cases = fixture->cases,
                                              .size = CASES,
                                              .only_new = fixture->only,
                                              .only_new_size = 1};
    return 0;
}

static int end(void **state)
{
    struct fixture *fixture = *state;

    free(fixture->text);
    free(fixture);
    return 0;
}

static const char *print(struct fixture *fixture,
                         int (*printer)(struct page *page, const struct comparison *comparison,
                                        struct bench_error *err))
{
    size_t size;
    FILE *out = open_memstream(&fixture->text, &size);

    assert_int_equal(printer(&(struct page){.out = out, .width = 80}, &fixture->comparison, NULL), 0);
    fclose(out);
    return fixture->text;
}

static void assert_has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("'%s' is not in:\n%s", part, text);
}

static void table_is_as_shown(void **state)
{
    assert_string_equal(
        print(*state, table_comparison),
        "wall (time of a run, s): A is -x pthread, B is -x omp\n\nspin work=1us\nexecutor workers       "
        "A       B  change         interval  seen verdict\nomp            1 10.0 ms 10.6 ms  +6.0 %   "
        "+5.6 .. +6.4 % 3.1 % slower\nomp            2 10.0 ms 10.1 ms  +1.1 %   -1.9 .. +4.1 % 3.1 % "
        "inconclusive\nomp            4       -       -       -                -     - failed\nomp      "
        "      8 10.0 ms 10.0 ms +0.10 % -0.10 .. +0.30 % 3.1 % same\nomp, 4 workers: failed: B: "
        "crashed: 100 %, line 1??line 2 ::error::\n\nonly in -x omp: spin work=1us under uring, 1 "
        "worker\ninconclusive: more launches would tell\nchange: of the median; interval: of the "
        "change, 95 % sure for all cases\ntogether; seen: the smallest change that would be found nine "
        "times in ten; same:\nwithin 2 %\n1 slower, 1 failed, 1 inconclusive, 1 same, 1 only in -x "
        "omp\n");
}

static void github_escapes_what_would_end_a_command(void **state)
{
    assert_string_equal(
        print(*state, github_comparison),
        "::error title=spin work=1us under omp%2C 1 worker::slower: wall 10.0 ms -> 10.6 ms, +6.0 %25 "
        "(+5.6 .. +6.4 %25)\n"
        "::warning title=spin work=1us under omp%2C 2 workers::inconclusive: wall 10.0 ms -> 10.1 ms, "
        "+1.1 %25 (-1.9 .. +4.1 %25); more launches would tell\n"
        "::error title=spin work=1us under omp%2C 4 workers::failed: B: crashed: 100 %25, line 1??line "
        "2 "
        "::error::\n"
        "::warning title=spin work=1us under uring%2C 1 worker::only in -x omp: not compared\n"
        "bench: 1 slower, 1 failed, 1 inconclusive, 1 same, 1 only in -x omp\n");
}

static void markdown_has_the_summary_first_and_what_is_bad_in_bold(void **state)
{
    const char *text = print(*state, markdown_comparison);

    assert_has(text, "**bench: 1 slower, 1 failed, 1 inconclusive, 1 same, 1 only in -x omp**\n\n");
    assert_has(text, "| omp      |       1 | 10.0 ms | 10.6 ms |  +6.0 % |   +5.6 .. +6.4 % | 3.1 % | "
                     "**slower**   |\n");
    assert_has(text, "- only in -x omp: spin work=1us under uring, 1 worker\n");
}

static void junit_escapes_what_xml_does_not_hold(void **state)
{
    struct fixture *fixture = *state;
    const char *text;

    fixture->cases[3].identity.params = (char *)"a=<&>\"' \x01 \xff \xEF\xBF\xBF \xC3\xA9";
    text = print(fixture, junit_comparison);
    assert_has(text, "<testsuites name=\"bench: wall of -x omp against -x pthread\" tests=\"5\" "
                     "failures=\"1\" errors=\"1\" skipped=\"2\">");
    assert_has(text, "a=&lt;&amp;&gt;&quot;&apos; ? ? ? \xC3\xA9\" name=\"omp, 8 workers\">");
    assert_has(text, "<skipped message=\"only in -x omp\"/>");
}

static void json_has_null_for_what_is_not_known(void **state)
{
    struct fixture *fixture = *state;
    json_t *object = json_loads(print(fixture, json_comparison), 0, NULL);
    const json_t *failed = json_array_get(json_object_get(object, "cases"), 2);

    assert_non_null(failed);
    assert_true(json_is_null(json_object_get(failed, "ratio")));
    assert_string_equal(json_string_value(json_object_get(failed, "verdict")), "failed");
    assert_int_equal(json_integer_value(json_object_get(json_object_get(object, "counts"), "worse")), 1);
    json_decref(object);
}

static void cases_are_told_apart_by_what_differs_only(void **state)
{
    struct fixture *fixture = *state;
    struct case_naming naming;
    char *name;

    comparison_naming(&naming, &fixture->comparison, NULL);
    name = case_name(&fixture->cases[1].identity, &naming);
    assert_string_equal(name, "spin work=1us under omp, 2 workers");
    free(name);
    case_naming_free(&naming);
    fixture->cases[1].identity.executor_params = (char *)"wait=active";
    fixture->cases[1].identity.inflight = 4;
    fixture->cases[2].identity.pin = (char *)"spread";
    comparison_naming(&naming, &fixture->comparison, NULL);
    name = case_name(&fixture->cases[1].identity, &naming);
    assert_string_equal(name, "spin work=1us under omp wait=active, 2 workers, 4 in flight, pin close");
    free(name);
    case_naming_free(&naming);
}

static void changes_and_intervals_have_the_digits_they_need(void **state)
{
    char text[UNITS_TEXT];

    (void)state;
    assert_string_equal(units_change(text, 1.0012), "+0.12 %");
    assert_string_equal(units_change(text, 0.95), "-5.0 %");
    assert_string_equal(units_change(text, 2.5), "+150 %");
    assert_string_equal(units_change(text, NAN), "-");
    assert_string_equal(units_change_interval(text, &(struct interval){0.998, 1.003}),
                        "-0.20 .. +0.30 %");
    assert_string_equal(units_change_interval(text, &(struct interval){1.10, 1.103}),
                        "+10.0 .. +10.3 %");
    assert_string_equal(units_change_interval(text, &(struct interval){0.5, 2}), "-50 .. +100 %");
    assert_string_equal(units_change_interval(text, &(struct interval){NAN, NAN}), "-");
}

static void full_disk_is_reported(void **state)
{
    struct fixture *fixture = *state;
    struct bench_error err = {0};
    FILE *out = fopen("/dev/full", "w");

    assert_int_equal(markdown_comparison(&(struct page){.out = out}, &fixture->comparison, &err),
                     -ENOSPC);
    assert_has(err.message, "No space left");
    fclose(out);
}

#define PRINT_TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PRINT_TEST(table_is_as_shown),
        PRINT_TEST(github_escapes_what_would_end_a_command),
        PRINT_TEST(markdown_has_the_summary_first_and_what_is_bad_in_bold),
        PRINT_TEST(junit_escapes_what_xml_does_not_hold),
        PRINT_TEST(json_has_null_for_what_is_not_known),
        PRINT_TEST(cases_are_told_apart_by_what_differs_only),
        PRINT_TEST(changes_and_intervals_have_the_digits_they_need),
        PRINT_TEST(full_disk_is_reported),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
