/* Results of many sessions as the CSV that Apache Otava reads. */
#include "example_rows.h"
#include "report/formats.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SERIAL "blur/executor=serial/workers=2/sigma=5/pin=close/schedule=dynamic/grain=1/"
#define OMP "blur/executor=omp/workers=2/sigma=5/pin=close/schedule=dynamic/grain=1/"

static struct record *in_session(struct record *run, const char *session, const char *time_utc)
{
    run->session = (char *)session;
    run->time_utc = (char *)time_utc;
    run->latency_p50_s = run->latency_p99_s = run->cpu_s = run->user_s = run->sys_s = NAN;
    run->peak_rss_bytes = RECORD_NO_COUNT;
    return run;
}

/* What is written; for free(). */
static char *text_of(const struct example_rows *rows, int wanted, struct bench_error *err)
{
    struct results results;
    FILE *out = tmpfile();
    char *text = calloc(1, 10000);
    results_of(&results, rows->records, rows->size);
    assert_int_equal(otava_results(&(struct page){.out = out}, &results, err), wanted);
    rewind(out);
    assert_true(fread(text, 1, 9999, out) < 9999);
    fclose(out);
    results_free(&results);
    return text;
}

static void assert_text(const struct example_rows *rows, const char *wanted)
{
    char *text = text_of(rows, 0, NULL);
    assert_string_equal(text, wanted);
    free(text);
}

static void sessions_are_rows_in_the_order_of_time(void **state)
{
    struct example_rows rows = {0};
    (void)state;
    in_session(example_row(&rows, "omp", 3), "a", "2026-11-23T10:00:00.5Z")->label = (char *)"new, er";
    for (int i = 1; i <= 3; i++)
        in_session(example_row(&rows, "omp", i), "b", "2026-11-22T10:00:00Z")->label = (char *)"old";
    assert_text(&rows, "time,label,session," OMP "wall_s\n"
                       "2026-11-22T10:00:00Z,old,b,2\n"
                       "2026-11-23T10:00:00Z,\"new, er\",a,3\n");
}

static void every_metric_that_is_known_is_a_column(void **state)
{
    struct example_rows rows = {0};
    (void)state;
    example_row(&rows, "omp", 1);
    assert_text(&rows, "time,label,session," OMP "wall_s," OMP "cpu_s," OMP "latency_p50_s," OMP
                       "latency_p99_s," OMP "peak_rss_bytes\n"
                       "2026-11-22T10:06:36Z,,20261122T100636Z-1,1,1.5,0.002,0.003,4096\n");
}

/* Otava refuses a file with an empty cell. */
static void gaps_are_filled_as_otava_fills_them(void **state)
{
    struct example_rows rows = {0};
    (void)state;
    in_session(example_row(&rows, "omp", 1), "a", "2026-11-01T10:00:00Z");
    in_session(example_row(&rows, "omp", 2), "b", "2026-11-02T10:00:00Z");
    in_session(example_row(&rows, "serial", 5), "b", "2026-11-02T10:00:00Z");
    in_session(example_row(&rows, "serial", 6), "c", "2026-11-03T10:00:00Z");
    assert_text(&rows, "time,label,session," OMP "wall_s," SERIAL "wall_s\n"
                       "2026-11-01T10:00:00Z,,a,1,5\n"
                       "2026-11-02T10:00:00Z,,b,2,5\n"
                       "2026-11-03T10:00:00Z,,c,2,6\n");
}

static void a_new_kernel_is_no_new_machine_and_a_new_processor_is_refused(void **state)
{
    struct example_rows rows = {0};
    struct bench_error err = {0};
    (void)state;
    in_session(example_row(&rows, "omp", 1), "a", "2026-11-01T10:00:00Z");
    in_session(example_row(&rows, "omp", 2), "b", "2026-11-02T10:00:00Z")->machine =
        (char *)"AMD EPYC 7763, 1 socket, 2 cores, 4 threads, 23.5 GiB, Linux 6.2";
    free(text_of(&rows, 0, NULL));
    in_session(example_row(&rows, "omp", 2), "c", "2026-11-03T10:00:00Z")->machine =
        (char *)"AMD EPYC 9654, 1 socket, 2 cores, 4 threads, 23.5 GiB, Linux 6.2";
    free(text_of(&rows, -EINVAL, &err));
    assert_non_null(strstr(err.message, "7763"));
    assert_non_null(strstr(err.message, "session c of AMD EPYC 9654"));
    assert_non_null(strstr(err.message, "name the files of one"));
}

static void a_session_without_a_time_is_refused(void **state)
{
    struct example_rows rows = {0};
    struct bench_error err = {0};
    (void)state;
    in_session(example_row(&rows, "omp", 1), "a", NULL);
    free(text_of(&rows, -EINVAL, &err));
    assert_non_null(strstr(err.message, "session a has no time_utc"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sessions_are_rows_in_the_order_of_time),
        cmocka_unit_test(every_metric_that_is_known_is_a_column),
        cmocka_unit_test(gaps_are_filled_as_otava_fills_them),
        cmocka_unit_test(a_new_kernel_is_no_new_machine_and_a_new_processor_is_refused),
        cmocka_unit_test(a_session_without_a_time_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
