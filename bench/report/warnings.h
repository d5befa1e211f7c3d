/*
 * Reasons to trust results less, each with its numbers and what can be done about it.
 * Of each kind there is at most one warning, which names the case that is worst.
 */
#ifndef REPORT_WARNINGS_H
#define REPORT_WARNINGS_H

#include "results/results.h"

#include <hwloc.h>
#include <stdint.h>

/* What is known of the session beside its results. */
struct warning_facts {
    double quota_cpus;         /* of our control groups; NaN: none, or not known, as the next two */
    double throttled_s;        /* for how long it has kept us from the CPUs */
    double others_cpus;        /* how many CPUs others kept busy, on average */
    uint32_t cpus;             /* of the machine; 0: not known */
    const char *governor;      /* of frequency scaling; "": none */
    hwloc_topology_t topology; /* NULL: not known */
    double precision;          /* that was asked for, 0.01 for 1 %; 0: none was */
    double time_s;             /* that a case had for it */
};

/*
 * Give each warning to `say`, as a line without "bench: " before or a line end behind, valid during the
 * call alone. Any thread.
 */
void warnings_tell(const struct results *results, const struct warning_facts *facts,
                   void (*say)(void *context, const char *text), void *context);

#endif
