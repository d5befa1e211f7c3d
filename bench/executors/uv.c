/*
 * An event loop for each worker, on libuv: epoll for what can be polled, and threads of libuv's own that
 * block for it on files.
 */
#include <bench/executor.h>

#include "common/fibers.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <uv.h>

struct uv_params {
    int64_t threads;
    uint64_t stack;
};

static const struct bench_param params[] = {
    BENCH_COUNT(struct uv_params, threads, "4", 1, 1024, NULL,
                "libuv's own threads, which read and write files for all workers"),
    BENCH_SIZE(struct uv_params, stack, "0", 0, 1 << 30,
               "stack size of each lane; 0: what the workload says it needs"),
    BENCH_PARAM_END,
};

/* libuv's timers count milliseconds: the loop's earliest deadline is this timer of the kernel's instead.
 */
struct kernel {
    uv_loop_t loop;
    int timer_fd;
    uv_poll_t timer;
};

union room {
    uv_fs_t file;
    uv_poll_t poll;
};

/* ---- the clock ---- */

static void on_timer(uv_poll_t *timer, int status, int events)
{
    (void)timer;
    (void)status;
    (void)events; /* that uv_run returns is all; the next setting takes the expiry back */
}

/* timeout_ns: 0 switches it off. */
static void timer_set(struct kernel *kernel, int64_t timeout_ns)
{
    struct itimerspec in = {
        .it_value = {.tv_sec = timeout_ns / 1000000000, .tv_nsec = timeout_ns % 1000000000}};
    timerfd_settime(kernel->timer_fd, 0, &in, NULL);
}

/* ---- requests ---- */

static void on_file(uv_fs_t *file)
{
    struct fiber_request *request = file->data;
    int64_t result = file->result;
    uv_fs_req_cleanup(file);
    fiber_done(request, result);
}

static void on_poll_closed(uv_handle_t *poll)
{
    struct fiber_request *request = poll->data;
    fiber_done(request, request->result);
}

/* The handle is on the lane's stack: it goes on when libuv has let go of it. */
static void poll_end(struct fiber_request *request, int64_t result)
{
    uv_poll_t *poll = &((union room *)request->room)->poll;
    request->result = result;
    if (!uv_is_closing((uv_handle_t *)poll))
        uv_close((uv_handle_t *)poll, on_poll_closed);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    int ready = (events & UV_READABLE ? POLLIN : 0) | (events & UV_WRITABLE ? POLLOUT : 0) |
                (events & UV_DISCONNECT ? POLLHUP : 0) | (events & UV_PRIORITIZED ? POLLPRI : 0);
    /* UV_EBADF is libuv's word for EPOLLERR */
    poll_end(poll->data, status == UV_EBADF ? POLLERR : status < 0 ? status : ready);
}

static void ask_poll(struct kernel *kernel, struct fiber_request *request)
{
    uv_poll_t *poll = &((union room *)request->room)->poll;
    int events = (request->events & POLLIN ? UV_READABLE : 0) |
                 (request->events & POLLOUT ? UV_WRITABLE : 0) |
                 (request->events & POLLPRI ? UV_PRIORITIZED : 0);
    int rc = uv_poll_init(&kernel->loop, poll, request->fd);
    if (rc < 0) { /* epoll refuses files and folders (-EPERM), which are always ready */
        fiber_done(request, rc == -EPERM ? request->events & (POLLIN | POLLOUT) : rc);
        return;
    }
    poll->data = request;
    rc = uv_poll_start(poll, events, on_poll);
    if (rc < 0)
        poll_end(request, rc);
}

static void uv_ask(void *context, struct fiber_request *request)
{
    struct kernel *kernel = context;
    uv_fs_t *file = &((union room *)request->room)->file;
    size_t size_bytes = request->size_bytes < 0x7ffff000 ? request->size_bytes : 0x7ffff000;
    uv_buf_t buffer = uv_buf_init(request->buffer, (unsigned)size_bytes);
    int rc = 0;
    file->data = request;
    switch (request->op) {
    case FIBER_READ:
        rc = uv_fs_read(&kernel->loop, file, request->fd, &buffer, 1, request->offset, on_file);
        break;
    case FIBER_WRITE:
        rc = uv_fs_write(&kernel->loop, file, request->fd, &buffer, 1, request->offset, on_file);
        break;
    case FIBER_SYNC:
        rc = uv_fs_fsync(&kernel->loop, file, request->fd, on_file);
        break;
    case FIBER_SYNC_DATA:
        rc = uv_fs_fdatasync(&kernel->loop, file, request->fd, on_file);
        break;
    case FIBER_POLL:
        ask_poll(kernel, request);
        break;
    }
    if (rc < 0)
        fiber_done(request, rc);
}

