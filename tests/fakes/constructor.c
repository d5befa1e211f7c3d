/* constructor: a plug-in whose constructor does what $FAKE_CONSTRUCTOR says, when it is opened. */
#include "idle.h"

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

const struct bench_workload BENCH_WORKLOAD(constructed) = {
    .abi = BENCH_WORKLOAD_ABI,
    .name = "constructed",
    .summary = "does something when it is opened",
    .setup = idle_setup,
    .run = idle_run,
};
