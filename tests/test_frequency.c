/* The clock of CPUs, in a /sys of the test's own. */
#include "machine/frequency.h"

#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static int make_root(void **state)
{
    char root[] = "/tmp/bench-frequency-XXXXXX";
    *state = mkdtemp(root) ? strdup(root) : NULL;
    return *state ? 0 : -1;
}

static int remove_root(void **state)
{
    char command[PATH_MAX];
    snprintf(command, sizeof command, "rm -r '%s'", (char *)*state);
    int rc = system(command);
    free(*state);
    return rc;
}

static void set_clock(const char *root, int cpu, const char *text)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "mkdir -p '%s/sys/devices/system/cpu/cpu%d/cpufreq'", root, cpu);
    assert_int_equal(system(path), 0);
    snprintf(path, sizeof path, "%s/sys/devices/system/cpu/cpu%d/cpufreq/scaling_cur_freq", root, cpu);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void the_clock_is_the_mean_over_the_masks_cpus(void **state)
{
    const unsigned long cpus = 1ul << 1 | 1ul << 3;
    set_clock(*state, 0, "800000\n");
    set_clock(*state, 1, "3000000\n");
    set_clock(*state, 3, "2000000\n");
    assert_true(frequency_read(*state, &cpus, 1) == 2.5e9);
}

static void a_cpu_that_does_not_tell_makes_it_unknown(void **state)
{
    const unsigned long cpus = 3, none = 0;
    assert_true(isnan(frequency_read(*state, &cpus, 1)));
    set_clock(*state, 0, "800000\n");
    set_clock(*state, 1, "<unknown>\n");
    assert_true(isnan(frequency_read(*state, &cpus, 1)));
    assert_true(isnan(frequency_read(*state, &none, 1)));
}

static void a_fall_is_noted_with_both_ends(void **state)
{
    struct bench_error note = {0};
    (void)state;
    frequency_note(3.9e9, 2.8e9, &note);
    assert_non_null(strstr(note.message, "clock fell from 3.9 to 2.8 GHz"));
    assert_non_null(strstr(note.message, "cpupower frequency-set -u 2.8GHz"));
}

static void what_is_no_fall_is_not_noted(void **state)
{
    static const double ends[][2] = {{3e9, 2.8e9}, {2e9, 4e9}, {NAN, 2e9}, {3e9, NAN}};
    struct bench_error note = {0};
    (void)state;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        frequency_note(ends[i][0], ends[i][1], &note);
    assert_string_equal(note.message, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_clock_is_the_mean_over_the_masks_cpus, make_root,
                                        remove_root),
        cmocka_unit_test_setup_teardown(a_cpu_that_does_not_tell_makes_it_unknown, make_root,
                                        remove_root),
        cmocka_unit_test(a_fall_is_noted_with_both_ends),
        cmocka_unit_test(what_is_no_fall_is_not_noted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
