/* Placement on machines larger and odder than any at hand: all of it on synthetic topologies. */
#include "machine/affinity.h"
#include "machine/placement.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TWO_SOCKETS "pack:2 numa:4 core:16 pu:2" /* 8 nodes, 128 cores, 256 threads */

static hwloc_topology_t machine(const char *description)
{
    hwloc_topology_t topology;
    assert_int_equal(hwloc_topology_init(&topology), 0);
    assert_int_equal(hwloc_topology_set_flags(topology, HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED), 0);
    assert_int_equal(hwloc_topology_set_synthetic(topology, description), 0);
    assert_int_equal(hwloc_topology_load(topology), 0);
    return topology;
}

static hwloc_bitmap_t cpu_set(const char *list)
{
    hwloc_bitmap_t set = hwloc_bitmap_alloc();
    assert_non_null(set);
    assert_int_equal(hwloc_bitmap_list_sscanf(set, list), 0);
    return set;
}

/* As a cgroup or taskset does it. */
static void allow(hwloc_topology_t topology, const char *list)
{
    hwloc_bitmap_t set = cpu_set(list);
    assert_int_equal(hwloc_topology_allow(topology, set, NULL, HWLOC_ALLOW_FLAG_CUSTOM), 0);
    hwloc_bitmap_free(set);
}

/* As CPUs that are not there. */
static void restrict_to(hwloc_topology_t topology, const char *list)
{
    hwloc_bitmap_t set = cpu_set(list);
    assert_int_equal(hwloc_topology_restrict(topology, set, 0), 0);
    hwloc_bitmap_free(set);
}

static void add_kind(hwloc_topology_t topology, const char *list, int efficiency)
{
    hwloc_bitmap_t set = cpu_set(list);
    assert_int_equal(hwloc_cpukinds_register(topology, set, efficiency, 0, NULL, 0), 0);
    hwloc_bitmap_free(set);
}

/* The sets of all workers, separated by spaces; per_place may be NULL. Destroys the topology. */
static void place(hwloc_topology_t topology, const char *pin, const char *places, uint32_t workers,
                  char *text, size_t text_size, uint32_t *per_place)
{
    struct placement_policy policy;
    struct placement placement;
    struct bench_error err = {0};
    assert_int_equal(placement_policy_parse(pin, places, &policy, &err), 0);
    assert_int_equal(placement_make(topology, &policy, workers, &placement, &err), 0);
    assert_int_equal(placement.workers, workers);
    hwloc_topology_destroy(topology); /* the placement does not need it */

    text[0] = '\0';
    for (uint32_t i = 0; i < workers; i++) {
        char *set = placement_describe(placement.sets[i]);
        assert_non_null(set);
        size_t used = strlen(text);
        snprintf(text + used, text_size - used, "%s%s", i ? " " : "", set);
        free(set);
    }
    if (per_place)
        *per_place = placement.per_place;
    placement_free(&placement);
    placement_policy_free(&policy);
}

static void assert_placed(hwloc_topology_t topology, const char *pin, const char *places,
                          uint32_t workers, const char *expected)
{
    char text[4096];
    place(topology, pin, places, workers, text, sizeof text, NULL);
    assert_string_equal(text, expected);
}

static uint32_t fullest(hwloc_topology_t topology, const char *pin, const char *places, uint32_t workers)
{
    char text[4096];
    uint32_t per_place;
    place(topology, pin, places, workers, text, sizeof text, &per_place);
    return per_place;
}

static void default_is_close_over_cores(void **state)
{
    (void)state;
    assert_placed(machine(TWO_SOCKETS), NULL, NULL, 3, "0-1 2-3 4-5");
}

static void close_takes_neighbouring_threads(void **state)
{
    (void)state;
    assert_placed(machine(TWO_SOCKETS), "close", "threads", 3, "0 1 2");
}

static void close_takes_every_core_before_a_second_thread(void **state)
{
    (void)state;
    hwloc_topology_t topology = machine(TWO_SOCKETS);
    assert_int_equal(placement_count(topology, PLACES_CORES), 128);
    assert_int_equal(fullest(topology, "close", "cores", 128), 1);
}

