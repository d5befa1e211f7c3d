/* What control groups leave this process of the machine. */
#ifndef MACHINE_CGROUP_H
#define MACHINE_CGROUP_H

/*
 * The CPU time this process may use each second, in CPUs: the tightest quota between its own group and
 * the root, in cgroup v2 (cpu.max) or v1 (cpu.cfs_quota_us). NaN where there is none. `root` is put in
 * front of every path: "" for the machine itself.
 */
double cgroup_cpu_quota(const char *root);

#endif
