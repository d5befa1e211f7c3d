/*
 * The io table while a lever is there: each wait is timed on its way to the executor, and told. What is
 * owed for it is lever.c's.
 */
#include "measure/clock.h"
#include "runner/lever.h"

struct waiting {
    uint64_t began_ns, cpu_ns;
};

static struct waiting wait_begin(void)
{
    return (struct waiting){bench_now(), clock_thread_cpu_ns()};
}

/* Only what was waited counts, not the CPU time of a call that did not block, nor a loop's that runs
 * for other lanes. */
static void wait_end(struct bench_lane *lane, enum wait_kind kind, const struct waiting *waiting)
{
    uint64_t elapsed = bench_now() - waiting->began_ns, cpu = clock_thread_cpu_ns() - waiting->cpu_ns;
    lever_waited(lane, kind, elapsed > cpu ? elapsed - cpu : 0);
}

static const struct bench_io *own_io(const struct bench_lane *lane)
{
    return team_io(lane->worker->team);
}

static int lever_sleep_until(struct bench_lane *lane, uint64_t deadline_ns)
{
    struct waiting waiting = wait_begin();
    int rc = own_io(lane)->sleep_until(lane, deadline_ns);
    wait_end(lane, WAIT_SLEEP, &waiting);
    return rc;
}

static ssize_t lever_pread(struct bench_lane *lane, int fd, void *buf, size_t n, off_t offset)
{
    struct waiting waiting = wait_begin();
    ssize_t got = own_io(lane)->pread(lane, fd, buf, n, offset);
    wait_end(lane, WAIT_READ, &waiting);
    return got;
}

static ssize_t lever_pwrite(struct bench_lane *lane, int fd, const void *buf, size_t n, off_t offset)
{
    struct waiting waiting = wait_begin();
    ssize_t put = own_io(lane)->pwrite(lane, fd, buf, n, offset);
    wait_end(lane, WAIT_WRITE, &waiting);
    return put;
}

static int lever_fsync(struct bench_lane *lane, int fd, bool data_only)
{
    struct waiting waiting = wait_begin();
    int rc = own_io(lane)->fsync(lane, fd, data_only);
    wait_end(lane, WAIT_SYNC, &waiting);
    return rc;
}

static int lever_poll(struct bench_lane *lane, int fd, short events, int64_t timeout_ns)
{
    struct waiting waiting = wait_begin();
    int ready = own_io(lane)->poll(lane, fd, events, timeout_ns);
    wait_end(lane, WAIT_POLL, &waiting);
    return ready;
}

static void lever_yield(struct bench_lane *lane)
{
    own_io(lane)->yield(lane);
}

static int lever_lock(struct bench_lane *lane, struct bench_mutex *mutex)
{
    const struct bench_io *io = own_io(lane)->lock ? own_io(lane) : &bench_io_blocking;
    struct waiting waiting = wait_begin();
    int rc = io->lock(lane, mutex);
    wait_end(lane, WAIT_LOCK, &waiting);
    return rc;
}

static void lever_unlocked(struct bench_lane *lane, struct bench_mutex *mutex)
{
    if (own_io(lane)->unlocked)
        own_io(lane)->unlocked(lane, mutex);
}

static void lever_forget(struct bench_lane *lane, int fd)
{
    if (own_io(lane)->forget)
        own_io(lane)->forget(lane, fd);
}

const struct bench_io lever_io = {
    .sleep_until = lever_sleep_until,
    .pread = lever_pread,
    .pwrite = lever_pwrite,
    .fsync = lever_fsync,
    .poll = lever_poll,
    .yield = lever_yield,
    .lock = lever_lock,
    .unlocked = lever_unlocked,
    .forget = lever_forget,
};