static void close_follows_the_cores_not_the_numbers(void **state)
{
    (void)state; /* siblings are numbered 0,4 1,5 2,6 3,7, as Linux does it on x86 */
    assert_placed(machine("pack:1 core:4 pu:2(indexes=0,4,1,5,2,6,3,7)"), "close", "cores", 4,
                  "0,4 1,5 2,6 3,7");
}

static void close_wraps_around(void **state)
{
    (void)state;
    assert_placed(machine("pack:1 core:2 pu:2"), "close", "cores", 5, "0-1 2-3 0-1 2-3 0-1");
}

static void wrapping_is_counted(void **state)
{
    (void)state;
    assert_int_equal(fullest(machine("pack:1 core:2 pu:2"), "close", "cores", 5), 3);
}

static void numa_places_are_nodes(void **state)
{
    (void)state;
    assert_placed(machine(TWO_SOCKETS), "close", "numa", 2, "0-31 32-63");
}

static void socket_places_are_packages(void **state)
{
    (void)state;
    assert_placed(machine(TWO_SOCKETS), "close", "sockets", 2, "0-127 128-255");
}

static void spread_takes_one_core_of_each_node(void **state)
{
    (void)state;
    assert_placed(machine(TWO_SOCKETS), "spread", "cores", 8,
                  "0-1 32-33 64-65 96-97 128-129 160-161 192-193 224-225");
}

static void spread_parts_differ_by_one_place(void **state)
{
    (void)state; /* 8 places in 3 parts: 2, 3, 3 */
    assert_placed(machine("pack:1 core:8 pu:1"), "spread", "cores", 3, "0 2 5");
}

static void spread_wraps_around(void **state)
{
    (void)state;
    assert_placed(machine("pack:2 core:1 pu:1"), "spread", "cores", 3, "0 1 0");
}

static void spread_over_all_places_is_close(void **state)
{
    (void)state;
    assert_placed(machine("pack:2 core:2 pu:1"), "spread", "cores", 4, "0 1 2 3");
}

static void none_leaves_every_worker_all_allowed_cpus(void **state)
{
    (void)state;
    hwloc_topology_t topology = machine("pack:1 core:4 pu:1");
    allow(topology, "1-2");
    assert_placed(topology, "none", NULL, 3, "1-2 1-2 1-2");
}

static void list_is_followed_in_the_order_written(void **state)
{
    (void)state;
    assert_placed(machine(TWO_SOCKETS), "200,0,4-6", NULL, 5, "200 0 4 5 6");
}

static void list_wraps_around(void **state)
{
    (void)state;
    assert_placed(machine(TWO_SOCKETS), "3,1", NULL, 3, "3 1 3");
}

static void list_may_name_a_cpu_twice_and_it_is_counted(void **state)
{
    (void)state;
    assert_int_equal(fullest(machine(TWO_SOCKETS), "7,7,1", NULL, 3), 2);
}

static void disallowed_threads_are_left_out_of_their_core(void **state)
{
    (void)state;
    hwloc_topology_t topology = machine("pack:1 core:4 pu:2");
    allow(topology, "1,4-7");
    assert_placed(topology, "close", "cores", 3, "1 4-5 6-7");
}

static void disallowed_sockets_are_no_places(void **state)
{
    (void)state;
    hwloc_topology_t topology = machine(TWO_SOCKETS);
    allow(topology, "128-131");
    assert_int_equal(placement_count(topology, PLACES_SOCKETS), 1);
    hwloc_topology_destroy(topology);
}

static void restricted_machine_keeps_its_numbers(void **state)
{
    (void)state;
    hwloc_topology_t topology = machine(TWO_SOCKETS);
    restrict_to(topology, "6-7,250-255");
    assert_placed(topology, "close", "cores", 4, "6-7 250-251 252-253 254-255");
}

static void asymmetric_sockets_spread_over_places(void **state)
{
    (void)state; /* 2 cores in one socket, 6 in the other: halves of 4 places */
    hwloc_topology_t topology = machine("pack:2 core:6 pu:1");
    restrict_to(topology, "0-1,6-11");
    assert_placed(topology, "spread", "cores", 2, "0 8");
}

