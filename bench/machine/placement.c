/* Which CPUs each worker is pinned to. */
#include "machine/placement.h"

#include "base/memory.h"
#include "machine/affinity.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct place {
    hwloc_bitmap_t cpus;
    int speed;      /* of its fastest CPU: hwloc's rank of core kinds; equal where kinds are unknown */
    uint32_t order; /* in the topology */
};

struct place_list {
    struct place *places;
    uint32_t size;
};

static const char *const places_names[] = {
    [PLACES_CORES] = "cores",
    [PLACES_THREADS] = "threads",
    [PLACES_NUMA] = "numa",
    [PLACES_SOCKETS] = "sockets",
};

const char *placement_places_name(enum places places)
{
    return places_names[places];
}

/* hwloc's sets, whose functions fail for want of memory alone. */
static hwloc_bitmap_t set_of(hwloc_bitmap_t set)
{
    if (!set)
        memory_exhausted();
    return set;
}

static void set_made(int rc)
{
    if (rc < 0)
        memory_exhausted();
}

static void place_list_free(struct place_list *list)
{
    for (uint32_t i = 0; i < list->size; i++)
        hwloc_bitmap_free(list->places[i].cpus);
    free(list->places);
}

/* The smallest NUMA node around a PU: nodes overlap where a package has memory of two kinds. */
static hwloc_obj_t node_of(hwloc_topology_t topology, hwloc_obj_t pu)
{
    hwloc_obj_t smallest = NULL;
    hwloc_obj_t node = NULL;
    while ((node = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_NUMANODE, node)))
        if (hwloc_bitmap_isset(node->cpuset, pu->os_index) &&
            (!smallest || hwloc_bitmap_weight(node->cpuset) < hwloc_bitmap_weight(smallest->cpuset)))
            smallest = node;
    return smallest;
}

static hwloc_obj_t place_of(hwloc_topology_t topology, enum places places, hwloc_obj_t pu)
{
    hwloc_obj_t object = NULL;
    switch (places) {
    case PLACES_THREADS:
        return pu;
    case PLACES_CORES:
        object = hwloc_get_ancestor_obj_by_type(topology, HWLOC_OBJ_CORE, pu);
        return object ? object : pu;
    case PLACES_NUMA:
        object = node_of(topology, pu);
        break;
    case PLACES_SOCKETS:
        object = hwloc_get_ancestor_obj_by_type(topology, HWLOC_OBJ_PACKAGE, pu);
        break;
    }
    return object ? object : hwloc_get_root_obj(topology);
}

/* Kinds are numbered from the slowest (hwloc, "Kinds of CPU cores"); -1 where that is not known. */
static int speed_of(hwloc_topology_t topology, hwloc_const_bitmap_t cpus)
{
    int kinds = hwloc_cpukinds_get_nr(topology, 0);
    for (int kind = kinds - 1; kind >= 0; kind--) {
        hwloc_bitmap_t of_kind = set_of(hwloc_bitmap_alloc());
        int efficiency = -1;
        bool has = hwloc_cpukinds_get_info(topology, (unsigned)kind, of_kind, &efficiency, NULL, NULL,
                                           0) == 0 &&
                   hwloc_bitmap_intersects(of_kind, cpus);
        hwloc_bitmap_free(of_kind);
        if (has)
            return efficiency;
    }
    return -1;
}

static int faster_first(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->speed != y->speed)
        return x->speed > y->speed ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static int topological(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    return x->order < y->order ? -1 : x->order > y->order;
}

/*
 * The places of the allowed set, faster first: PU by PU in logical order, the place it belongs to
 * unless that has been seen. So a PU that no core, node or socket holds is not lost.
 */
static struct place_list place_list_make(hwloc_topology_t topology, enum places places)
{
    int pus = hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_PU);
    hwloc_bitmap_t left = set_of(hwloc_bitmap_dup(hwloc_topology_get_allowed_cpuset(topology)));
    struct place_list list = {.places = mem_zero((size_t)pus, sizeof *list.places)};
    hwloc_obj_t pu = NULL;
    while ((pu = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_PU, pu))) {
        if (!hwloc_bitmap_isset(left, pu->os_index))
            continue;
        struct place *place = &list.places[list.size];
        place->cpus = set_of(hwloc_bitmap_alloc());
        place->order = list.size++;
        set_made(hwloc_bitmap_and(place->cpus, left, place_of(topology, places, pu)->cpuset));
        set_made(hwloc_bitmap_andnot(left, left, place->cpus));
        place->speed = speed_of(topology, place->cpus);
    }
    hwloc_bitmap_free(left);
    mem_sort(list.places, list.size, sizeof *list.places, faster_first);
    return list;
}

