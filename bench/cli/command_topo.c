/* `bench topo`: the machine, and where a placement would put workers. */
#include "cli/arguments.h"
#include "cli/commands.h"
#include "machine/topology.h"
#include "plan/list.h"
#include "report/topo.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct topo_options {
    const char *pin, *places, *workers;
};

static const struct argp_option table[] = {
    {"pin", 'p', "HOW", 0, "close, spread, none, or CPUs such as 0,2,4-7; default: close", 0},
    {"places", 'P', "WHAT", 0, "cores, threads, numa or sockets; default: cores", 0},
    {"workers", 'j', "N", 0, "how many to place, or max; default: one per allowed core", 0},
    {0},
};

static error_t parse_one(int key, char *value, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    struct topo_options *options = arguments->options;
    switch (key) {
    case 'p':
        options->pin = value;
        return 0;
    case 'P':
        options->places = value;
        return 0;
    case 'j':
        options->workers = value;
        return 0;
    case ARGP_KEY_ARG:
        bench_error_set(arguments->err, -EINVAL, "topo: '%s' is no option (bench topo --help)", value);
        return EINVAL;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int show(const struct topo_options *options, hwloc_topology_t topology,
                const struct placement_policy *policy, struct bench_error *err)
{
    struct machine_facts facts;
    struct number_list workers;
    uint32_t places = placement_count(topology, PLACES_CORES);
    int rc = number_list_parse(&workers, "--workers", options->workers ? options->workers : "max",
                               places ? places : 1, 4096, err);
    if (rc < 0)
        return rc;
    rc = facts_read(topology, &facts, err);
    for (size_t i = 0; rc == 0 && i < workers.count; i++)
        rc = topo_print(stdout, topology, &facts, policy, workers.numbers[i], err);
    if (rc == 0 && fflush(stdout) != 0)
        rc = bench_error_set(err, -errno, "stdout: %s", strerror(errno));
    facts_free(&facts);
    number_list_free(&workers);
    return rc;
}

int command_topo(int argc, char **argv, struct bench_error *err)
{
    struct topo_options options = {0};
    struct arguments arguments = {.options = &options, .err = err};
    struct placement_policy policy;
    hwloc_topology_t topology;
    int rc =
        arguments_parse("bench topo", table, parse_one, NULL,
                        "The machine, the CPUs that are allowed here, and where workers would be put.",
                        argc, argv, &arguments);
    if (rc != 0)
        return rc < 0 ? rc : EXIT_OK;
    rc = placement_policy_parse(options.pin, options.places, &policy, err);
    if (rc < 0)
        return rc;
    rc = topology_load(&topology, err);
    if (rc == 0) {
        rc = show(&options, topology, &policy, err);
        hwloc_topology_destroy(topology);
    }
    placement_policy_free(&policy);
    return rc;
}
