/*
 * The engine contract: what connects ranks, runners of one case on several hosts, which share no memory.
 * An engine carries bytes from rank to rank and hands out blocks of ranges; each rank is an ordinary
 * runner, and within it an ordinary executor runs. Workloads and executors know nothing of engines.
 *
 * The life of an engine, in each rank:
 *
 *     join                              first of all, before anything is read or opened
 *       share                           each line of the protocol, from rank 0 to the others
 *       share gather                    what ranks have to agree on, between runs
 *         clock deal                    before a run
 *         start                         when all workers of this rank are ready
 *         take progress ...             during the run
 *       gather                          what the run took
 *     leave                             last of all
 *
 * join, share, gather, clock, deal and leave are called on the main thread, by all ranks in the same
 * order: each returns when this rank's part is done. start, take and progress may be called by any of a
 * rank's threads, and at the same time. Who waits sleeps: ranks may be more than CPUs.
 *
 * Functions return 0 or a negative errno value; where there is an `err` it is filled. An engine whose
 * ranks have lost each other may also end the process: its launcher then ends the others.
 */
#ifndef BENCH_ENGINE_H
#define BENCH_ENGINE_H

#include <bench/error.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BENCH_ENGINE_ABI 1

/* Who one is, among how many. */
struct bench_ranks {
    uint32_t rank, ranks;
    char runtime[64]; /* what connects them and its version: "Open MPI 4.1.4" */
    /* The harness's, filled before join; the engine writes there which rank rank 0 waits for, 0 where it
     * waits for none: a message can then name it. */
    volatile uint32_t *awaited;
};

/* Ranges of the run: from `first` up to `end`, which is not among them. */
struct bench_block {
    uint64_t first, end;
};

/* What `clock` has found out about rank 0's CLOCK_MONOTONIC. */
struct bench_clock {
    int64_t ahead_ns;  /* of this rank's: rank 0's time is this rank's plus this */
    uint64_t error_ns; /* by which that may be wrong: half of the shortest round trip */
};

struct bench_engine {
    uint32_t abi; /* BENCH_ENGINE_ABI; read before any other field */
    const char *name;
    const char *summary; /* one line, for the listing */

    int (*join)(struct bench_ranks *ranks, void **state, struct bench_error *err);

    /* Rank 0's bytes to all: *bytes is rank 0's to give, elsewhere the caller's to free(). */
    int (*share)(void *state, void **bytes, size_t *size);

    /* Each rank's bytes, of any size, to rank 0: there *all is them, rank after rank, and sizes[rank]
     * how many of each. *all is the caller's to free(); elsewhere NULL, and sizes is not touched.
     * Meanwhile rank 0 goes on to hand out blocks. */
    int (*gather)(void *state, const void *bytes, size_t size, void **all, size_t *sizes);

    /* Compare this rank's CLOCK_MONOTONIC with rank 0's. */
    int (*clock)(void *state, struct bench_clock *clock);

    /* There are these ranges to be handed out in this run, beyond what each rank has been dealt. */
    int (*deal)(void *state, const struct bench_block *block);

    /*
     * The next block for this rank: 1, or 0 when there is none any more, or -ECANCELED when a rank has
     * failed. `failed`: this one has, nobody is to begin anything.
     */
    int (*take)(void *state, bool failed, struct bench_block *block);

    /*
     * All of this rank's workers are ready. Returns when all ranks are and the time has come that they
     * have agreed on, which is *start_ns of this rank's CLOCK_MONOTONIC, lead_ns (rank 0's) after the
     * last was ready. `spin`: this rank has a CPU to wait on. -ECANCELED where a rank is not to start:
     * `failed` says that this one is it. A lead_ns of 0, which all ranks have then, is no time that is
     * agreed on but a barrier: each returns once it knows that all are ready, at its own *start_ns.
     */
    int (*start)(void *state, bool failed, bool spin, uint64_t lead_ns, uint64_t *start_ns);

    /* On rank 0, now and then during the run: answer those that ask for blocks. */
    void (*progress)(void *state);

    void (*leave)(void *state);
};

/* The one symbol of an engine's file: `const struct bench_engine BENCH_ENGINE = {...};`, last. */
#define BENCH_ENGINE bench_engine_module
extern __attribute__((visibility("default"))) const struct bench_engine bench_engine_module;

#ifdef __cplusplus
}
#endif
#endif
