/* What the workloads' parameters are unless set, so that tables need not tell those that are. */
#ifndef CLI_DEFAULTS_H
#define CLI_DEFAULTS_H

#include "control/module_ask.h"
#include "modules/registry.h"
#include "report/case_name.h"

/* Defaults of the modules whose tables are known already, or kept from an earlier call: no runner is
 * started for it. */
struct defaults {
    struct case_defaults known; /* for a page; knows nothing where there is no registry */
    struct registry *registry;
    struct module_asker asker;
    bool is_own; /* opened by defaults_open */
    struct default_text {
        char *workload, *text;
    } * texts;
    size_t size, capacity;
};

/* Those of a registry, which must outlive it; of bench's own modules where it is NULL. */
void defaults_open(struct defaults *defaults, struct registry *registry);
void defaults_close(struct defaults *defaults);

#endif
