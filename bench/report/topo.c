/* What `bench topo` prints: the machine, what of it is ours, and where a placement puts workers. */
#include "report/topo.h"

#include "base/memory.h"
#include "base/quantity.h"
#include "base/text.h"

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { WORKERS_MAX = 16 }; /* with a row each; more are shown by node */

static void add_set(struct grid *grid, hwloc_const_bitmap_t set)
{
    char *text = placement_describe(set);
    if (!text)
        memory_exhausted();
    grid_cell(grid, "%s", *text ? text : "-");
    free(text);
}

/* The last column is text, and all are keys: a table is never cut in two. */
static void add_titles(struct grid *grid, const char *const *titles)
{
    for (; *titles; titles++)
        grid_column(grid, *titles, GRID_KEY | (titles[1] ? GRID_NUMBER : GRID_TEXT));
}

static void finish(struct page *page, struct grid *grid)
{
    page_grid(page, grid);
    grid_free(grid);
}

static void add_fact(struct grid *grid, const char *label, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void add_fact(struct grid *grid, const char *label, const char *format, ...)
{
    char text[FACTS_TEXT + 64];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    grid_cell(grid, "%s", label);
    grid_cell(grid, "%s", text);
}

static void print_machine(struct page *page, const struct machine_facts *facts)
{
    struct grid grid = {.has_no_headings = true};
    char text[FACTS_TEXT];
    facts_describe(facts, text, sizeof text);
    grid_column(&grid, "", GRID_TEXT | GRID_KEY);
    grid_column(&grid, "", GRID_TEXT | GRID_KEY);
    add_fact(&grid, "machine", "%s", text);
    if (facts->described)
        add_fact(&grid, "host", "%s%sa description, not this machine", facts->host,
                 facts->host[0] ? ", " : "");
    else
        add_fact(&grid, "host", "%s%s", facts->host, facts->virtual_machine ? " (virtual machine)" : "");
    if (facts->governor[0])
        add_fact(&grid, "governor", "%s", facts->governor);
    add_fact(&grid, "allowed", "%u of %u threads: %s", facts->allowed_threads, facts->threads,
             facts->allowed_cpus);
    if (!isnan(facts->quota_cpus))
        add_fact(&grid, "quota", "%.4g CPUs", facts->quota_cpus);
    else if (!facts->described) /* of which that is not known */
        add_fact(&grid, "quota", "none");
    finish(page, &grid);
}

/* The objects of a type that a set touches: nodes as numactl numbers them, the others as hwloc does. */
static void add_objects(struct grid *grid, hwloc_topology_t topology, hwloc_obj_type_t type,
                        hwloc_const_bitmap_t set)
{
    hwloc_bitmap_t indexes = hwloc_bitmap_alloc();
    hwloc_obj_t object = NULL;
    while (indexes && (object = hwloc_get_next_obj_by_type(topology, type, object)))
        if (hwloc_bitmap_intersects(object->cpuset, set))
            hwloc_bitmap_set(indexes,
                             type == HWLOC_OBJ_NUMANODE ? object->os_index : object->logical_index);
    if (!indexes)
        memory_exhausted();
    add_set(grid, indexes);
    hwloc_bitmap_free(indexes);
}

/* "4.5 GiB", or "8 x 32 MiB" when there are several. */
static void add_bytes(struct grid *grid, unsigned count, uint64_t bytes)
{
    char text[32], several[16] = "";
    if (count > 1)
        snprintf(several, sizeof several, "%u x ", count);
    grid_cell(grid, "%s%s", several, quantity_show_size(text, sizeof text, (double)bytes));
}

static int count_inside(hwloc_topology_t topology, hwloc_const_bitmap_t set, hwloc_obj_type_t type)
{
    int count = 0;
    hwloc_obj_t object = NULL;
    while ((object = hwloc_get_next_obj_by_type(topology, type, object)))
        count += hwloc_bitmap_isincluded(object->cpuset, set);
    return count;
}

/* The L3 caches that a set's CPUs use. */
static void add_caches(struct grid *grid, hwloc_topology_t topology, hwloc_const_bitmap_t set)
{
    unsigned count = 0;
    uint64_t largest = 0;
    hwloc_obj_t cache = NULL;
    while ((cache = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_L3CACHE, cache))) {
        if (!hwloc_bitmap_intersects(cache->cpuset, set))
            continue;
        count++;
        if (cache->attr->cache.size > largest)
            largest = cache->attr->cache.size;
    }
    if (count > 0 && largest > 0)
        add_bytes(grid, count, largest);
    else
        grid_cell(grid, "-");
}

