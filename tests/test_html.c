/* The page of --format html as a file: its data, and what must not be in it. tests/browser shows it. */
#include "base/memory.h"
#include "report/formats.h"
#include "results/task_sizes.h"
#include "results/time_parts.h"

#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
    struct record *records; /* texts of literals */
    size_t size, capacity;
    struct results results;
    char *text;
    json_t *json;
};

static int begin(void **state)
{
    *state = mem_zero(1, sizeof(struct fixture));
    return 0;
}

static int end(void **state)
{
    struct fixture *fixture = *state;
    results_free(&fixture->results);
    free(fixture->records);
    free(fixture->text);
    json_decref(fixture->json);
    free(fixture);
    return 0;
}

static struct record *add_run(struct fixture *fixture, const char *executor, double wall_s)
{
    fixture->records =
        mem_grow(fixture->records, fixture->size, &fixture->capacity, sizeof *fixture->records);
    struct record *run = &fixture->records[fixture->size++];
    record_init(run);
    run->session = (char *)"s1";
    run->time_utc = (char *)"2026-11-22T10:06:36.354Z";
    run->workload = (char *)"blur";
    run->executor = (char *)executor;
    run->phase = PHASE_MEASURE;
    run->status = STATUS_OK;
    run->workers = 2;
    run->inflight = run->launch = 1;
    run->tasks = 8;
    run->wall_s = wall_s;
    run->user_s = wall_s;
    run->sys_s = wall_s / 2;
    return run;
}

/* The page, and its data in fixture->json. */
static const char *print(struct fixture *fixture)
{
    static const char begins[] = "id=\"data\">\n";
    size_t size;
    FILE *out = open_memstream(&fixture->text, &size);
    results_of(&fixture->results, fixture->records, fixture->size);
    assert_int_equal(html_results(&(struct page){.out = out}, &fixture->results, NULL), 0);
    fclose(out);
    const char *data = strstr(fixture->text, begins);
    assert_non_null(data);
    data += strlen(begins);
    fixture->json = json_loadb(data, strcspn(data, "\n"), 0, NULL);
    assert_non_null(fixture->json);
    return data;
}

static json_t *case_at(struct fixture *fixture, size_t i)
{
    json_t *groups = json_object_get(json_object_get(fixture->json, "data"), "groups");
    return json_array_get(json_object_get(json_array_get(groups, 0), "cases"), i);
}

static void the_data_has_no_character_that_ends_a_script(void **state)
{
    struct fixture *fixture = *state;
    add_run(fixture, "</script><!--\xe2\x80\xa8", 1)->label = (char *)"<b>";
    const char *data = print(fixture);
    size_t length = strcspn(data, "\n");
    assert_null(memchr(data, '<', length));
    for (size_t i = 0; i < length; i++)
        assert_true(data[i] >= ' ' && data[i] < 0x7f);
    json_t *name = json_object_get(json_object_get(case_at(fixture, 0), "fields"), "executor");
    json_t *common = json_object_get(json_object_get(fixture->json, "data"), "common");
    name = name ? name : json_object_get(common, "executor");
    assert_string_equal(json_string_value(name), "</script><!--\xe2\x80\xa8");
}

static void without_chart_js_the_page_says_what_was_not_found(void **state)
{
    struct fixture *fixture = *state;
    add_run(fixture, "omp", 1);
    setenv("BENCH_CHART_JS", "/nonexistent/chart.js", 1);
    print(fixture);
    unsetenv("BENCH_CHART_JS");
    assert_string_equal(json_string_value(json_object_get(fixture->json, "missing")),
                        "/nonexistent/chart.js was not found");
}

static void numbers_are_those_of_the_results(void **state)
{
    struct fixture *fixture = *state;
    for (int i = 1; i <= 9; i++)
        add_run(fixture, "omp", i / 7.0);
    print(fixture);
    json_t *fields = json_object_get(case_at(fixture, 0), "fields");
    char digits[32];
    snprintf(digits, sizeof digits, "%.15g", fixture->results.cases[0].wall_s.median);
    assert_float_equal(json_number_value(json_object_get(fields, "median_s")), strtod(digits, NULL), 0);
}

static void the_fastest_and_the_slowest_run_are_kept_where_others_are_not(void **state)
{
    struct fixture *fixture = *state;
    for (int i = 0; i < 30000; i++)
        add_run(fixture, "omp", i == 12345 ? 0.5 : i == 12346 ? 9 : 1 + (i % 7) / 100.0);
    print(fixture);
    json_t *runs = json_object_get(case_at(fixture, 0), "runs"), *wall = json_object_get(runs, "wall");
    double least = INFINITY, most = 0;
    for (size_t i = 0; i < json_array_size(wall); i++) {
        least = fmin(least, json_number_value(json_array_get(wall, i)));
        most = fmax(most, json_number_value(json_array_get(wall, i)));
    }
    assert_int_equal(json_array_size(wall), 20000);
    assert_int_equal(json_integer_value(json_object_get(runs, "of")), 30000);
    assert_float_equal(least, 0.5, 0);
    assert_float_equal(most, 9, 0);
}

