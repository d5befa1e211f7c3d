/*
 * Peer of `--rate`: one thread that sleeps until 150 us before each of many Poisson arrivals, spins
 * until it is due, and does nothing. Prints how late it was: the median and the 99th percentile, in
 * nanoseconds.
 *
 *     cc -O2 -o bare_arrivals bare_arrivals.c -lm
 */
#include "peer.h"

#include <math.h>
#include <sys/prctl.h>

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    static const char usage[] = "RATE ARRIVALS SEED";
    const double rate = (double)number_argument(argc, argv, 1, usage);
    const long arrivals = number_argument(argc, argv, 2, usage);
    srand48(number_argument(argc, argv, 3, usage));
    uint64_t *due_ns = malloc((size_t)arrivals * sizeof *due_ns);
    uint64_t *late_ns = malloc((size_t)arrivals * sizeof *late_ns);
    cpu_set_t allowed;
    if (!due_ns || !late_ns || sched_getaffinity(0, sizeof allowed, &allowed) < 0)
        return 1;
    double at_s = 0;
    for (long i = 0; i < arrivals; i++) {
        at_s -= log(1 - drand48()) / rate;
        due_ns[i] = (uint64_t)(at_s * 1e9);
    }
    pin_worker(0, &allowed);
    prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
    memset(late_ns, 0, (size_t)arrivals * sizeof *late_ns);
    uint64_t began_ns = now_ns();
    for (long i = 0; i < arrivals; i++) {
        uint64_t due = began_ns + due_ns[i], wake = due - 150000, now = now_ns();
        if (now >= due)
            continue; /* it found the thread busy: not late by its own fault */
        struct timespec deadline = {(time_t)(wake / 1000000000u), (long)(wake % 1000000000u)};
        if (now < wake)
            clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &deadline, NULL);
        while ((now = now_ns()) < due)
            ;
        late_ns[i] = now - due;
    }
    qsort(late_ns, (size_t)arrivals, sizeof *late_ns, by_value);
    printf("%llu %llu\n", (unsigned long long)late_ns[arrivals / 2],
           (unsigned long long)late_ns[arrivals * 99 / 100]);
    free(due_ns);
    free(late_ns);
    return 0;
}
