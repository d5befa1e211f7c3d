/* Parameter tables: defaults, checks, and text that goes there and back. */
#include "modules/param_set.h"
#include "modules/params.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct values {
    int64_t n;
    uint64_t block, pause;
    double sigma;
    bool direct;
    int order;
    const char *path;
};

static const char *const orders[] = {"sequential", "random", NULL};
static const struct bench_param table[] = {
    BENCH_COUNT(struct values, n, "100", -5, 65536, NULL, "how many"),
    BENCH_SIZE(struct values, block, "4KiB", 1, 1 << 30, "block"),
    BENCH_DURATION(struct values, pause, "1ms", 0, 1e9, "pause"),
    BENCH_REAL(struct values, sigma, "2.5", 0.1, 100, "pixel", "width", "radius"),
    BENCH_BOOL(struct values, direct, "no", "past the cache"),
    BENCH_CHOICE(struct values, order, "sequential", orders, "order"),
    BENCH_TEXT(struct values, path, "", "file"),
    BENCH_PARAM_END,
};

/* What a runner has of them, and what a controller has. */
struct both {
    struct params params;
    struct param_set set;
};

static int setup(void **state)
{
    static struct both both;
    *state = &both;
    param_set_init(&both.set, table);
    return params_init(&both.params, table, sizeof(struct values), NULL);
}

static int teardown(void **state)
{
    struct both *both = *state;
    params_free(&both->params);
    param_set_free(&both->set);
    return 0;
}

static struct values *values_of(void **state)
{
    return ((struct both *)*state)->params.data;
}

static char *text_of(void **state)
{
    return param_set_format(&((struct both *)*state)->set, NULL);
}

static void set(void **state, const char *name, const char *value)
{
    struct both *both = *state;
    struct bench_error err = {0};
    if (params_set(&both->params, name, value, &err) != 0 ||
        param_set_value(&both->set, name, value, &err) != 0)
        fail_msg("%s", err.message);
}

static void defaults_are_parsed_like_any_other_value(void **state)
{
    const struct values *values = values_of(state);
    assert_int_equal(values->n, 100);
    assert_int_equal(values->block, 4096);
    assert_int_equal(values->pause, 1000000);
    assert_true(values->sigma == 2.5);
    assert_false(values->direct);
    assert_int_equal(values->order, 0);
    assert_string_equal(values->path, "");
}

static void each_type_takes_what_people_write(void **state)
{
    set(state, "n", "-3");
    set(state, "block", "1M");
    set(state, "pause", "500us");
    set(state, "sigma", "1e1");
    set(state, "direct", "Yes");
    set(state, "order", "random");
    set(state, "path", "/tmp/a b");
    const struct values *values = values_of(state);
    assert_int_equal(values->n, -3);
    assert_int_equal(values->block, 1 << 20);
    assert_int_equal(values->pause, 500000);
    assert_true(values->sigma == 10);
    assert_true(values->direct);
    assert_int_equal(values->order, 1);
    assert_string_equal(values->path, "/tmp/a b");
}

/* Setting it must fail, leave the value, and say all of `words`. */
static void assert_refused(void **state, const char *name, const char *value, const char *words)
{
    struct both *both = *state;
    struct bench_error err = {0};
    char *before = text_of(state);
    assert_int_equal(params_set(&both->params, name, value, NULL), -EINVAL);
    assert_int_equal(param_set_value(&both->set, name, value, &err), -EINVAL);
    char *after = text_of(state);
    assert_string_equal(before, after);
    if (!strstr(err.message, words))
        fail_msg("'%s' does not say '%s'", err.message, words);
    free(before);
    free(after);
}

static void values_out_of_range_are_refused_with_the_range(void **state)
{
    assert_refused(state, "n", "-6", "n=-6: must be a whole number, -5 to 65536");
    assert_refused(state, "n", "1e99", "-5 to 65536");
    assert_refused(state, "block", "0", "1 to 1GiB");
    assert_refused(state, "pause", "2s", "0 to 1s");
    assert_refused(state, "sigma", "0", "0.1 to 100");
}

static void values_without_sense_are_refused(void **state)
{
    assert_refused(state, "sigma", "nan", "sigma=nan: must be a number");
    assert_refused(state, "n", "", "whole number");
    assert_refused(state, "n", "1.5", "whole number");
    assert_refused(state, "pause", "10", "a time with its unit");
    assert_refused(state, "direct", "maybe", "yes or no");
    assert_refused(state, "order", "backwards", "sequential or random");
}

static void a_name_that_is_not_in_the_table_is_refused(void **state)
{
    assert_refused(state, "width", "1", "no parameter 'width'");
}

static void an_old_name_is_read_and_the_new_one_written(void **state)
{
    set(state, "radius", "7");
    char *text = text_of(state);
    assert_non_null(strstr(text, " sigma=7 "));
    free(text);
}

static void formatted_values_parse_back_to_the_same(void **state)
{
    struct both *both = *state;
    set(state, "block", "1536");
    set(state, "sigma", "0.30000000000000004");
    set(state, "path", "it's");
    struct params again;
    assert_int_equal(params_init(&again, table, sizeof(struct values), NULL), 0);
    for (const struct bench_param *entry = table; entry->name; entry++)
        assert_int_equal(params_set(&again, entry->name, param_set_get(&both->set, entry->name), NULL),
                         0);
    assert_true(((struct values *)again.data)->sigma == 0.30000000000000004);
    assert_int_equal(((struct values *)again.data)->block, 1536);
    params_free(&again);
}

static void format_lists_all_in_the_order_of_the_table(void **state)
{
    set(state, "path", "a b");
    char *all = text_of(state);
    assert_string_equal(all,
                        "n=100 block=4KiB pause=1ms sigma=2.5 direct=no order=sequential path='a b'");
    free(all);
}

static void a_value_as_it_was_is_known_from_one_that_was_set(void **state)
{
    struct both *both = *state;
    assert_true(param_set_is_default(&both->set, &table[0]));
    set(state, "n", "0.1k");
    assert_true(param_set_is_default(&both->set, &table[0]));
    set(state, "n", "101");
    assert_false(param_set_is_default(&both->set, &table[0]));
}

static void a_table_may_be_missing(void **state)
{
    (void)state;
    struct params params;
    struct param_set empty;
    assert_int_equal(params_init(&params, NULL, 0, NULL), 0);
    param_set_init(&empty, NULL);
    char *text = param_set_format(&empty, NULL);
    assert_string_equal(text, "");
    free(text);
    param_set_free(&empty);
    params_free(&params);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(defaults_are_parsed_like_any_other_value),
        TEST(each_type_takes_what_people_write),
        TEST(values_out_of_range_are_refused_with_the_range),
        TEST(values_without_sense_are_refused),
        TEST(a_name_that_is_not_in_the_table_is_refused),
        TEST(an_old_name_is_read_and_the_new_one_written),
        TEST(formatted_values_parse_back_to_the_same),
        TEST(format_lists_all_in_the_order_of_the_table),
        TEST(a_value_as_it_was_is_known_from_one_that_was_set),
        cmocka_unit_test(a_table_may_be_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
