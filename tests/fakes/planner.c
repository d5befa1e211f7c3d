/* planner: a workload whose setup plans what it is told to, and may ask for a scratch folder. */
#include <bench/workload.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct planner_params {
    const char *work;
    uint64_t stack;
    bool scratch;
};

static const struct bench_param params_table[] = {
    BENCH_TEXT(struct planner_params, work, "0", "plan.work, as strtod reads it"),
    BENCH_SIZE(struct planner_params, stack, "0", 0, 1e15, "plan.stack_bytes"),
    BENCH_BOOL(struct planner_params, scratch, "no", "make files in a scratch folder"),
    BENCH_PARAM_END,
};

/* A folder in it and a file in that; the path is told as a note. */
static int use_scratch(struct bench_plan *plan, struct bench_error *err)
{
    char path[512];
    const char *scratch = bench_scratch(plan, err);
    if (!scratch)
        return err->code;
    if (bench_scratch(plan, err) != scratch)
        return bench_error_set(err, -EPROTO, "a second scratch folder");
    snprintf(path, sizeof path, "%s/folder", scratch);
    if (mkdir(path, 0700) < 0)
        return bench_error_set(err, -errno, "%s: %s", path, strerror(errno));
    strcat(path, "/file");
    int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    if (fd < 0)
        return bench_error_set(err, -errno, "%s: %s", path, strerror(errno));
    close(fd);
    bench_error_note(err, "scratch=%s", scratch);
    return 0;
}

static int planner_setup(void **shared, const void *params, struct bench_plan *plan,
                         struct bench_error *err)
{
    const struct planner_params *given = params;
    (void)shared;
    plan->tasks = 4;
    plan->work = strtod(given->work, NULL);
    plan->stack_bytes = (size_t)given->stack;
    return given->scratch ? use_scratch(plan, err) : 0;
}

static int planner_run(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    (void)lane;
    (void)first;
    (void)end;
    return 0;
}

const struct bench_workload BENCH_WORKLOAD(planner) = {
    .abi = BENCH_WORKLOAD_ABI,
    .name = "planner",
    .summary = "plans what it is told to",
    .params = params_table,
    .params_size = sizeof(struct planner_params),
    .needs = BENCH_NEEDS_SHARED_MEMORY,
    .setup = planner_setup,
    .run = planner_run,
};
