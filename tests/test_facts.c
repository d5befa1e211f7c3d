/* Facts about machines that are not this one: quotas from a made-up /proc, steal and pressure from text.
 */
#include "machine/affinity.h"
#include "machine/cgroup.h"
#include "machine/facts.h"
#include "machine/load.h"
#include "machine/steal.h"

#include <ftw.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#define V2_MOUNT "30 23 0:26 / /cg rw shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"
#define V1_MOUNTS                                                     \
    "31 30 0:27 / /cg/cpuset rw shared:5 - cgroup cgroup rw,cpuset\n" \
    "32 30 0:28 / /cg/cpu rw shared:6 - cgroup cgroup rw,cpu,cpuacct\n"

static int make_root(void **state)
{
    char *root = strdup("/tmp/test_facts.XXXXXX");
    *state = root;
    return mkdtemp(root) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *at)
{
    (void)status, (void)type, (void)at;
    return remove(path);
}

static int remove_root(void **state)
{
    int rc = nftw(*state, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(*state);
    return rc;
}

/* Write a file below the test's root, making the directories above it. */
static void put(const char *root, const char *path, const char *content)
{
    char name[512];
    snprintf(name, sizeof name, "%s%s", root, path);
    for (char *slash = name + strlen(root) + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        mkdir(name, 0755);
        *slash = '/';
    }
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void assert_quota(const char *root, double cpus)
{
    assert_float_equal(cgroup_cpu_quota(root), cpus, 1e-9);
}

static void v2_quota_is_quota_over_period(void **state)
{
    put(*state, "/proc/self/mountinfo", V2_MOUNT);
    put(*state, "/proc/self/cgroup", "0::/job\n");
    put(*state, "/cg/job/cpu.max", "150000 100000\n");
    assert_quota(*state, 1.5);
}

static void v2_max_is_no_quota(void **state)
{
    put(*state, "/proc/self/mountinfo", V2_MOUNT);
    put(*state, "/proc/self/cgroup", "0::/job\n");
    put(*state, "/cg/job/cpu.max", "max 100000\n");
    assert_true(isnan(cgroup_cpu_quota(*state)));
}

static void tightest_quota_on_the_way_to_the_root_wins(void **state)
{
    put(*state, "/proc/self/mountinfo", V2_MOUNT);
    put(*state, "/proc/self/cgroup", "0::/a/b/c\n");
    put(*state, "/cg/a/cpu.max", "300000 100000\n");
    put(*state, "/cg/a/b/cpu.max", "25000 50000\n");
    put(*state, "/cg/a/b/c/cpu.max", "max 100000\n");
    assert_quota(*state, 0.5);
}

static void page_cache_is_room_however_active(void **state)
{
    put(*state, "/proc/self/mountinfo", V2_MOUNT);
    put(*state, "/proc/self/cgroup", "0::/job\n");
    put(*state, "/cg/job/memory.max", "1000\n");
    put(*state, "/cg/job/memory.current", "900\n");
    put(*state, "/cg/job/memory.stat", "anon 300\nfile 600\ninactive_file 200\nactive_file 400\n");
    assert_float_equal(cgroup_memory_room(*state), 700, 1e-9);
}

static void no_limit_of_memory_is_no_number(void **state)
{
    put(*state, "/proc/self/mountinfo", "31 30 0:27 / /cg rw shared:5 - cgroup cgroup rw,memory\n");
    put(*state, "/proc/self/cgroup", "4:memory:/job\n");
    put(*state, "/cg/job/memory.limit_in_bytes", "9223372036854771712\n");
    put(*state, "/cg/job/memory.usage_in_bytes", "900\n");
    assert_true(isnan(cgroup_memory_room(*state)));
}

static void container_sees_its_own_group_at_the_mount_point(void **state)
{
    put(*state, "/proc/self/mountinfo", V2_MOUNT);
    put(*state, "/proc/self/cgroup", "0::/\n");
    put(*state, "/cg/cpu.max", "200000 100000\n");
    assert_quota(*state, 2);
}

static void group_outside_of_the_mount_is_looked_up_at_the_mount_point(void **state)
{
    put(*state, "/proc/self/mountinfo",
        "30 23 0:26 /docker/1f2e /cg ro - cgroup cgroup rw,cpuacct,cpu\n");
    put(*state, "/proc/self/cgroup", "5:cpuacct,cpu:/docker/77aa\n");
    put(*state, "/cg/cpu.cfs_quota_us", "50000\n");
    put(*state, "/cg/cpu.cfs_period_us", "100000\n");
    assert_quota(*state, 0.5);
}

static void group_below_a_mounted_group_is_found(void **state)
{
    put(*state, "/proc/self/mountinfo", "30 23 0:26 /docker/1f2e /cg ro - cgroup2 cgroup rw\n");
    put(*state, "/proc/self/cgroup", "0::/docker/1f2e/inner\n");
    put(*state, "/cg/inner/cpu.max", "70000 100000\n");
    assert_quota(*state, 0.7);
}

static void v1_quota_is_that_of_the_cpu_hierarchy(void **state)
{
    put(*state, "/proc/self/mountinfo", V1_MOUNTS);
    put(*state, "/proc/self/cgroup", "3:cpuset:/other\n2:cpu,cpuacct:/job\n0::/\n");
    put(*state, "/cg/cpu/job/cpu.cfs_quota_us", "400000\n");
    put(*state, "/cg/cpu/job/cpu.cfs_period_us", "100000\n");
    assert_quota(*state, 4);
}

static void v1_minus_one_is_no_quota(void **state)
{
    put(*state, "/proc/self/mountinfo", V1_MOUNTS);
    put(*state, "/proc/self/cgroup", "2:cpu,cpuacct:/job\n");
    put(*state, "/cg/cpu/job/cpu.cfs_quota_us", "-1\n");
    put(*state, "/cg/cpu/job/cpu.cfs_period_us", "100000\n");
    assert_true(isnan(cgroup_cpu_quota(*state)));
}

static void throttling_is_that_of_the_group_that_was_longest(void **state)
{
    put(*state, "/proc/self/mountinfo", V2_MOUNT);
    put(*state, "/proc/self/cgroup", "0::/a/b\n");
    put(*state, "/cg/a/b/cpu.stat", "usage_usec 7\nnr_throttled 3\nthrottled_usec 250000\n");
    put(*state, "/cg/a/cpu.stat", "nr_throttled 9\nthrottled_usec 1500000\n");
    put(*state, "/cg/cpu.stat", "usage_usec 7\n");
    assert_float_equal(cgroup_throttled_s(*state), 1.5, 1e-9);
}

static void v1_throttling_is_in_nanoseconds(void **state)
{
    put(*state, "/proc/self/mountinfo", V1_MOUNTS);
    put(*state, "/proc/self/cgroup", "2:cpu,cpuacct:/job\n");
    put(*state, "/cg/cpu/job/cpu.stat", "nr_periods 5\nnr_throttled 3\nthrottled_time 2000000000\n");
    assert_float_equal(cgroup_throttled_s(*state), 2, 1e-9);
}

static void throttling_that_is_not_told_is_unknown(void **state)
{
    put(*state, "/proc/self/mountinfo", V2_MOUNT);
    put(*state, "/proc/self/cgroup", "0::/job\n");
    put(*state, "/cg/job/cpu.stat", "usage_usec 7\n");
    assert_true(isnan(cgroup_throttled_s(*state)));
}

static void busy_is_neither_idle_nor_waiting_nor_stolen(void **state)
{
    (void)state;
    assert_float_equal(load_parse_stat("cpu  1 20 300 4000 50000 600000 7000000 8 9 10\ncpu0 1 1 1 1\n"),
                       1 + 20 + 300 + 600000 + 7000000, 0);
    assert_float_equal(load_parse_stat("cpu 1 2 3 4\n"), 6, 0);
    assert_true(isnan(load_parse_stat("intr 5\n")));
    assert_true(isnan(load_parse_stat("")));
}

static void load_of_others_is_what_is_not_ours(void **state)
{
    const struct load before = {.busy_s = 100, .own_s = 10, .now_s = 50};
    struct load after = {.busy_s = 108, .own_s = 15, .now_s = 54};
    (void)state;
    assert_float_equal(load_others_cpus(&before, &after), 0.75, 1e-9);
    after.own_s = 20; /* ticks are coarse */
    assert_float_equal(load_others_cpus(&before, &after), 0, 0);
    after.now_s = before.now_s + 0.1;
    assert_true(isnan(load_others_cpus(&before, &after)));
}

static void system_without_cgroups_has_no_quota(void **state)
{
    assert_true(isnan(cgroup_cpu_quota(*state)));
}

static void garbage_is_no_quota(void **state)
{
    put(*state, "/proc/self/mountinfo", " - \n - cgroup2\n" V2_MOUNT);
    put(*state, "/proc/self/cgroup", "\n0\n:\n0::/job\n");
    put(*state, "/cg/job/cpu.max", "lots\n");
    assert_true(isnan(cgroup_cpu_quota(*state)));
}

static const char stat_text[] = "cpu  100 0 50 900 5 0 1 60 0 0\n"
                                "cpu0 50 0 25 450 3 0 1 10 0 0\n"
                                "cpu1 50 0 25 450 2 0 0 20 0 0\n"
                                "cpu70 50 0 25 450 2 0 0 30 0 0\n"
                                "intr 12345 1 2 3 4 5 6 7 8 9\n";

static void steal_is_summed_over_the_mask(void **state)
{
    (void)state;
    unsigned long cpus[70 / AFFINITY_WORD_BITS + 1] = {1ul << 1};
    cpus[70 / AFFINITY_WORD_BITS] |= 1ul << 70 % AFFINITY_WORD_BITS;
    assert_int_equal(steal_parse_stat(stat_text, cpus, 70 / AFFINITY_WORD_BITS + 1), 50);
}

static void line_of_all_cpus_is_not_counted(void **state)
{
    (void)state;
    unsigned long cpus = ~0ul;
    assert_int_equal(steal_parse_stat(stat_text, &cpus, 1), 30);
}

static void steal_of_cpus_that_are_not_listed_is_unknown(void **state)
{
    (void)state;
    unsigned long cpus = 1ul << 9;
    assert_int_equal(steal_parse_stat(stat_text, &cpus, 1), -1);
}

static void steal_of_a_kernel_without_it_is_unknown(void **state)
{
    (void)state;
    unsigned long cpus = 1;
    assert_int_equal(steal_parse_stat("cpu0 1 2 3 4 5 6 7\ncpu1 1 2 3 4 5 6 7 8\n", &cpus, 1), -1);
}

static void pressure_is_the_total_of_some(void **state)
{
    (void)state;
    double total = steal_parse_pressure("some avg10=0.55 avg60=0.62 avg300=0.28 total=4845404\n"
                                        "full avg10=0.00 avg60=0.00 avg300=0.00 total=7\n");
    assert_float_equal(total, 4845404, 0);
}

static void pressure_of_a_kernel_without_it_is_unknown(void **state)
{
    (void)state;
    assert_true(isnan(steal_parse_pressure("")));
}

static void meter_of_this_machine_never_runs_backwards(void **state)
{
    (void)state;
    unsigned long cpus = ~0ul;
    struct steal_meter meter;
    struct steal_sample before, after;
    steal_open(&meter, &cpus, 1);
    steal_read(&meter, &before);
    steal_read(&meter, &after);
    steal_close(&meter);
    assert_false(after.steal_s < before.steal_s ||
                 after.pressure_us[PRESSURE_CPU] < before.pressure_us[PRESSURE_CPU]);
}

static void assert_model(const char *raw, const char *expected)
{
    char text[40];
    facts_clean_model(raw, text, sizeof text);
    assert_string_equal(text, expected);
}

static void model_loses_trademark_signs(void **state)
{
    (void)state;
    assert_model("Intel(R) Core(TM) i7-8700 CPU @ 3.20GHz", "Intel Core i7-8700 CPU @ 3.20GHz");
}

static void model_has_single_spaces(void **state)
{
    (void)state;
    assert_model("  AMD  Ryzen\t9 (R) ", "AMD Ryzen 9");
}

static void model_is_ascii_and_fits(void **state)
{
    (void)state;
    assert_model("caf\xc3\xa9 0123456789012345678901234567890123456789",
                 "caf?? 012345678901234567890123456789012");
}

static struct machine_facts example(void)
{
    return (struct machine_facts){
        .cpu_model = "Some CPU",
        .kernel = "6.1.0-18-amd64",
        .sockets = 1,
        .cores = 2,
        .threads = 4,
        .memory_bytes = (uint64_t)47 << 29,
    };
}

static void description_is_one_line(void **state)
{
    (void)state;
    struct machine_facts facts = example();
    char text[FACTS_TEXT];
    facts_describe(&facts, text, sizeof text);
    assert_string_equal(text, "Some CPU, 1 socket, 2 cores, 4 threads, 23.5 GiB, Linux 6.1.0-18-amd64");
}

static void description_leaves_out_what_is_not_known(void **state)
{
    (void)state;
    struct machine_facts facts = example();
    facts.sockets = 0;
    char text[FACTS_TEXT];
    facts_describe(&facts, text, sizeof text);
    assert_string_equal(text, "Some CPU, 2 cores, 4 threads, 23.5 GiB, Linux 6.1.0-18-amd64");
}

#define with_root(test) cmocka_unit_test_setup_teardown(test, make_root, remove_root)

static void description_tells_model_and_threads(void **state)
{
    const char *machine = "Intel, or so, 2 sockets, 8 cores, 16 threads, 23.5 GiB, Linux 6.1";

    (void)state;
    assert_int_equal(facts_model_length(machine), strlen("Intel, or so"));
    assert_int_equal(facts_count_threads(machine), 16);
    assert_int_equal(facts_count_threads("Intel, 1 core, 1 thread, 1.0 GiB, Linux 6.1"), 1);
    assert_int_equal(facts_model_length("Intel"), 5);
    assert_int_equal(facts_count_threads("Intel"), 0);
    assert_int_equal(facts_count_threads(""), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_root(v2_quota_is_quota_over_period),
        with_root(throttling_is_that_of_the_group_that_was_longest),
        with_root(v1_throttling_is_in_nanoseconds),
        with_root(throttling_that_is_not_told_is_unknown),
        cmocka_unit_test(busy_is_neither_idle_nor_waiting_nor_stolen),
        cmocka_unit_test(load_of_others_is_what_is_not_ours),
        with_root(v2_max_is_no_quota),
        with_root(tightest_quota_on_the_way_to_the_root_wins),
        with_root(page_cache_is_room_however_active),
        with_root(no_limit_of_memory_is_no_number),
        with_root(container_sees_its_own_group_at_the_mount_point),
        with_root(group_outside_of_the_mount_is_looked_up_at_the_mount_point),
        with_root(group_below_a_mounted_group_is_found),
        with_root(v1_quota_is_that_of_the_cpu_hierarchy),
        with_root(v1_minus_one_is_no_quota),
        with_root(system_without_cgroups_has_no_quota),
        with_root(garbage_is_no_quota),
        cmocka_unit_test(steal_is_summed_over_the_mask),
        cmocka_unit_test(line_of_all_cpus_is_not_counted),
        cmocka_unit_test(steal_of_cpus_that_are_not_listed_is_unknown),
        cmocka_unit_test(steal_of_a_kernel_without_it_is_unknown),
        cmocka_unit_test(pressure_is_the_total_of_some),
        cmocka_unit_test(pressure_of_a_kernel_without_it_is_unknown),
        cmocka_unit_test(meter_of_this_machine_never_runs_backwards),
        cmocka_unit_test(model_loses_trademark_signs),
        cmocka_unit_test(model_has_single_spaces),
        cmocka_unit_test(model_is_ascii_and_fits),
        cmocka_unit_test(description_is_one_line),
        cmocka_unit_test(description_leaves_out_what_is_not_known),
        cmocka_unit_test(description_tells_model_and_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
