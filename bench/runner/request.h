/* The message of an open, taken apart and checked as far as it can be without loading anything. */
#ifndef RUNNER_REQUEST_H
#define RUNNER_REQUEST_H

#include "modules/params.h"

#include <bench/executor.h>

#include <jansson.h>

/* Texts and objects are the message's. */
struct request {
    const char *workload, *executor;
    json_t *workload_params, *executor_params; /* objects or NULL, as environment */
    json_int_t workers, inflight, grain, seed;
    const char *pin, *places;
    const char *scratch; /* a folder that the controller will remove; NULL: none */
    enum bench_schedule schedule;
    json_t *plugins; /* a list of texts, or NULL */
    json_t *environment;
};

/* -EINVAL with a message that begins with "open: ". */
int request_read(struct request *request, json_t *message, struct bench_error *err);

/* The values of `object` into a table's parameters, the others at their defaults. The caller frees
 * `params`, also after a failure. */
int request_params(struct params *params, const struct bench_param *table, size_t size, json_t *object,
                   struct bench_error *err);

#endif
