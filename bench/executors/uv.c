/*
 * An event loop for each worker, on libuv: epoll for what can be polled, and threads of libuv's own that
 * block for it on files.
 */
#include <bench/executor.h>

#include "common/fibers.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
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

/* A descriptor that has been polled. It stays with libuv, and the kernel goes on looking at it, until it
 * is forgotten: a connection that is waited for again and again costs no system call. */
struct watch {
    uv_poll_t poll;
    int fd;
    short armed;                   /* what the kernel looks for; 0: nothing */
    struct fiber_request *request; /* NULL: nobody waits */
};

struct kernel {
    uv_loop_t loop;
    struct watch **watches; /* by descriptor; NULL: never polled, or forgotten */
    size_t watches_size;
    /* libuv's timers count milliseconds: the loop's earliest deadline is this timer of the kernel's */
    int timer_fd;
    uv_poll_t timer;
    uint64_t timer_ns; /* when it expires, if it is set; else UINT64_MAX */
    bool has_expired;  /* and would be reported for ever */
};

/* ---- the clock ---- */

static void on_timer(uv_poll_t *timer, int status, int events)
{
    struct kernel *kernel = timer->data;
    (void)status;
    (void)events; /* that uv_run returns is all */
    kernel->timer_ns = UINT64_MAX;
    kernel->has_expired = true;
}

/* UINT64_MAX switches it off. Either takes an expiry back. */
static void timer_set(struct kernel *kernel, uint64_t when_ns)
{
    struct itimerspec at = {0};
    if (when_ns != UINT64_MAX)
        at.it_value = (struct timespec){.tv_sec = (time_t)(when_ns / 1000000000),
                                        .tv_nsec = (long)(when_ns % 1000000000)};
    timerfd_settime(kernel->timer_fd, TFD_TIMER_ABSTIME, &at, NULL);
    kernel->timer_ns = when_ns;
    kernel->has_expired = false;
}

/* ---- files ---- */

static void on_file(uv_fs_t *file)
{
    struct fiber_request *request = file->data;
    int64_t result = file->result;
    uv_fs_req_cleanup(file);
    fiber_done(request, result);
}

/* ---- what is polled ---- */

static void watch_done(struct watch *watch, int64_t result)
{
    struct fiber_request *request = watch->request;
    watch->request = NULL;
    fiber_done(request, result);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct watch *watch = poll->data;
    int ready = (events & UV_READABLE ? POLLIN : 0) | (events & UV_WRITABLE ? POLLOUT : 0) |
                (events & UV_DISCONNECT ? POLLHUP : 0) | (events & UV_PRIORITIZED ? POLLPRI : 0);
    if (status < 0 || !watch->request) { /* what nobody waits for would be reported for ever */
        uv_poll_stop(poll);
        watch->armed = 0;
    }
    if (watch->request) /* UV_EBADF is libuv's word for EPOLLERR */
        watch_done(watch, status == UV_EBADF ? POLLERR : status < 0 ? status : ready);
}

static bool watches_reach(struct kernel *kernel, int fd)
{
    size_t size = kernel->watches_size ? kernel->watches_size : 64;
    while (size <= (size_t)fd)
        size *= 2;
    if (size == kernel->watches_size)
        return true;
    struct watch **watches = realloc(kernel->watches, size * sizeof(struct watch *));
    if (!watches)
        return false;
    memset(watches + kernel->watches_size, 0, (size - kernel->watches_size) * sizeof(struct watch *));
    kernel->watches = watches;
    kernel->watches_size = size;
    return true;
}

/* The descriptor's, made if it has none: 0, or what libuv says. */
static int watch_find(struct kernel *kernel, int fd, struct watch **out)
{
    if (fd < 0)
        return -EBADF;
    if (!watches_reach(kernel, fd))
        return -ENOMEM;
    *out = kernel->watches[fd];
    if (*out)
        return 0;
    struct watch *watch = malloc(sizeof *watch);
    if (!watch)
        return -ENOMEM;
    int rc = uv_poll_init(&kernel->loop, &watch->poll, fd);
    if (rc < 0) {
        free(watch);
        return rc;
    }
    watch->poll.data = watch;
    watch->fd = fd;
    watch->armed = 0;
    watch->request = NULL;
    *out = kernel->watches[fd] = watch;
    return 0;
}

static void on_watch_closed(uv_handle_t *poll)
{
    free(poll->data);
}

static void watch_end(struct kernel *kernel, struct watch *watch)
{
    kernel->watches[watch->fd] = NULL;
    uv_close((uv_handle_t *)&watch->poll, on_watch_closed);
}

static void ask_poll(struct kernel *kernel, struct fiber_request *request)
{
    struct watch *watch;
    short wanted = request->events & (POLLIN | POLLOUT | POLLPRI);
    int events = (wanted & POLLIN ? UV_READABLE : 0) | (wanted & POLLOUT ? UV_WRITABLE : 0) |
                 (wanted & POLLPRI ? UV_PRIORITIZED : 0);
    int rc = watch_find(kernel, request->fd, &watch);
    if (rc == -EPERM) { /* epoll refuses files and folders, which are always ready */
        fiber_done(request, wanted & (POLLIN | POLLOUT));
        return;
    }
    if (rc == 0 && watch->request)
        rc = -EEXIST; /* two lanes at once */
    else if (rc == 0 && watch->armed != wanted)
        rc = uv_poll_start(&watch->poll, events, on_poll);
    if (rc < 0) {
        fiber_done(request, rc);
        return;
    }
    watch->armed = wanted;
    watch->request = request;
}

static void uv_cancel_poll(void *context, struct fiber_request *request)
{
    struct kernel *kernel = context;
    watch_done(kernel->watches[request->fd], -ECANCELED);
}

static void uv_forget(void *context, int fd)
{
    struct kernel *kernel = context;
    if (fd >= 0 && (size_t)fd < kernel->watches_size && kernel->watches[fd])
        watch_end(kernel, kernel->watches[fd]);
}

/* ---- requests ---- */

static void uv_ask(void *context, struct fiber_request *request)
{
    struct kernel *kernel = context;
    uv_fs_t *file = request->room;
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

/* The timer is set when it would be late, and left alone when it is early: limits are mostly moved on,
 * and whoever is woken for nothing waits again. */
static void uv_wait(void *context, int64_t timeout_ns)
{
    struct kernel *kernel = context;
    if (timeout_ns > 0) {
        uint64_t until_ns = bench_now() + (uint64_t)timeout_ns;
        if (until_ns < kernel->timer_ns)
            timer_set(kernel, until_ns);
    } else if (timeout_ns < 0 && kernel->has_expired) {
        timer_set(kernel, UINT64_MAX);
    }
    uv_run(&kernel->loop, timeout_ns == 0 ? UV_RUN_NOWAIT : UV_RUN_ONCE);
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
    kernel->timer.data = kernel;
    kernel->timer_ns = UINT64_MAX;
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
    for (size_t fd = 0; fd < kernel->watches_size; fd++)
        uv_forget(kernel, (int)fd);
    uv_close((uv_handle_t *)&kernel->timer, NULL);
    uv_run(&kernel->loop, UV_RUN_DEFAULT);
    uv_loop_close(&kernel->loop);
    close(kernel->timer_fd);
    free(kernel->watches);
    free(kernel);
}

static const struct fiber_kernel kernel = {
    .room_bytes = sizeof(uv_fs_t),
    .begin = uv_begin,
    .end = uv_end,
    .ask = uv_ask,
    .cancel = uv_cancel_poll,
    .wait = uv_wait,
    .forget = uv_forget,
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
