/* What `bench topo` prints: the machine, what of it is ours, and where a placement puts workers. */
#ifndef REPORT_TOPO_H
#define REPORT_TOPO_H

#include "machine/facts.h"
#include "machine/placement.h"
#include "report/page.h"

/*
 * Print machine, NUMA nodes, core kinds where they differ, and the placement of `workers` workers.
 * Returns what placement_make() returns when the policy cannot be followed; nothing is printed then.
 * Whether the page took it is the caller's to check (page_end).
 */
int topo_page(struct page *page, hwloc_topology_t topology, const struct machine_facts *facts,
              const struct placement_policy *policy, uint32_t workers, struct bench_error *err);

#endif
