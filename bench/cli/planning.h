/* From options to cases. */
#ifndef CLI_PLANNING_H
#define CLI_PLANNING_H

#include "cli/options.h"
#include "plan/plan.h"

#include <hwloc.h>

/* What is planned with, and what for: the last three are filled, and the caller's to free. */
struct planning {
    const struct options *options;
    struct registry *registry;
    hwloc_topology_t topology;
    char *const *launcher; /* its words; NULL: none was given */
    struct plan_request *request;
    struct plan *plan, *reference; /* what was asked for, with what --reference-work adds, of which
                                    * `reference` is the owner */
};

/* -errno with a message that begins with the option. */
int planning_make(const struct planning *planning, struct bench_error *err);

#endif
