/* What a process and all that it has started use of the machine, seen from outside. */
#ifndef MEASURE_PROCESS_TREE_H
#define MEASURE_PROCESS_TREE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct tree_use {
    double cpu_s;      /* user and system time so far, of ended children that were waited for, too */
    int64_t pss_bytes; /* now; -1: not asked for, or not known */
    unsigned processes;
};

/*
 * Of `root` and its descendants. Takes some 30 us a process, 300 with `memory`. What has left the tree,
 * its parents being dead, is not found.
 */
void tree_read(pid_t root, bool memory, struct tree_use *use);

/* Call visit(context, pid) for `root` and each of its descendants, parents first. */
void tree_visit(pid_t root, void (*visit)(void *context, pid_t pid), void *context);

/* Is a thread of the process running, or ready to (state R of proc(5))? */
bool process_is_running(pid_t pid);

/* CPU time of the process alone so far, in nanoseconds; 0 once it has ended. It moves with the kernel's
 * tick, up to 10 ms. */
uint64_t process_cpu_ns(pid_t pid);

#endif
