/*
 * Threads under one global lock, like CPython's: only the holder computes. It is let go around every
 * wait, and handed over on request after a switch interval, which is looked at between ranges as CPython
 * looks between instructions. Threads that wait overlap, threads that compute do not.
 *
 * The lock is that of CPython 3.11, Python/ceval_gil.h (take_gil, drop_gil): one who waits longer than
 * the interval asks; the holder lets go at its next check and waits until another has taken over.
 */
#include <bench/executor.h>

#include "common/threads.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct gil_params {
    uint64_t interval;
};

static const struct bench_param params[] = {
    BENCH_DURATION(struct gil_params, interval, "5ms", 1e3, 1e9,
                   "how long a thread waits for the lock before it asks the holder to release it"),
    BENCH_PARAM_END,
};

struct gil {
    struct threads *threads;
    uint64_t interval_ns;
    pthread_mutex_t lock; /* of `locked` and `switches` */
    pthread_cond_t freed;
    bool locked;
    uint64_t switches; /* how often another than the last holder has taken it */
    _Atomic bool requested;
    pthread_mutex_t switch_lock; /* of the last holder; taken after `lock` */
    pthread_cond_t switched;
    _Atomic(const struct bench_lane *) holder; /* the last */
};

static struct gil *gil_of(struct bench_lane *lane)
{
    return lane->own;
}

/* Wait for the lock to become free, at most for the interval; false when that has passed. */
static bool gil_wait(struct gil *gil)
{
    uint64_t until_ns = bench_now() + gil->interval_ns;
    struct timespec until = {.tv_sec = (time_t)(until_ns / 1000000000),
                             .tv_nsec = (long)(until_ns % 1000000000)};
    return pthread_cond_timedwait(&gil->freed, &gil->lock, &until) != ETIMEDOUT;
}

static void gil_take(struct bench_lane *lane)
{
    struct gil *gil = gil_of(lane);
    pthread_mutex_lock(&gil->lock);
    uint64_t since_ns = gil->locked ? bench_now() : 0;
    while (gil->locked) {
        uint64_t switches = gil->switches;
        if (!gil_wait(gil) && gil->locked && gil->switches == switches)
            atomic_store_explicit(&gil->requested, true, memory_order_relaxed);
    }
    pthread_mutex_lock(&gil->switch_lock);
    gil->locked = true;
    const struct bench_lane *before = atomic_load_explicit(&gil->holder, memory_order_relaxed);
    if (before != lane) {
        atomic_store_explicit(&gil->holder, lane, memory_order_relaxed);
        gil->switches++;
    }
    pthread_cond_signal(&gil->switched);
    pthread_mutex_unlock(&gil->switch_lock);
    atomic_store_explicit(&gil->requested, false, memory_order_relaxed);
    pthread_mutex_unlock(&gil->lock);
    if (since_ns)
        bench_waited(lane, since_ns);
    if (before && before != lane)
        bench_handed_over(lane, before);
}

static void gil_drop(struct bench_lane *lane)
{
    struct gil *gil = gil_of(lane);
    pthread_mutex_lock(&gil->lock);
    gil->locked = false;
    pthread_cond_signal(&gil->freed);
    pthread_mutex_unlock(&gil->lock);
    if (!atomic_load_explicit(&gil->requested, memory_order_relaxed))
        return;
    /* Forced switching: whoever has asked is to have it before we ask again. */
    pthread_mutex_lock(&gil->switch_lock);
    if (atomic_load_explicit(&gil->holder, memory_order_relaxed) == lane) {
        atomic_store_explicit(&gil->requested, false, memory_order_relaxed);
        pthread_cond_wait(&gil->switched, &gil->switch_lock);
    }
    pthread_mutex_unlock(&gil->switch_lock);
}

/* Between ranges. */
static void gil_pause(struct bench_lane *lane)
{
    if (atomic_load_explicit(&gil_of(lane)->requested, memory_order_relaxed)) {
        gil_drop(lane);
        gil_take(lane);
    }
}

static int gil_sleep_until(struct bench_lane *lane, uint64_t deadline_ns)
{
    gil_drop(lane);
    int rc = bench_io_blocking.sleep_until(lane, deadline_ns);
    gil_take(lane);
    return rc;
}

