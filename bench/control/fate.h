/* How a runner came to its end, in words for whoever wrote the workload. Pure functions. */
#ifndef CONTROL_FATE_H
#define CONTROL_FATE_H

#include "records/record.h"

#include <bench/error.h>

#include <stdbool.h>
#include <stdint.h>

/* What it was doing. */
enum stage { STAGE_OPEN, STAGE_RUN, STAGE_CLOSE };

struct fate {
    enum stage stage;
    enum phase phase;  /* of the run, where it was one */
    uint64_t run;      /* its number in the phase, from 1 */
    int signal;        /* that killed it; 0: none did */
    bool small_stacks; /* workers' lanes have stacks that the harness has made */
};

/* Adds to the message, which says what happened, when it did: the hooks that it can have been in. */
void fate_tell(const struct fate *fate, struct bench_error *why);

#endif
