/* All latencies of a run, as they are told, kept and counted. */
#include "records/latencies.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void runs_are_merged_by_their_latencies(void **state)
{
    (void)state;
    struct latencies one = {0}, other = {0};
    latencies_add(&one, 2000, 5);
    latencies_add(&one, 9000, 1);
    latencies_add(&other, 1000, 3);
    latencies_add(&other, 2000, 4);
    latencies_merge(&one, &other);
    latencies_sort(&one);
    assert_int_equal(one.size, 3);
    assert_int_equal(one.list[0].ns, 1000);
    assert_int_equal(one.list[1].count, 9);
    assert_int_equal(latencies_count(&one), 13);
    latencies_free(&one);
    latencies_free(&other);
}

static void those_beyond_a_limit_are_counted_in_part_where_it_is_within_a_bucket(void **state)
{
    (void)state;
    struct latencies all = {0};
    latencies_add(&all, 1000000, 90);
    latencies_add(&all, 10000000, 10);
    assert_true(latencies_beyond(&all, 0.005) == 10);
    assert_true(latencies_beyond(&all, 0.011) == 0);
    assert_true(latencies_beyond(&all, 0.0001) == 100);
    assert_true(fabs(latencies_beyond(&all, 0.01) - 5) < 1e-6);
    latencies_free(&all);
}

static void they_come_back_as_they_were_told(void **state)
{
    (void)state;
    struct latencies told = {0}, heard = {0};
    struct bench_error err = {0};
    latencies_add(&told, 0, 7);
    latencies_add(&told, 123456789012, 1);
    json_t *array = latencies_encode(&told);
    assert_int_equal(json_array_size(array), 4);
    assert_int_equal(latencies_decode(&heard, "latency_counts", array, &err), 0);
    assert_int_equal(heard.size, 2);
    assert_int_equal(heard.list[1].ns, 123456789012);
    json_decref(array);
    latencies_free(&told);
    latencies_free(&heard);
}

static void what_is_no_list_of_latencies_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"[1]",
                                        "[5, 0]",
                                        "[5, 1, 5, 1]",
                                        "[9, 1, 5, 1]",
                                        "[-1, 1]",
                                        "[1.5, 1]",
                                        "[\"1\", 1]",
                                        "{}",
                                        "[1, -20]",
                                        "[1, 2000000000000]",
                                        "[1, 1000000000000, 2, 1000000000000]",
                                        "[1, 1e300]",
                                        "[null, 1]"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct latencies heard = {0};
        struct bench_error err = {0};
        json_t *array = json_loads(wrong[i], 0, NULL);
        assert_non_null(array);
        assert_true(latencies_decode(&heard, "latency_counts", array, &err) < 0);
        assert_non_null(strstr(err.message, "latency_counts must be a list of whole numbers"));
        assert_int_equal(heard.size, 0);
        json_decref(array);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_are_merged_by_their_latencies),
        cmocka_unit_test(those_beyond_a_limit_are_counted_in_part_where_it_is_within_a_bucket),
        cmocka_unit_test(they_come_back_as_they_were_told),
        cmocka_unit_test(what_is_no_list_of_latencies_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
