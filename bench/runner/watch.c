/* An io table that stands before the executor's, and sees each wait begin. */
#include "runner/watch.h"

#include "runner/arrivals.h"
#include "runner/trace.h"

static const struct bench_io *own_io(const struct bench_lane *lane)
{
    return team_io(lane->worker->team);
}

/* The lane stops computing. Returns when, in ticks, where that is traced. */
static uint64_t wait_begins(struct bench_lane *lane)
{
    const struct team *team = lane->worker->team;
    if (team->arriving)
        arrivals_free(lane, bench_now());
    return team->is_traced ? tick_clock_read(&team->clock) : 0;
}

static void wait_ends(struct bench_lane *lane, enum wait_kind kind, uint64_t began)
{
    const struct team *team = lane->worker->team;
    if (team->is_traced)
        trace_wait(lane, kind, began, tick_clock_read(&team->clock));
}

static int watch_sleep_until(struct bench_lane *lane, uint64_t deadline_ns)
{
    uint64_t began = wait_begins(lane);
    int rc = own_io(lane)->sleep_until(lane, deadline_ns);
    wait_ends(lane, WAIT_SLEEP, began);
    return rc;
}

static ssize_t watch_pread(struct bench_lane *lane, int fd, void *buf, size_t n, off_t offset)
{
    uint64_t began = wait_begins(lane);
    ssize_t got = own_io(lane)->pread(lane, fd, buf, n, offset);
    wait_ends(lane, WAIT_READ, began);
    return got;
}

static ssize_t watch_pwrite(struct bench_lane *lane, int fd, const void *buf, size_t n, off_t offset)
{
    uint64_t began = wait_begins(lane);
    ssize_t put = own_io(lane)->pwrite(lane, fd, buf, n, offset);
    wait_ends(lane, WAIT_WRITE, began);
    return put;
}

static int watch_fsync(struct bench_lane *lane, int fd, bool data_only)
{
    uint64_t began = wait_begins(lane);
    int rc = own_io(lane)->fsync(lane, fd, data_only);
    wait_ends(lane, WAIT_SYNC, began);
    return rc;
}

static int watch_poll(struct bench_lane *lane, int fd, short events, int64_t timeout_ns)
{
    uint64_t began = wait_begins(lane);
    int ready = own_io(lane)->poll(lane, fd, events, timeout_ns);
    wait_ends(lane, WAIT_POLL, began);
    return ready;
}

static void watch_yield(struct bench_lane *lane)
{
    uint64_t began = wait_begins(lane);
    own_io(lane)->yield(lane);
    wait_ends(lane, WAIT_OTHER, began);
}

static int watch_lock(struct bench_lane *lane, struct bench_mutex *mutex)
{
    const struct bench_io *io = own_io(lane)->lock ? own_io(lane) : &bench_io_blocking;
    uint64_t began = wait_begins(lane);
    int rc = io->lock(lane, mutex);
    wait_ends(lane, WAIT_LOCK, began);
    return rc;
}

static void watch_unlocked(struct bench_lane *lane, struct bench_mutex *mutex)
{
    if (own_io(lane)->unlocked)
        own_io(lane)->unlocked(lane, mutex);
}

static void watch_forget(struct bench_lane *lane, int fd)
{
    if (own_io(lane)->forget)
        own_io(lane)->forget(lane, fd);
}

static const struct bench_io watch_io = {
    .sleep_until = watch_sleep_until,
    .pread = watch_pread,
    .pwrite = watch_pwrite,
    .fsync = watch_fsync,
    .poll = watch_poll,
    .yield = watch_yield,
    .lock = watch_lock,
    .unlocked = watch_unlocked,
    .forget = watch_forget,
};

/* Where a lane has a CPU of its own there is nobody else to keep it from beginning in time. */
void watch_prepare(struct team *team)
{
    bool shared = team->executor->flags & (BENCH_HAS_LANES | BENCH_ONE_AT_A_TIME);
    bool is_watched = team->is_traced || (team->arriving && shared);
    if (team->lever.kind == LEVER_NONE)
        team_set_io(team, is_watched ? &watch_io : team_io(team));
}
