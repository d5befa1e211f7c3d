/* What the reports say: the table as a user sees it, JSON, and one row per case. */
#include "records/csv.h"
#include "report/json.h"
#include "report/summary_csv.h"
#include "report/table.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define RUNS_MAX 64

struct fixture {
    struct record records[RUNS_MAX];
    size_t size;
    struct results results;
    char *text; /* of the last report */
};

static int begin(void **state)
{
    *state = calloc(1, sizeof(struct fixture));
    return *state != NULL ? 0 : -1;
}

static int end(void **state)
{
    struct fixture *fixture = *state;

    for (size_t i = 0; i < fixture->size; i++)
        record_free(&fixture->records[i]);
    results_free(&fixture->results);
    free(fixture->text);
    free(fixture);
    return 0;
}

static struct record *add_run(struct fixture *fixture, const char *executor, int64_t workers,
                              const char *phase, double wall_s)
{
    struct record *record = &fixture->records[fixture->size++];

    record_init(record);
    record_set_text(record, COLUMN_workload, "blur");
    record_set_text(record, COLUMN_params, "sigma=5 image=");
    record_set_text(record, COLUMN_executor, executor);
    record_set_text(record, COLUMN_phase, phase);
    record_set_text(record, COLUMN_status, "ok");
    record_set_text(record, COLUMN_work_unit, "pixel");
    record->workers = workers;
    record->inflight = 1;
    record->tasks = 270;
    record->work = 8294400;
    record->wall_s = wall_s;
    record->user_s = 0.95 * wall_s * (double)workers;
    record->sys_s = 0.04 * wall_s * (double)workers;
    record->cpu_s = record->user_s + record->sys_s;
    return record;
}

/* A verification run that is twice as slow, and three measured ones around wall_s. */
static void add_case(struct fixture *fixture, const char *executor, int64_t workers, double wall_s)
{
    add_run(fixture, executor, workers, "verify", 2 * wall_s);
    add_run(fixture, executor, workers, "measure", 1.02 * wall_s);
    add_run(fixture, executor, workers, "measure", wall_s);
    add_run(fixture, executor, workers, "measure", 0.98 * wall_s);
}

static void add_failure(struct fixture *fixture, const char *executor, const char *error)
{
    struct record *record = add_run(fixture, executor, 2, "verify", 1);

    record_set_text(record, COLUMN_status, "failed");
    record_set_text(record, COLUMN_error, error);
}

static const struct case_result *results_for(struct fixture *fixture)
{
    assert_int_equal(results_of(&fixture->results, fixture->records, fixture->size), 0);
    return fixture->results.cases;
}

static const char *table_for(struct fixture *fixture, size_t width)
{
    struct table_options options = {.width = width};
    size_t size;
    FILE *out = open_memstream(&fixture->text, &size);

    results_for(fixture);
    assert_int_equal(table_print(out, &fixture->results, &options, NULL), 0);
    fclose(out);
    return fixture->text;
}

static size_t longest_line(const char *text)
{
    size_t longest = 0;

    for (size_t length; *text != '\0'; text += length + (text[length] == '\n')) {
        length = strcspn(text, "\n");
        longest = length > longest ? length : longest;
    }
    return longest;
}

static void table_is_as_shown(void **state)
{
    for (size_t i = 0; i < 2; i++) { /* three runs are too few for an interval */
        add_case(*state, "serial", 1, 0.1);
        add_case(*state, "omp", 2, 0.05);
    }
    assert_string_equal(
        table_for(*state, 80),
        "blur sigma=5 (270 tasks, 8.29 Mpixel)\n"
        "executor  workers   median     +-      min           rate  speedup    eff   CPU\n"
        "serial          1   100 ms  2.0 %  98.0 ms  82.9 Mpixel/s     1.00  100 %  0.99\n"
        "omp             2  50.0 ms  2.0 %  49.0 ms   166 Mpixel/s     2.00  100 %  1.98\n"
        "\n"
        "+-: the median is known within so much, 95 times in 100; speedup: against\n"
        "serial; eff: speedup / (workers x inflight); CPU: (user + sys) / wall\n");
}

