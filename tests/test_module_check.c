/* Tables of modules: what is wrong with one is told by module and parameter, before anything is run. */
#include "modules/module_info.h"
#include "modules/param.h"
#include "protocol/module_list.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct values {
    int64_t n;
    int order;
    const char *path;
};

static const char *const orders[] = {"up", "down", NULL};
static const struct bench_param good[] = {
    BENCH_COUNT(struct values, n, "1k", 1, 5000, "item", "how many", "count"),
    BENCH_CHOICE(struct values, order, "up", orders, "which way"),
    BENCH_TEXT(struct values, path, "", "a file"),
    BENCH_PARAM_END,
};
static const size_t size = sizeof(struct values);

/* A module with this table must be refused, with all of `words` said. */
static void assert_faulty(const struct bench_param *table, size_t params_size, const char *words)
{
    const struct module_info info = {
        .kind = MODULE_WORKLOAD, .name = "fake", .summary = "a fake", .params = table};
    struct bench_error err = {0};
    assert_int_equal(module_check(&info, "fake.so", &params_size, &err), -ENOEXEC);
    if (!strstr(err.message, words) || !strstr(err.message, "fake.so: workload 'fake'"))
        fail_msg("'%s' does not say '%s'", err.message, words);
}

/* The good table with one entry spoilt. */
static struct bench_param *spoilt(struct bench_param table[4])
{
    memcpy(table, good, sizeof good);
    return table;
}

static void a_good_table_passes(void **state)
{
    (void)state;
    const struct module_info info = {
        .kind = MODULE_WORKLOAD, .name = "fake", .summary = "a fake", .params = good};
    assert_int_equal(module_check(&info, "fake.so", &size, NULL), 0);
}

static void texts_that_are_not_there_are_faults(void **state)
{
    (void)state;
    struct bench_param table[4];
    spoilt(table)[0].initial = NULL;
    assert_faulty(table, size, "parameter 'n': has no default");
    spoilt(table)[1].help = NULL;
    assert_faulty(table, size, "parameter 'order': has no help");
    spoilt(table)[1].choices = NULL;
    assert_faulty(table, size, "parameter 'order': has no choices");
    spoilt(table)[1].choices = orders + 2;
    assert_faulty(table, size, "parameter 'order': has no choices");
}

static void defaults_out_of_their_range_are_faults(void **state)
{
    (void)state;
    struct bench_param table[4];
    spoilt(table)[0].initial = "0";
    assert_faulty(table, size, "parameter 'n': its default is not allowed: n=0: must be");
    spoilt(table)[1].initial = "sideways";
    assert_faulty(table, size, "up or down");
    spoilt(table)[0].min = 6000;
    assert_faulty(table, size, "its range is 6000 to 5000");
}

static void fields_that_are_not_the_structs_are_faults(void **state)
{
    (void)state;
    struct bench_param table[4];
    assert_faulty(good, 0, ".params_size is missing");
    assert_faulty(NULL, size, ".params is missing");
    assert_faulty(good, 8, "parameter 'order': its field, 4 bytes at 8, lies outside");
    spoilt(table)[2].offset = 3;
    assert_faulty(table, size, "parameter 'path': its field at 3 is not aligned");
    spoilt(table)[2].offset = 0;
    assert_faulty(table, size, "parameter 'path': parameter 'n' uses the same field");
    spoilt(table)[2].offset = SIZE_MAX - 1;
    assert_faulty(table, size, "lies outside");
}

static void names_that_cannot_be_written_are_faults(void **state)
{
    (void)state;
    struct bench_param table[4];
    spoilt(table)[2].name = "n";
    assert_faulty(table, size, "parameter 'n': is in the table twice");
    spoilt(table)[2].name = "a,b";
    assert_faulty(table, size, "must not have ',' in it");
    spoilt(table)[2].name = "n o";
    assert_faulty(table, size, "must not have a blank in it");
    static const char *const names[] = {"", "all", "a,b", "a.b", "a=b", "a b", NULL};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct module_info info = {
            .kind = MODULE_EXECUTOR, .name = names[i], .summary = "a fake", .params = good};
        assert_int_equal(module_check(&info, "fake.so", &size, NULL), -ENOEXEC);
    }
}

