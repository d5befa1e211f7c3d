/* What `bench topo` prints, of machines that are not this one. */
#include "report/topo.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TWO_SOCKETS "pack:2 numa:4 l3:2(size=33554432) core:8 pu:2" /* 256 threads */

static struct machine_facts facts_of(hwloc_topology_t topology)
{
    return (struct machine_facts){
        .host = "example",
        .cpu_model = "A CPU With a Rather Long Name 9999 64-Core Processor",
        .kernel = "6.1.0-18-amd64",
        .governor = "performance",
        .sockets = (uint32_t)hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_PACKAGE),
        .cores = (uint32_t)hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_CORE),
        .threads = (uint32_t)hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_PU),
        .numa_nodes = (uint32_t)hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_NUMANODE),
        .allowed_threads = (uint32_t)hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_PU),
        .allowed_cpus = placement_describe(hwloc_topology_get_allowed_cpuset(topology)),
        .memory_bytes = (uint64_t)512 << 30,
        .quota_cpus = 1.5,
    };
}

/* What is printed; the caller frees it. */
static char *print(const char *machine, const char *pin, const char *places, uint32_t workers,
                   int expected_rc)
{
    hwloc_topology_t topology;
    assert_int_equal(hwloc_topology_init(&topology), 0);
    assert_int_equal(hwloc_topology_set_synthetic(topology, machine), 0);
    assert_int_equal(hwloc_topology_load(topology), 0);
    struct machine_facts facts = facts_of(topology);
    struct placement_policy policy;
    assert_int_equal(placement_policy_parse(pin, places, &policy, NULL), 0);

    char *text;
    size_t text_size;
    FILE *out = open_memstream(&text, &text_size);
    struct page page = {.out = out, .width = 80};
    assert_int_equal(topo_page(&page, topology, &facts, &policy, workers, NULL), expected_rc);
    fclose(out);
    placement_policy_free(&policy);
    facts_free(&facts);
    hwloc_topology_destroy(topology);
    return text;
}

static void assert_prints(const char *machine, const char *pin, const char *places, uint32_t workers,
                          const char *expected)
{
    char *text = print(machine, pin, places, workers, 0);
    if (!strstr(text, expected))
        fail_msg("no '%s' in\n%s", expected, text);
    free(text);
}

static void no_line_is_wider_than_a_terminal(void **state)
{
    (void)state;
    char *text = print(TWO_SOCKETS, "spread", "threads", 256, 0);
    for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
        assert_in_range(strcspn(line, "\n"), 0, 80);
    free(text);
}

static void machine_of_128_threads_fits_40_lines(void **state)
{
    (void)state;
    char *text = print("pack:2 numa:4 core:8 pu:2", "close", "cores", 64, 0);
    int lines = 0;
    for (const char *c = text; *c; c++)
        lines += *c == '\n';
    assert_in_range(lines, 1, 40);
    free(text);
}

static void each_worker_has_its_place_and_cpus(void **state)
{
    (void)state;
    assert_prints(TWO_SOCKETS, "spread", "cores", 2,
                  "worker  socket  node  core  CPUs\n"
                  "     0       0     0     0  0-1\n"
                  "     1       1     4    64  128-129\n");
}

static void many_workers_are_shown_by_node(void **state)
{
    (void)state;
    assert_prints(TWO_SOCKETS, "close", "cores", 18, "     0     1    16-17  32-33 34-35\n");
}

static void wrapping_is_said(void **state)
{
    (void)state;
    assert_prints("pack:1 core:2 pu:1", "close", "cores", 5,
                  "more workers than places: worker 2 shares worker 0's place\n"
                  "up to 3 workers share a place\n");
}

static void quota_below_the_workers_is_said(void **state)
{
    (void)state;
    assert_prints("pack:1 core:2 pu:1", "close", "cores", 2,
                  "more workers than the quota of 1.5 CPUs allows at once\n");
}

static void impossible_list_prints_nothing(void **state)
{
    (void)state;
    char *text = print("pack:1 core:2 pu:1", "7", NULL, 1, -EINVAL);
    assert_string_equal(text, "");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_line_is_wider_than_a_terminal),
        cmocka_unit_test(machine_of_128_threads_fits_40_lines),
        cmocka_unit_test(each_worker_has_its_place_and_cpus),
        cmocka_unit_test(many_workers_are_shown_by_node),
        cmocka_unit_test(wrapping_is_said),
        cmocka_unit_test(quota_below_the_workers_is_said),
        cmocka_unit_test(impossible_list_prints_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
