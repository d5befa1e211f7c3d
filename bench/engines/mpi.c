/*
 * Ranks connected by MPI: built once for each MPI that was found, since each has a binary interface of
 * its own. All is two-sided and portable: a rank that has begun a block asks for the next at once, and
 * rank 0 answers where it looks (progress). Waiting is testing and sleeping, for MPI itself would spin.
 */
#include "mpi_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>

enum { SPINS = 200, BUSY_TURNS = 4000 };

/* ---- waiting ---- */

/* A turn without success: a moment of it is spent on the CPU, then longer and longer sleeps. */
static void pause_ns(unsigned turn, long longest_ns)
{
    if (turn < SPINS)
        return;
    long ns = 10000L << (turn - SPINS < 7 ? turn - SPINS : 7);
    const struct timespec pause = {.tv_nsec = ns < longest_ns ? ns : longest_ns};
    nanosleep(&pause, NULL);
}

/* For some 0.2 s rank 0 sleeps no longer than others can wait for a block: the run of those may not be
 * over. */
void engine_wait(struct mpi *mpi, MPI_Request *request, long longest_ns)
{
    for (unsigned turn = 0;; turn++) {
        int done;
        pthread_mutex_lock(&mpi->lock);
        MPI_Test(request, &done, MPI_STATUS_IGNORE);
        if (!done && mpi->rank == 0 && engine_serve(mpi))
            turn = 0;
        pthread_mutex_unlock(&mpi->lock);
        if (done)
            return;
        pause_ns(turn, mpi->rank == 0 && turn < BUSY_TURNS ? BUSY_NS : longest_ns);
    }
}

/* ---- coming and going ---- */

/* "Open MPI v4.1.4, package: ..." and "MPICH Version:      4.0.2\n...": the name and the number. */
static void name_runtime(char *name, size_t size)
{
    char text[MPI_MAX_LIBRARY_VERSION_STRING], words[3][24] = {"", "", ""};
    int length;
    MPI_Get_library_version(text, &length);
    if (sscanf(text, "%23s %23s %23[^, \n]", words[0], words[1], words[2]) == 3 && words[2][0] == 'v')
        snprintf(name, size, "%s %s %s", words[0], words[1], words[2] + 1);
    else
        snprintf(name, size, "%s %s", words[0], words[2]);
}

static int mpi_join(struct bench_ranks *ranks, void **state, struct bench_error *err)
{
    int provided, rank, size;
    if (MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &provided) != MPI_SUCCESS)
        return bench_error_set(err, -EIO, "MPI_Init_thread failed");
    if (provided < MPI_THREAD_SERIALIZED)
        return bench_error_set(err, -ENOTSUP, "this MPI has no MPI_THREAD_SERIALIZED");
    struct mpi *mpi = calloc(1, sizeof *mpi);
    if (!mpi)
        return bench_error_set(err, -ENOMEM, "out of memory");
    pthread_mutex_init(&mpi->lock, NULL);
    prctl(PR_SET_TIMERSLACK, 1UL); /* the kernel's default of 50 us would be added to every sleep */
    MPI_Comm_dup(MPI_COMM_WORLD, &mpi->ranks);
    MPI_Comm_rank(mpi->ranks, &rank);
    MPI_Comm_size(mpi->ranks, &size);
    mpi->rank = rank;
    mpi->size = size;
    mpi->awaited = ranks->awaited;
    if (rank == 0)
        engine_listen(mpi);
    ranks->rank = (uint32_t)rank;
    ranks->ranks = (uint32_t)size;
    name_runtime(ranks->runtime, sizeof ranks->runtime);
    *state = mpi;
    return 0;
}

static void mpi_leave(void *state)
{
    struct mpi *mpi = state;
    if (mpi->rank == 0)
        engine_listen_no_more(mpi);
    MPI_Finalize();
    free(mpi);
}

const struct bench_engine BENCH_ENGINE = {
    .abi = BENCH_ENGINE_ABI,
    .name = BENCH_ENGINE_NAME,
    .summary = "ranks connected by MPI",
    .join = mpi_join,
    .share = engine_share,
    .gather = engine_gather,
    .clock = engine_clock,
    .deal = engine_deal,
    .take = engine_take,
    .start = engine_start,
    .progress = engine_progress,
    .leave = mpi_leave,
};
