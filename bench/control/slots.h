/* How many ranks a launcher has room for: what -j max is to them. */
#ifndef CONTROL_SLOTS_H
#define CONTROL_SLOTS_H

#include <bench/error.h>

#include <stdint.h>

/* What the user has said. */
struct slots_asked {
    const char *hosts;                   /* --hosts: "a:2,b:2"; NULL: not given */
    char *const *launcher;               /* words of --launcher, NULL-terminated; NULL: not given */
    uint32_t cores;                      /* that this process may use, for ranks on this host */
    char *(*variable)(const char *name); /* of the environment: getenv */
};

/*
 * Of --hosts, of a list or file of hosts that the launcher is given, of the Slurm allocation; else the
 * cores of this host. -EINVAL with a message that begins with "--workers: max: ": somewhere it is not
 * said how many a host has room for, and how to say it.
 */
int slots_find(const struct slots_asked *asked, uint32_t *slots, struct bench_error *err);

#endif