static void table_without_serial_has_no_speedup(void **state)
{
    add_case(*state, "omp", 2, 0.05);
    assert_null(strstr(table_for(*state, 80), "speedup"));
}

static void failed_case_shows_why_instead_of_numbers(void **state)
{
    add_case(*state, "serial", 1, 0.1);
    add_failure(*state, "omp", "row 7: 3 levels off");
    assert_non_null(strstr(table_for(*state, 80), "      failed\n"
                                                  "omp workers=2: failed: row 7: 3 levels off\n"));
}

static void long_text_is_wrapped_and_made_harmless(void **state)
{
    const char *table;

    add_failure(*state, "omp",
                "one two three four five six seven eight nine ten eleven \x1B[31m twelve thirteen "
                "fourteen fifteen \xFF sixteen seventeen eighteen");
    table = table_for(*state, 80);
    assert_true(longest_line(table) <= 80);
    assert_null(strchr(table, '\x1B'));
    assert_null(strchr(table, '\xFF'));
}

static void inflight_is_shown_where_it_is_used(void **state)
{
    add_case(*state, "loop", 1, 0.1);
    for (size_t i = 0; i < 4; i++)
        ((struct fixture *)*state)->records[i].inflight = 64;
    assert_non_null(strstr(table_for(*state, 80), "inflight"));
}

static void workers_without_a_task_are_pointed_out(void **state)
{
    struct fixture *fixture = *state;
    static const char legend[] = "fewer than workers x inflight";
    add_case(fixture, "pthread", 2, 0.1);
    for (size_t i = 0; i < 4; i++)
        fixture->records[i].tasks = 1;
    assert_non_null(strstr(table_for(fixture, 100), legend));
}

static void nothing_is_pointed_out_where_all_have_tasks(void **state)
{
    add_case(*state, "pthread", 2, 0.1);
    assert_null(strstr(table_for(*state, 100), "fewer than workers x inflight"));
}

static void only_measured_runs_count(void **state)
{
    const struct case_result *result;

    add_case(*state, "serial", 1, 0.1);
    result = results_for(*state);
    assert_int_equal(result->wall_s.n, 3);
    assert_true(fabs(result->wall_s.max - 0.102) < 1e-12);
}

static void wrong_answer_has_no_speed(void **state)
{
    const struct case_result *result;

    add_case(*state, "omp", 2, 0.05);
    add_failure(*state, "omp", "wrong");
    result = results_for(*state);
    assert_string_equal(result->status, "failed");
    assert_true(isnan(result->wall_s.median) && isnan(result->work_per_s) && result->wall_s.n == 0);
}

static void launch_that_never_opened_belongs_to_its_case(void **state)
{
    struct fixture *fixture = *state;

    add_case(fixture, "omp", 2, 0.05);
    for (size_t i = 0; i < fixture->size; i++)
        fixture->records[i].grain = 3;
    add_failure(fixture, "omp", "killed by signal 9");
    results_for(fixture);
    assert_int_equal(fixture->results.size, 1);
    assert_string_equal(fixture->results.cases[0].status, "failed");
}

static void executor_parameters_do_not_change_the_work(void **state)
{
    struct fixture *fixture = *state;
    const struct case_result *cases;

    add_case(fixture, "serial", 1, 0.1);
    add_case(fixture, "omp", 2, 0.05);
    for (size_t i = 4; i < 8; i++)
        record_set_text(&fixture->records[i], COLUMN_executor_params, "wait=active");
    cases = results_for(fixture);
    assert_true(fabs(cases[1].speedup - 2) < 1e-12);
    assert_true(fabs(cases[1].efficiency - 1) < 1e-12);
}

