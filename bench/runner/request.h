/* What an open asks for, against what this runner can do and its modules know. */
#ifndef RUNNER_REQUEST_H
#define RUNNER_REQUEST_H

#include "modules/params.h"
#include "protocol/message.h"

#include <bench/executor.h>

/* Can this runner do it at all? -EINVAL or -ENOTSUP with a message that begins with "open: ". */
int request_check(const struct open_asked *asked, struct bench_error *err);

/* Its word as the contract has it; any other than the three has been refused by the decoder. */
enum bench_schedule request_schedule(const struct open_asked *asked);

/* The values into a table's parameters, the others at their defaults. The caller frees `params`, also
 * after a failure. */
int request_params(struct params *params, const struct bench_param *table, size_t size,
                   const struct entries *values, struct bench_error *err);

#endif
