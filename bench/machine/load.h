/* What else the machine was doing while we measured. Read before and after; any thread. */
#ifndef MACHINE_LOAD_H
#define MACHINE_LOAD_H

#include <stdbool.h>

/* Totals; NaN where the system does not tell. */
struct load {
    double busy_s;      /* CPU time of all CPUs together that was spent on anything, since boot */
    double own_s;       /* of it this process's, and that of its children that have ended */
    double throttled_s; /* for how long our control groups' quota has kept us from the CPUs */
    double now_s;       /* CLOCK_MONOTONIC */
};

/* `root` is put in front of every path: "" for the machine itself. */
void load_read(const char *root, struct load *load);

/* How many CPUs others kept busy between the two, on average, interrupts included; at least 0. NaN also
 * where they are less than LOAD_LEAST_S apart: the kernel counts in ticks of 10 ms. */
#define LOAD_LEAST_S 0.5
double load_others_cpus(const struct load *before, const struct load *after);

/* Are so many of `cpus` (0: not known) worth telling: more than one in twenty? */
bool load_is_much(double others_cpus, unsigned cpus);

/* From the text of /proc/stat: clock ticks spent by all CPUs, idling, waiting and steal left out. NaN
 * where it does not begin with the line "cpu". */
double load_parse_stat(const char *text);

#endif