static ssize_t gil_pread(struct bench_lane *lane, int fd, void *buf, size_t n, off_t offset)
{
    gil_drop(lane);
    ssize_t got = bench_io_blocking.pread(lane, fd, buf, n, offset);
    gil_take(lane);
    return got;
}

static ssize_t gil_pwrite(struct bench_lane *lane, int fd, const void *buf, size_t n, off_t offset)
{
    gil_drop(lane);
    ssize_t put = bench_io_blocking.pwrite(lane, fd, buf, n, offset);
    gil_take(lane);
    return put;
}

static int gil_fsync(struct bench_lane *lane, int fd, bool data_only)
{
    gil_drop(lane);
    int rc = bench_io_blocking.fsync(lane, fd, data_only);
    gil_take(lane);
    return rc;
}

static int gil_poll(struct bench_lane *lane, int fd, short events, int64_t timeout_ns)
{
    gil_drop(lane);
    int ready = bench_io_blocking.poll(lane, fd, events, timeout_ns);
    gil_take(lane);
    return ready;
}

static void gil_yield(struct bench_lane *lane)
{
    gil_drop(lane);
    bench_io_blocking.yield(lane);
    gil_take(lane);
}

static int gil_lock(struct bench_lane *lane, struct bench_mutex *mutex)
{
    gil_drop(lane);
    int rc = bench_io_blocking.lock(lane, mutex);
    gil_take(lane);
    return rc;
}

static void gil_work(void *context, uint32_t worker)
{
    struct bench_lane *lane = bench_team_lane(context, worker, 0);
    gil_take(lane);
    bench_work(lane);
    gil_drop(lane);
}

static void gil_close(struct bench_team *team, void *state)
{
    (void)team;
    struct gil *gil = state;
    threads_close(gil->threads);
    pthread_cond_destroy(&gil->switched);
    pthread_mutex_destroy(&gil->switch_lock);
    pthread_cond_destroy(&gil->freed);
    pthread_mutex_destroy(&gil->lock);
    free(gil);
}

static int gil_open(struct bench_team *team, const void *values, void **state, struct bench_error *err)
{
    static const struct threads_hooks hooks = {.work = gil_work};
    struct gil *gil = calloc(1, sizeof *gil);
    if (!gil)
        return bench_error_set(err, -ENOMEM, "out of memory");
    pthread_condattr_t monotonic;
    gil->interval_ns = ((const struct gil_params *)values)->interval;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&gil->lock, NULL);
    pthread_cond_init(&gil->freed, &monotonic);
    pthread_mutex_init(&gil->switch_lock, NULL);
    pthread_cond_init(&gil->switched, NULL);
    pthread_condattr_destroy(&monotonic);
    for (uint32_t w = 0; w < team->workers; w++)
        bench_team_lane(team, w, 0)->own = gil;
    int rc = threads_open(&gil->threads, team, false, &hooks, team, err);
    if (rc < 0) {
        gil_close(team, gil);
        return rc;
    }
    *state = gil;
    return 0;
}

static int gil_run(struct bench_team *team, void *state, struct bench_error *err)
{
    (void)team;
    return threads_run(((struct gil *)state)->threads, err);
}

static const struct bench_io io = {
    .sleep_until = gil_sleep_until,
    .pread = gil_pread,
    .pwrite = gil_pwrite,
    .fsync = gil_fsync,
    .poll = gil_poll,
    .yield = gil_yield,
    .lock = gil_lock,
};

const struct bench_executor BENCH_EXECUTOR(gil) = {
    .abi = BENCH_EXECUTOR_ABI,
    .name = "gil",
    .summary = "POSIX threads under one global lock, like CPython's: they all wait at once, but compute "
               "one at a time",
    .params = params,
    .params_size = sizeof(struct gil_params),
    .offers = BENCH_OFFERS_ONE_ADDRESS_SPACE,
    .flags = BENCH_ONE_AT_A_TIME,
    .io = &io,
    .pause = gil_pause,
    .open = gil_open,
    .run = gil_run,
    .close = gil_close,
};
