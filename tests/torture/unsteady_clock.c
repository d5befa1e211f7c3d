/*
 * For LD_PRELOAD: clocks that step. STEP_SEED says when, STEP_NS by how much at most, up (over 0) or
 * back (below); one call in STEP_EVERY does. All clocks of a process that tell the time step together;
 * those of CPU time do not.
 */
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static atomic_llong off_ns;
static atomic_ullong state;
static long long most_ns;
static unsigned long long every;

__attribute__((constructor)) static void read_environment(void)
{
    const char *seed = getenv("STEP_SEED"), *step = getenv("STEP_NS"), *often = getenv("STEP_EVERY");
    if (!seed || !step || !often)
        return;
    atomic_store(&state, strtoull(seed, NULL, 10) + (unsigned long long)getpid());
    most_ns = strtoll(step, NULL, 10);
    every = strtoull(often, NULL, 10);
}

static unsigned long long next(void)
{
    unsigned long long z = atomic_fetch_add(&state, 0x9e3779b97f4a7c15u);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int rc = (int)syscall(SYS_clock_gettime, clock, now);
    if (rc < 0 || every == 0 || clock == CLOCK_PROCESS_CPUTIME_ID || clock == CLOCK_THREAD_CPUTIME_ID ||
        clock < 0)
        return rc;
    if (next() % every == 0)
        atomic_fetch_add(&off_ns, (long long)((double)most_ns * (double)(next() >> 11) * 0x1p-53));
    long long ns = now->tv_sec * 1000000000LL + now->tv_nsec + atomic_load(&off_ns);
    if (ns < 0)
        ns = 0;
    now->tv_sec = ns / 1000000000;
    now->tv_nsec = ns % 1000000000;
    return 0;
}