static void a_module_without_a_summary_is_faulty(void **state)
{
    (void)state;
    const struct module_info info = {.kind = MODULE_WORKLOAD, .name = "fake"};
    struct bench_error err = {0};
    assert_int_equal(module_check(&info, "fake.so", &size, &err), -ENOEXEC);
    assert_non_null(strstr(err.message, "has no summary"));
}

static void what_is_listed_is_read_as_it_was(void **state)
{
    (void)state;
    const struct module_info info = {.kind = MODULE_EXECUTOR,
                                     .name = "fake",
                                     .summary = "a fake",
                                     .params = good,
                                     .flags = MODULE_LANES | MODULE_CHECKED,
                                     .offers = BENCH_NEEDS_ONE_ADDRESS_SPACE};
    struct module_list list = {0};
    json_t *reply = module_list_encode(&info, 1, "test");
    char *text = json_dumps(reply, 0);
    json_decref(reply);
    reply = json_loads(text, 0, NULL);
    assert_int_equal(module_list_decode(&list, reply, "toy", "toy", NULL), 0);
    json_decref(reply);
    free(text);
    assert_int_equal(list.count, 1);
    const struct module_info *read = &list.modules[0];
    assert_string_equal(read->runtime, "toy");
    assert_int_equal(read->flags, info.flags);
    assert_int_equal(read->offers, info.offers);
    assert_int_equal(param_count(read->params), 3);
    assert_string_equal(read->params[0].initial, "1k");
    assert_string_equal(read->params[0].unit, "item");
    assert_string_equal(read->params[0].was, "count");
    assert_true(read->params[0].max == 5000);
    assert_string_equal(read->params[1].choices[1], "down");
    assert_null(read->params[1].choices[2]);
    module_list_free(&list);
}

/* A list as a runner might send it must be refused, with `words` said. */
static void assert_list_refused(const char *text, const char *words)
{
    struct module_list list = {0};
    struct bench_error err = {0};
    json_t *reply = json_loads(text, 0, NULL);
    assert_non_null(reply);
    assert_int_equal(module_list_decode(&list, reply, "toy", "toy", &err), -ENOEXEC);
    json_decref(reply);
    if (!strstr(err.message, words))
        fail_msg("%s: '%s' does not say '%s'", text, err.message, words);
}

#define MODULE(rest) "{\"modules\":[{\"kind\":\"workload\",\"name\":\"a\",\"summary\":\"s\"" rest "}]}"

static void lists_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    assert_list_refused("{}", "\"modules\" must be a list");
    assert_list_refused("{\"modules\":[1]}", "kind must be workload or executor");
    assert_list_refused("{\"modules\":[{\"kind\":\"workload\"}]}", "has no name");
    assert_list_refused(MODULE(",\"params\":{}"), "params must be a list");
    assert_list_refused(MODULE(",\"params\":[7]"), "has no name");
    assert_list_refused(MODULE(",\"params\":[{\"name\":\"p\",\"type\":\"colour\"}]"), "no known type");
    assert_list_refused(MODULE(",\"params\":[{\"name\":\"p\",\"type\":\"choice\",\"help\":\"h\"}]"),
                        "parameter 'p': has no choices");
    assert_list_refused(MODULE("},{\"kind\":\"workload\",\"name\":\"a\",\"summary\":\"s\""), "twice");
}

static void a_listed_parameter_without_a_default_is_required(void **state)
{
    (void)state;
    struct module_list list = {0};
    json_t *reply =
        json_loads(MODULE(",\"params\":[{\"name\":\"p\",\"type\":\"text\",\"help\":\"h\"}]"), 0, NULL);
    assert_int_equal(module_list_decode(&list, reply, "toy", NULL, NULL), 0);
    assert_null(list.modules[0].params[0].initial);
    json_decref(reply);
    module_list_free(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_table_passes),
        cmocka_unit_test(texts_that_are_not_there_are_faults),
        cmocka_unit_test(defaults_out_of_their_range_are_faults),
        cmocka_unit_test(fields_that_are_not_the_structs_are_faults),
        cmocka_unit_test(names_that_cannot_be_written_are_faults),
        cmocka_unit_test(a_module_without_a_summary_is_faulty),
        cmocka_unit_test(what_is_listed_is_read_as_it_was),
        cmocka_unit_test(lists_that_make_no_sense_are_refused),
        cmocka_unit_test(a_listed_parameter_without_a_default_is_required),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
