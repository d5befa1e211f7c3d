/*
 * An event loop for each worker, on io_uring: waits are requests in a ring shared with the kernel, many
 * handed over with one system call.
 */
#include <bench/executor.h>

#include "common/fibers.h"

#include <errno.h>
#include <liburing.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct uring_params {
    uint64_t stack;
};

static const struct bench_param params[] = {
    BENCH_SIZE(struct uring_params, stack, "0", 0, 1 << 30,
               "stack size of each lane; 0: what the workload says it needs"),
    BENCH_PARAM_END,
};

enum {
    ENTRIES_MIN = 8,
    ENTRIES_MAX = 512,
    DONE_MAX = 32768,
    FILES_MAX = 4, /* a disk idles while more than a few are gathered for one system call */
};

static void *const nobody = NULL; /* whose completions are of no interest */

/* Newer kernels need not be interrupted to tell of completions, and know that one thread asks. */
static int ring_make(struct io_uring *ring, unsigned entries, unsigned done_entries)
{
    struct io_uring_params options = {.flags = IORING_SETUP_CQSIZE | IORING_SETUP_SINGLE_ISSUER |
                                               IORING_SETUP_DEFER_TASKRUN,
                                      .cq_entries = done_entries};
    int rc = io_uring_queue_init_params(entries, ring, &options);
    if (rc == -EINVAL) { /* before Linux 6.1 */
        options = (struct io_uring_params){.flags = IORING_SETUP_CQSIZE, .cq_entries = done_entries};
        rc = io_uring_queue_init_params(entries, ring, &options);
    }
    if (rc == 0 &&
        !(options.features & IORING_FEAT_EXT_ARG)) { /* before Linux 5.11: waits have no end */
        io_uring_queue_exit(ring);
        rc = -ENOSYS;
    }
    return rc;
}

/* In words that say what to change. */
static const char *why_not(int rc)
{
    return rc == -ENOSYS   ? "this kernel has none, or one older than Linux 5.11"
           : rc == -EPERM  ? "kernel.io_uring_disabled or a container's seccomp profile forbids it"
           : rc == -ENOMEM ? "its rings are counted as locked memory, of which this user may have no "
                             "more (ulimit -l; "
                             "LimitMEMLOCK= of a systemd unit; --ulimit memlock=-1 of a container)"
                           : "an io_uring could not be created or used";
}

/* May and can this process use io_uring? A request that does nothing must come back. */
static int probe(struct bench_error *err)
{
    struct io_uring ring;
    int rc = ring_make(&ring, ENTRIES_MIN, ENTRIES_MIN * 2);
    if (rc == 0) {
        io_uring_prep_nop(io_uring_get_sqe(&ring));
        rc = io_uring_submit_and_wait(&ring, 1);
        io_uring_queue_exit(&ring);
        if (rc > 0)
            return 0;
    }
    return bench_error_set(
        err, -ENOTSUP,
        "io_uring is not available here (%s): %s; the executor uv does the same without it",
        strerror(-rc), why_not(rc));
}

static int uring_begin(void **kernel, uint32_t lanes, struct bench_error *err)
{
    struct io_uring *ring = malloc(sizeof *ring);
    if (!ring)
        return bench_error_set(err, -ENOMEM, "out of memory");
    unsigned entries = lanes < ENTRIES_MIN ? ENTRIES_MIN : lanes > ENTRIES_MAX ? ENTRIES_MAX : lanes;
    unsigned done_entries = 2 * lanes < DONE_MAX ? 2 * lanes : DONE_MAX;
    int rc = ring_make(ring, entries, done_entries < entries ? entries * 2 : done_entries);
    if (rc < 0) {
        free(ring);
        return bench_error_set(err, rc, "an io_uring of %u entries could not be created: %s: %s",
                               entries, strerror(-rc), why_not(rc));
    }
    *kernel = ring;
    return 0;
}

static void uring_end(void *kernel)
{
    io_uring_queue_exit(kernel);
    free(kernel);
}

/* Full rings and interruptions pass; with anything else nobody would ever be woken. */
static void check_entered(int rc)
{
    char message[128];
    if (rc >= 0 || rc == -ETIME || rc == -EINTR || rc == -EAGAIN || rc == -EBUSY)
        return;
    snprintf(message, sizeof message, "io_uring_enter failed: %s", strerror(-rc));
    bench_abort(message);
}

