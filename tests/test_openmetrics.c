/* Results as OpenMetrics text. */
#include "example_rows.h"
#include "report/formats.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LABELS                                                                          \
    "workload=\"blur\",executor=\"omp\",workers=\"2\",param_sigma=\"5\",pin=\"close\"," \
    "schedule=\"dynamic\",grain=\"1\""

/* For free(). */
static char *text_of(const struct example_rows *rows)
{
    struct results results;
    static char *text; /* the stream keeps its address */
    static size_t size;
    FILE *out = open_memstream(&text, &size);
    results_of(&results, rows->records, rows->size);
    assert_int_equal(openmetrics_results(&(struct page){.out = out}, &results, NULL), 0);
    fclose(out);
    results_free(&results);
    return text;
}

static void assert_has(const struct example_rows *rows, const char *part)
{
    char *text = text_of(rows);
    if (!strstr(text, part))
        fail_msg("there is no '%s' in:\n%s", part, text);
    free(text);
}

static void a_case_is_a_sample_of_each_gauge(void **state)
{
    struct example_rows rows = {0};
    (void)state;
    for (int i = 1; i <= 3; i++)
        example_row(&rows, "omp", i);
    assert_has(&rows, "# TYPE bench_wall_seconds gauge\n"
                      "# UNIT bench_wall_seconds seconds\n"
                      "# HELP bench_wall_seconds Time of a run, median\n"
                      "bench_wall_seconds{" LABELS "} 2\n");
    assert_has(&rows, "bench_runs{" LABELS "} 3\n");
    assert_has(&rows, "bench_case_success{" LABELS "} 1\n");
    assert_has(&rows, "bench_work_per_second{" LABELS ",work_unit=\"pixel\"} 4000\n");
    assert_has(&rows, "bench_last_run_timestamp_seconds{" LABELS "} 1795341996.354\n");
    assert_has(&rows, "\n# EOF\n");
}

static void a_case_that_failed_has_no_success_and_no_numbers(void **state)
{
    struct example_rows rows = {0};
    (void)state;
    example_row(&rows, "omp", 1)->status = STATUS_CRASHED;
    assert_has(&rows, "bench_case_success{" LABELS "} 0\n");
    char *text = text_of(&rows);
    assert_null(strstr(text, "bench_wall_seconds"));
    free(text);
}

static void what_would_end_a_value_is_escaped(void **state)
{
    struct example_rows rows = {0};
    (void)state;
    struct record *run = example_row(&rows, "omp", 1);
    run->params = (char *)"command='a \"b\" \\ c\nd \xC3\xA4 \xFF'";
    run->label = (char *)"v\"1\\\n";
    assert_has(&rows, "param_command=\"'a \\\"b\\\" \\\\ c\\nd \xC3\xA4 \xEF\xBF\xBD'\"");
    assert_has(&rows, ",label=\"v\\\"1\\\\\\n\",machine=");
}

static void names_that_labels_may_not_have_become_others(void **state)
{
    struct example_rows rows = {0};
    (void)state;
    example_row(&rows, "omp", 1)->params = (char *)"a-b=1 a_b=2 workers=3";
    assert_has(&rows, ",param_a_b=\"1\",param_a_b_2=\"2\",param_workers=\"3\",");
}

/* A collector refuses a file with two samples of one name and the same labels. */
static void no_sample_is_there_twice(void **state)
{
    struct example_rows rows = {0};
    (void)state;
    example_row(&rows, "omp", 1)->clock = (char *)"tsc";
    example_row(&rows, "omp", 2)->clock = (char *)"monotonic";
    assert_has(&rows, "bench_wall_seconds{" LABELS "} 1\n"
                      "bench_wall_seconds{" LABELS ",repeat=\"2\"} 2\n");
    char *text = text_of(&rows);
    assert_null(strstr(strstr(text, "bench_info{") + 1, "bench_info{"));
    free(text);
}

static void commits_are_series_only_where_there_are_several(void **state)
{
    struct example_rows rows = {0};
    (void)state;
    example_row(&rows, "omp", 1)->label = (char *)"v1";
    assert_has(&rows, "bench_wall_seconds{" LABELS "} 1\n");
    example_row(&rows, "omp", 2)->label = (char *)"v2";
    assert_has(&rows, "bench_wall_seconds{" LABELS ",label=\"v2\"} 2\n");
}

static void a_runs_time_is_left_out_where_tasks_arrive(void **state)
{
    struct example_rows rows = {0};
    (void)state;
    example_row(&rows, "omp", 1)->rate_per_s = 16;
    char *text = text_of(&rows);
    assert_null(strstr(text, "bench_wall_seconds"));
    assert_non_null(strstr(text, "bench_latency_p50_seconds{"));
    free(text);
}

static void a_full_disk_is_reported(void **state)
{
    struct example_rows rows = {0};
    struct results results;
    struct bench_error err = {0};
    (void)state;
    example_row(&rows, "omp", 1);
    results_of(&results, rows.records, rows.size);
    FILE *full = fopen("/dev/full", "w");
    assert_int_equal(openmetrics_results(&(struct page){.out = full}, &results, &err), -ENOSPC);
    fclose(full);
    results_free(&results);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_case_is_a_sample_of_each_gauge),
        cmocka_unit_test(a_case_that_failed_has_no_success_and_no_numbers),
        cmocka_unit_test(what_would_end_a_value_is_escaped),
        cmocka_unit_test(names_that_labels_may_not_have_become_others),
        cmocka_unit_test(no_sample_is_there_twice),
        cmocka_unit_test(commits_are_series_only_where_there_are_several),
        cmocka_unit_test(a_runs_time_is_left_out_where_tasks_arrive),
        cmocka_unit_test(a_full_disk_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
