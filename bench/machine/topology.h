/* The machine's topology: discovered once by the controller, handed on to its runners. */
#ifndef MACHINE_TOPOLOGY_H
#define MACHINE_TOPOLOGY_H

#include <bench/error.h>

#include <hwloc.h>

/*
 * Load the topology of this machine, or of HWLOC_XMLFILE where it is set. The objects are the whole
 * machine's (packages, NUMA nodes, L3 caches, cores, PUs); hwloc_topology_get_allowed_cpuset() is what
 * this process may use: its affinity mask as inherited, in which the kernel has already counted the
 * cgroup's cpuset. It is read anew even with HWLOC_XMLFILE: a runner behind `taskset` has less than the
 * controller that wrote the file. Call before the calling thread is pinned and before there are other
 * threads (the environment is changed for a moment). The caller destroys *out with
 * hwloc_topology_destroy(). Fails with -EIO, or -EINVAL when the file is of another machine, as
 * HWLOC_SYNTHETIC always is.
 */
int topology_load(hwloc_topology_t *out, struct bench_error *err);

/*
 * The same to plan with, and not to measure: of the machine that HWLOC_SYNTHETIC, HWLOC_XMLFILE or
 * HWLOC_FSROOT describes all CPUs are allowed that the description allows, and
 * hwloc_topology_is_thissystem() is 0. Without a description it is this machine, as above.
 */
int topology_load_described(hwloc_topology_t *out, struct bench_error *err);

/*
 * Write the topology as XML into a new anonymous file that survives exec: a child that gets
 * HWLOC_XMLFILE=/dev/fd/N loads it from there. The caller closes *fd.
 */
int topology_export(hwloc_topology_t topology, int *fd, struct bench_error *err);

/* For such a child, before it opens anything: where somebody between has closed that file, as sudo does,
 * forget it; its number may soon be a pipe's, from which nothing would ever come. Main thread. */
void topology_forget_lost(void);

#endif
