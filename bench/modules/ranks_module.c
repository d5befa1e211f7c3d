/* The executor whose workers are ranks: its table. See ranks_module.h. */
#include "modules/ranks_module.h"

#include "modules/own_modules.h"

static const char *const library_words[] = {"auto", "openmpi", "mpich", NULL};

static const char *const start_words[] = {"clock", "barrier", NULL};

const struct bench_param ranks_params[] = {
    BENCH_COUNT(struct ranks_params, threads, "1", 1, 65536, NULL,
                "workers of each rank: --workers counts those of all ranks"),
    BENCH_TEXT(
        struct ranks_params, within, "",
        "the executor that runs a rank's workers: serial, or pthread where there are several; its own "
        "parameters are within.NAME"),
    BENCH_CHOICE(struct ranks_params, library, "auto", library_words,
                 "which MPI connects them: that of mpiexec, if it is auto"),
    BENCH_CHOICE(
        struct ranks_params, start, "clock", start_words,
        "how runs begin: at a time that all have agreed on, or behind a barrier, as MPI programs "
        "usually do",
        BENCH_ADDED),
    BENCH_PARAM_END,
};

struct module_info ranks_module(void)
{
    struct module_info info = {.kind = MODULE_EXECUTOR,
                               .name = RANKS_EXECUTOR,
                               .summary =
                                   "MPI ranks, here or on several hosts, started by mpiexec or srun",
                               .params = ranks_params,
                               .flags = MODULE_LANES | MODULE_CHECKED | MODULE_ON_REQUEST};
    info.missing = own_engines->name ? own_engines->missing : "is not built";
    for (const struct own_engine *engine = own_engines; engine->name; engine++) {
        if (!engine->missing)
            info.missing = NULL;
    }
    return info;
}

const char *ranks_within(const struct ranks_params *params)
{
    return params->within[0] ? params->within : params->threads > 1 ? "pthread" : "serial";
}
