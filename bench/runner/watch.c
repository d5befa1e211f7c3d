/* An io table that stands before the executor's, and sees each wait begin. */
#include "runner/watch.h"

#include "runner/arrivals.h"

static const struct bench_io *own_io(const struct bench_lane *lane)
{
    return team_io(lane->worker->team);
}

/* The lane stops computing. */
static void wait_begins(struct bench_lane *lane)
{
    arrivals_free(lane, bench_now());
}

static int watch_sleep_until(struct bench_lane *lane, uint64_t deadline_ns)
{
    wait_begins(lane);
    return own_io(lane)->sleep_until(lane, deadline_ns);
}

static ssize_t watch_pread(struct bench_lane *lane, int fd, void *buf, size_t n, off_t offset)
{
    wait_begins(lane);
    return own_io(lane)->pread(lane, fd, buf, n, offset);
}

static ssize_t watch_pwrite(struct bench_lane *lane, int fd, const void *buf, size_t n, off_t offset)
{
    wait_begins(lane);
    return own_io(lane)->pwrite(lane, fd, buf, n, offset);
}

static int watch_fsync(struct bench_lane *lane, int fd, bool data_only)
{
    wait_begins(lane);
    return own_io(lane)->fsync(lane, fd, data_only);
}

static int watch_poll(struct bench_lane *lane, int fd, short events, int64_t timeout_ns)
{
    wait_begins(lane);
    return own_io(lane)->poll(lane, fd, events, timeout_ns);
}

static void watch_yield(struct bench_lane *lane)
{
    wait_begins(lane);
    own_io(lane)->yield(lane);
}

static int watch_lock(struct bench_lane *lane, struct bench_mutex *mutex)
{
    const struct bench_io *io = own_io(lane)->lock ? own_io(lane) : &bench_io_blocking;
    wait_begins(lane);
    return io->lock(lane, mutex);
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
    team_set_io(team, team->arriving && shared ? &watch_io : team_io(team));
}
