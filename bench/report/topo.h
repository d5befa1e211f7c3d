/* What `bench topo` prints: the machine, what of it is ours, and where a placement puts workers. */
#ifndef REPORT_TOPO_H
#define REPORT_TOPO_H

#include "machine/facts.h"
#include "machine/placement.h"

#include <stdio.h>

/*
 * Print machine, NUMA nodes, core kinds where they differ, and the placement of `workers` workers, for
 * a terminal of 80 columns. Returns what placement_make() returns when the policy cannot be followed
 * (nothing is printed then), or -ENOMEM. Whether `out` took it is the caller's to check.
 */
int topo_print(FILE *out, hwloc_topology_t topology, const struct machine_facts *facts,
               const struct placement_policy *policy, uint32_t workers, struct bench_error *err);

#endif
