/* Do workers share a core without sharing a hardware thread, or are their cores of different kinds? */
#ifndef MACHINE_SIBLINGS_H
#define MACHINE_SIBLINGS_H

#include <hwloc.h>
#include <stddef.h>

/*
 * How many of the workers have hardware threads of a core on which another worker has others. `cpus` is
 * the record's column: a set of OS indexes for each worker, separated by blanks. A worker that may run
 * on more than one core is not counted: the kernel finds it a free one. 0 where the text is no such
 * list.
 */
size_t siblings_sharing(hwloc_topology_t topology, const char *cpus);

/*
 * On how many kinds of cores (as hwloc has it: performance and efficiency ones) the workers are, if all
 * of them are on one kind each; else 0, and where the machine has but one.
 */
size_t siblings_kinds(hwloc_topology_t topology, const char *cpus);

#endif