uint32_t placement_count(hwloc_topology_t topology, enum places places)
{
    struct place_list list = place_list_make(topology, places);
    uint32_t count = list.size;
    place_list_free(&list);
    return count;
}

/*
 * Bring the places on which `workers` workers spread to the front: whole kinds, fastest first, until
 * there are enough, in topological order. Returns how many they are.
 */
static uint32_t choose_kinds(struct place_list *list, uint32_t workers)
{
    uint32_t chosen = workers;
    while (chosen < list->size && list->places[chosen].speed == list->places[chosen - 1].speed)
        chosen++;
    mem_sort(list->places, chosen, sizeof *list->places, topological);
    return chosen;
}

/* The worker's place. Spread splits the places evenly and takes the first of each part. */
static uint32_t place_index(enum pin pin, uint32_t worker, uint32_t workers, uint32_t places)
{
    if (pin == PIN_SPREAD && workers < places)
        return (uint32_t)((uint64_t)worker * places / workers);
    return worker % places;
}

static int check_list(hwloc_topology_t topology, const struct placement_policy *policy,
                      struct bench_error *err)
{
    hwloc_const_bitmap_t allowed = hwloc_topology_get_allowed_cpuset(topology);
    for (uint32_t i = 0; i < policy->cpus_size; i++) {
        uint32_t cpu = policy->cpus[i];
        if (hwloc_bitmap_isset(allowed, cpu))
            continue;
        bool exists = hwloc_bitmap_isset(hwloc_topology_get_topology_cpuset(topology), cpu);
        char *text = placement_describe(allowed);
        bench_error_set(err, -EINVAL, "--pin: CPU %u %s; allowed: %s", cpu,
                        exists ? "is not allowed for this process" : "does not exist", text);
        free(text);
        return -EINVAL;
    }
    return 0;
}

/* The places of close, spread and none, in the order in which workers take them. */
static void topology_places(hwloc_topology_t topology, const struct placement_policy *policy,
                            uint32_t workers, struct placement *placement)
{
    if (policy->pin == PIN_NONE) {
        placement->places = mem_zero(1, sizeof *placement->places);
        placement->places_size = 1;
        placement->places[0] = set_of(hwloc_bitmap_dup(hwloc_topology_get_allowed_cpuset(topology)));
        return;
    }

    struct place_list list = place_list_make(topology, policy->places);
    uint32_t used = list.size;
    if (policy->pin == PIN_SPREAD && workers < list.size)
        used = choose_kinds(&list, workers);
    placement->places = mem_zero(list.size, sizeof *placement->places);
    for (uint32_t i = 0; i < used; i++) {
        placement->places[i] = list.places[i].cpus;
        list.places[i].cpus = NULL;
    }
    placement->places_size = used;
    place_list_free(&list);
}

static void list_places(const struct placement_policy *policy, struct placement *placement)
{
    placement->places = mem_zero(policy->cpus_size, sizeof *placement->places);
    placement->places_size = policy->cpus_size;
    for (uint32_t i = 0; i < policy->cpus_size; i++) {
        placement->places[i] = set_of(hwloc_bitmap_alloc());
        set_made(hwloc_bitmap_only(placement->places[i], policy->cpus[i]));
    }
}

/* Workers on the fullest place. Places are the same or disjoint, so that the first CPU names one. */
static uint32_t count_fullest(const struct placement *placement)
{
    int last = -1;
    for (uint32_t p = 0; p < placement->places_size; p++)
        if (hwloc_bitmap_first(placement->places[p]) > last)
            last = hwloc_bitmap_first(placement->places[p]);
    uint32_t *counts = mem_zero((size_t)last + 1, sizeof *counts);
    uint32_t fullest = 0;
    for (uint32_t i = 0; i < placement->workers; i++) {
        uint32_t count = ++counts[hwloc_bitmap_first(placement->sets[i])];
        if (count > fullest)
            fullest = count;
    }
    free(counts);
    return fullest;
}

int placement_make(hwloc_topology_t topology, const struct placement_policy *policy, uint32_t workers,
                   struct placement *placement, struct bench_error *err)
{
    int rc = policy->pin == PIN_LIST ? check_list(topology, policy, err) : 0;
    if (rc < 0)
        return rc;

