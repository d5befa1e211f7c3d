/* Do workers share a core without sharing a hardware thread, or are their cores of different kinds? */
#include "machine/siblings.h"

#include "base/memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The core that holds the whole set; NULL when none does. */
static hwloc_obj_t core_of(hwloc_topology_t topology, hwloc_const_bitmap_t set)
{
    hwloc_obj_t core = hwloc_get_next_obj_covering_cpuset_by_type(topology, set, HWLOC_OBJ_CORE, NULL);
    return core && !hwloc_bitmap_iszero(set) && hwloc_bitmap_isincluded(set, core->cpuset) ? core : NULL;
}

struct seat {
    hwloc_obj_t core;
    hwloc_bitmap_t set;
};

/* Seats of the words of `cpus`, at most `room` of them; how many. */
static size_t seats_read(hwloc_topology_t topology, const char *cpus, struct seat *seats, size_t room)
{
    char word[4096];
    size_t count = 0;
    for (size_t length; *cpus && count < room; cpus += length) {
        cpus += strspn(cpus, " ");
        length = strcspn(cpus, " ");
        if (length == 0 || length >= sizeof word)
            continue;
        memcpy(word, cpus, length);
        word[length] = '\0';
        hwloc_bitmap_t set = hwloc_bitmap_alloc();
        if (!set)
            memory_exhausted();
        if (hwloc_bitmap_list_sscanf(set, word) == 0)
            seats[count++] = (struct seat){.core = core_of(topology, set), .set = set};
        else
            hwloc_bitmap_free(set);
    }
    return count;
}

static int compare_cores(const void *a, const void *b)
{
    const struct seat *x = a, *y = b;
    return (x->core > y->core) - (x->core < y->core);
}

/* The seats of all of `cpus`, in one block; the caller frees it. */
static struct seat *seats_make(hwloc_topology_t topology, const char *cpus, size_t *count)
{
    size_t room = 1;
    for (const char *at = cpus; (at = strchr(at, ' ')); at++)
        room++;
    struct seat *seats = mem_zero(room, sizeof *seats);
    *count = seats_read(topology, cpus, seats, room);
    return seats;
}

static void seats_free(struct seat *seats, size_t count)
{
    for (size_t i = 0; i < count; i++)
        hwloc_bitmap_free(seats[i].set);
    free(seats);
}

size_t siblings_sharing(hwloc_topology_t topology, const char *cpus)
{
    size_t count, sharing = 0;
    struct seat *seats = seats_make(topology, cpus, &count);
    mem_sort(seats, count, sizeof *seats, compare_cores);
    for (size_t first = 0, end; first < count; first = end) {
        bool differ = false;
        for (end = first + 1; end < count && seats[end].core == seats[first].core; end++)
            differ = differ || !hwloc_bitmap_isequal(seats[end].set, seats[first].set);
        sharing += seats[first].core && differ ? end - first : 0;
    }
    seats_free(seats, count);
    return sharing;
}

size_t siblings_kinds(hwloc_topology_t topology, const char *cpus)
{
    size_t count, kinds = 0;
    int of_machine = hwloc_cpukinds_get_nr(topology, 0);
    if (of_machine < 2)
        return 0;
    struct seat *seats = seats_make(topology, cpus, &count);
    bool *used = mem_zero((size_t)of_machine, sizeof *used);
    bool each_has_one = true;
    for (size_t i = 0; i < count; i++) {
        int kind = hwloc_cpukinds_get_by_cpuset(topology, seats[i].set, 0);
        each_has_one = each_has_one && kind >= 0;
        if (kind >= 0 && kind < of_machine && !used[kind]) {
            used[kind] = true;
            kinds++;
        }
    }
    free(used);
    seats_free(seats, count);
    return each_has_one ? kinds : 0;
}
