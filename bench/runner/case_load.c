/* The modules of a case: loaded, given their parameters, held against each other. */
#include "runner/case_state.h"

#include "base/memory.h"
#include "modules/ranks_module.h"
#include "runner/request.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int hook_failed(int rc, const char *what, struct bench_error *err)
{
    rc = rc > 0 ? -EIO : rc;
    return bench_error_set(err, rc, "%s failed: %s", what, strerror(-rc));
}

/* Before any library that reads them is loaded. */
static int set_environment(const struct entries *variables, struct bench_error *err)
{
    for (size_t i = 0; i < variables->count; i++) {
        if (setenv(variables->list[i].name, variables->list[i].value, 1) != 0)
            return bench_error_set(err, -EINVAL,
                                   "open: env: '%s' must be a variable's name with its value as text",
                                   variables->list[i].name);
    }
    return 0;
}

/* For each file that the message names. */
static int open_files(struct open_case *open_case, const struct names *plugins, struct bench_error *err)
{
    open_case->files = mem_zero(plugins->count, sizeof *open_case->files);
    for (size_t i = 0; i < plugins->count; i++) {
        int rc = module_file_open(plugins->list[i], &open_case->files[i], NULL, err);
        if (rc < 0)
            return rc;
    }
    open_case->files_count = plugins->count;
    return 0;
}

/* Of the executor of ranks, some parameters are those of the executor within: within.NAME. */
static int read_ranks_params(struct open_case *open_case, const struct entries *all,
                             struct entries *within, struct bench_error *err)
{
    static const char prefix[] = "within.";
    struct entries own = {0};
    for (size_t i = 0; i < all->count; i++) {
        const char *name = all->list[i].name;
        bool is_within = strncmp(name, prefix, sizeof prefix - 1) == 0;
        entries_add(is_within ? within : &own, name + (is_within ? sizeof prefix - 1 : 0),
                    all->list[i].value);
    }
    int rc =
        request_params(&open_case->ranks_params, ranks_params, sizeof(struct ranks_params), &own, err);
    entries_free(&own);
    return rc;
}

static int read_params(struct open_case *open_case, const struct open_asked *request,
                       const struct entries *of_executor, struct bench_error *err)
{
    int rc = request_params(&open_case->workload_params, open_case->workload->params,
                            open_case->workload->params_size, &request->params, err);
    return rc < 0 ? rc
                  : request_params(&open_case->executor_params, open_case->executor->params,
                                   open_case->executor->params_size, of_executor, err);
}

int case_load(struct open_case *open_case, const struct open_asked *request, struct bench_error *err)
{
    int rc = set_environment(&request->env, err);
    if (rc == 0)
        rc = open_files(open_case, &request->plugins, err);
    if (rc == 0)
        rc = module_load_workload(request->workload, open_case->files, open_case->files_count,
                                  &open_case->workload, err);
    const char *executor = request->executor;
    bool has_ranks = strcmp(executor, RANKS_EXECUTOR) == 0;
    struct entries within = {0};
    if (rc == 0 && has_ranks) {
        rc = read_ranks_params(open_case, &request->executor_params, &within, err);
        executor = rc == 0 ? ranks_within(open_case->ranks_params.data) : executor;
    }
    if (rc == 0)
        rc = module_load_executor(executor, open_case->files, open_case->files_count,
                                  &open_case->executor, err);
    if (rc == 0)
        rc = read_params(open_case, request, has_ranks ? &within : &request->executor_params, err);
    entries_free(&within);
    return rc;
}

int case_check_needs(const struct open_case *open_case, struct bench_error *err)
{
    bool ranks = open_case->ranks_params.data != NULL; /* they have no memory in common */
    const char *executor = ranks ? RANKS_EXECUTOR : open_case->executor->name;
    unsigned missing = open_case->workload->needs & (ranks ? ~0u : ~open_case->executor->offers);
    if (missing & BENCH_NEEDS_ONE_ADDRESS_SPACE)
        return bench_error_set(err, -ENOTSUP,
                               "%s needs workers that share their memory; those of %s do not",
                               open_case->workload->name, executor);
    if (missing & BENCH_NEEDS_SHARED_MEMORY)
        return bench_error_set(err, -ENOTSUP,
                               "%s needs memory that all workers share; those of %s share none",
                               open_case->workload->name, executor);
    if (missing)
        return bench_error_set(err, -ENOTSUP, "%s needs what %s does not offer",
                               open_case->workload->name, executor);
    if (ranks && !open_case->ranks)
        return bench_error_set(
            err, -ENOTSUP,
            "%s needs ranks, and this runner is none: bench starts them by mpiexec or srun", executor);
    return 0;
}
