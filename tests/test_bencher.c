/* Results as Bencher Metric Format. */
#include "example_rows.h"
#include "report/formats.h"

#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BLUR_OMP "blur executor=omp workers=2 sigma=5 pin=close schedule=dynamic grain=1"

static json_t *report_of(const struct example_rows *rows)
{
    struct results results;
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    results_of(&results, rows->records, rows->size);
    assert_int_equal(bencher_results(&(struct page){.out = out}, &results, NULL), 0);
    fclose(out);
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root);
    results_free(&results);
    free(text);
    return root;
}

static double metric(const json_t *root, const char *benchmark, const char *measure, const char *key)
{
    const json_t *number =
        json_object_get(json_object_get(json_object_get(root, benchmark), measure), key);
    return number ? json_number_value(number) : NAN;
}

static void a_case_is_a_benchmark_and_its_medians_are_measures(void **state)
{
    struct example_rows rows = {0};
    (void)state;
    for (int i = 1; i <= 3; i++)
        example_row(&rows, "omp", i);
    json_t *root = report_of(&rows);
    assert_int_equal(json_object_size(root), 1);
    assert_float_equal(metric(root, BLUR_OMP, "latency", "value"), 2e9, 1);
    assert_float_equal(metric(root, BLUR_OMP, "throughput", "value"), 4000, 1e-6);
    assert_float_equal(metric(root, BLUR_OMP, "cpu-time-ns", "value"), 3e9, 1);
    assert_float_equal(metric(root, BLUR_OMP, "latency-p99-ns", "value"), 3e6, 1);
    assert_float_equal(metric(root, BLUR_OMP, "peak-memory-bytes", "value"), 4096, 0);
    json_decref(root);
}

static void an_interval_is_around_the_value(void **state)
{
    struct example_rows rows = {0};
    (void)state;
    for (int i = 0; i < 12; i++)
        example_row(&rows, "omp", 1 + 0.01 * i);
    json_t *root = report_of(&rows);
    static const char *const measures[] = {"latency", "throughput"};
    for (size_t i = 0; i < 2; i++) {
        double value = metric(root, BLUR_OMP, measures[i], "value");
        assert_true(metric(root, BLUR_OMP, measures[i], "lower_value") < value);
        assert_true(metric(root, BLUR_OMP, measures[i], "upper_value") > value);
    }
    json_decref(root);
}

static void what_failed_is_left_out_and_what_is_not_known_too(void **state)
{
    struct example_rows rows = {0};
    (void)state;
    example_row(&rows, "omp", 1)->peak_rss_bytes = RECORD_NO_COUNT;
    example_row(&rows, "uv", 1)->status = STATUS_CRASHED;
    json_t *root = report_of(&rows);
    assert_int_equal(json_object_size(root), 1);
    assert_true(isnan(metric(root, BLUR_OMP, "peak-memory-bytes", "value")));
    assert_true(isnan(metric(root, BLUR_OMP, "latency", "lower_value"))); /* of one run */
    json_decref(root);
}

static void where_tasks_arrive_latency_is_theirs(void **state)
{
    struct example_rows rows = {0};
    (void)state;
    struct record *run = example_row(&rows, "omp", 1);
    run->rate_per_s = 16;
    run->arrivals = (char *)"poisson";
    json_t *root = report_of(&rows);
    const char *name = json_object_iter_key(json_object_iter(root));
    assert_float_equal(metric(root, name, "latency", "value"), 2e6, 1);
    json_decref(root);
}

/* Bencher refuses a whole report for one name of more than 1024 characters. */
static void long_names_are_cut_and_stay_different(void **state)
{
    struct example_rows rows = {0};
    char params[2][4000];
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        memset(params[i], 0, sizeof params[i]);
        strcpy(params[i], "command=");
        for (size_t j = 0; j < 900; j++)
            strcat(params[i], "\xE2\x82\xAC"); /* three bytes */
        strcat(params[i], i ? "x" : "y");
        example_row(&rows, "omp", 1)->params = params[i];
    }
    json_t *root = report_of(&rows), *benchmark;
    const char *name;
    assert_int_equal(json_object_size(root), 2);
    json_object_foreach(root, name, benchmark) assert_true(strlen(name) <= 1024 && strlen(name) > 1000);
    json_decref(root);
}

static void cases_of_one_name_are_all_there(void **state)
{
    struct example_rows rows = {0};
    (void)state;
    example_row(&rows, "omp", 1)->clock = (char *)"tsc";
    example_row(&rows, "omp", 2)->clock = (char *)"monotonic";
    json_t *root = report_of(&rows);
    assert_float_equal(metric(root, BLUR_OMP, "latency", "value"), 1e9, 1);
    assert_float_equal(metric(root, BLUR_OMP " #2", "latency", "value"), 2e9, 1);
    json_decref(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_case_is_a_benchmark_and_its_medians_are_measures),
        cmocka_unit_test(an_interval_is_around_the_value),
        cmocka_unit_test(what_failed_is_left_out_and_what_is_not_known_too),
        cmocka_unit_test(where_tasks_arrive_latency_is_theirs),
        cmocka_unit_test(long_names_are_cut_and_stay_different),
        cmocka_unit_test(cases_of_one_name_are_all_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
