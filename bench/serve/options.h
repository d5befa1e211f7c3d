/* The command line of `bench serve`. */
#ifndef SERVE_OPTIONS_H
#define SERVE_OPTIONS_H

#include "serve/server.h"

#include <stdbool.h>

struct options {
    const char *address; /* of argv */
    uint64_t port;       /* up to 65535 */
    struct server_settings server;
    bool lifeline;
};

enum { OPTIONS_ANSWERED = 1 };

/* 0; OPTIONS_ANSWERED when --help or --version was all that was wanted; -EINVAL with a message. */
int options_parse(struct options *options, int argc, char **argv, struct bench_error *err);

#endif
