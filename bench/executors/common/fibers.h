/*
 * An event loop for each worker, and fibers for its lanes: each runs bench_work on a small stack of its
 * own, and where it would wait the loop takes a note and runs another. Common to the executors that
 * differ in how they ask the kernel. One thread has one loop: nothing here is shared between threads.
 *
 * A lane that waits is *parked*. Sleeps and time limits are the loop's own (timers.h), with one wait of
 * the kernel's for the earliest; everything else is a request, handed to the kernel on the loop's stack.
 */
#ifndef EXECUTORS_COMMON_FIBERS_H
#define EXECUTORS_COMMON_FIBERS_H

#include <bench/executor.h>

enum fiber_op { FIBER_READ, FIBER_WRITE, FIBER_SYNC, FIBER_SYNC_DATA, FIBER_POLL };

/* What a parked lane waits for. On its stack. */
struct fiber_request {
    enum fiber_op op;
    int fd;
    short events;
    void *buffer;
    size_t size_bytes;
    off_t offset;
    int64_t result; /* as the io function is to return it */
    void *room;     /* room_bytes, as fiber_kernel says */
    struct fiber *fiber;
    bool timed_out, cancelled;
};

/* How a loop asks the kernel. All on the worker's own thread and stack. */
struct fiber_kernel {
    size_t room_bytes; /* of the kernel's own, beside each request */
    int (*begin)(void **kernel, uint32_t lanes, struct bench_error *err);
    void (*end)(void *kernel);
    /* Ask. fiber_done follows from a later wait(), or at once. */
    void (*ask)(void *kernel, struct fiber_request *request);
    /* Of a FIBER_POLL: end it early. fiber_done follows, with whatever result; also of others at once.
     */
    void (*cancel)(void *kernel, struct fiber_request *request);
    /* See that everything has been asked, then wait for something to be done: for timeout_ns, 0: only
     * look, negative: for ever. */
    void (*wait)(void *kernel, int64_t timeout_ns);
    /* A descriptor is about to be closed. NULL: nothing is kept for it. */
    void (*forget)(void *kernel, int fd);
};

/* A request is done: its lane will run. From ask(), cancel() and wait(). */
void fiber_done(struct fiber_request *request, int64_t result);

/*
 * The hooks of an executor made of these. `stack_bytes`: of each lane, 0 for what the workload needs;
 * too little is -EINVAL.
 */
int fibers_open(struct bench_team *team, const struct fiber_kernel *kernel, uint64_t stack_bytes,
                void **state, struct bench_error *err);
int fibers_run(struct bench_team *team, void *state, struct bench_error *err);
void fibers_close(struct bench_team *team, void *state);
void fibers_call(struct bench_lane *lane, void (*function)(void *argument), void *argument);
extern const struct bench_io fibers_io;

#endif
