/* Which records are of one case. */
#include "records/identity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* Texts of literals: not for record_free. */
static struct record run_of(const char *executor, int64_t workers, int64_t grain)
{
    struct record record;

    record_init(&record);
    record.workload = (char *)"spin";
    record.executor = (char *)executor;
    record.workers = workers;
    record.inflight = 1;
    record.grain = grain;
    return record;
}

static size_t add(struct identity_index *index, const struct record *record)
{
    return identity_index_add(index, record);
}

static void every_part_tells_cases_apart(void **state)
{
    static const enum column texts[] = {
        COLUMN_workload, COLUMN_params, COLUMN_executor, COLUMN_executor_params,
        COLUMN_pin,      COLUMN_places, COLUMN_lever,    COLUMN_schedule,
        COLUMN_arrivals, COLUMN_side,   COLUMN_label,    COLUMN_machine};
    static const enum column counts[] = {COLUMN_workers, COLUMN_inflight};
    struct record a = run_of("omp", 2, 1);

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct record b;

        record_copy(&b, &a);
        assert_true(identity_equal(&a, &b, IDENTITY_ALL));
        assert_true(identity_hash(&a, IDENTITY_ALL) == identity_hash(&b, IDENTITY_ALL));
        record_set_text(&b, texts[i], "other");
        assert_false(identity_equal(&a, &b, IDENTITY_ALL));
        assert_true(identity_hash(&a, IDENTITY_ALL) != identity_hash(&b, IDENTITY_ALL));
        record_free(&b);
    }
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        struct record b = a;

        record_set_count(&b, counts[i], 7);
        assert_false(identity_equal(&a, &b, IDENTITY_ALL));
        assert_true(identity_hash(&a, IDENTITY_ALL) != identity_hash(&b, IDENTITY_ALL));
    }
}

static void label_machine_and_side_take_part_when_asked_for(void **state)
{
    static const struct {
        enum column column;
        unsigned part;
    } cases[] = {{COLUMN_label, IDENTITY_LABEL},
                 {COLUMN_machine, IDENTITY_MACHINE},
                 {COLUMN_side, IDENTITY_SIDE}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct record a = run_of("omp", 2, 1), b;
        unsigned others = IDENTITY_ALL & ~cases[i].part;

        record_copy(&b, &a);
        record_set_text(&b, cases[i].column, "other");
        assert_true(identity_equal(&a, &b, others));
        assert_true(identity_hash(&a, others) == identity_hash(&b, others));
        assert_false(identity_equal(&a, &b, cases[i].part));
        record_free(&b);
    }
}

static void unknown_grain_equals_any_and_known_ones_differ(void **state)
{
    struct record known = run_of("omp", 2, 4), other = run_of("omp", 2, 8);
    struct record unknown = run_of("omp", 2, RECORD_NO_COUNT);

    (void)state;
    assert_true(identity_equal(&known, &unknown, IDENTITY_ALL));
    assert_true(identity_hash(&known, IDENTITY_ALL) == identity_hash(&unknown, IDENTITY_ALL));
    assert_false(identity_equal(&known, &other, IDENTITY_ALL));
}

static void launch_that_never_knew_its_grain_joins_the_newest_case(void **state)
{
    struct record first = run_of("omp", 2, 4), second = run_of("omp", 2, 8);
    struct record unknown = run_of("omp", 2, RECORD_NO_COUNT);
    struct identity_index index = {.parts = IDENTITY_ALL};

    (void)state;
    assert_int_equal(add(&index, &first), 0);
    assert_int_equal(add(&index, &second), 1);
    assert_int_equal(add(&index, &first), 0);
    assert_int_equal(add(&index, &unknown), 1);
    identity_index_free(&index);
}

static void case_that_began_without_its_grain_takes_the_first_that_is_known(void **state)
{
    struct record unknown = run_of("omp", 2, RECORD_NO_COUNT);
    struct record known = run_of("omp", 2, 4), other = run_of("omp", 2, 8);
    struct identity_index index = {.parts = IDENTITY_ALL};

    (void)state;
    assert_int_equal(add(&index, &unknown), 0);
    assert_int_equal(add(&index, &known), 0);
    assert_int_equal(add(&index, &other), 1);
    identity_index_free(&index);
}

static void thousands_of_cases_are_each_found_again(void **state)
{
    enum { CASES = 5000 };
    struct record *records = calloc(CASES, sizeof(*records));
    struct record absent = run_of("uv", 1, 1);
    struct identity_index index = {.parts = IDENTITY_WORK};

    (void)state;
    assert_non_null(records);
    for (size_t i = 0; i < CASES; i++) {
        records[i] = run_of(i % 2 ? "omp" : "uring", (int64_t)(i / 2), 1);
        assert_int_equal(add(&index, &records[i]), i);
    }
    for (size_t i = 0; i < CASES; i++) {
        assert_int_equal(identity_index_find(&index, &records[i]), i);
        assert_int_equal(add(&index, &records[i]), i);
    }
    assert_int_equal(index.size, CASES);
    assert_int_equal(identity_index_find(&index, &absent), IDENTITY_NONE);
    identity_index_free(&index);
    assert_int_equal(identity_index_find(&index, &absent), IDENTITY_NONE);
    free(records);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_part_tells_cases_apart),
        cmocka_unit_test(label_machine_and_side_take_part_when_asked_for),
        cmocka_unit_test(unknown_grain_equals_any_and_known_ones_differ),
        cmocka_unit_test(launch_that_never_knew_its_grain_joins_the_newest_case),
        cmocka_unit_test(case_that_began_without_its_grain_takes_the_first_that_is_known),
        cmocka_unit_test(thousands_of_cases_are_each_found_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
