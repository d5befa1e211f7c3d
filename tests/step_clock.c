/*
 * For LD_PRELOAD: in the program whose first argument is not "runner", CLOCK_MONOTONIC goes back by
 * STEP_NS once there is a file "step" in the current folder. Other clocks go on.
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int (*real)(clockid_t clock, struct timespec *now);
static int64_t step_ns;

__attribute__((constructor)) static void begin(int argc, char **argv)
{
    const char *step = getenv("STEP_NS");
    *(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
    if (step && !(argc > 1 && strcmp(argv[1], "runner") == 0))
        step_ns = strtoll(step, NULL, 10);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
    int rc = real(clock, now);
    if (rc == 0 && clock == CLOCK_MONOTONIC && step_ns && access("step", F_OK) == 0) {
        int64_t ns = now->tv_sec * INT64_C(1000000000) + now->tv_nsec - step_ns;
        now->tv_sec = ns / 1000000000;
        now->tv_nsec = ns % 1000000000;
    }
    return rc;
}