    *placement = (struct placement){.workers = workers};
    if (policy->pin == PIN_LIST)
        list_places(policy, placement);
    else
        topology_places(topology, policy, workers, placement);
    placement->sets = mem_zero(workers, sizeof *placement->sets);
    for (uint32_t i = 0; i < workers; i++)
        placement->sets[i] =
            placement->places[place_index(policy->pin, i, workers, placement->places_size)];
    placement->per_place = policy->pin == PIN_NONE ? 1 : count_fullest(placement);
    return 0;
}

void placement_free(struct placement *placement)
{
    for (uint32_t i = 0; i < placement->places_size; i++)
        hwloc_bitmap_free(placement->places[i]);
    free(placement->places);
    free(placement->sets);
    *placement = (struct placement){0};
}

/* A number at *text, which moves behind it; false when there is none, or no machine has such a CPU. */
static bool take_cpu(const char **text, uint32_t *cpu)
{
    if (!isdigit((unsigned char)**text))
        return false;
    char *end;
    unsigned long value = strtoul(*text, &end, 10);
    *text = end;
    *cpu = (uint32_t)value;
    return value < AFFINITY_CPUS_MAX;
}

static int append_cpus(struct placement_policy *policy, uint32_t first, uint32_t last,
                       struct bench_error *err)
{
    size_t size = policy->cpus_size + (size_t)(last - first) + 1;
    if (size > AFFINITY_CPUS_MAX)
        return bench_error_set(err, -EINVAL, "--pin: the list has more than %d CPUs", AFFINITY_CPUS_MAX);
    policy->cpus = mem_resize(policy->cpus, size, sizeof *policy->cpus);
    for (uint32_t cpu = first; cpu <= last; cpu++)
        policy->cpus[policy->cpus_size++] = cpu;
    return 0;
}

static int parse_list(const char *list, struct placement_policy *policy, struct bench_error *err)
{
    const char *at = list;
    do {
        uint32_t first, last;
        if (!take_cpu(&at, &first))
            goto fail_syntax;
        last = first;
        if (*at == '-' && (at++, !take_cpu(&at, &last) || last < first))
            goto fail_syntax;
        int rc = append_cpus(policy, first, last, err);
        if (rc < 0) {
            placement_policy_free(policy);
            return rc;
        }
    } while (*at == ',' && *++at);
    if (*at || at[-1] == ',')
        goto fail_syntax;
    policy->pin = PIN_LIST;
    return 0;

fail_syntax:
    placement_policy_free(policy);
    return bench_error_set(err, -EINVAL, "--pin: '%s' is not a list of CPUs such as 0,2,4-7", list);
}

int placement_policy_parse(const char *pin, const char *places, struct placement_policy *policy,
                           struct bench_error *err)
{
    *policy = (struct placement_policy){.pin = PIN_CLOSE, .places = PLACES_CORES};
    if (places) {
        size_t i = 0;
        size_t count = sizeof places_names / sizeof *places_names;
        while (i < count && strcmp(places, places_names[i]))
            i++;
        if (i == count)
            return bench_error_set(err, -EINVAL, "--places: '%s' is not cores, threads, numa or sockets",
                                   places);
        policy->places = (enum places)i;
    }
    if (!pin || !strcmp(pin, "close"))
        return 0;
    if (!strcmp(pin, "spread"))
        policy->pin = PIN_SPREAD;
    else if (!strcmp(pin, "none"))
        policy->pin = PIN_NONE;
    else if (isdigit((unsigned char)*pin))
        return parse_list(pin, policy, err);
    else
        return bench_error_set(
            err, -EINVAL, "--pin: '%s' is not close, spread, none or a list of CPUs such as 0,2,4-7",
            pin);
    return 0;
}

void placement_policy_free(struct placement_policy *policy)
{
    free(policy->cpus);
    policy->cpus = NULL;
    policy->cpus_size = 0;
}

char *placement_describe(hwloc_const_bitmap_t set)
{
    char *text;
    set_made(hwloc_bitmap_list_asprintf(&text, set));
    return text;
}

size_t placement_mask_words(hwloc_topology_t topology)
{
    int words = hwloc_bitmap_nr_ulongs(hwloc_topology_get_topology_cpuset(topology));
    return words > 0 ? (size_t)words : 1;
}

void placement_mask(hwloc_const_bitmap_t set, unsigned long *words, size_t words_size)
{
    hwloc_bitmap_to_ulongs(set, (unsigned)words_size, words);
}

char *placement_describe_mask(const unsigned long *words, size_t words_size)
{
    hwloc_bitmap_t set = set_of(hwloc_bitmap_alloc());
    set_made(hwloc_bitmap_from_ulongs(set, (unsigned)words_size, words));
    char *text = placement_describe(set);
    hwloc_bitmap_free(set);
    return text;
}
