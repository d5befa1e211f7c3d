/* What people are told of cases of which ab can say nothing. */
#include "cli/ab_doubt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* One case in doubt of this kind, by a metric, while others kept so many of 2 CPUs busy. */
static void tell(struct comparison *comparison, enum doubt_kind kind, const char *metric,
                 double others_cpus)
{
    const struct doubt doubt = {
        .kind = kind, .launches = 20, .wanted = 13, .round_s = 0.1, .detectable = 0.03};
    const struct ab_options options = {
        .metric = metric_find(metric), .threshold = 0.005, .time_ns = 8000000000};
    *comparison = (struct comparison){.metric = options.metric, .size = 1};
    comparison->cases = calloc(1, sizeof *comparison->cases);
    doubts_tell(comparison, &doubt, &options, others_cpus, 2);
}

static bool has_note(const struct comparison *comparison, const char *words)
{
    for (size_t i = 0; i < comparison->notes_size; i++) {
        if (strstr(comparison->notes[i], words))
            return true;
    }
    return false;
}

static void noise_is_told_with_what_would_halve_it(void **state)
{
    struct comparison comparison;
    (void)state;
    tell(&comparison, DOUBT_NOISE, "wall", 0);
    assert_non_null(strstr(comparison.cases[0].why, "--time 32"));
    assert_int_equal(comparison.notes_size, 0);
    comparison_free(&comparison);
}

static void under_load_cpu_time_is_offered_to_those_who_compare_time(void **state)
{
    struct comparison comparison;
    (void)state;
    tell(&comparison, DOUBT_NOISE, "wall", 1.5);
    assert_true(has_note(&comparison, "1.5 of 2 CPUs") && has_note(&comparison, "--metric cpu"));
    comparison_free(&comparison);
    tell(&comparison, DOUBT_NOISE, "cpu", 1.5);
    assert_true(has_note(&comparison, "1.5 of 2 CPUs"));
    assert_false(has_note(&comparison, "--metric cpu"));
    comparison_free(&comparison);
}

static void a_change_that_a_half_did_not_show_says_so(void **state)
{
    struct comparison comparison;
    (void)state;
    tell(&comparison, DOUBT_UNCONFIRMED, "wall", 0);
    assert_non_null(strstr(comparison.cases[0].why, "half"));
    comparison_free(&comparison);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(noise_is_told_with_what_would_halve_it),
        cmocka_unit_test(under_load_cpu_time_is_offered_to_those_who_compare_time),
        cmocka_unit_test(a_change_that_a_half_did_not_show_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