static void print_nodes(struct page *page, hwloc_topology_t topology, const struct machine_facts *facts)
{
    static const char *const titles[] = {"socket",  "node", "memory", "cores",
                                         "threads", "L3",   "CPUs",   NULL};
    struct grid grid = {0};
    add_titles(&grid, titles);
    hwloc_obj_t node = NULL;
    while ((node = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_NUMANODE, node))) {
        add_objects(&grid, topology, HWLOC_OBJ_PACKAGE, node->cpuset);
        grid_cell(&grid, "%u", node->os_index);
        /* A node's own figure leaves out memory that was plugged into a virtual machine. */
        add_bytes(&grid, 1,
                  facts->numa_nodes == 1 ? facts->memory_bytes : node->attr->numanode.local_memory);
        grid_cell(&grid, "%d", count_inside(topology, node->cpuset, HWLOC_OBJ_CORE));
        grid_cell(&grid, "%d", count_inside(topology, node->cpuset, HWLOC_OBJ_PU));
        add_caches(&grid, topology, node->cpuset);
        add_set(&grid, node->cpuset);
    }
    page_gap(page);
    finish(page, &grid);
}

static void print_kinds(struct page *page, hwloc_topology_t topology)
{
    static const char *const titles[] = {"kind", "cores", "threads", "CPUs", NULL};
    struct grid grid = {0};
    int kinds = hwloc_cpukinds_get_nr(topology, 0);
    if (kinds < 2)
        return;
    hwloc_bitmap_t cpus = hwloc_bitmap_alloc();
    if (!cpus)
        memory_exhausted();
    add_titles(&grid, titles);
    for (int kind = kinds - 1; kind >= 0; kind--) {
        hwloc_cpukinds_get_info(topology, (unsigned)kind, cpus, NULL, NULL, NULL, 0);
        grid_cell(&grid, "%d", kinds - 1 - kind);
        grid_cell(&grid, "%d", count_inside(topology, cpus, HWLOC_OBJ_CORE));
        grid_cell(&grid, "%d", hwloc_bitmap_weight(cpus));
        add_set(&grid, cpus);
    }
    hwloc_bitmap_free(cpus);
    page_gap(page);
    page_heading(page, "core kinds, fastest first");
    finish(page, &grid);
}

static void print_policy(struct page *page, hwloc_topology_t topology, const struct machine_facts *facts,
                         const struct placement_policy *policy, const struct placement *placement)
{
    uint32_t workers = placement->workers;
    const char *plural = workers == 1 ? "" : "s";
    page_gap(page);
    if (policy->pin == PIN_NONE)
        page_text(page, "%u worker%s, not pinned: each may run on any allowed CPU", workers, plural);
    else if (policy->pin == PIN_LIST)
        page_text(page, "%u worker%s, pinned to a list of CPUs", workers, plural);
    else
        page_text(page, "%u worker%s, pinned %s over the %u allowed %s", workers, plural,
                  policy->pin == PIN_CLOSE ? "close" : "spread",
                  placement_count(topology, policy->places),
                  policy->places == PLACES_NUMA ? "NUMA nodes" : placement_places_name(policy->places));
    if (workers > placement->places_size && policy->pin != PIN_NONE)
        page_text(page, "more workers than places: worker %u shares worker 0's place",
                  placement->places_size);
    if (placement->per_place > 1)
        page_text(page, "up to %u workers share a place", placement->per_place);
    else if (policy->pin == PIN_NONE && workers > facts->allowed_threads)
        page_text(page, "more workers than CPUs");
    if (workers > facts->quota_cpus)
        page_text(page, "more workers than the quota of %.4g CPUs allows at once", facts->quota_cpus);
}

