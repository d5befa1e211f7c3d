/* What the reports say: the table as a user sees it, JSON, and one row per case. */
#include "records/csv.h"
#include "report/formats.h"
#include "report/summary_csv.h"

#include <errno.h>
#include <jansson.h>
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
    results_of(&fixture->results, fixture->records, fixture->size);
    return fixture->results.cases;
}

static const char *table_for(struct fixture *fixture, size_t width)
{
    size_t size;
    FILE *out = open_memstream(&fixture->text, &size);

    results_for(fixture);
    assert_int_equal(table_results(&(struct page){.out = out, .width = width}, &fixture->results, NULL),
                     0);
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
        "omp with 2 workers was 2.00 +- 0.15 times as fast as serial\n"
        "\n"
        "+-: half-width of the median's 95 % confidence interval; -: too few runs;\n"
        "speedup: against serial; eff: speedup / (workers x inflight); CPU: (user + sys)\n"
        "/ wall\n");
}

static void one_case_is_held_against_nothing(void **state)
{
    add_case(*state, "omp", 2, 0.05);
    assert_null(strstr(table_for(*state, 80), "speedup"));
}

static void without_serial_the_first_row_is_the_reference_and_it_is_said(void **state)
{
    const char *table;

    add_case(*state, "pthread", 2, 0.1);
    add_case(*state, "omp", 2, 0.05);
    table = table_for(*state, 200);
    assert_non_null(strstr(table, "against the first row of the same work, because serial was not run"));
    assert_non_null(
        strstr(table, "omp with 2 workers was 2.00 times as fast as pthread with 2 workers\n"));
    assert_non_null(strstr(table, " 2.00  !200 % "));
}

static void sweep_is_one_table_with_a_column_for_what_varies(void **state)
{
    struct fixture *fixture = *state;
    static const char *const params[] = {"sigma=2 image= tile=64", "sigma=10 image= tile=64"};

    for (size_t i = 0; i < 2; i++) {
        add_case(fixture, "serial", 1, 0.1 * (double)(i + 1));
        for (size_t j = 0; j < 4; j++)
            record_set_text(&fixture->records[4 * i + j], COLUMN_params, params[i]);
    }
    assert_non_null(strstr(table_for(fixture, 80),
                           "blur tile=64 (270 tasks, 8.29 Mpixel)\n"
                           "sigma  executor  workers  median  +-      min           rate   CPU\n"
                           "2      serial          1  100 ms   -  98.0 ms  82.9 Mpixel/s  0.99\n"
                           "10     serial          1  200 ms   -   196 ms  41.5 Mpixel/s  0.99\n"
                           "sigma=2 was 2.00 times as fast as sigma=10\n"));
}

static const char *defaults_of_blur(void *context, const char *workload)
{
    (void)context;
    return strcmp(workload, "blur") == 0 ? "sigma=5 image=" : NULL;
}

static void parameters_at_their_defaults_are_told_only_with_details(void **state)
{
    struct fixture *fixture = *state;
    const struct case_defaults defaults = {.of = defaults_of_blur};
    size_t size;

    add_case(fixture, "serial", 1, 0.1);
    results_for(fixture);
    for (int with_details = 0; with_details < 2; with_details++) {
        FILE *out = open_memstream(&fixture->text, &size);
        struct page page = {.out = out, .with_details = with_details, .defaults = &defaults};

        assert_int_equal(table_results(&page, &fixture->results, NULL), 0);
        fclose(out);
        assert_ptr_equal(strstr(fixture->text, with_details ? "blur sigma=5 (" : "blur ("),
                         fixture->text);
        free(fixture->text);
    }
    fixture->text = NULL;
}

static void figures_that_cannot_be_are_marked(void **state)
{
    const char *table;

    for (size_t i = 0; i < 2; i++) {
        add_case(*state, "serial", 1, 0.1);
        add_case(*state, "omp", 1, 0.025);
    }
    table = table_for(*state, 200);
    assert_non_null(strstr(table, " !400 % "));
    assert_non_null(strstr(table, "!: more than the workers alone can explain"));
}

static void rate_is_that_of_the_median(void **state)
{
    const struct case_result *result;

    add_run(*state, "omp", 2, "measure", 0.01)->work_per_s = 829440000;
    add_run(*state, "omp", 2, "measure", 0.09)->work_per_s = 92160000;
    result = results_for(*state);
    assert_true(fabs(result->work_per_s - 8294400 / 0.05) < 1);
}

static void failed_case_shows_why_instead_of_numbers(void **state)
{
    add_case(*state, "serial", 1, 0.1);
    add_failure(*state, "omp", "row 7: 3 levels off");
    assert_non_null(strstr(table_for(*state, 80), "      failed\n"
                                                  "omp, 2 workers: failed: row 7: 3 levels off\n"));
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
    assert_true(cases[1].reference_run == cases[1].identity && cases[1].speedup == 1);
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
    assert_int_equal(json_results(&(struct page){.out = out}, &fixture->results, NULL), 0);
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
    FILE *full = fopen("/dev/full", "w");

    add_case(*state, "serial", 1, 0.1);
    results_for(*state);
    assert_int_equal(
        table_results(&(struct page){.out = full}, &((struct fixture *)*state)->results, &err), -ENOSPC);
    assert_string_equal(err.message, "cannot print the results: No space left on device");
    fclose(full);
}

#define REPORT_TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        REPORT_TEST(table_is_as_shown),
        REPORT_TEST(one_case_is_held_against_nothing),
        REPORT_TEST(without_serial_the_first_row_is_the_reference_and_it_is_said),
        REPORT_TEST(sweep_is_one_table_with_a_column_for_what_varies),
        REPORT_TEST(parameters_at_their_defaults_are_told_only_with_details),
        REPORT_TEST(figures_that_cannot_be_are_marked),
        REPORT_TEST(rate_is_that_of_the_median),
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
