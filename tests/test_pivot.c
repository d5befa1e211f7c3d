/* Wide tables, and the pictures that gnuplot makes of them. */
#include "base/memory.h"
#include "report/formats.h"
#include "report/pivot.h"
#include "report/pivot_csv.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct fixture {
    struct record *records; /* texts of literals */
    size_t size;
    struct results results;
    struct pivot pivot;
    char *text;
};

static int begin(void **state)
{
    *state = mem_zero(1, sizeof(struct fixture));
    return 0;
}

static int end(void **state)
{
    struct fixture *fixture = *state;
    pivot_free(&fixture->pivot);
    results_free(&fixture->results);
    free(fixture->records);
    free(fixture->text);
    free(fixture);
    return 0;
}

/* Six runs around a time. */
static void add_case(struct fixture *fixture, const char *params, const char *executor, int64_t workers,
                     double wall_s)
{
    for (int i = 0; i < 6; i++) {
        fixture->records = mem_resize(fixture->records, fixture->size + 1, sizeof *fixture->records);
        struct record *run = &fixture->records[fixture->size++];
        record_init(run);
        run->workload = (char *)"spin";
        run->params = (char *)params;
        run->executor = (char *)executor;
        run->phase = PHASE_MEASURE;
        run->status = STATUS_OK;
        run->workers = workers;
        run->inflight = run->launch = 1;
        run->tasks = 8;
        run->wall_s = wall_s * (1 + (i - 2.5) / 1000);
    }
}

static void add_matrix(struct fixture *fixture, const char *params)
{
    add_case(fixture, params, "serial", 1, 8);
    for (int64_t workers = 16; workers >= 1; workers /= 4) {
        add_case(fixture, params, "omp", workers, 8.0 / (double)workers);
        add_case(fixture, params, "pthread", workers, 9.0 / (double)workers);
    }
}

static int turn(struct fixture *fixture, const char *key, struct bench_error *err)
{
    results_of(&fixture->results, fixture->records, fixture->size);
    return pivot_make(&fixture->pivot, &fixture->results, key, NULL, NULL, err);
}

typedef int (*printer)(struct page *page, const struct results *results, struct bench_error *err);

static int print_pivot(struct page *page, const struct results *results, struct bench_error *err)
{
    return pivot_csv_results(page, results, page->pivot, err);
}

/* What is printed into a file, since CSV wants a descriptor. */
static const char *print(struct fixture *fixture, struct page page, printer how)
{
    size_t size = 0;
    page.out = tmpfile();
    results_of(&fixture->results, fixture->records, fixture->size);
    assert_int_equal(how(&page, &fixture->results, NULL), 0);
    rewind(page.out);
    assert_true(mem_delimited(&fixture->text, &size, EOF, page.out) > 0);
    fclose(page.out);
    return fixture->text;
}

static void rows_are_in_the_order_of_numbers_and_columns_in_that_of_the_cases(void **state)
{
    struct fixture *fixture = *state;
    add_matrix(fixture, "work=1us");
    assert_int_equal(turn(fixture, "workers", NULL), 0);
    const struct pivot *pivot = &fixture->pivot;
    assert_true(pivot->is_numeric);
    assert_int_equal(pivot->values_size, 3);
    assert_string_equal(pivot->values[0], "1");
    assert_string_equal(pivot->values[1], "4");
    assert_string_equal(pivot->values[2], "16");
    assert_int_equal(pivot->ways_size, 3);
    assert_string_equal(pivot->ways[0], "serial");
    assert_string_equal(pivot->ways[1], "omp");
    assert_float_equal(pivot_cell(pivot, 1, 1)->wall_s.median, 2, 1e-3);
    assert_null(pivot_cell(pivot, 1, 0));
}

static void quantities_of_a_parameter_are_in_their_order(void **state)
{
    struct fixture *fixture = *state;
    add_case(fixture, "work=1ms", "omp", 2, 3);
    add_case(fixture, "work=20us", "omp", 2, 2);
    add_case(fixture, "work=3us", "omp", 2, 1);
    assert_int_equal(turn(fixture, "work", NULL), 0);
    assert_string_equal(fixture->pivot.values[0], "3us");
    assert_string_equal(fixture->pivot.values[2], "1ms");
    assert_false(fixture->pivot.is_numeric);
    assert_int_equal(fixture->pivot.ways_size, 1);
    assert_string_equal(fixture->pivot.ways[0], "omp");
}

