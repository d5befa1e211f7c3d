/* The topology handed from controller to runner: whatever the file says, only our own CPUs are allowed.
 */
#include "machine/affinity.h"
#include "machine/topology.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

/* Make HWLOC_XMLFILE a machine of `cores` cores, without those of `removed` (NULL: all). */
static void pretend(const char *cores, hwloc_const_bitmap_t removed)
{
    hwloc_topology_t topology;
    char description[64], name[32];
    int fd;
    snprintf(description, sizeof description, "pack:1 core:%s pu:1", cores);
    assert_int_equal(hwloc_topology_init(&topology), 0);
    assert_int_equal(hwloc_topology_set_synthetic(topology, description), 0);
    assert_int_equal(hwloc_topology_load(topology), 0);
    if (removed) {
        hwloc_bitmap_t left = hwloc_bitmap_dup(hwloc_topology_get_topology_cpuset(topology));
        hwloc_bitmap_andnot(left, left, removed);
        assert_int_equal(hwloc_topology_restrict(topology, left, 0), 0);
        hwloc_bitmap_free(left);
    }
    assert_int_equal(topology_export(topology, &fd, NULL), 0);
    hwloc_topology_destroy(topology);
    snprintf(name, sizeof name, "/dev/fd/%d", fd);
    setenv("HWLOC_XMLFILE", name, 1);
}

static int stop_pretending(void **state)
{
    (void)state;
    const char *name = getenv("HWLOC_XMLFILE");
    if (name)
        close(atoi(name + sizeof "/dev/fd/" - 1));
    return unsetenv("HWLOC_XMLFILE");
}

static hwloc_bitmap_t own_cpus(void)
{
    unsigned long words[AFFINITY_WORDS_MAX];
    assert_int_equal(affinity_get(words, AFFINITY_WORDS_MAX), 0);
    hwloc_bitmap_t set = hwloc_bitmap_alloc();
    assert_int_equal(hwloc_bitmap_from_ulongs(set, AFFINITY_WORDS_MAX, words), 0);
    return set;
}

static void assert_allowed_is(hwloc_const_bitmap_t expected)
{
    hwloc_topology_t topology;
    assert_int_equal(topology_load(&topology, NULL), 0);
    assert_true(hwloc_bitmap_isequal(hwloc_topology_get_allowed_cpuset(topology), expected));
    hwloc_topology_destroy(topology);
}

static void allowed_cpus_are_those_of_the_inherited_mask(void **state)
{
    (void)state;
    hwloc_bitmap_t own = own_cpus();
    assert_allowed_is(own);
    hwloc_bitmap_free(own);
}

static void file_of_a_larger_machine_allows_only_own_cpus(void **state)
{
    (void)state;
    hwloc_bitmap_t own = own_cpus();
    pretend("1024", NULL);
    assert_allowed_is(own);
    hwloc_bitmap_free(own);
}

static void file_is_used_instead_of_discovery(void **state)
{
    (void)state;
    hwloc_topology_t topology;
    pretend("1024", NULL);
    assert_int_equal(topology_load(&topology, NULL), 0);
    assert_int_equal(hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_PU), 1024);
    hwloc_topology_destroy(topology);
}

static void narrower_mask_allows_less_than_the_file(void **state)
{
    (void)state;
    unsigned long before[AFFINITY_WORDS_MAX], one[AFFINITY_WORDS_MAX] = {0};
    assert_int_equal(affinity_get(before, AFFINITY_WORDS_MAX), 0);
    hwloc_bitmap_t last = own_cpus();
    hwloc_bitmap_only(last, (unsigned)hwloc_bitmap_last(last));
    hwloc_bitmap_to_ulongs(last, AFFINITY_WORDS_MAX, one);
    pretend("1024", NULL);

    assert_int_equal(affinity_set(one, AFFINITY_WORDS_MAX), 0);
    assert_allowed_is(last);
    assert_int_equal(affinity_set(before, AFFINITY_WORDS_MAX), 0);
    hwloc_bitmap_free(last);
}

static void file_of_another_machine_is_refused(void **state)
{
    (void)state;
    hwloc_topology_t topology;
    struct bench_error err = {0};
    hwloc_bitmap_t own = own_cpus();
    pretend("1024", own);
    assert_int_equal(topology_load(&topology, &err), -EINVAL);
    hwloc_bitmap_free(own);
}

static void file_survives_exec(void **state)
{
    (void)state;
    pretend("2", NULL);
    assert_int_equal(system("grep -q '<topology' \"$HWLOC_XMLFILE\""), 0);
}

static void plugin_path_is_left_as_it_was(void **state)
{
    (void)state;
    hwloc_topology_t topology;
    unsetenv("HWLOC_PLUGINS_PATH");
    assert_int_equal(topology_load(&topology, NULL), 0);
    hwloc_topology_destroy(topology);
    assert_null(getenv("HWLOC_PLUGINS_PATH"));
}

static void mask_beyond_the_words_is_an_error(void **state)
{
    (void)state;
    unsigned long none;
    assert_int_equal(affinity_get(&none, 0), -EOVERFLOW);
}

static void empty_mask_is_an_error(void **state)
{
    (void)state;
    unsigned long none = 0;
    assert_int_equal(affinity_set(&none, 1), -EINVAL);
}

#define with_file(test) cmocka_unit_test_teardown(test, stop_pretending)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(allowed_cpus_are_those_of_the_inherited_mask),
        with_file(file_of_a_larger_machine_allows_only_own_cpus),
        with_file(file_is_used_instead_of_discovery),
        with_file(narrower_mask_allows_less_than_the_file),
        with_file(file_of_another_machine_is_refused),
        with_file(file_survives_exec),
        cmocka_unit_test(plugin_path_is_left_as_it_was),
        cmocka_unit_test(mask_beyond_the_words_is_an_error),
        cmocka_unit_test(empty_mask_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
