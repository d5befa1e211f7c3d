/* The executor whose workers are ranks. It is none of the contract's: within a rank another one runs,
 * and an engine (bench/engine.h) connects the ranks. */
#ifndef MODULES_RANKS_MODULE_H
#define MODULES_RANKS_MODULE_H

#include "modules/module_info.h"

#define RANKS_EXECUTOR "mpi"

enum ranks_start { RANKS_START_CLOCK, RANKS_START_BARRIER };

/* Its parameters, as the table fills them. */
struct ranks_params {
    int64_t threads;    /* workers of each rank */
    const char *within; /* the executor that runs them; "": serial, or pthread where there are several */
    int library;        /* index into the words auto and the names of the engines */
    int start;          /* enum ranks_start */
};

extern const struct bench_param ranks_params[];

/* What is known of it; `missing` says why where no engine was built. Texts are static, or for as long as
 * the process runs. */
struct module_info ranks_module(void);

/* Which executor runs within a rank. */
const char *ranks_within(const struct ranks_params *params);

#endif
