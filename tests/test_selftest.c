/* What a self-test counts, and what it says would help. */
#include "report/selftest_table.h"
#include "results/selftest.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct selftest_cell new_cell(const char *workload)
{
    return (struct selftest_cell){.workload = workload,
                                  .executor = "omp",
                                  .workers = 2,
                                  .inflight = 1,
                                  .sizes = {0, 0.01},
                                  .sizes_count = 2};
}

/* Comparisons with a slower one, of so many rounds that are so far apart, that ended like this. */
static void add(struct selftest_cell *cell, unsigned comparisons, enum paired_state state, size_t rounds,
                double apart)
{
    for (unsigned i = 0; i < comparisons; i++) {
        struct paired paired = {.rules = {.false_alarm = 0.001, .threshold = 0.0025, .level = 0.95},
                                .state = state,
                                .direction = 1};
        for (size_t round = 0; round < rounds; round++)
            paired_add(&paired, round % 2 ? apart : -apart);
        selftest_cell_add(cell, 1, &paired, 0.05);
        paired_free(&paired);
    }
}

static char *page_of(const struct selftest_cell *cells, size_t count, double others_cpus)
{
    const struct selftest_conditions conditions = {
        .false_alarm = 0.001, .time_s = 2, .others_cpus = others_cpus, .cpus = 2};
    struct bench_error err;
    char *text = NULL;
    size_t size;
    struct page page = {.out = open_memstream(&text, &size), .width = 80};
    assert_int_equal(selftest_page(&page, cells, count, &conditions, &err), 0);
    fclose(page.out);
    return text;
}

static void what_was_decided_needs_no_help(void **state)
{
    struct selftest_cell cell = new_cell("spin");
    (void)state;
    add(&cell, 10, PAIRED_DIFFERENT, 20, 0.001);
    add(&cell, 1, PAIRED_LOOKING, 20, 0.001);
    assert_int_equal(selftest_doubt(&cell).kind, DOUBT_NONE);
    char *text = page_of(&cell, 1, 1.5);
    assert_null(strstr(text, "would help"));
    free(text);
}

static void too_few_launches_are_told_before_noise(void **state)
{
    struct selftest_cell cell = new_cell("spin");
    (void)state;
    add(&cell, 1, PAIRED_LOOKING, 30, 0.02);
    add(&cell, 1, PAIRED_LOOKING, 5, 0.02);
    add(&cell, 1, PAIRED_LOOKING, 30, 0.03);
    assert_int_equal(selftest_doubt(&cell).kind, DOUBT_FEW);
    assert_int_equal(selftest_doubt(&cell).launches, 5);
}

static void it_says_how_much_time_and_what_else_would_help(void **state)
{
    struct selftest_cell cells[] = {new_cell("spin"), new_cell("matmul")};
    (void)state;
    add(&cells[0], 4, PAIRED_LOOKING, 40, 0.01);
    add(&cells[1], 4, PAIRED_LOOKING, 5, 0.01);
    char *text = page_of(cells, 2, 1.5);
    assert_non_null(strstr(text, "more time: as few as 5 launches of each"));
    assert_non_null(strstr(text, "--time 8"));
    assert_non_null(strstr(text, "1.5 of 2 CPUs"));
    free(text);
    text = page_of(cells, 2, NAN);
    assert_null(strstr(text, "quieter machine"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_decided_needs_no_help),
        cmocka_unit_test(too_few_launches_are_told_before_noise),
        cmocka_unit_test(it_says_how_much_time_and_what_else_would_help),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
