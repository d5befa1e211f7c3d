/* The folder that a workload may ask for (bench_scratch): the controller's, or else one of our own. */
#ifndef RUNNER_SCRATCH_H
#define RUNNER_SCRATCH_H

#include <bench/error.h>

#include <stdbool.h>

struct scratch {
    char *path; /* NULL: not asked for yet, and the controller has named none */
    bool made;  /* it is there */
    bool own;   /* nobody else will remove it */
};

/* `path`: the one that the controller has named and will remove; NULL: none. Copied. */
void scratch_init(struct scratch *scratch, const char *path);

/* Make it, the first time. Its path, until scratch_free; NULL with `err` filled. */
const char *scratch_get(struct scratch *scratch, struct bench_error *err);

/* Remove it with all that is in it, where that is ours to do. */
void scratch_free(struct scratch *scratch);

#endif
