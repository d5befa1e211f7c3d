/* `bench runner`: the other process. */
#include "cli/commands.h"
#include "runner/runner.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int command_runner(int argc, char **argv, struct bench_error *err)
{
    if (argc > 1 && strcmp(argv[1], "--help") == 0) {
        printf("Usage: bench runner < CASE.jsonl\n"
               "Run one case as told on stdin, one JSON message a line, and answer on stdout.\n"
               "bench -n -v ... prints the messages of a case; docs/protocol.md explains them.\n");
        return EXIT_OK;
    }
    if (argc > 1)
        return bench_error_set(err, -EINVAL,
                               "runner: takes no arguments: it is told what to do on stdin");
    int rc = runner_serve();
    return rc < 0 ? bench_error_set(err, rc, "runner: the protocol's pipe: %s", strerror(-rc)) : EXIT_OK;
}
