/* What `bench topo` prints: the machine, what of it is ours, and where a placement puts workers. */
#include "report/topo.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    TERMINAL_COLUMNS = 80,
    LABEL_COLUMNS = 11, /* of the lines on the machine */
    GAP = 2,            /* between the columns of a table */
    COLUMNS_MAX = 8,
    WORKERS_MAX = 16, /* with a row each; more are shown by node */
};

/* A table of text: aligned right but for its last column, which is broken where it is too long. */
struct grid {
    const char *const *titles;
    size_t columns;
    char **cells; /* row by row */
    size_t size, capacity;
    bool out_of_memory;
};

__attribute__((format(printf, 2, 3))) static void grid_add(struct grid *grid, const char *format, ...)
{
    if (grid->size == grid->capacity) {
        size_t capacity = grid->capacity ? 2 * grid->capacity : 64;
        char **cells = realloc(grid->cells, capacity * sizeof *cells);
        if (!cells) {
            grid->out_of_memory = true;
            return;
        }
        grid->cells = cells;
        grid->capacity = capacity;
    }
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&grid->cells[grid->size], format, arguments) < 0)
        grid->out_of_memory = true;
    else
        grid->size++;
    va_end(arguments);
}

static void grid_add_set(struct grid *grid, hwloc_const_bitmap_t set)
{
    char *text = placement_describe(set);
    if (text)
        grid_add(grid, "%s", *text ? text : "-");
    else
        grid->out_of_memory = true;
    free(text);
}

/*
 * Print a text from column `column` on and end the line. It is broken behind commas and spaces where it
 * is too long, and goes on in column `indent`.
 */