static void other_parameters_are_other_work(void **state)
{
    struct fixture *fixture = *state;
    const struct case_result *cases;

    add_case(fixture, "serial", 1, 0.1);
    add_case(fixture, "omp", 2, 0.05);
    for (size_t i = 4; i < 8; i++)
        record_set_text(&fixture->records[i], COLUMN_params, "sigma=6 image=");
    cases = results_for(fixture);
    assert_true(isnan(cases[1].speedup));
}

static void json_has_cases_with_their_runs(void **state)
{
    struct fixture *fixture = *state;
    size_t size;
    FILE *out = open_memstream(&fixture->text, &size);
    json_t *json, *first;

    add_case(fixture, "serial", 1, 0.1);
    record_set_text(&fixture->records[0], COLUMN_cpus, "not UTF-8: \xFF");
    results_for(fixture);
    assert_int_equal(json_print(out, &fixture->results, NULL), 0);
    fclose(out);
    json = json_loads(fixture->text, 0, NULL);
    first = json_array_get(json_object_get(json, "cases"), 0);
    assert_int_equal(json_integer_value(json_object_get(json, "schema")), RECORD_SCHEMA);
    assert_true(json_real_value(json_object_get(first, "median_s")) == 0.1);
    assert_true(json_is_null(json_object_get(first, "speedup")) == false);
    assert_int_equal(json_array_size(json_object_get(first, "runs")), 4);
    json_decref(json);
}

static void summary_has_one_row_per_case(void **state)
{
    struct fixture *fixture = *state;
    char path[] = "/tmp/bench-test-table-XXXXXX", line[4096];
    int fd = mkstemp(path), lines = 0;
    FILE *file;

    assert_true(fd >= 0);
    close(fd);
    add_case(fixture, "serial", 1, 0.1);
    add_case(fixture, "omp", 2, 0.05);
    results_for(fixture);
    struct csv csv;
    assert_int_equal(summary_csv_open(&csv, path, NULL), 0);
    assert_int_equal(summary_csv_write(&csv, &fixture->results, NULL), 0);
    assert_int_equal(csv_close(&csv, NULL), 0);
    file = fopen(path, "r");
    for (; fgets(line, sizeof(line), file) != NULL; lines++)
        assert_non_null(strstr(line, lines == 0   ? ",median_s,"
                                     : lines == 1 ? ",serial,,1,"
                                                  : ",omp,,2,"));
    fclose(file);
    unlink(path);
    assert_int_equal(lines, 3);
}

static void full_disk_is_reported(void **state)
{
    struct bench_error err = {0};
    struct table_options options = {.width = 80};
    FILE *full = fopen("/dev/full", "w");

    add_case(*state, "serial", 1, 0.1);
    results_for(*state);
    assert_int_equal(table_print(full, &((struct fixture *)*state)->results, &options, &err), -ENOSPC);
    assert_string_equal(err.message, "cannot print the table: No space left on device");
    fclose(full);
}

#define REPORT_TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        REPORT_TEST(table_is_as_shown),
        REPORT_TEST(table_without_serial_has_no_speedup),
        REPORT_TEST(failed_case_shows_why_instead_of_numbers),
        REPORT_TEST(long_text_is_wrapped_and_made_harmless),
        REPORT_TEST(inflight_is_shown_where_it_is_used),
        REPORT_TEST(workers_without_a_task_are_pointed_out),
        REPORT_TEST(nothing_is_pointed_out_where_all_have_tasks),
        REPORT_TEST(only_measured_runs_count),
        REPORT_TEST(wrong_answer_has_no_speed),
        REPORT_TEST(launch_that_never_opened_belongs_to_its_case),
        REPORT_TEST(executor_parameters_do_not_change_the_work),
        REPORT_TEST(other_parameters_are_other_work),
        REPORT_TEST(json_has_cases_with_their_runs),
        REPORT_TEST(summary_has_one_row_per_case),
        REPORT_TEST(full_disk_is_reported),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
