/* Event loops with a fiber for each lane. See fibers.h. */
#include "fibers.h"

#include "stacks.h"
#include "strand.h"
#include "threads.h"
#include "timers.h"

#include <alloca.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define LIKELY(condition) __builtin_expect(!!(condition), 1)

enum {
    OVERHEAD_BYTES = 448, /* the harness's frames and ours, above and below run()'s */
    GUARDED_MAX = 8192,   /* guard pages of a process: each is two more of its 65530 mappings */
    LOCKS_TRIED = 16,     /* at once, of those that lanes wait for */
    TURNS = 64,           /* switches from lane to lane before the loop looks what has been done */
};
static const int64_t check_ns = 50000000; /* how often a waiting loop looks whether the run has failed */
static const int64_t lock_ns = 20000;     /* and whether another worker has let go of a lock */

/* At the top of its own stack. */
struct fiber {
    struct strand strand;
    struct timed timed; /* of its time limit */
    struct fiber *next; /* in a queue */
    struct loop *loop;
    struct bench_lane *lane;
    struct fiber_request *request;   /* that the kernel has; NULL: none */
    const struct bench_mutex *mutex; /* that it waits for, in the queue of those that do */
    bool is_parked;                  /* until another lane says so (fibers_park) */
    char *bottom;                    /* of its stack */
};

struct queue {
    struct fiber *first, *last;
};

/* What a lane wants to be done on the loop's stack. */
struct call {
    void (*function)(void *argument);
    void *argument;
};

/* The state of one worker. */
struct loop {
    struct strand strand;
    struct queue ready;      /* which can go on */
    struct queue parked;     /* which have a request that the kernel has not got yet */
    struct queue locked_out; /* which wait for a lock that another lane holds */
    bool in_lanes;           /* a lane runs, not the loop */
    unsigned turns;          /* left before it is the loop's again */
    uint32_t begun;          /* lanes that have been started in this run */
    uint32_t waiting;        /* lanes that are parked */
    struct call call;
    struct timers sleeps, limits;
    bool failed; /* the run has failed, and all that waits has been cancelled */
    struct fibers *fibers;
    void *kernel;
    struct stacks stacks;
};

struct fibers {
    struct bench_team *team;
    const struct fiber_kernel *kernel;
    struct threads *threads;
    size_t stack_bytes;
    struct loop **loops; /* each made by its own thread */
};

/* ---- queues ---- */

static inline void queue_add(struct queue *queue, struct fiber *fiber)
{
    fiber->next = NULL;
    if (queue->first)
        queue->last->next = fiber;
    else
        queue->first = fiber;
    queue->last = fiber;
}

static inline struct fiber *queue_take(struct queue *queue)
{
    struct fiber *fiber = queue->first;
    if (fiber)
        queue->first = fiber->next;
    return fiber;
}

static struct fiber *fiber_at(const struct loop *loop, uint32_t index)
{
    char *top = stacks_top(&loop->stacks, index);
    return (struct fiber *)(void *)(top - sizeof(struct fiber));
}

/* With thousands of lanes the next one's stack is not cached: prefetch it while another runs. */
static inline void prefetch_stack(const void *where)
{
    for (int line = 0; line < 6; line++)
        __builtin_prefetch((const char *)where + line * 64);
}

static struct fiber *start_fiber(struct loop *loop)
{
    struct fiber *fiber = fiber_at(loop, loop->begun++);
    prefetch_stack((char *)fiber + 4 * loop->stacks.slot_bytes - 320);
    return fiber;
}

/* Who runs next: one that can go on and, in turn with those, one that has not been started, or lanes
 * that yield to it would do so for ever; NULL: nobody now. */
static inline struct fiber *next_fiber(struct loop *loop)
{
    if (!LIKELY(loop->begun == loop->stacks.count) && (loop->turns % 2 || !loop->ready.first))
        return start_fiber(loop);
    struct fiber *fiber = queue_take(&loop->ready);
    if (fiber && fiber->next)
        prefetch_stack(fiber->next->strand.context);
    return fiber;
}

/*
 * Of the lanes that wait for a lock, one whose lock is free can go on. Only the first few are looked at,
 * and go to the end of the queue: there may be thousands, and locks promise no order.
 */
