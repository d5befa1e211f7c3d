/* `bench serve`: a program of its own, for libraries that would slow down every start of bench. */
#include "cli/commands.h"
#include "modules/own_modules.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

/* Its options are its own (serve/options.c). */
const struct command_line serve_line = {
    .name = "bench serve",
    .summary = "Answer HTTP requests, each after a delay: a server to fetch from.",
};

int command_serve(int argc, char **argv, struct bench_error *err)
{
    char path[PATH_MAX], name[] = "bench serve";
    (void)argc;
    int rc = own_file("bench-serve", path, sizeof path);
    if (rc < 0)
        return bench_error_set(err, rc, "serve: cannot find its own path: %s", strerror(-rc));
    argv[0] = name;
    execv(path, argv);
    if (errno == ENOENT)
        return bench_error_set(err, -ENOENT,
                               "serve: not built: libmicrohttpd was not found (apt install "
                               "libmicrohttpd-dev, build again)");
    return bench_error_set(err, -errno, "serve: %s: %s", path, strerror(errno));
}
