/* The record: access by column, copies, and what it takes from a runner's reply. */
#include "protocol/reply.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* 0, or why not. */
static int set_from(struct record *record, const char *line, struct bench_error *err)
{
    struct reply reply;
    assert_int_equal(reply_decode(&reply, line, strlen(line), err), 0);
    int rc = told_decode(record, &reply, err);
    reply_free(&reply);
    return rc;
}

static void new_record_knows_only_its_schema(void **state)
{
    struct record record;

    (void)state;
    record_init(&record);
    assert_int_equal(record.schema, RECORD_SCHEMA);
    for (enum column column = COLUMN_schema + 1; column < COLUMNS; column++) {
        if (column_type(column) == COLUMN_COUNT || column_type(column) == COLUMN_REAL)
            assert_true(isnan(record_number(&record, column)));
        else
            assert_null(record_text(&record, column));
    }
}

static void column_is_found_by_its_name(void **state)
{
    (void)state;
    for (enum column column = 0; column < COLUMNS; column++)
        assert_int_equal(column_find(column_name(column)), column);
    assert_int_equal(column_find("colour"), COLUMNS);
}

static void reply_sets_what_is_measured_and_nothing_else(void **state)
{
    struct record record;
    struct bench_error err = {0};
    (void)state;
    record_init(&record);
    assert_int_equal(set_from(&record,
                              "{\"ok\":true,\"wall_s\":0.25,\"user_s\":1,\"tasks\":270,\"cpus\":\"0 1\","
                              "\"faults_minor\":3.0,\"sys_s\":null,\"unheard_of\":[1],\"schema\":7}",
                              &err),
                     0);
    assert_true(record.wall_s == 0.25);
    assert_true(record.user_s == 1);
    assert_true(isnan(record.sys_s));
    assert_int_equal(record.tasks, 270);
    assert_int_equal(record.faults_minor, 3);
    assert_string_equal(record.cpus, "0 1");
    assert_int_equal(record.schema, RECORD_SCHEMA);
    record_free(&record);
}

static void reply_of_another_type_is_refused_by_name(void **state)
{
    static const struct {
        const char *line, *message;
    } cases[] = {
        {"{\"ok\":true,\"wall_s\":\"0.25\"}",
         "wall_s is \"0.25\", a text; it must be a number of 0 or more"},
        {"{\"ok\":true,\"tasks\":-1}", "tasks is -1; it must be a whole number of 0 or more"},
        {"{\"ok\":true,\"faults_minor\":0.5}",
         "faults_minor is 0.5; it must be a whole number of 0 or more"},
        {"{\"ok\":true,\"faults_major\":1e30}",
         "faults_major is 1e30; it must be a whole number of 0 or more"},
        {"{\"ok\":true,\"cpus\":[\"0\"]}", "cpus is [\"0\"], a list; it must be a text"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct record record;
        struct bench_error err = {0};
        record_init(&record);
        assert_int_equal(set_from(&record, cases[i].line, &err), -EINVAL);
        assert_string_equal(err.message, cases[i].message);
        record_free(&record);
    }
}

static void copy_has_its_own_texts(void **state)
{
    struct record record, copy;

    (void)state;
    record_init(&record);
    record_set_text(&record, COLUMN_workload, "blur");
    record_set_real(&record, COLUMN_wall_s, 1.5);
    record_copy(&copy, &record);
    record_free(&record);
    assert_string_equal(copy.workload, "blur");
    assert_true(copy.wall_s == 1.5);
    record_free(&copy);
}

static void empty_text_is_unknown(void **state)
{
    struct record record;

    (void)state;
    record_init(&record);
    record_set_text(&record, COLUMN_label, "old");
    record_set_text(&record, COLUMN_label, "");
    assert_null(record.label);
}

/* The page that users read has all of them. */
static void every_column_is_explained(void **state)
{
    char *page = NULL, quoted[64];
    size_t size = 0;
    FILE *file = fopen(SOURCE_FOLDER "/results/README.md", "re");
    (void)state;
    assert_non_null(file);
    assert_true(getdelim(&page, &size, '\0', file) > 0);
    fclose(file);
    for (enum column column = 0; column < COLUMNS; column++) {
        snprintf(quoted, sizeof quoted, "`%s`", column_name(column));
        if (!strstr(page, quoted))
            fail_msg("results/README.md does not say what %s is", quoted);
    }
    free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_record_knows_only_its_schema),
        cmocka_unit_test(column_is_found_by_its_name),
        cmocka_unit_test(reply_sets_what_is_measured_and_nothing_else),
        cmocka_unit_test(reply_of_another_type_is_refused_by_name),
        cmocka_unit_test(copy_has_its_own_texts),
        cmocka_unit_test(empty_text_is_unknown),
        cmocka_unit_test(every_column_is_explained),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
