/* `bench runner`: the other process. */
#include "cli/commands.h"
#include "machine/topology.h"
#include "runner/runner.h"

#include <string.h>

struct runner_options {
    const char *engine;
};

static const struct option_row rows[] = {
    {"engine", 0, "NAME", TEXT_OPTION(struct runner_options, engine),
     .help = "be a rank of several, which this engine connects: openmpi or mpich"},
    {0},
};

const struct command_line runner_line = {
    .name = "bench runner",
    .summary = "Run one case as told on stdin, one JSON message per line, and answer on stdout. bench "
               "starts this itself.",
    .parts = {{rows, 0}},
    .notes = "bench -n -v ... prints the messages of a case; docs/protocol.md explains them.",
};

int command_runner(int argc, char **argv, struct bench_error *err)
{
    struct runner_options options = {0};
    int rc = command_line_parse(&runner_line, &options, argc, argv, err);
    if (rc != 0)
        return rc < 0 ? rc : EXIT_OK;
    topology_forget_lost();
    rc = runner_serve(options.engine);
    return rc < 0 ? bench_error_set(err, rc, "runner: cannot set up the protocol's pipes: %s",
                                    strerror(-rc))
                  : EXIT_OK;
}
