/* What control groups leave this process of the machine. */
#ifndef MACHINE_CGROUP_H
#define MACHINE_CGROUP_H

/*
 * The CPU time this process may use each second, in CPUs: the tightest quota between its own group and
 * the root, in cgroup v2 (cpu.max) or v1 (cpu.cfs_quota_us). NaN where there is none. `root` is put in
 * front of every path: "" for the machine itself.
 */
double cgroup_cpu_quota(const char *root);

/*
 * For how long, in seconds since the group was made, a quota has kept its CPUs from it, in whichever of
 * our groups that was longest: throttled_usec of v2's cpu.stat, throttled_time of v1's. NaN where the
 * kernel does not tell.
 */
double cgroup_throttled_s(const char *root);

/*
 * Bytes of memory that our groups still grant, by the tightest of the limits between our own and the
 * root, page cache that can be dropped counted as free. NaN where there is no limit.
 */
double cgroup_memory_room(const char *root);

#endif
