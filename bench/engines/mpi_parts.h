/*
 * What the parts of the MPI engine have in common: mpi.c joins, leaves and waits, mpi_bytes.c carries
 * bytes, mpi_blocks.c hands out blocks, mpi_time.c compares clocks and starts a run.
 */
#ifndef ENGINES_MPI_PARTS_H
#define ENGINES_MPI_PARTS_H

#include <bench/engine.h>

#include <mpi.h>
#include <pthread.h>

enum engine_tag { TAG_WANT = 1, TAG_BLOCK, TAG_START, TAG_PING, TAG_PONG, TAG_PART };

/* How long a wait sleeps at most between two looks: where something may depend on it, and else. */
enum { BUSY_NS = 50000, IDLE_NS = 1000000 };

struct mpi {
    MPI_Comm ranks; /* ours alone: nobody else's messages are in it */
    int rank, size;
    struct bench_clock clock;
    pthread_mutex_t lock; /* MPI_THREAD_SERIALIZED */

    /* rank 0: what is left to be handed out, and by what its size is found */
    uint64_t next, end;
    uint64_t dealt;      /* ranges that all ranks had before */
    uint64_t answered;   /* wants of this run */
    uint64_t started_ns; /* of this run */
    uint64_t range_ns;   /* what a range takes a rank; 0: not known yet */
    bool failed;
    uint64_t want[2];
    MPI_Request listens; /* for any rank's want */

    /* the others: the block that was asked for in advance */
    struct bench_block ahead;
    uint64_t ahead_message[3];
    MPI_Request answer;
    bool asked, dry, told;

    volatile uint32_t *awaited; /* the rank that rank 0 waits for */
};

/* Until it is done, sleeping longest_ns at most at a time, with the lock let go in between. Meanwhile
 * rank 0 goes on to hand out blocks. */
void engine_wait(struct mpi *mpi, MPI_Request *request, long longest_ns);

/* ---- blocks ---- */

/* Rank 0: be ready for wants, from joining until leaving. */
void engine_listen(struct mpi *mpi);
void engine_listen_no_more(struct mpi *mpi);

/* Rank 0, under the lock: answer all that have asked. Was there any? */
bool engine_serve(struct mpi *mpi);

/* The others, under the lock: for the next block, which `failed` says will not be begun. */
void engine_ask(struct mpi *mpi, bool failed);

/* The answer to what was asked in advance and not taken would be the next run's. */
void engine_settle(struct mpi *mpi);

int engine_deal(void *state, const struct bench_block *block);
int engine_take(void *state, bool failed, struct bench_block *block);
void engine_progress(void *state);

/* ---- bytes ---- */

int engine_share(void *state, void **bytes, size_t *size);
int engine_gather(void *state, const void *bytes, size_t size, void **all, size_t *sizes);

/* ---- time ---- */

uint64_t engine_now_ns(void);
int engine_clock(void *state, struct bench_clock *clock);
int engine_start(void *state, bool failed, bool spin, uint64_t lead_ns, uint64_t *start_ns);

#endif
