/* `bench runner`: the other process. */
#include "cli/commands.h"
#include "machine/topology.h"
#include "runner/runner.h"

#include <string.h>

const struct command_line runner_line = {
    .name = "bench runner",
    .summary = "Run one case as told on stdin, one JSON message per line, and answer on stdout. bench "
               "starts this itself.",
    .notes = "bench -n -v ... prints the messages of a case; docs/protocol.md explains them.",
};

int command_runner(int argc, char **argv, struct bench_error *err)
{
    int rc = command_line_parse(&runner_line, NULL, argc, argv, err);
    if (rc != 0)
        return rc < 0 ? rc : EXIT_OK;
    topology_forget_lost();
    rc = runner_serve();
    return rc < 0 ? bench_error_set(err, rc, "runner: cannot set up the protocol's pipes: %s",
                                    strerror(-rc))
                  : EXIT_OK;
}
