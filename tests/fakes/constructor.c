/* constructor: a plug-in whose constructor does what $FAKE_CONSTRUCTOR says, when it is opened. */
#include <bench/workload.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

__attribute__((constructor)) static void begin(void)
{
    const char *how = getenv("FAKE_CONSTRUCTOR");
    if (!how)
        return;
    if (strcmp(how, "exit") == 0)
        exit(0);
    if (strcmp(how, "_exit") == 0)
        _exit(0);
    if (strcmp(how, "crash") == 0)
        raise(SIGSEGV);
    while (strcmp(how, "hang") == 0)
        pause();
}

static int constructed_setup(void **shared, const void *params, struct bench_plan *plan,
                             struct bench_error *err)
{
    (void)shared;
    (void)params;
    (void)err;
    plan->tasks = 1;
    return 0;
}

static int constructed_run(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    (void)lane;
    (void)first;
    (void)end;
    return 0;
}

const struct bench_workload BENCH_WORKLOAD(constructed) = {
    .abi = BENCH_WORKLOAD_ABI,
    .name = "constructed",
    .summary = "does something when it is opened",
    .setup = constructed_setup,
    .run = constructed_run,
};