static void what_no_case_has_is_refused_with_what_there_is(void **state)
{
    struct fixture *fixture = *state;
    struct bench_error err = {0};
    add_case(fixture, "work=1us", "omp", 2, 1);
    add_case(fixture, "work=2us", "omp", 2, 1);
    assert_int_equal(turn(fixture, "radius", &err), -EINVAL);
    assert_string_equal(err.message,
                        "--pivot: no case has 'radius'; there are workers, inflight, executor, work");
}

static void csv_has_medians_side_by_side_and_the_intervals_behind_them(void **state)
{
    struct fixture *fixture = *state;
    add_matrix(fixture, "work=1us");
    const char *text = print(fixture, (struct page){.pivot = "workers"}, print_pivot);
    static const char header[] = "workers,serial,omp,pthread,serial low,serial high,omp low,omp high,"
                                 "pthread low,pthread high\n1,8,8,9,7.98";
    assert_memory_equal(text, header, sizeof header - 1);
    assert_non_null(strstr(text, "\n4,,2,2.25,,,1.9957"));
}

static void with_decimal_comma_columns_are_apart_by_semicolons(void **state)
{
    struct fixture *fixture = *state;
    add_matrix(fixture, "work=1us");
    const char *text =
        print(fixture, (struct page){.pivot = "workers", .has_decimal_comma = true}, print_pivot);
    assert_non_null(strstr(text, "workers;serial;omp;"));
    assert_non_null(strstr(text, "\n4;;2;2,25;;;1,9957"));
}

/* Nothing that a user wrote is a command of gnuplot's. */
static void texts_are_in_single_quotes_in_the_script(void **state)
{
    struct fixture *fixture = *state;
    add_case(fixture, "title=it's\"`touch", "serial", 1, 8);
    add_matrix(fixture, "title=`echo\nset");
    const char *text = print(fixture, (struct page){0}, gnuplot_results);
    bool is_quoted = false;
    for (const char *at = text; *at; at++) {
        is_quoted ^= *at == '\'';
        if (!is_quoted && *at == '`')
            fail_msg("a backtick outside of quotes: %.40s", at);
        if (*at == '\n' && is_quoted)
            fail_msg("a line that ends in a quoted text: %.40s", at);
    }
}

/* Beside a row of its own, it would press the plot into a corner. */
static void long_name_of_a_row_is_cut_in_the_script(void **state)
{
    struct fixture *fixture = *state;
    add_case(fixture,
             "title="
             "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
             "serial", 1, 8);
    add_case(fixture, "title=b", "serial", 1, 8);
    const char *text = print(fixture, (struct page){0}, gnuplot_results);
    const char *ticks = strstr(text, "set ytics (");
    assert_non_null(ticks);
    assert_non_null(strstr(ticks, "aaa...' "));
    assert_null(strstr(ticks, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
    assert_non_null(strstr(ticks, "title=b' "));
}

static void gnuplot_draws_a_picture_of_it_without_a_word(void **state)
{
    struct fixture *fixture = *state;
    if (system("command -v gnuplot >/dev/null") != 0)
        skip();
    char folder[] = "/tmp/bench-gnuplot-XXXXXX";
    assert_non_null(mkdtemp(folder));
    add_matrix(fixture, "title=it's\"`touch");
    const char *text = print(fixture, (struct page){0}, gnuplot_results);
    char *command = mem_format("cd %s && gnuplot >picture.svg 2>said", folder);
    FILE *gnuplot = popen(command, "we");
    fputs(text, gnuplot);
    assert_int_equal(pclose(gnuplot), 0);
    free(command);
    command = mem_format(
        "cd %s && [ ! -s said ] && grep -q '</svg>' picture.svg && grep -q omp picture.svg", folder);
    assert_int_equal(system(command), 0);
    free(command);
    command = mem_format("rm -r %s", folder);
    assert_int_equal(system(command), 0);
    free(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
        TEST(rows_are_in_the_order_of_numbers_and_columns_in_that_of_the_cases),
        TEST(quantities_of_a_parameter_are_in_their_order),
        TEST(what_no_case_has_is_refused_with_what_there_is),
        TEST(csv_has_medians_side_by_side_and_the_intervals_behind_them),
        TEST(with_decimal_comma_columns_are_apart_by_semicolons),
        TEST(texts_are_in_single_quotes_in_the_script),
        TEST(long_name_of_a_row_is_cut_in_the_script),
        TEST(gnuplot_draws_a_picture_of_it_without_a_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
