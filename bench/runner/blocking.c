/* Waiting by blocking the worker: what threads and processes do. And locks, as far as they are the same
 * for all. */
#include "runner/lever.h"
#include "runner/team.h"

#include <errno.h>
#include <linux/futex.h>
#include <poll.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LIKELY(condition) __builtin_expect(!!(condition), 1)

static int sleep_until(uint64_t deadline_ns)
{
    struct timespec deadline = {.tv_sec = (time_t)(deadline_ns / 1000000000),
                                .tv_nsec = (long)(deadline_ns % 1000000000)};
    int rc;
    do
        rc = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &deadline, NULL);
    while (rc == EINTR);
    return -rc;
}

/* The last of it spinning, so as to be on time; when it was over is kept. */
static int spin_until(struct bench_worker *worker, uint64_t deadline_ns)
{
    uint64_t wake_ns = deadline_ns - worker->spin_ns;
    int rc = bench_now() < wake_ns ? sleep_until(wake_ns) : 0;
    do
        worker->woke_ns = bench_now();
    while (worker->woke_ns < deadline_ns);
    return rc;
}

static int blocking_sleep_until(struct bench_lane *lane, uint64_t deadline_ns)
{
    struct bench_worker *worker = lane->worker;
    return worker->spin_ns ? spin_until(worker, deadline_ns) : sleep_until(deadline_ns);
}

static ssize_t blocking_pread(struct bench_lane *lane, int fd, void *buf, size_t n, off_t offset)
{
    (void)lane;
    ssize_t got;
    do
        got = pread(fd, buf, n, offset);
    while (got < 0 && errno == EINTR);
    return got < 0 ? -errno : got;
}

static ssize_t blocking_pwrite(struct bench_lane *lane, int fd, const void *buf, size_t n, off_t offset)
{
    (void)lane;
    ssize_t put;
    do
        put = pwrite(fd, buf, n, offset);
    while (put < 0 && errno == EINTR);
    return put < 0 ? -errno : put;
}

static int blocking_fsync(struct bench_lane *lane, int fd, bool data_only)
{
    (void)lane;
    int rc;
    do
        rc = data_only ? fdatasync(fd) : fsync(fd);
    while (rc < 0 && errno == EINTR);
    return rc < 0 ? -errno : 0;
}

static int blocking_poll(struct bench_lane *lane, int fd, short events, int64_t timeout_ns)
{
    (void)lane;
    struct pollfd poll_fd = {.fd = fd, .events = events};
    uint64_t deadline = timeout_ns < 0 ? 0 : bench_now() + (uint64_t)timeout_ns;
    for (;;) {
        struct timespec left = {.tv_sec = timeout_ns / 1000000000, .tv_nsec = timeout_ns % 1000000000};
        int ready = ppoll(&poll_fd, 1, timeout_ns < 0 ? NULL : &left, NULL);
        if (ready > 0)
            return poll_fd.revents & POLLNVAL ? -EBADF : poll_fd.revents;
        if (ready == 0)
            return 0;
        if (errno != EINTR)
            return -errno;
        if (timeout_ns >= 0) {
            uint64_t now = bench_now();
            timeout_ns = now < deadline ? (int64_t)(deadline - now) : 0;
        }
    }
}

static void blocking_yield(struct bench_lane *lane)
{
    (void)lane;
    sched_yield();
}

enum { MUTEX_FREE, MUTEX_HELD, MUTEX_SLEPT_ON };

/* As "mutex2" of Drepper, "Futexes are tricky" (2011). It wakes now and then to see whether the run has
 * failed: who held the lock may then never let it go. */
static int blocking_lock(struct bench_lane *lane, struct bench_mutex *mutex)
{
    static const struct timespec check = {.tv_nsec = 50000000};
    while (__atomic_exchange_n(&mutex->state, MUTEX_SLEPT_ON, __ATOMIC_ACQUIRE) != MUTEX_FREE) {
        syscall(SYS_futex, &mutex->state, FUTEX_WAIT, MUTEX_SLEPT_ON, &check, NULL, 0);
        if (bench_team_failed(&lane->worker->team->shape))
            return -ECANCELED;
    }
    return 0;
}

int bench_lock(struct bench_lane *lane, struct bench_mutex *mutex)
{
    uint32_t free = MUTEX_FREE;
    if (LIKELY(__atomic_compare_exchange_n(&mutex->state, &free, MUTEX_HELD, false, __ATOMIC_ACQUIRE,
                                           __ATOMIC_RELAXED))) {
        if (!LIKELY(lane->io != &lever_io))
            lever_locked(lane);
        return 0;
    }
    int rc = lane->io->lock ? lane->io->lock(lane, mutex) : blocking_lock(lane, mutex);
    if (rc == 0 && lane->io == &lever_io)
        lever_locked(lane);
    return rc;
}

void bench_unlock(struct bench_lane *lane, struct bench_mutex *mutex)
{
    if (!LIKELY(lane->io != &lever_io))
        lever_unlocking(lane);
    if (__atomic_exchange_n(&mutex->state, MUTEX_FREE, __ATOMIC_RELEASE) == MUTEX_SLEPT_ON)
        syscall(SYS_futex, &mutex->state, FUTEX_WAKE, 1, NULL, NULL, 0);
    if (lane->io->unlocked)
        lane->io->unlocked(lane, mutex);
}

const struct bench_io bench_io_blocking = {
    .sleep_until = blocking_sleep_until,
    .pread = blocking_pread,
    .pwrite = blocking_pwrite,
    .fsync = blocking_fsync,
    .poll = blocking_poll,
    .yield = blocking_yield,
    .lock = blocking_lock,
};