static void uv_cancel_poll(void *context, struct fiber_request *request)
{
    (void)context;
    poll_end(request, -ECANCELED);
}

static void uv_wait(void *context, int64_t timeout_ns)
{
    struct kernel *kernel = context;
    if (timeout_ns > 0)
        timer_set(kernel, timeout_ns);
    uv_run(&kernel->loop, timeout_ns == 0 ? UV_RUN_NOWAIT : UV_RUN_ONCE);
    if (timeout_ns > 0)
        timer_set(kernel, 0);
}

/* ---- a worker's life ---- */

static int uv_begin(void **context, uint32_t lanes, struct bench_error *err)
{
    (void)lanes;
    struct kernel *kernel = calloc(1, sizeof *kernel);
    if (!kernel)
        return bench_error_set(err, -ENOMEM, "out of memory");
    int rc = uv_loop_init(&kernel->loop);
    if (rc < 0) {
        bench_error_set(err, rc, "libuv's loop: %s", uv_strerror(rc));
        goto fail_loop;
    }
    kernel->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (kernel->timer_fd < 0) {
        rc = bench_error_set(err, -errno, "timerfd_create: %s", strerror(errno));
        goto fail_timer;
    }
    uv_poll_init(&kernel->loop, &kernel->timer, kernel->timer_fd);
    uv_poll_start(&kernel->timer, UV_READABLE, on_timer);
    *context = kernel;
    return 0;
fail_timer:
    uv_loop_close(&kernel->loop);
fail_loop:
    free(kernel);
    return rc;
}

static void uv_end(void *context)
{
    struct kernel *kernel = context;
    uv_close((uv_handle_t *)&kernel->timer, NULL);
    uv_run(&kernel->loop, UV_RUN_DEFAULT);
    uv_loop_close(&kernel->loop);
    close(kernel->timer_fd);
    free(kernel);
}

static const struct fiber_kernel kernel = {
    .room_bytes = sizeof(union room),
    .begin = uv_begin,
    .end = uv_end,
    .ask = uv_ask,
    .cancel = uv_cancel_poll,
    .wait = uv_wait,
};

/* ---- the executor ---- */

static void uv_environment(const void *values,
                           void (*set)(void *context, const char *name, const char *value),
                           void *context)
{
    char threads[24];
    snprintf(threads, sizeof threads, "%lld", (long long)((const struct uv_params *)values)->threads);
    set(context, "UV_THREADPOOL_SIZE", threads);
}

static void do_nothing(uv_work_t *work)
{
    (void)work;
}

static void done_nothing(uv_work_t *work, int status)
{
    (void)work;
    (void)status;
}

/* libuv ends the program without a word where it cannot have its threads. */
static void on_abort(int signal_number)
{
    (void)signal_number;
    bench_abort(
        "libuv could not start its threads, of which the parameter threads says how many: too many "
        "processes and threads for this user (ulimit -u)");
}

/* libuv's threads inherit the CPUs of whoever needs them first: that is to be the main thread, which may
 * use all, and not a worker, which has one. */
static int start_threads(struct bench_error *err)
{
    uv_loop_t loop;
    uv_work_t work;
    struct sigaction action = {.sa_handler = on_abort}, before;
    int rc = uv_loop_init(&loop);
    if (rc == 0) {
        sigaction(SIGABRT, &action, &before);
        rc = uv_queue_work(&loop, &work, do_nothing, done_nothing);
        uv_run(&loop, UV_RUN_DEFAULT);
        sigaction(SIGABRT, &before, NULL);
        uv_loop_close(&loop);
    }
    return rc < 0 ? bench_error_set(err, rc, "libuv's threads: %s", uv_strerror(rc)) : 0;
}

static int uv_open(struct bench_team *team, const void *values, void **state, struct bench_error *err)
{
    int rc = start_threads(err);
    return rc < 0 ? rc
                  : fibers_open(team, &kernel, ((const struct uv_params *)values)->stack, state, err);
}

const struct bench_executor BENCH_EXECUTOR(uv) = {
    .abi = BENCH_EXECUTOR_ABI,
    .name = "uv",
    .summary = "event loops on libuv, with a fiber for each lane (--inflight)",
    .params = params,
    .params_size = sizeof(struct uv_params),
    .offers = BENCH_OFFERS_ONE_ADDRESS_SPACE,
    .flags = BENCH_HAS_LANES | BENCH_HELPERS,
    .io = &fibers_io,
    .call = fibers_call,
    .environment = uv_environment,
    .open = uv_open,
    .run = fibers_run,
    .close = fibers_close,
};