static void let_in(struct loop *loop)
{
    struct fiber *fiber;
    for (int i = 0; i < LOCKS_TRIED && (fiber = queue_take(&loop->locked_out)); i++) {
        if (__atomic_load_n(&fiber->mutex->state, __ATOMIC_RELAXED) == 0) {
            loop->waiting--;
            queue_add(&loop->ready, fiber);
            return;
        }
        queue_add(&loop->locked_out, fiber);
    }
}

/* ---- on a lane's stack ---- */

static inline void check_stack(const struct fiber *fiber)
{
    if (!LIKELY(stack_is_whole(&fiber->loop->stacks, fiber->bottom)))
        stack_overflowed(fiber->loop->fibers->stack_bytes);
}

/* Run another. Returns when this one is to go on. */
static inline void leave(struct fiber *fiber)
{
    struct loop *loop = fiber->loop;
    check_stack(fiber);
    struct fiber *next = LIKELY(loop->turns) ? next_fiber(loop) : NULL;
    if (!next) {
        strand_switch(&fiber->strand, &loop->strand);
        return;
    }
    loop->turns--;
    if (next != fiber)
        strand_switch(&fiber->strand, &next->strand);
}

static void fiber_main(struct strand *from)
{
    struct fiber *fiber = (struct fiber *)strand_arrive(from)->to;
    for (;;) {
        bench_work(fiber->lane);
        leave(fiber); /* to be started again in the next run */
    }
}

static inline bool is_cancelled(const struct fiber *fiber)
{
    return bench_team_failed(fiber->loop->fibers->team);
}

static int fibers_sleep_until(struct bench_lane *lane, uint64_t deadline_ns)
{
    struct fiber *fiber = lane->own;
    struct loop *loop = fiber->loop;
    if (is_cancelled(fiber))
        return -ECANCELED;
    timers_add(&loop->sleeps, deadline_ns, &fiber->timed);
    loop->waiting++;
    leave(fiber);
    return is_cancelled(fiber) && bench_now() < deadline_ns ? -ECANCELED : 0;
}

/* Park until the request is done or, unless that is UINT64_MAX, until deadline_ns. */
static __attribute__((noinline)) int64_t
request_wait(struct bench_lane *lane, struct fiber_request *request, uint64_t deadline_ns)
{
    struct fiber *fiber = lane->own;
    struct loop *loop = fiber->loop;
    request->fiber = fiber;
    request->room = alloca(loop->fibers->kernel->room_bytes + 1);
    do {
        if (is_cancelled(fiber))
            return -ECANCELED;
        request->timed_out = request->cancelled = false;
        if (deadline_ns != UINT64_MAX)
            timers_add(&loop->limits, deadline_ns, &fiber->timed);
        fiber->request = request;
        queue_add(&loop->parked, fiber);
        loop->waiting++;
        leave(fiber);
    } while (request->result == -EINTR);
    if (request->result == -ECANCELED && request->timed_out && !request->cancelled)
        return 0;
    return request->result;
}

static ssize_t fibers_pread(struct bench_lane *lane, int fd, void *buf, size_t n, off_t offset)
{
    struct fiber_request request = {
        .op = FIBER_READ, .fd = fd, .buffer = buf, .size_bytes = n, .offset = offset};
    return request_wait(lane, &request, UINT64_MAX);
}

static ssize_t fibers_pwrite(struct bench_lane *lane, int fd, const void *buf, size_t n, off_t offset)
{
    struct fiber_request request = {
        .op = FIBER_WRITE, .fd = fd, .buffer = (void *)buf, .size_bytes = n, .offset = offset};
    return request_wait(lane, &request, UINT64_MAX);
}

static int fibers_fsync(struct bench_lane *lane, int fd, bool data_only)
{
    struct fiber_request request = {.op = data_only ? FIBER_SYNC_DATA : FIBER_SYNC, .fd = fd};
    return (int)request_wait(lane, &request, UINT64_MAX);
}