static void asymmetric_sockets_are_places_of_different_size(void **state)
{
    (void)state;
    hwloc_topology_t topology = machine("pack:2 core:6 pu:1");
    restrict_to(topology, "0-1,6-11");
    assert_placed(topology, "close", "sockets", 2, "0-1 6-11");
}

static void machine_without_cores_places_on_threads(void **state)
{
    (void)state;
    assert_placed(machine("pack:1 pu:3"), "close", "cores", 3, "0 1 2");
}

static void machine_without_sockets_is_one(void **state)
{
    (void)state;
    assert_placed(machine("core:2 pu:2"), "close", "sockets", 2, "0-3 0-3");
}

static void one_core_takes_every_worker(void **state)
{
    (void)state;
    assert_placed(machine("pack:1 core:1 pu:1"), "spread", "cores", 3, "0 0 0");
}

static void faster_cores_come_first(void **state)
{
    (void)state; /* little cores are numbered first, as on many ARM machines */
    hwloc_topology_t topology = machine("pack:1 core:6 pu:1");
    add_kind(topology, "0-3", 0);
    add_kind(topology, "4-5", 1);
    assert_placed(topology, "close", "cores", 4, "4 5 0 1");
}

static void spread_keeps_to_the_fastest_kind_when_it_suffices(void **state)
{
    (void)state;
    hwloc_topology_t topology = machine("pack:1 core:12 pu:1");
    add_kind(topology, "0-7", 0);
    add_kind(topology, "8-11", 1);
    assert_placed(topology, "spread", "cores", 2, "8 10");
}

static void spread_takes_a_second_kind_but_no_third(void **state)
{
    (void)state;
    hwloc_topology_t topology = machine("pack:1 core:10 pu:1");
    add_kind(topology, "0-3", 0);
    add_kind(topology, "4-7", 1);
    add_kind(topology, "8-9", 2);
    assert_placed(topology, "spread", "cores", 3, "4 6 8");
}

static void disallowed_fast_cores_do_not_count(void **state)
{
    (void)state;
    hwloc_topology_t topology = machine("pack:1 core:6 pu:1");
    add_kind(topology, "0-3", 0);
    add_kind(topology, "4-5", 1);
    allow(topology, "0-3,5");
    assert_placed(topology, "close", "cores", 2, "5 0");
}

static void machines_beyond_1024_cpus_are_placed(void **state)
{
    (void)state;
    assert_placed(machine("pack:4 numa:4 core:32 pu:4"), "spread", "numa", 2, "0-127 1024-1151");
}

static void masks_reach_beyond_1024_cpus(void **state)
{
    (void)state;
    hwloc_topology_t topology = machine("pack:4 numa:4 core:32 pu:4");
    size_t words_size = placement_mask_words(topology);
    unsigned long words[AFFINITY_WORDS_MAX];
    assert_true(words_size * AFFINITY_WORD_BITS >= 2048);
    hwloc_bitmap_t set = cpu_set("3,2047");
    placement_mask(set, words, words_size);
    char *text = placement_describe_mask(words, words_size);
    assert_string_equal(text, "3,2047");
    free(text);
    hwloc_bitmap_free(set);
    hwloc_topology_destroy(topology);
}

static void assert_refused(const char *pin, const char *places, const char *message)
{
    struct placement_policy policy;
    struct bench_error err = {0};
    assert_int_equal(placement_policy_parse(pin, places, &policy, &err), -EINVAL);
    assert_string_equal(err.message, message);
}

static void unknown_pin_names_the_choices(void **state)
{
    (void)state;
    assert_refused("foo", NULL,
                   "--pin: 'foo' is not close, spread, none or a list of CPUs such as 0,2,4-7");
}

static void unknown_places_name_the_choices(void **state)
{
    (void)state;
    assert_refused("close", "core", "--places: 'core' is not cores, threads, numa or sockets");
}

