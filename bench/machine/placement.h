/*
 * Which CPUs each worker is pinned to: a pure function of topology, policy and number of workers.
 *
 * Places are what workers are put on: physical cores (with all their threads), single hardware threads,
 * NUMA nodes or sockets, as far as they are in the topology's allowed set, in hwloc's logical order.
 * What has no core, node or socket in the topology is treated as one. close and spread have OpenMP's
 * meaning (OpenMP 5.0, 2.6.2), from the first place on; two things are added, for machines whose cores
 * differ: places of the fastest kind come first, and spread keeps to as few kinds, fastest first, as
 * have places enough.
 */
#ifndef MACHINE_PLACEMENT_H
#define MACHINE_PLACEMENT_H

#include <bench/error.h>

#include <hwloc.h>
#include <stdint.h>

enum pin {
    PIN_CLOSE,  /* worker i on place i */
    PIN_SPREAD, /* as far from each other as there is room */
    PIN_NONE,   /* every worker on all allowed CPUs */
    PIN_LIST,   /* worker i on the i-th CPU of the list */
};

enum places {
    PLACES_CORES,
    PLACES_THREADS,
    PLACES_NUMA,
    PLACES_SOCKETS,
};

struct placement_policy {
    enum pin pin;
    enum places places; /* of close and spread */
    uint32_t *cpus;     /* of PIN_LIST: OS indexes in the order written; owned */
    uint32_t cpus_size;
};

struct placement {
    uint32_t workers;
    hwloc_const_bitmap_t *sets; /* of each worker; several may point to the same set */
    uint32_t per_place; /* workers on the fullest place: more than 1 means that they wrapped around */
    hwloc_bitmap_t *places;
    uint32_t places_size;
};

/*
 * Read the values of --pin and --places; NULL is the default (close, cores). Returns -EINVAL with a
 * message that begins with the option. The caller frees the policy.
 */
int placement_policy_parse(const char *pin, const char *places, struct placement_policy *policy,
                           struct bench_error *err);
void placement_policy_free(struct placement_policy *policy);

/* How --places writes it: "cores". */
const char *placement_places_name(enum places places);

/*
 * Place `workers` workers (at least 1). More workers than places wrap around: worker i is on place
 * i modulo places, under every policy. Returns -EINVAL when a CPU of a list does not exist or is not
 * allowed. The caller frees the placement; it does not need the topology any more.
 */
int placement_make(hwloc_topology_t topology, const struct placement_policy *policy, uint32_t workers,
                   struct placement *placement, struct bench_error *err);
void placement_free(struct placement *placement);

/* How many places the allowed set has: workers up to this many do not share. */
uint32_t placement_count(hwloc_topology_t topology, enum places places);

/* A set as OS indexes, "0-1,4". The caller frees it. */
char *placement_describe(hwloc_const_bitmap_t set);

/*
 * Masks for affinity_set(): how many words any set of this topology takes, and a set written into that
 * many words. placement_describe_mask is placement_describe of what affinity_get() has read.
 */
size_t placement_mask_words(hwloc_topology_t topology);
void placement_mask(hwloc_const_bitmap_t set, unsigned long *words, size_t words_size);
char *placement_describe_mask(const unsigned long *words, size_t words_size);

#endif