static bool same_objects(hwloc_topology_t topology, hwloc_obj_type_t type, hwloc_const_bitmap_t a,
                         hwloc_const_bitmap_t b)
{
    hwloc_obj_t object = NULL;
    while ((object = hwloc_get_next_obj_by_type(topology, type, object)))
        if (hwloc_bitmap_intersects(object->cpuset, a) != hwloc_bitmap_intersects(object->cpuset, b))
            return false;
    return true;
}

/* The sets of workers first..end-1, as in the CSV: one after the other. */
static void add_sets(struct grid *grid, const struct placement *placement, uint32_t first, uint32_t end)
{
    struct text text = {0};
    for (uint32_t i = first; i < end; i++) {
        char *set = placement_describe(placement->sets[i]);
        if (!set)
            memory_exhausted();
        text_add(&text, "%s%s", i > first ? " " : "", set);
        free(set);
    }
    grid_cell(grid, "%s", text.text);
    free(text.text);
}

/* Many workers: a row for each stretch of them on the same NUMA node. */
static void print_placement_by_node(struct page *page, hwloc_topology_t topology,
                                    const struct placement *placement)
{
    static const char *const titles[] = {"socket", "node", "workers", "CPUs of each worker", NULL};
    struct grid grid = {0};
    add_titles(&grid, titles);
    uint32_t end;
    for (uint32_t first = 0; first < placement->workers; first = end) {
        hwloc_const_bitmap_t set = placement->sets[first];
        end = first + 1;
        while (end < placement->workers &&
               same_objects(topology, HWLOC_OBJ_NUMANODE, set, placement->sets[end]) &&
               same_objects(topology, HWLOC_OBJ_PACKAGE, set, placement->sets[end]))
            end++;
        add_objects(&grid, topology, HWLOC_OBJ_PACKAGE, set);
        add_objects(&grid, topology, HWLOC_OBJ_NUMANODE, set);
        if (end == first + 1)
            grid_cell(&grid, "%u", first);
        else
            grid_cell(&grid, "%u-%u", first, end - 1);
        add_sets(&grid, placement, first, end);
    }
    finish(page, &grid);
}

static void print_placement(struct page *page, hwloc_topology_t topology,
                            const struct placement *placement)
{
    static const char *const titles[] = {"worker", "socket", "node", "core", "CPUs", NULL};
    struct grid grid = {0};
    add_titles(&grid, titles);
    for (uint32_t i = 0; i < placement->workers; i++) {
        hwloc_const_bitmap_t set = placement->sets[i];
        grid_cell(&grid, "%u", i);
        add_objects(&grid, topology, HWLOC_OBJ_PACKAGE, set);
        add_objects(&grid, topology, HWLOC_OBJ_NUMANODE, set);
        add_objects(&grid, topology, HWLOC_OBJ_CORE, set);
        add_set(&grid, set);
    }
    finish(page, &grid);
}

int topo_page(struct page *page, hwloc_topology_t topology, const struct machine_facts *facts,
              const struct placement_policy *policy, uint32_t workers, struct bench_error *err)
{
    struct placement placement;
    int rc = placement_make(topology, policy, workers, &placement, err);
    if (rc < 0)
        return rc;
    print_machine(page, facts);
    print_nodes(page, topology, facts);
    print_kinds(page, topology);
    print_policy(page, topology, facts, policy, &placement);
    if (placement.workers > WORKERS_MAX)
        print_placement_by_node(page, topology, &placement);
    else
        print_placement(page, topology, &placement);
    placement_free(&placement);
    return 0;
}
