/* Results in the formats of other programs, and as Markdown. */
#include "records/identity.h"
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

#define RUNS_MAX 16

struct fixture {
    struct record records[RUNS_MAX]; /* texts of literals */
    size_t size;
    struct results results;
    char *text; /* of the last format */
    json_t *json;
};

static int begin(void **state)
{
    *state = calloc(1, sizeof(struct fixture));
    return *state != NULL ? 0 : -1;
}

static int end(void **state)
{
    struct fixture *fixture = *state;

    results_free(&fixture->results);
    free(fixture->text);
    json_decref(fixture->json);
    free(fixture);
    return 0;
}

static struct record *add_run(struct fixture *fixture, const char *executor, const char *phase,
                              int64_t tasks, double wall_s)
{
    struct record *run = &fixture->records[fixture->size++];

    record_init(run);
    run->time_utc = (char *)"2026-11-22T10:06:36.354Z";
    run->host = (char *)"vm";
    run->machine = (char *)"AMD EPYC 7763, 1 socket, 2 cores, 4 threads, 23.5 GiB, Linux 6.1";
    run->workload = (char *)"blur";
    run->params = (char *)"sigma=5 image=";
    run->executor = (char *)executor;
    run->pin = (char *)"close";
    run->schedule = (char *)"dynamic";
    run->phase = phase_find(phase);
    run->status = STATUS_OK;
    run->work_unit = (char *)"pixel";
    run->workers = 2;
    run->inflight = run->grain = run->launch = 1;
    run->tasks = tasks;
    run->work = 1000.0 * (double)tasks;
    run->wall_s = wall_s;
    run->user_s = wall_s * 1.5;
    run->sys_s = wall_s * 0.25;
    run->cpu_s = wall_s * 1.75;
    run->work_per_s = run->work / wall_s;
    run->latency_p99_s = 0.003;
    run->peak_rss_bytes = 4096;
    return run;
}

/* A verification run of 8 tasks, and three of two passes each that took 1, 2 and 3 s a pass. */
static void add_case(struct fixture *fixture, const char *executor)
{
    add_run(fixture, executor, "verify", 8, NAN);
    for (int i = 1; i <= 3; i++)
        add_run(fixture, executor, "measure", 16, 2.0 * i);
}

static void add_failure(struct fixture *fixture, const char *executor)
{
    struct record *run = add_run(fixture, executor, "verify", 8, NAN);

    run->status = STATUS_CRASHED;
    run->error = (char *)"killed by signal 11";
}

typedef int (*printer)(struct page *page, const struct results *results, struct bench_error *err);

static const char *text_of(struct fixture *fixture, printer print)
{
    size_t size;
    FILE *out = open_memstream(&fixture->text, &size);

    results_of(&fixture->results, fixture->records, fixture->size);
    assert_int_equal(print(&(struct page){.out = out}, &fixture->results, NULL), 0);
    fclose(out);
    return fixture->text;
}

