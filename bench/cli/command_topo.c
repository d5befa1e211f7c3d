/* `bench topo`: the machine, and where a placement would put workers. */
#include "cli/commands.h"
#include "cli/output.h"
#include "machine/topology.h"
#include "plan/list.h"
#include "report/topo.h"

#include <stdio.h>
#include <string.h>

struct topo_options {
    struct shape shape;
    const char *workers;
};

static const struct option_row rows[] = {
    {"pin", 'p', "HOW", KNOB_OPTION(struct topo_options, shape, "pin"), .words = "close spread none",
     .help = "pin workers: close, spread, none, or a list of CPUs such as 0,2,4-7"},
    {"places", 'P', "WHAT", KNOB_OPTION(struct topo_options, shape, "places"),
     .help = "what a worker is pinned to"},
    {"workers", 'j', "LIST", TEXT_OPTION(struct topo_options, workers), .words = "max",
     .initial = "one per allowed core", .help = "how many workers to place: 4 or 1,2,4 or 1-8 or max"},
    {0},
};

const struct command_line topo_line = {
    .name = "bench topo",
    .summary = "Show the machine, the CPUs that may be used, and where workers would be pinned.",
    .notes = "HWLOC_SYNTHETIC='pack:2 core:8 pu:2' or HWLOC_XMLFILE=FILE (from lstopo) shows another "
             "machine instead.",
    .parts = {{rows, 0}},
};

static int show(const struct topo_options *options, hwloc_topology_t topology,
                const struct placement_policy *policy, struct bench_error *err)
{
    struct machine_facts facts;
    struct page page = {.out = stdout, .width = output_width()};
    struct number_list workers;
    uint32_t places = placement_count(topology, PLACES_CORES);
    int rc = number_list_parse(&workers, "--workers", options->workers ? options->workers : "max",
                               places ? places : 1, 4096, err);
    if (rc < 0)
        return rc;
    facts_read_described(topology, &facts);
    for (size_t i = 0; rc == 0 && i < workers.count; i++)
        rc = topo_page(&page, topology, &facts, policy, workers.numbers[i], err);
    if (rc == 0)
        rc = page_end(&page, "the topology", err);
    facts_free(&facts);
    number_list_free(&workers);
    return rc;
}

int command_topo(int argc, char **argv, struct bench_error *err)
{
    struct topo_options options = {.shape = shape_default};
    struct placement_policy policy;
    hwloc_topology_t topology;
    int rc = command_line_parse(&topo_line, &options, argc, argv, err);
    if (rc != 0)
        return rc < 0 ? rc : EXIT_OK;
    rc = placement_policy_parse(options.shape.pin, options.shape.places, &policy, err);
    if (rc < 0)
        return rc;
    rc = topology_load_described(&topology, err);
    if (rc == 0) {
        rc = show(&options, topology, &policy, err);
        hwloc_topology_destroy(topology);
    }
    placement_policy_free(&policy);
    return rc;
}
