/* witness: a workload that appends a line to a file at the end of each run, for who counts rows from
 * outside. */
#include <bench/workload.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct witness_params {
    const char *file;
    int64_t tasks;
    uint64_t wait;
};

static const struct bench_param params_table[] = {
    BENCH_TEXT(struct witness_params, file, "", "where each finished run leaves a line"),
    BENCH_COUNT(struct witness_params, tasks, "4", 1, 1e6, NULL, "tasks"),
    BENCH_DURATION(struct witness_params, wait, "500us", 0, 1e12, "what each task waits"),
    BENCH_PARAM_END,
};

struct witness {
    const struct witness_params *params;
    int fd;
};

static int witness_setup(void **shared, const void *params, struct bench_plan *plan,
                         struct bench_error *err)
{
    const struct witness_params *given = params;
    struct witness *witness = malloc(sizeof *witness);
    if (!witness)
        return bench_error_set(err, -ENOMEM, "out of memory");
    witness->params = given;
    witness->fd = open(given->file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    if (witness->fd < 0) {
        int rc = bench_error_set(err, -errno, "file=%s: %s", given->file, strerror(errno));
        free(witness);
        return rc;
    }
    plan->tasks = (uint64_t)given->tasks;
    plan->work = (double)given->tasks;
    plan->work_unit = "task";
    *shared = witness;
    return 0;
}

static int witness_run(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    const struct witness *witness = lane->shared;
    int rc = 0;
    for (uint64_t task = first; task < end && rc == 0; task++)
        rc = bench_sleep_until(lane, bench_now() + witness->params->wait);
    return rc;
}

static int witness_finish(void *shared, struct bench_error *err)
{
    const struct witness *witness = shared;
    return write(witness->fd, "run\n", 4) == 4 ? 0 : bench_error_set(err, -EIO, "cannot leave a line");
}

static void witness_teardown(void *shared)
{
    struct witness *witness = shared;
    close(witness->fd);
    free(witness);
}

const struct bench_workload BENCH_WORKLOAD(witness) = {
    .abi = BENCH_WORKLOAD_ABI,
    .name = "witness",
    .summary = "waits, and leaves a line in a file for each run that has finished",
    .params = params_table,
    .params_size = sizeof(struct witness_params),
    .setup = witness_setup,
    .run = witness_run,
    .finish = witness_finish,
    .teardown = witness_teardown,
};