static int fibers_poll(struct bench_lane *lane, int fd, short events, int64_t timeout_ns)
{
    if (timeout_ns == 0)
        return bench_io_blocking.poll(lane, fd, events, 0);
    struct fiber_request request = {.op = FIBER_POLL, .fd = fd, .events = events};
    uint64_t deadline_ns = timeout_ns < 0 ? UINT64_MAX : bench_now() + (uint64_t)timeout_ns;
    return (int)request_wait(lane, &request, deadline_ns);
}

static void fibers_yield(struct bench_lane *lane)
{
    struct fiber *fiber = lane->own;
    queue_add(&fiber->loop->ready, fiber);
    leave(fiber);
}

/* The lock may be held by another lane of this worker, which must be able to continue. */
static int fibers_lock(struct bench_lane *lane, struct bench_mutex *mutex)
{
    struct fiber *fiber = lane->own;
    struct loop *loop = fiber->loop;
    uint32_t free;
    do {
        if (is_cancelled(fiber))
            return -ECANCELED;
        fiber->mutex = mutex;
        queue_add(&loop->locked_out, fiber);
        loop->waiting++;
        leave(fiber);
        free = 0;
    } while (!__atomic_compare_exchange_n(&mutex->state, &free, 1, false, __ATOMIC_ACQUIRE,
                                          __ATOMIC_RELAXED));
    return 0;
}

static void fibers_unlocked(struct bench_lane *lane, struct bench_mutex *mutex)
{
    (void)mutex;
    struct loop *loop = ((struct fiber *)lane->own)->loop;
    if (!LIKELY(!loop->locked_out.first))
        let_in(loop);
}

static int fibers_park(struct bench_lane *lane)
{
    struct fiber *fiber = lane->own;
    if (is_cancelled(fiber))
        return -ECANCELED;
    fiber->is_parked = true;
    fiber->loop->waiting++;
    leave(fiber);
    return is_cancelled(fiber) ? -ECANCELED : 0;
}

static void resume(struct fiber *fiber)
{
    fiber->is_parked = false;
    fiber->loop->waiting--;
    queue_add(&fiber->loop->ready, fiber);
}

static void fibers_unpark(struct bench_lane *lane, struct bench_lane *parked)
{
    (void)lane;
    struct fiber *fiber = parked->own;
    if (fiber->is_parked) /* or it has been cancelled meanwhile */
        resume(fiber);
}

static void fibers_forget(struct bench_lane *lane, int fd)
{
    struct loop *loop = ((struct fiber *)lane->own)->loop;
    if (loop->fibers->kernel->forget)
        loop->fibers->kernel->forget(loop->kernel, fd);
}

const struct bench_io fibers_io = {
    .sleep_until = fibers_sleep_until,
    .pread = fibers_pread,
    .pwrite = fibers_pwrite,
    .fsync = fibers_fsync,
    .poll = fibers_poll,
    .yield = fibers_yield,
    .lock = fibers_lock,
    .unlocked = fibers_unlocked,
    .forget = fibers_forget,
    .park = fibers_park,
    .unpark = fibers_unpark,
};

void fibers_call(struct bench_lane *lane, void (*function)(void *argument), void *argument)
{
    struct fiber *fiber = lane->own;
    if (!fiber->loop->in_lanes) { /* lane_init, or a call in a call */
        function(argument);
        return;
    }
    check_stack(fiber);
    fiber->loop->call = (struct call){function, argument};
    strand_switch(&fiber->strand, &fiber->loop->strand);
}

/* ---- on the loop's stack ---- */

/* Let a lane run, and others after it, until it is the loop's turn. */
static void run_lanes(struct loop *loop, struct fiber *fiber)
{
    loop->turns = TURNS;
    struct strand *next = &fiber->strand;
    while (next) {
        loop->in_lanes = true;
        struct strand *from = strand_switch(&loop->strand, next);
        loop->in_lanes = false;
        struct call call = loop->call;
        loop->call.function = NULL;
        if (call.function)
            call.function(call.argument);
        next = call.function ? from : NULL;
    }
}

void fiber_done(struct fiber_request *request, int64_t result)
{
    struct fiber *fiber = request->fiber;
    struct loop *loop = fiber->loop;
    if (fiber->timed.place)
        timers_remove(&loop->limits, &fiber->timed);
    request->result = result;
    fiber->request = NULL;
    loop->waiting--;
    queue_add(&loop->ready, fiber);
}

