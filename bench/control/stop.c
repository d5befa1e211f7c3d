/* Signals that are held back until it is known that they can be heeded. */
#include "control/stop.h"

#include <bench/workload.h>

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
enum { COUNT = sizeof numbers / sizeof *numbers };

void stop_signals(sigset_t *set)
{
    sigemptyset(set);
    for (size_t i = 0; i < COUNT; i++)
        sigaddset(set, numbers[i]);
}

static sigset_t mask_before; /* of this process, when it was started */
static bool held;

void stop_hold(void)
{
    sigset_t set;
    stop_signals(&set);
    sigprocmask(SIG_BLOCK, &set, held ? NULL : &mask_before);
    held = true;
}

void stop_mask_before(sigset_t *mask)
{
    if (held)
        *mask = mask_before;
    else
        sigprocmask(SIG_SETMASK, NULL, mask);
}

void stop_release(void)
{
    sigset_t set;
    stop_signals(&set);
    for (size_t i = 0; i < COUNT; i++) {
        struct sigaction now;
        if (sigaction(numbers[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN)
            signal(numbers[i], SIG_DFL);
    }
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}

int stop_poll(struct pollfd *fds, nfds_t count, uint64_t deadline_ns, const volatile sig_atomic_t *stop)
{
    sigset_t open_mask;
    sigprocmask(SIG_SETMASK, NULL, &open_mask);
    for (size_t i = 0; i < COUNT; i++)
        sigdelset(&open_mask, numbers[i]);
    for (;;) {
        if (stop && *stop)
            return -EINTR;
        uint64_t now = bench_now(), left = deadline_ns > now ? deadline_ns - now : 0;
        if (deadline_ns && left == 0)
            return 0;
        struct timespec timeout = {.tv_sec = (time_t)(left / 1000000000),
                                   .tv_nsec = (long)(left % 1000000000)};
        int ready = ppoll(fds, count, deadline_ns ? &timeout : NULL, &open_mask);
        if (ready > 0)
            return ready;
        if (ready < 0 && errno != EINTR)
            return -errno;
    }
}