static void take_done(struct io_uring *ring)
{
    struct io_uring_cqe *done;
    unsigned head, count = 0;
    io_uring_for_each_cqe(ring, head, done)
    {
        struct fiber_request *request = io_uring_cqe_get_data(done);
        if (request != nobody)
            fiber_done(request, done->res);
        count++;
    }
    io_uring_cq_advance(ring, count);
}

/* While too much that is done has not been taken, older kernels take nothing new (-EBUSY). */
static struct io_uring_sqe *next_entry(struct io_uring *ring)
{
    struct io_uring_sqe *entry;
    while (!(entry = io_uring_get_sqe(ring))) {
        check_entered(io_uring_submit_and_get_events(ring));
        take_done(ring);
    }
    return entry;
}

static void uring_ask(void *kernel, struct fiber_request *request)
{
    struct io_uring_sqe *entry = next_entry(kernel);
    unsigned size_bytes = request->size_bytes < 0x7ffff000 ? (unsigned)request->size_bytes : 0x7ffff000;
    switch (request->op) {
    case FIBER_READ:
        io_uring_prep_read(entry, request->fd, request->buffer, size_bytes, (uint64_t)request->offset);
        break;
    case FIBER_WRITE:
        io_uring_prep_write(entry, request->fd, request->buffer, size_bytes, (uint64_t)request->offset);
        break;
    case FIBER_SYNC:
        io_uring_prep_fsync(entry, request->fd, 0);
        break;
    case FIBER_SYNC_DATA:
        io_uring_prep_fsync(entry, request->fd, IORING_FSYNC_DATASYNC);
        break;
    case FIBER_POLL:
        io_uring_prep_poll_add(entry, request->fd, (unsigned short)request->events);
        break;
    }
    io_uring_sqe_set_data(entry, request);
    if (request->op != FIBER_POLL && io_uring_sq_ready(kernel) >= FILES_MAX)
        check_entered(io_uring_submit(kernel));
}

static void uring_cancel(void *kernel, struct fiber_request *request)
{
    struct io_uring_sqe *entry = next_entry(kernel);
    /* Not io_uring_prep_poll_remove: it does nothing (-EALREADY) to a poll that has just been woken, and
     * that poll goes on waiting if another has meanwhile taken what woke it. */
    io_uring_prep_cancel(entry, request, 0);
    io_uring_sqe_set_data(entry, nobody);
}

static void uring_wait(void *kernel, int64_t timeout_ns)
{
    struct io_uring *ring = kernel;
    struct io_uring_cqe *done;
    struct __kernel_timespec timeout = {.tv_sec = timeout_ns / 1000000000,
                                        .tv_nsec = timeout_ns % 1000000000};
    check_entered(timeout_ns == 0 ? io_uring_submit_and_get_events(ring)
                                  : io_uring_submit_and_wait_timeout(
                                        ring, &done, 1, timeout_ns < 0 ? NULL : &timeout, NULL));
    take_done(ring);
}

static const struct fiber_kernel kernel = {
    .begin = uring_begin,
    .end = uring_end,
    .ask = uring_ask,
    .cancel = uring_cancel,
    .wait = uring_wait,
};

static int uring_open(struct bench_team *team, const void *values, void **state, struct bench_error *err)
{
    int rc = probe(err);
    return rc < 0 ? rc
                  : fibers_open(team, &kernel, ((const struct uring_params *)values)->stack, state, err);
}

const struct bench_executor BENCH_EXECUTOR(uring) = {
    .abi = BENCH_EXECUTOR_ABI,
    .name = "uring",
    .summary = "event loops on io_uring, with a fiber for each lane (--inflight)",
    .params = params,
    .params_size = sizeof(struct uring_params),
    .offers = BENCH_OFFERS_ONE_ADDRESS_SPACE,
    .flags = BENCH_HAS_LANES | BENCH_HELPERS,
    .io = &fibers_io,
    .call = fibers_call,
    .open = uring_open,
    .run = fibers_run,
    .close = fibers_close,
};
