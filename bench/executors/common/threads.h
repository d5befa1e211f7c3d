/*
 * Threads as workers, one each: a pool that lives across runs, or new ones for each run. Common to the
 * executors whose workers are threads; they differ in what a worker does.
 */
#ifndef EXECUTORS_COMMON_THREADS_H
#define EXECUTORS_COMMON_THREADS_H

#include <bench/executor.h>

/* What a worker does, on its own thread. All but `work` may be NULL. */
struct threads_hooks {
    /* When the thread begins; its failure (-errno, `err` filled) is that of threads_open. */
    int (*begin)(void *context, uint32_t worker, struct bench_error *err);
    void (*work)(void *context, uint32_t worker); /* in a run, between bench_enter and bench_leave */
    void (*end)(void *context, uint32_t worker);  /* before the thread ends, if it had begun */
};

struct threads;

/* Start a thread for each worker, or with `spawn` see that each run does. Fails with nothing left. Main
 * thread, as the others. `hooks` and `context` stay until threads_close. */
int threads_open(struct threads **threads, struct bench_team *team, bool spawn,
                 const struct threads_hooks *hooks, void *context, struct bench_error *err);

/* One run: returns when every worker has left it. Fails only with `spawn`, as threads_open. */
int threads_run(struct threads *threads, struct bench_error *err);

/* End all threads. NULL may be closed. */
void threads_close(struct threads *threads);

#endif