static void malformed_lists_are_refused(void **state)
{
    (void)state;
    static const char *const lists[] = {"0,",  "0,,1",  "1-",     "4-2", "0 1",
                                        "0x1", "0--1",  "0,a",    "1.5", "99999999999999999999",
                                        "0;1", "1-2-3", "0-16384"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        char message[128];
        snprintf(message, sizeof message, "--pin: '%s' is not a list of CPUs such as 0,2,4-7", lists[i]);
        assert_refused(lists[i], NULL, message);
    }
}

static void endless_lists_are_refused(void **state)
{
    (void)state;
    assert_refused("0-16383,0", NULL, "--pin: the list has more than 16384 CPUs");
}

static void assert_unplaceable(hwloc_topology_t topology, const char *pin, const char *message)
{
    struct placement_policy policy;
    struct placement placement;
    struct bench_error err = {0};
    assert_int_equal(placement_policy_parse(pin, NULL, &policy, &err), 0);
    assert_int_equal(placement_make(topology, &policy, 1, &placement, &err), -EINVAL);
    assert_string_equal(err.message, message);
    placement_policy_free(&policy);
    hwloc_topology_destroy(topology);
}

static void missing_cpu_names_the_allowed_ones(void **state)
{
    (void)state;
    assert_unplaceable(machine("pack:1 core:2 pu:2"), "0,9",
                       "--pin: CPU 9 does not exist; allowed: 0-3");
}

static void disallowed_cpu_names_the_allowed_ones(void **state)
{
    (void)state;
    hwloc_topology_t topology = machine("pack:1 core:2 pu:2");
    allow(topology, "1,3");
    assert_unplaceable(topology, "1-3", "--pin: CPU 2 is not allowed for this process; allowed: 1,3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(default_is_close_over_cores),
        cmocka_unit_test(close_takes_neighbouring_threads),
        cmocka_unit_test(close_takes_every_core_before_a_second_thread),
        cmocka_unit_test(close_follows_the_cores_not_the_numbers),
        cmocka_unit_test(close_wraps_around),
        cmocka_unit_test(wrapping_is_counted),
        cmocka_unit_test(numa_places_are_nodes),
        cmocka_unit_test(socket_places_are_packages),
        cmocka_unit_test(spread_takes_one_core_of_each_node),
        cmocka_unit_test(spread_parts_differ_by_one_place),
        cmocka_unit_test(spread_wraps_around),
        cmocka_unit_test(spread_over_all_places_is_close),
        cmocka_unit_test(none_leaves_every_worker_all_allowed_cpus),
        cmocka_unit_test(list_is_followed_in_the_order_written),
        cmocka_unit_test(list_wraps_around),
        cmocka_unit_test(list_may_name_a_cpu_twice_and_it_is_counted),
        cmocka_unit_test(disallowed_threads_are_left_out_of_their_core),
        cmocka_unit_test(disallowed_sockets_are_no_places),
        cmocka_unit_test(restricted_machine_keeps_its_numbers),
        cmocka_unit_test(asymmetric_sockets_spread_over_places),
        cmocka_unit_test(asymmetric_sockets_are_places_of_different_size),
        cmocka_unit_test(machine_without_cores_places_on_threads),
        cmocka_unit_test(machine_without_sockets_is_one),
        cmocka_unit_test(one_core_takes_every_worker),
        cmocka_unit_test(faster_cores_come_first),
        cmocka_unit_test(spread_keeps_to_the_fastest_kind_when_it_suffices),
        cmocka_unit_test(spread_takes_a_second_kind_but_no_third),
        cmocka_unit_test(disallowed_fast_cores_do_not_count),
        cmocka_unit_test(machines_beyond_1024_cpus_are_placed),
        cmocka_unit_test(masks_reach_beyond_1024_cpus),
        cmocka_unit_test(unknown_pin_names_the_choices),
        cmocka_unit_test(unknown_places_name_the_choices),
        cmocka_unit_test(malformed_lists_are_refused),
        cmocka_unit_test(endless_lists_are_refused),
        cmocka_unit_test(missing_cpu_names_the_allowed_ones),
        cmocka_unit_test(disallowed_cpu_names_the_allowed_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