static void ask_parked(struct loop *loop)
{
    struct fiber *fiber;
    while ((fiber = queue_take(&loop->parked)))
        loop->fibers->kernel->ask(loop->kernel, fiber->request);
}

static struct fiber *fiber_of(struct timed *timed)
{
    return (struct fiber *)(void *)((char *)timed - offsetof(struct fiber, timed));
}

/* Wake those whose time has come: as many as the lanes have turns, so that they run while they are in
 * the cache. */
static void expire(struct loop *loop, uint64_t now_ns)
{
    for (unsigned i = 0; i < TURNS && timers_next(&loop->sleeps) <= now_ns; i++) {
        loop->waiting--;
        queue_add(&loop->ready, fiber_of(timers_take(&loop->sleeps)));
    }
    while (timers_next(&loop->limits) <= now_ns) {
        struct fiber *fiber = fiber_of(timers_take(&loop->limits));
        fiber->request->timed_out = true;
        loop->fibers->kernel->cancel(loop->kernel, fiber->request);
    }
}

/* The run has failed: nothing is waited for that could take long. */
static void cancel_all(struct loop *loop)
{
    loop->failed = true;
    while (loop->sleeps.count) {
        loop->waiting--;
        queue_add(&loop->ready, fiber_of(timers_take(&loop->sleeps)));
    }
    for (struct fiber *fiber; (fiber = queue_take(&loop->locked_out));) {
        loop->waiting--;
        queue_add(&loop->ready, fiber);
    }
    for (uint32_t i = 0; i < loop->begun; i++) {
        if (fiber_at(loop, i)->is_parked)
            resume(fiber_at(loop, i));
        struct fiber_request *request = fiber_at(loop, i)->request;
        if (!request || request->op != FIBER_POLL || request->timed_out)
            continue;
        request->cancelled = true;
        loop->fibers->kernel->cancel(loop->kernel, request);
    }
}

/* Until something is done or somebody's time has come; only a look while lanes can go on. */
static void wait_for_any(struct loop *loop)
{
    uint64_t sleep_ns = timers_next(&loop->sleeps), limit_ns = timers_next(&loop->limits);
    uint64_t next_ns = sleep_ns < limit_ns ? sleep_ns : limit_ns;
    uint64_t now_ns = next_ns == UINT64_MAX ? 0 : bench_now();
    int64_t timeout_ns = loop->locked_out.first            ? lock_ns
                         : loop->fibers->team->workers > 1 ? check_ns
                                                           : -1;
    if (next_ns != UINT64_MAX) {
        uint64_t left_ns = next_ns > now_ns ? next_ns - now_ns : 0;
        if (timeout_ns < 0 || left_ns < (uint64_t)timeout_ns)
            timeout_ns = (int64_t)left_ns;
    }
    bool lanes_left = loop->ready.first || loop->begun < loop->stacks.count;
    loop->fibers->kernel->wait(loop->kernel, lanes_left ? 0 : timeout_ns);
    if (next_ns != UINT64_MAX)
        expire(loop, bench_now());
}

static void loop_run(struct loop *loop)
{
    loop->begun = 0;
    loop->failed = false;
    for (;;) {
        struct fiber *fiber = next_fiber(loop);
        if (fiber)
            run_lanes(loop, fiber);
        else if (loop->waiting == 0)
            return;
        ask_parked(loop);
        if (loop->locked_out.first)
            let_in(loop);
        if (!loop->failed && bench_team_failed(loop->fibers->team))
            cancel_all(loop);
        if (loop->waiting)
            wait_for_any(loop);
    }
}

/* ---- a worker's life ---- */

static void loop_free(struct loop *loop)
{
    for (uint32_t i = 0; loop->stacks.memory && i < loop->stacks.count; i++)
        strand_destroy(&fiber_at(loop, i)->strand);
    stacks_free(&loop->stacks);
    timers_free(&loop->sleeps);
    timers_free(&loop->limits);
    free(loop);
}