/* 6 runs of 1 s with 2 workers: 1 s of CPU time of the program and 0.5 of the kernel in 2 s. */
static void parts_of_the_time_are_shares_of_what_the_workers_had(void **state)
{
    struct fixture *fixture = *state;
    struct time_parts parts;
    for (int i = 0; i < 6; i++)
        add_run(fixture, "omp", 1);
    print(fixture);
    assert_true(time_parts_of(&parts, &fixture->results.cases[0]));
    assert_false(parts.has_waits);
    assert_float_equal(parts.had_s, 2, 1e-12);
    assert_float_equal(parts.user, 0.5, 1e-12);
    assert_float_equal(parts.sys, 0.25, 1e-12);
    assert_float_equal(parts.cpu, 0.75, 1e-12);
    assert_float_equal(parts.rest, 0.25, 1e-12);
}

/* On a busy machine a row had 128 ms of it where two workers had 2 ms each. */
static void waiting_for_a_cpu_is_no_more_than_the_time_that_is_left(void **state)
{
    struct fixture *fixture = *state;
    struct time_parts parts;
    for (int i = 0; i < 6; i++)
        add_run(fixture, "omp", 1)->run_delay_s = 5;
    print(fixture);
    assert_true(time_parts_of(&parts, &fixture->results.cases[0]));
    assert_float_equal(parts.run_delay, 0.25, 1e-12);
    assert_float_equal(parts.rest, 0, 1e-12);
}

static void a_delay_that_is_not_known_is_not_told_beside_waits(void **state)
{
    struct fixture *fixture = *state;
    struct time_parts parts;
    for (int i = 0; i < 4; i++) {
        struct record *run = add_run(fixture, "uring", 1);
        run->run_delay_s = NAN;
        run->waits = (char *)"read=1";
    }
    print(fixture);
    assert_true(time_parts_of(&parts, &fixture->results.cases[0]));
    assert_true(parts.has_waits);
    assert_true(isnan(parts.run_delay));
}

static void waits_by_kind_are_shares_of_what_the_lanes_had(void **state)
{
    struct fixture *fixture = *state;
    struct time_parts parts;
    for (int i = 0; i < 4; i++) {
        struct record *run = add_run(fixture, "uring", 1);
        run->inflight = 4;
        run->run_delay_s = 0.5;
        run->waits = (char *)(i % 2 ? "read=4 sleep=1" : "read=2 sleep=1");
    }
    print(fixture);
    assert_true(time_parts_of(&parts, &fixture->results.cases[0]));
    assert_true(parts.has_waits);
    assert_float_equal(parts.had_s, 8, 1e-12);
    assert_float_equal(parts.waits[WAIT_READ], 3.0 / 8, 1e-12);
    assert_float_equal(parts.waits[WAIT_SLEEP], 1.0 / 8, 1e-12);
    assert_float_equal(parts.cpu + parts.waits[WAIT_READ] + parts.waits[WAIT_SLEEP] + parts.run_delay +
                           parts.rest,
                       1, 1e-12);
}

/* Serial takes 1, 10 and 100 us for a task; two workers are of no use, of 60 % and of all. */
static void metg_is_where_half_of_the_time_is_work(void **state)
{
    static const char *const params[] = {"work=1us", "work=10us", "work=100us"};
    static const double efficiency[] = {0.4, 0.6, 1};
    struct fixture *fixture = *state;
    struct task_sweeps sweeps;
    for (int i = 0; i < 3; i++) {
        double serial_s = 8e-6 * pow(10, i);
        for (int run = 0; run < 3; run++) {
            struct record *serial = add_run(fixture, "serial", serial_s);
            serial->params = (char *)params[i];
            serial->workers = 1;
            add_run(fixture, "omp", serial_s / 2 / efficiency[i])->params = (char *)params[i];
        }
    }
    print(fixture);
    task_sweeps_of(&sweeps, &fixture->results);
    assert_int_equal(sweeps.size, 1);
    assert_int_equal(sweeps.list[0].size, 3);
    assert_float_equal(sweeps.list[0].list[0].task_s, 1e-6, 1e-12);
    assert_float_equal(sweeps.list[0].metg_s, 1e-6 * sqrt(10), 1e-12);
    task_sweeps_free(&sweeps);
}

static void sizes_that_hardly_differ_are_no_sweep(void **state)
{
    static const char *const params[] = {"input=a", "input=b", "input=c"};
    struct fixture *fixture = *state;
    struct task_sweeps sweeps;
    for (int i = 0; i < 3; i++) {
        add_run(fixture, "serial", 1 + i)->params = (char *)params[i];
        add_run(fixture, "omp", 1)->params = (char *)params[i];
    }
    print(fixture);
    task_sweeps_of(&sweeps, &fixture->results);
    assert_int_equal(sweeps.size, 0);
    task_sweeps_free(&sweeps);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
        TEST(the_data_has_no_character_that_ends_a_script),
        TEST(without_chart_js_the_page_says_what_was_not_found),
        TEST(numbers_are_those_of_the_results),
        TEST(the_fastest_and_the_slowest_run_are_kept_where_others_are_not),
        TEST(parts_of_the_time_are_shares_of_what_the_workers_had),
        TEST(metg_is_where_half_of_the_time_is_work),
        TEST(sizes_that_hardly_differ_are_no_sweep),
        TEST(waiting_for_a_cpu_is_no_more_than_the_time_that_is_left),
        TEST(a_delay_that_is_not_known_is_not_told_beside_waits),
        TEST(waits_by_kind_are_shares_of_what_the_lanes_had),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