static void print_wrapped(FILE *out, const char *text, size_t column, size_t indent)
{
    bool space = false; /* due before the next piece, if that is on the same line */
    while (*text) {
        size_t size = strcspn(text, ", ");
        size += text[size] == ',';
        if (column > indent && column + space + size > TERMINAL_COLUMNS) {
            fprintf(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (space) {
            fputc(' ', out);
            column++;
        }
        fprintf(out, "%.*s", (int)size, text);
        column += size;
        text += size;
        space = *text == ' ';
        text += space;
    }
    fputc('\n', out);
}

static size_t grid_width(const struct grid *grid, size_t column)
{
    size_t width = strlen(grid->titles[column]);
    for (size_t i = column; i < grid->size; i += grid->columns)
        if (strlen(grid->cells[i]) > width)
            width = strlen(grid->cells[i]);
    return width;
}

static void print_row(FILE *out, const struct grid *grid, const char *const *cells, const size_t *widths)
{
    size_t indent = 0;
    size_t last = grid->columns - 1;
    for (size_t c = 0; c < last; c++) {
        fprintf(out, "%*s%*s", (int)widths[c], cells[c], GAP, "");
        indent += widths[c] + GAP;
    }
    print_wrapped(out, cells[last], indent, indent);
}

/* Print the table and free it. Returns 0 or -ENOMEM, when one of its cells found no memory. */
static int grid_finish(FILE *out, struct grid *grid)
{
    if (!grid->out_of_memory) {
        size_t widths[COLUMNS_MAX];
        for (size_t c = 0; c < grid->columns; c++)
            widths[c] = grid_width(grid, c);
        print_row(out, grid, grid->titles, widths);
        for (size_t i = 0; i < grid->size; i += grid->columns)
            print_row(out, grid, (const char *const *)&grid->cells[i], widths);
    }
    for (size_t i = 0; i < grid->size; i++)
        free(grid->cells[i]);
    free(grid->cells);
    return grid->out_of_memory ? -ENOMEM : 0;
}

static void print_line(FILE *out, const char *label, const char *text)
{
    fprintf(out, "%-*s", LABEL_COLUMNS, label);
    print_wrapped(out, text, LABEL_COLUMNS, LABEL_COLUMNS);
}

static void print_machine(FILE *out, const struct machine_facts *facts)
{
    char text[FACTS_TEXT];
    facts_describe(facts, text, sizeof text);
    print_line(out, "machine", text);
    snprintf(text, sizeof text, "%s%s", facts->host, facts->virtual_machine ? " (virtual machine)" : "");
    print_line(out, "host", text);
    if (facts->governor[0])
        print_line(out, "governor", facts->governor);

    int column = fprintf(out, "%-*s%u of %u threads: ", LABEL_COLUMNS, "allowed", facts->allowed_threads,
                         facts->threads);
    print_wrapped(out, facts->allowed_cpus, column > 0 ? (size_t)column : 0, LABEL_COLUMNS);
    if (isnan(facts->quota_cpus))
        print_line(out, "quota", "none");
    else
        fprintf(out, "%-*s%.4g CPUs\n", LABEL_COLUMNS, "quota", facts->quota_cpus);
}

/* The objects of a type that a set touches: nodes as numactl numbers them, the others as hwloc does. */
static void grid_add_objects(struct grid *grid, hwloc_topology_t topology, hwloc_obj_type_t type,
                             hwloc_const_bitmap_t set)
{
    hwloc_bitmap_t indexes = hwloc_bitmap_alloc();
    hwloc_obj_t object = NULL;
    while (indexes && (object = hwloc_get_next_obj_by_type(topology, type, object)))
        if (hwloc_bitmap_intersects(object->cpuset, set))
            hwloc_bitmap_set(indexes,
                             type == HWLOC_OBJ_NUMANODE ? object->os_index : object->logical_index);
    if (indexes)
        grid_add_set(grid, indexes);
    else
        grid->out_of_memory = true;
    hwloc_bitmap_free(indexes);
}

/* "4.5 GiB", or "8 x 32 MiB" when there are several. */
static void grid_add_bytes(struct grid *grid, unsigned count, uint64_t bytes)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB"};
    double value = (double)bytes;
    size_t unit = 0;
    while (unit < 3 && value >= 1024) {
        value /= 1024;
        unit++;
    }
    char several[16] = "";
    if (count > 1)
        snprintf(several, sizeof several, "%u x ", count);
    grid_add(grid, "%s%.*f %s", several, value < 100 && value != floor(value), value, units[unit]);
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
static void grid_add_caches(struct grid *grid, hwloc_topology_t topology, hwloc_const_bitmap_t set)
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
        grid_add_bytes(grid, count, largest);
    else
        grid_add(grid, "-");
}

static int print_nodes(FILE *out, hwloc_topology_t topology, const struct machine_facts *facts)
{
    static const char *const titles[] = {"socket", "node", "memory", "cores", "threads", "L3", "CPUs"};
    struct grid grid = {.titles = titles, .columns = 7};
    hwloc_obj_t node = NULL;
    while ((node = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_NUMANODE, node))) {
        grid_add_objects(&grid, topology, HWLOC_OBJ_PACKAGE, node->cpuset);
        grid_add(&grid, "%u", node->os_index);
        /* A node's own figure leaves out memory that was plugged into a virtual machine. */
        grid_add_bytes(&grid, 1,
                       facts->numa_nodes == 1 ? facts->memory_bytes : node->attr->numanode.local_memory);
        grid_add(&grid, "%d", count_inside(topology, node->cpuset, HWLOC_OBJ_CORE));
        grid_add(&grid, "%d", count_inside(topology, node->cpuset, HWLOC_OBJ_PU));
        grid_add_caches(&grid, topology, node->cpuset);
        grid_add_set(&grid, node->cpuset);
    }
    fputc('\n', out);
    return grid_finish(out, &grid);
}

static int print_kinds(FILE *out, hwloc_topology_t topology)
{
    static const char *const titles[] = {"kind", "cores", "threads", "CPUs"};
    struct grid grid = {.titles = titles, .columns = 4};
    int kinds = hwloc_cpukinds_get_nr(topology, 0);
    if (kinds < 2)
        return 0;
    hwloc_bitmap_t cpus = hwloc_bitmap_alloc();
    if (!cpus)
        return -ENOMEM;
    for (int kind = kinds - 1; kind >= 0; kind--) {
        hwloc_cpukinds_get_info(topology, (unsigned)kind, cpus, NULL, NULL, NULL, 0);
        grid_add(&grid, "%d", kinds - 1 - kind);
        grid_add(&grid, "%d", count_inside(topology, cpus, HWLOC_OBJ_CORE));
        grid_add(&grid, "%d", hwloc_bitmap_weight(cpus));
        grid_add_set(&grid, cpus);
    }
    hwloc_bitmap_free(cpus);
    fputs("\ncore kinds, fastest first\n", out);
    return grid_finish(out, &grid);
}