static json_t *json_of(struct fixture *fixture, printer print)
{
    fixture->json = json_loads(text_of(fixture, print), JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(fixture->json);
    return fixture->json;
}

static const char *text_at(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    if (text == NULL)
        fail_msg("there is no text '%s'", key);
    return text;
}

static double number_at(const json_t *object, const char *key)
{
    const json_t *number = json_object_get(object, key);

    if (!json_is_number(number))
        fail_msg("there is no number '%s'", key);
    return json_number_value(number);
}

/* ---- names ---- */

#define BLUR_OMP "blur/executor=omp/workers=2/sigma=5/pin=close/schedule=dynamic/grain=1"

static void names_have_all_that_tells_cases_apart(void **state)
{
    struct fixture *fixture = *state;
    struct record *run = add_run(fixture, "uring", "measure", 8, 1);

    run->inflight = 64;
    run->side = (char *)"a";
    run->label = (char *)"v1";
    run->params = (char *)"sigma=5 image=";
    run->executor_params = (char *)"stack=8KiB";
    fixture->text = case_name_words(run, IDENTITY_WORK);
    assert_string_equal(fixture->text, "blur executor=uring workers=2 inflight=64 sigma=5 "
                                       "uring.stack=8KiB pin=close schedule=dynamic grain=1 side=a");
    free(fixture->text);
    fixture->text = case_name_path(run, IDENTITY_LABEL);
    assert_string_equal(fixture->text, "blur/executor=uring/workers=2/inflight=64/sigma=5/uring.stack="
                                       "8KiB/pin=close/schedule=dynamic/grain=1/side=a/label=v1");
}

static void what_would_break_a_name_is_encoded(void **state)
{
    struct fixture *fixture = *state;

    struct record *run = add_run(fixture, "omp", "measure", 8, 1);

    run->params = (char *)"command='a b/c%\xC3\xA4' n=1";
    fixture->text = case_name_path(run, IDENTITY_WORK);
    assert_non_null(strstr(fixture->text, "/command='a%20b%2Fc%25%C3%A4'/n=1/"));
}

/* ---- Google Benchmark ---- */

static void gbench_has_a_run_for_each_measured_one(void **state)
{
    json_t *root, *list, *run;

    add_case(*state, "omp");
    root = json_of(*state, gbench_results);
    assert_string_equal(text_at(json_object_get(root, "context"), "host_name"), "vm");
    assert_float_equal(number_at(json_object_get(root, "context"), "num_cpus"), 4, 0);
    list = json_object_get(root, "benchmarks");
    assert_int_equal(json_array_size(list), 3 + 4);
    run = json_array_get(list, 1);
    assert_string_equal(text_at(run, "name"), BLUR_OMP);
    assert_string_equal(text_at(run, "run_name"), BLUR_OMP);
    assert_string_equal(text_at(run, "run_type"), "iteration");
    assert_string_equal(text_at(run, "time_unit"), "ns");
    assert_float_equal(number_at(run, "repetitions"), 3, 0);
    assert_float_equal(number_at(run, "repetition_index"), 1, 0);
    assert_float_equal(number_at(run, "threads"), 2, 0);
    assert_float_equal(number_at(run, "items_per_second"), 4000, 1e-9);
}

static void gbench_times_are_of_one_pass(void **state)
{
    json_t *run;

    add_case(*state, "omp");
    run = json_array_get(json_object_get(json_of(*state, gbench_results), "benchmarks"), 1);
    assert_float_equal(number_at(run, "iterations"), 2, 0);
    assert_float_equal(number_at(run, "real_time"), 2e9, 1);
    assert_float_equal(number_at(run, "cpu_time"), 3.5e9, 1);
}

static void gbench_has_the_aggregates(void **state)
{
    static const struct {
        const char *name;
        double real_time;
    } aggregates[] = {{"mean", 2e9}, {"median", 2e9}, {"stddev", 1e9}, {"cv", 0.5}};
    json_t *list;

    add_case(*state, "omp");
    list = json_object_get(json_of(*state, gbench_results), "benchmarks");
    for (size_t i = 0; i < 4; i++) {
        json_t *aggregate = json_array_get(list, 3 + i);
        char name[sizeof BLUR_OMP + 16];

        snprintf(name, sizeof name, "%s_%s", BLUR_OMP, aggregates[i].name);
        assert_string_equal(text_at(aggregate, "name"), name);
        assert_string_equal(text_at(aggregate, "run_name"), BLUR_OMP);
        assert_string_equal(text_at(aggregate, "run_type"), "aggregate");
        assert_string_equal(text_at(aggregate, "aggregate_name"), aggregates[i].name);
        assert_float_equal(number_at(aggregate, "real_time"), aggregates[i].real_time, 1e-3);
        assert_null(json_object_get(aggregate, "repetition_index"));
    }
}

static void gbench_says_what_failed_in_another_unit(void **state)
{
    json_t *list, *failure;

    add_case(*state, "serial");
    add_failure(*state, "omp");
    list = json_object_get(json_of(*state, gbench_results), "benchmarks");
    failure = json_array_get(list, 7);
    assert_string_equal(text_at(failure, "name"), BLUR_OMP);
    assert_true(json_is_true(json_object_get(failure, "error_occurred")));
    assert_string_equal(text_at(failure, "error_message"), "crashed: killed by signal 11");
    assert_string_not_equal(text_at(failure, "time_unit"), "ns");
    assert_int_equal(json_array_size(list), 8);
}

static void labels_are_in_names_only_where_there_are_several(void **state)
{
    struct fixture *fixture = *state;
    json_t *list;

    add_run(fixture, "omp", "measure", 8, 1)->label = (char *)"v1";
    list = json_object_get(json_of(fixture, gbench_results), "benchmarks");
    assert_string_equal(text_at(json_array_get(list, 0), "name"), BLUR_OMP);
    assert_string_equal(text_at(json_array_get(list, 0), "label"), "v1");
    results_free(&fixture->results);
    json_decref(fixture->json);
    free(fixture->text);
    add_run(fixture, "omp", "measure", 8, 1)->label = (char *)"v2";
    list = json_object_get(json_of(fixture, gbench_results), "benchmarks");
    assert_string_equal(text_at(json_array_get(list, 0), "name"), BLUR_OMP "/label=v1");
    assert_string_equal(text_at(json_array_get(list, 1), "name"), BLUR_OMP "/label=v2");
}

/* ---- hyperfine ---- */

static void hyperfine_has_the_times_of_one_pass(void **state)
{
    json_t *list, *result, *times;

    add_failure(*state, "serial");
    add_case(*state, "omp");
    list = json_object_get(json_of(*state, hyperfine_results), "results");
    assert_int_equal(json_array_size(list), 1);
    result = json_array_get(list, 0);
    assert_string_equal(text_at(result, "command"),
                        "blur executor=omp workers=2 sigma=5 pin=close schedule=dynamic grain=1");
    assert_float_equal(number_at(result, "mean"), 2, 1e-12);
    assert_float_equal(number_at(result, "stddev"), 1, 1e-12);
    assert_float_equal(number_at(result, "median"), 2, 1e-12);
    assert_float_equal(number_at(result, "user"), 3, 1e-12);
    assert_float_equal(number_at(result, "system"), 0.5, 1e-12);
    assert_float_equal(number_at(result, "min"), 1, 1e-12);
    assert_float_equal(number_at(result, "max"), 3, 1e-12);
    times = json_object_get(result, "times");
    assert_int_equal(json_array_size(times), 3);
    assert_float_equal(json_number_value(json_array_get(times, 2)), 3, 1e-12);
    assert_int_equal(json_array_size(json_object_get(result, "exit_codes")), 3);
    assert_string_equal(text_at(json_object_get(result, "parameters"), "workers"), "2");
    assert_string_equal(text_at(json_object_get(result, "parameters"), "sigma"), "5");
}

static void hyperfine_has_no_deviation_of_one_run(void **state)
{
    json_t *result;

    add_run(*state, "omp", "measure", 8, 1);
    result = json_array_get(json_object_get(json_of(*state, hyperfine_results), "results"), 0);
    assert_true(json_is_null(json_object_get(result, "stddev")));
}

/* ---- Go ---- */

static void gobench_is_as_shown(void **state)
{
    add_failure(*state, "serial");
    add_case(*state, "omp");
    assert_string_equal(
        text_of(*state, gobench_results),
        "goos: linux\n"
        "pkg: bench\n"
        "Unit cpu-ns/op better=lower\n"
        "Unit p50-latency-ns better=lower\n"
        "Unit p99-latency-ns better=lower\n"
        "Unit peak-RSS-bytes better=lower\n"
        "Unit pixel/s better=higher\n"
        "cpu: AMD EPYC 7763\n"
        "BenchmarkBlur/executor=omp/workers=2/sigma=5/pin=close/schedule=dynamic/grain=1-2\t2\t"
        "1000000000 ns/op\t1750000000 cpu-ns/op\t8000 pixel/s\t3000000 p99-latency-ns\t"
        "4096 peak-RSS-bytes\n"
        "BenchmarkBlur/executor=omp/workers=2/sigma=5/pin=close/schedule=dynamic/grain=1-2\t2\t"
        "2000000000 ns/op\t3500000000 cpu-ns/op\t4000 pixel/s\t3000000 p99-latency-ns\t"
        "4096 peak-RSS-bytes\n"
        "BenchmarkBlur/executor=omp/workers=2/sigma=5/pin=close/schedule=dynamic/grain=1-2\t2\t"
        "3000000000 ns/op\t5250000000 cpu-ns/op\t2666.66666666667 pixel/s\t3000000 p99-latency-ns\t"
        "4096 peak-RSS-bytes\n");
}

/* The rules of golang.org/design/14313-benchmark-format: key: value, or an even number of fields of
 * which each second one is a number; and no line but those and `Unit`. */
static void assert_go_line(char *line)
{
    char *save = NULL, *field = strtok_r(line, " \t", &save), *end;
    size_t fields = 1;

    if (strncmp(line, "Benchmark", 9) != 0) {
        size_t key = strspn(line, "abcdefghijklmnopqrstuvwxyz-");

        if (strcmp(line, "Unit") != 0 && (key == 0 || line[key] != ':'))
            fail_msg("is no line of Go's format: %s", line);
        return;
    }
    for (; (field = strtok_r(NULL, " \t", &save)) != NULL; fields++) {
        if (fields == 1)
            assert_true(strtol(field, &end, 10) > 0 && *end == '\0');
        else if (fields % 2 == 0 && (!isfinite(strtod(field, &end)) || *end != '\0'))
            fail_msg("is no number: %s", field);
    }
    assert_true(fields >= 4 && fields % 2 == 0);
}

static void gobench_keeps_to_the_grammar_whatever_the_texts(void **state)
{
    struct fixture *fixture = *state;
    struct record *run;
    char *save = NULL;
    size_t results = 0;

    run = add_run(fixture, "omp", "measure", 8, 1);
    run->params = (char *)"command='a b\tc\n\xC2\xA0' url=http://x/y-3";
    run->label = (char *)"two\nlines \xFF";
    run->work_unit = (char *)"odd unit/\xE2\x80\x83";
    run = add_run(fixture, "omp", "measure", 8, 1);
    run->work_unit = (char *)"byte";
    run->work_per_s = 5e6;
    text_of(fixture, gobench_results);
    assert_non_null(strstr(fixture->text, "\t5 MB/s\t"));
    assert_non_null(strstr(fixture->text, "\nlabel: two?lines ?\n"));
    assert_non_null(strstr(fixture->text, "\nlabel:\n"));
    for (char *line = strtok_r(fixture->text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        results += strncmp(line, "Benchmark", 9) == 0;
        assert_go_line(line);
    }
    assert_int_equal(results, 2);
}

/* ---- Markdown ---- */

static void markdown_is_as_shown(void **state)
{
    add_case(*state, "omp");
    add_failure(*state, "uv");
    assert_string_equal(text_of(*state, markdown_results),
                        "blur sigma=5 (8 tasks, 8.00 kpixel)\n"
                        "\n"
                        "| executor | workers | median |  +- |    min |          rate |  CPU |\n"
                        "| :------- | ------: | -----: | --: | -----: | ------------: | ---: |\n"
                        "| omp      |       2 | 2.00 s |  \\- | 1.00 s | 4.00 kpixel/s | 1.75 |\n"
                        "| uv       |       2 |        |     |        |   **crashed** |      |\n"
                        "\n"
                        "- uv, 2 workers: crashed: killed by signal 11\n"
                        "\n"
                        "+-: half-width of the median's 95 % confidence interval; -: too few runs; CPU: "
                        "(user \\+ sys) / "
                        "wall\n");
}

static void markdown_escapes_the_users_text(void **state)
{
    struct fixture *fixture = *state;
    struct record *run = add_run(fixture, "omp", "measure", 8, 1);

    run->params = (char *)"command='a|b <i>*x*</i> `c` @me #7' error_rate=0";
    run->label = (char *)"[x](http://y)";
    text_of(fixture, markdown_results);
    assert_non_null(strstr(fixture->text, "command='a\\|b \\<i>\\*x\\*\\</i> \\`c\\` &#64;me \\#7'"));
    assert_non_null(strstr(fixture->text, " error_rate=0 "));
    assert_non_null(strstr(fixture->text, "[[x\\](http://y)]"));
}

/* ---- all ---- */

static void full_disk_is_reported(void **state)
{
    struct fixture *fixture = *state;
    const printer prints[] = {gbench_results, hyperfine_results, gobench_results, markdown_results};

    add_case(fixture, "omp");
    results_of(&fixture->results, fixture->records, fixture->size);
    for (size_t i = 0; i < sizeof prints / sizeof *prints; i++) {
        struct bench_error err = {0};
        FILE *full = fopen("/dev/full", "w");

        assert_int_equal(prints[i](&(struct page){.out = full}, &fixture->results, &err), -ENOSPC);
        assert_non_null(strstr(err.message, "No space left on device"));
        fclose(full);
    }
}

#define FORMAT_TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FORMAT_TEST(names_have_all_that_tells_cases_apart),
        FORMAT_TEST(what_would_break_a_name_is_encoded),
        FORMAT_TEST(gbench_has_a_run_for_each_measured_one),
        FORMAT_TEST(gbench_times_are_of_one_pass),
        FORMAT_TEST(gbench_has_the_aggregates),
        FORMAT_TEST(gbench_says_what_failed_in_another_unit),
        FORMAT_TEST(labels_are_in_names_only_where_there_are_several),
        FORMAT_TEST(hyperfine_has_the_times_of_one_pass),
        FORMAT_TEST(hyperfine_has_no_deviation_of_one_run),
        FORMAT_TEST(gobench_is_as_shown),
        FORMAT_TEST(gobench_keeps_to_the_grammar_whatever_the_texts),
        FORMAT_TEST(markdown_is_as_shown),
        FORMAT_TEST(markdown_escapes_the_users_text),
        FORMAT_TEST(full_disk_is_reported),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
