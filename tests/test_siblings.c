/* Workers that share a core, on machines that are not this one. */
#include "machine/siblings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Two cores of two threads: OS indexes 0 and 1, 2 and 3. */
static int make(void **state)
{
    hwloc_topology_t topology;
    if (hwloc_topology_init(&topology) < 0 ||
        hwloc_topology_set_synthetic(topology, "pack:1 core:2 pu:2") < 0 ||
        hwloc_topology_load(topology) < 0)
        return -1;
    *state = topology;
    return 0;
}

static int destroy(void **state)
{
    hwloc_topology_destroy(*state);
    return 0;
}

static void threads_of_one_core_are_shared(void **state)
{
    assert_int_equal(siblings_sharing(*state, "0 1"), 2);
    assert_int_equal(siblings_sharing(*state, "0 2 3"), 2);
    assert_int_equal(siblings_sharing(*state, "3 1 2 0"), 4);
}

static void cores_of_their_own_are_not(void **state)
{
    assert_int_equal(siblings_sharing(*state, "0 2"), 0);
    assert_int_equal(siblings_sharing(*state, "0-1 2-3"), 0);
    assert_int_equal(siblings_sharing(*state, "0"), 0);
}

static void one_place_for_two_workers_is_another_matter(void **state)
{
    assert_int_equal(siblings_sharing(*state, "0 0"), 0);
}

static void workers_that_may_go_anywhere_are_not_counted(void **state)
{
    assert_int_equal(siblings_sharing(*state, "0-3 0-3"), 0);
}

static void garbage_is_nobody(void **state)
{
    assert_int_equal(siblings_sharing(*state, ""), 0);
    assert_int_equal(siblings_sharing(*state, "  x y,, 99999999999999999999 "), 0);
}

static void add_kind(hwloc_topology_t topology, const char *list, int efficiency)
{
    hwloc_bitmap_t set = hwloc_bitmap_alloc();
    hwloc_bitmap_list_sscanf(set, list);
    assert_int_equal(hwloc_cpukinds_register(topology, set, efficiency, 0, NULL, 0), 0);
    hwloc_bitmap_free(set);
}

static void cores_of_two_kinds_are_seen(void **state)
{
    assert_int_equal(siblings_kinds(*state, "0 2"), 0);
    add_kind(*state, "0-1", 0);
    add_kind(*state, "2-3", 1);
    assert_int_equal(siblings_kinds(*state, "0 2"), 2);
    assert_int_equal(siblings_kinds(*state, "2 3 2"), 1);
    assert_int_equal(siblings_kinds(*state, "0-3 0"), 0);
    assert_int_equal(siblings_kinds(*state, ""), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_of_one_core_are_shared),
        cmocka_unit_test(cores_of_their_own_are_not),
        cmocka_unit_test(one_place_for_two_workers_is_another_matter),
        cmocka_unit_test(workers_that_may_go_anywhere_are_not_counted),
        cmocka_unit_test(garbage_is_nobody),
        cmocka_unit_test(cores_of_two_kinds_are_seen),
    };
    return cmocka_run_group_tests(tests, make, destroy);
}