static void print_policy(FILE *out, hwloc_topology_t topology, const struct machine_facts *facts,
                         const struct placement_policy *policy, const struct placement *placement)
{
    uint32_t workers = placement->workers;
    const char *plural = workers == 1 ? "" : "s";
    fprintf(out, "\n%u worker%s, ", workers, plural);
    switch (policy->pin) {
    case PIN_NONE:
        fputs("not pinned: each may run on any allowed CPU", out);
        break;
    case PIN_LIST:
        fputs("pinned to a list of CPUs", out);
        break;
    case PIN_CLOSE:
    case PIN_SPREAD:
        fprintf(out, "pinned %s over the %u allowed %s", policy->pin == PIN_CLOSE ? "close" : "spread",
                placement_count(topology, policy->places),
                policy->places == PLACES_NUMA ? "NUMA nodes" : placement_places_name(policy->places));
        break;
    }
    fputc('\n', out);
    if (workers > placement->places_size && policy->pin != PIN_NONE)
        fprintf(out, "more workers than places: worker %u starts over with that of worker 0\n",
                placement->places_size);
    if (placement->per_place > 1)
        fprintf(out, "up to %u workers share a place\n", placement->per_place);
    else if (policy->pin == PIN_NONE && workers > facts->allowed_threads)
        fprintf(out, "more workers than CPUs\n");
    if (workers > facts->quota_cpus)
        fprintf(out, "more workers than the quota of %.4g CPUs lets run at once\n", facts->quota_cpus);
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
static void grid_add_sets(struct grid *grid, const struct placement *placement, uint32_t first,
                          uint32_t end)
{
    char *text = NULL;
    size_t text_size;
    FILE *stream = open_memstream(&text, &text_size);
    if (!stream) {
        grid->out_of_memory = true;
        return;
    }
    for (uint32_t i = first; i < end; i++) {
        char *set = placement_describe(placement->sets[i]);
        if (set)
            fprintf(stream, "%s%s", i > first ? " " : "", set);
        else
            grid->out_of_memory = true;
        free(set);
    }
    if (fclose(stream))
        grid->out_of_memory = true;
    else
        grid_add(grid, "%s", text);
    free(text);
}

/* Many workers: a row for each stretch of them on the same NUMA node. */
static int print_placement_by_node(FILE *out, hwloc_topology_t topology,
                                   const struct placement *placement)
{
    static const char *const titles[] = {"socket", "node", "workers", "CPUs of each worker"};
    struct grid grid = {.titles = titles, .columns = 4};
    uint32_t end;
    for (uint32_t first = 0; first < placement->workers; first = end) {
        hwloc_const_bitmap_t set = placement->sets[first];
        end = first + 1;
        while (end < placement->workers &&
               same_objects(topology, HWLOC_OBJ_NUMANODE, set, placement->sets[end]) &&
               same_objects(topology, HWLOC_OBJ_PACKAGE, set, placement->sets[end]))
            end++;
        grid_add_objects(&grid, topology, HWLOC_OBJ_PACKAGE, set);
        grid_add_objects(&grid, topology, HWLOC_OBJ_NUMANODE, set);
        if (end == first + 1)
            grid_add(&grid, "%u", first);
        else
            grid_add(&grid, "%u-%u", first, end - 1);
        grid_add_sets(&grid, placement, first, end);
    }
    return grid_finish(out, &grid);
}

static int print_placement(FILE *out, hwloc_topology_t topology, const struct placement *placement)
{
    static const char *const titles[] = {"worker", "socket", "node", "core", "CPUs"};
    struct grid grid = {.titles = titles, .columns = 5};
    for (uint32_t i = 0; i < placement->workers; i++) {
        hwloc_const_bitmap_t set = placement->sets[i];
        grid_add(&grid, "%u", i);
        grid_add_objects(&grid, topology, HWLOC_OBJ_PACKAGE, set);
        grid_add_objects(&grid, topology, HWLOC_OBJ_NUMANODE, set);
        grid_add_objects(&grid, topology, HWLOC_OBJ_CORE, set);
        grid_add_set(&grid, set);
    }
    return grid_finish(out, &grid);
}

int topo_print(FILE *out, hwloc_topology_t topology, const struct machine_facts *facts,
               const struct placement_policy *policy, uint32_t workers, struct bench_error *err)
{
    struct placement placement;
    int rc = placement_make(topology, policy, workers, &placement, err);
    if (rc)
        return rc;

    print_machine(out, facts);
    rc = print_nodes(out, topology, facts);
    if (!rc)
        rc = print_kinds(out, topology);
    if (!rc) {
        print_policy(out, topology, facts, policy, &placement);
        /* After the first ones, they repeat. */
        if (workers > placement.places_size)
            placement.workers = placement.places_size;
        rc = placement.workers > WORKERS_MAX ? print_placement_by_node(out, topology, &placement)
                                             : print_placement(out, topology, &placement);
    }
    placement_free(&placement);
    return rc ? bench_error_set(err, rc, "out of memory") : 0;
}