static void make_fibers(struct loop *loop, uint32_t worker)
{
    for (uint32_t i = 0; i < loop->stacks.count; i++) {
        struct fiber *fiber = fiber_at(loop, i);
        *fiber = (struct fiber){.loop = loop,
                                .lane = bench_team_lane(loop->fibers->team, worker, i),
                                .bottom = stacks_bottom(&loop->stacks, i)};
        fiber->lane->own = fiber;
        stack_mark(&loop->stacks, fiber->bottom);
        strand_make(&fiber->strand, fiber->bottom, (char *)fiber, fiber_main);
    }
}

static int worker_begin(void *context, uint32_t worker, struct bench_error *err)
{
    struct fibers *fibers = context;
    const struct bench_team *team = fibers->team;
    bench_pin(fibers->team, worker);
    struct loop *loop = calloc(1, sizeof *loop);
    if (!loop)
        return bench_error_set(err, -ENOMEM, "out of memory");
    loop->fibers = fibers;
    strand_of_thread(&loop->strand);
    bool guard = (uint64_t)team->workers * team->inflight <= GUARDED_MAX;
    int rc = stacks_make(&loop->stacks, team->inflight, fibers->stack_bytes, guard);
    if (rc == 0 && (!timers_init(&loop->sleeps, team->inflight, false) ||
                    !timers_init(&loop->limits, team->inflight, true)))
        rc = -ENOMEM;
    if (rc < 0)
        bench_error_set(err, rc,
                        "%" PRIu32 " lanes in flight need %.3g MiB of stacks, %zu bytes each: %s",
                        team->inflight, (double)team->inflight * (double)fibers->stack_bytes / 0x1p20,
                        fibers->stack_bytes, strerror(-rc));
    else
        rc = fibers->kernel->begin(&loop->kernel, team->inflight, err);
    if (rc < 0) {
        loop_free(loop);
        return rc;
    }
    make_fibers(loop, worker);
    fibers->loops[worker] = loop;
    return 0;
}

static void worker_work(void *context, uint32_t worker)
{
    loop_run(((struct fibers *)context)->loops[worker]);
}

static void worker_end(void *context, uint32_t worker)
{
    struct fibers *fibers = context;
    struct loop *loop = fibers->loops[worker];
    fibers->kernel->end(loop->kernel);
    loop_free(loop);
}

/* ---- the executor's hooks ---- */

static int choose_stack(struct fibers *fibers, uint64_t wanted_bytes, struct bench_error *err)
{
    size_t needed_bytes = fibers->team->stack_bytes;
    if (wanted_bytes && wanted_bytes < needed_bytes)
        return bench_error_set(err, -EINVAL,
                               "stack=%" PRIu64 ": the workload needs %zu bytes; 0 takes what it needs",
                               wanted_bytes, needed_bytes);
    size_t stack_bytes = wanted_bytes ? wanted_bytes : needed_bytes;
    fibers->stack_bytes = (stack_bytes + OVERHEAD_BYTES + fibers->kernel->room_bytes) * STRAND_FACTOR +
                          sizeof(struct fiber);
    return 0;
}

void fibers_close(struct bench_team *team, void *state)
{
    (void)team;
    struct fibers *fibers = state;
    threads_close(fibers->threads);
    free(fibers->loops);
    free(fibers);
}

int fibers_open(struct bench_team *team, const struct fiber_kernel *kernel, uint64_t stack_bytes,
                void **state, struct bench_error *err)
{
    static const struct threads_hooks hooks = {
        .begin = worker_begin, .work = worker_work, .end = worker_end};
    struct fibers *fibers = calloc(1, sizeof *fibers);
    if (!fibers)
        return bench_error_set(err, -ENOMEM, "out of memory");
    fibers->team = team;
    fibers->kernel = kernel;
    fibers->loops = calloc(team->workers, sizeof *fibers->loops);
    int rc = fibers->loops ? choose_stack(fibers, stack_bytes, err)
                           : bench_error_set(err, -ENOMEM, "out of memory");
    if (rc == 0)
        rc = threads_open(&fibers->threads, team, false, &hooks, fibers, err);
    if (rc < 0) {
        fibers_close(team, fibers);
        return rc;
    }
    *state = fibers;
    return 0;
}

int fibers_run(struct bench_team *team, void *state, struct bench_error *err)
{
    (void)team;
    return threads_run(((struct fibers *)state)->threads, err);
}
