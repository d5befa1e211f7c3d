/* What modules there are: the protocol's `list`. */
#ifndef RUNNER_LIST_H
#define RUNNER_LIST_H

#include <bench/error.h>

#include <jansson.h>

/*
 * Of the files in "plugins", which are opened, or without them bench's own. Their tables are checked.
 * *reply is the caller's. A crash or exit() in a file that is being opened ends the process, with a
 * reply that says so. Main thread.
 */
int list_modules(json_t *message, json_t **reply, struct bench_error *err);

#endif
