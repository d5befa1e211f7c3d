/* What modules there are: the protocol's `list`. */
#ifndef RUNNER_LIST_H
#define RUNNER_LIST_H

#include "protocol/reply.h"

/*
 * Of these files, which are opened, or without any bench's own. Their tables are checked.
 * *line, the reply, is the caller's. A crash or exit() in a file that is being opened ends the process,
 * with a reply that says so. Main thread.
 */
int list_modules(const struct names *plugins, const struct reply_head *head, char **line,
                 struct bench_error *err);

#endif
