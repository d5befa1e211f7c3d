/*
 * Peer of `sleep`: a loop around clock_nanosleep() with absolute deadlines and a timer slack of 1 ns.
 * Prints the median overshoot of a repeat in nanoseconds.
 *
 *     cc -O2 -o bare_sleep bare_sleep.c
 */
#include "peer.h"

#include <sys/prctl.h>

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    static const char usage[] = "DURATION_NS SLEEPS REPEATS";
    const uint64_t duration_ns = (uint64_t)number_argument(argc, argv, 1, usage);
    const long sleeps = number_argument(argc, argv, 2, usage);
    const long repeats = number_argument(argc, argv, 3, usage);
    uint64_t *late_ns = malloc((size_t)sleeps * sizeof *late_ns);
    cpu_set_t allowed;
    if (!late_ns || sched_getaffinity(0, sizeof allowed, &allowed) < 0)
        return 1;

    pin_worker(0, &allowed);
    prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
    memset(late_ns, 0, (size_t)sleeps * sizeof *late_ns);
    for (int repeat = 0; repeat <= repeats; repeat++) {
        uint64_t woke_ns = now_ns();
        for (long i = 0; i < sleeps; i++) {
            uint64_t deadline_ns = woke_ns + duration_ns;
            struct timespec deadline = {(time_t)(deadline_ns / 1000000000u),
                                        (long)(deadline_ns % 1000000000u)};
            if (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &deadline, NULL))
                return 1;
            woke_ns = now_ns();
            late_ns[i] = woke_ns - deadline_ns;
        }
        qsort(late_ns, (size_t)sleeps, sizeof *late_ns, by_value);
        print_repeat(repeat, (double)late_ns[sleeps / 2]);
    }
    free(late_ns);
    return 0;
}
