/* A common clock, and a common start. */
#include "mpi_parts.h"

#include <errno.h>
#include <sched.h>
#include <time.h>

enum { SERVED_BEFORE_NS = 20000 }; /* the start is waited for alone from then on */
enum { ROUND_TRIPS = 30 };

uint64_t engine_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Nobody sleeps, but where there is no CPU for both, each lets the other go on. */
static void wait_awake(MPI_Request *request)
{
    for (int done = 0; !done; MPI_Test(request, &done, MPI_STATUS_IGNORE))
        sched_yield();
}

/* Rank 0's part: tell the time as often as one asks for it. */
static void tell_time(struct mpi *mpi)
{
    for (int from = 1; from < mpi->size; from++) {
        for (int i = 0; i < ROUND_TRIPS; i++) {
            uint64_t time_ns;
            MPI_Request request;
            MPI_Irecv(&time_ns, 1, MPI_UINT64_T, from, TAG_PING, mpi->ranks, &request);
            if (i == 0)
                engine_wait(mpi, &request, BUSY_NS);
            else
                wait_awake(&request);
            time_ns = engine_now_ns();
            MPI_Send(&time_ns, 1, MPI_UINT64_T, from, TAG_PONG, mpi->ranks);
        }
    }
}

/* The shortest round trip is the one in which least can have gone wrong. */
static void ask_time(struct mpi *mpi)
{
    uint64_t shortest_ns = UINT64_MAX;
    for (int i = 0; i < ROUND_TRIPS; i++) {
        uint64_t theirs_ns = 0;
        MPI_Request request;
        uint64_t before_ns = engine_now_ns();
        MPI_Irecv(&theirs_ns, 1, MPI_UINT64_T, 0, TAG_PONG, mpi->ranks, &request);
        MPI_Send(&before_ns, 1, MPI_UINT64_T, 0, TAG_PING, mpi->ranks);
        if (i == 0)
            engine_wait(mpi, &request, BUSY_NS);
        else
            wait_awake(&request);
        uint64_t trip_ns = engine_now_ns() - before_ns;
        if (trip_ns >= shortest_ns)
            continue;
        shortest_ns = trip_ns;
        mpi->clock.ahead_ns = (int64_t)(theirs_ns - before_ns) - (int64_t)(trip_ns / 2);
        mpi->clock.error_ns = trip_ns / 2 + 1;
    }
}

int engine_clock(void *state, struct bench_clock *clock)
{
    struct mpi *mpi = state;
    if (mpi->rank == 0)
        tell_time(mpi);
    else
        ask_time(mpi);
    *clock = mpi->clock;
    return 0;
}

/* Who has no CPU of its own sleeps all the way: spinning would keep from theirs those it waits for. */
static void wait_until(uint64_t time_ns, bool spin)
{
    uint64_t early_ns = time_ns - (spin ? 80000 : 0);
    const struct timespec wake = {.tv_sec = (time_t)(early_ns / 1000000000),
                                  .tv_nsec = (long)(early_ns % 1000000000)};
    while (engine_now_ns() < early_ns &&
           clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &wake, NULL) == EINTR)
        ;
    while (engine_now_ns() < time_ns)
        ;
}

/* Rank 0's part: when all are ready, the time, or 0 where one is not to start. */
static uint64_t agree_on_start(struct mpi *mpi, bool failed, uint64_t lead_ns)
{
    for (int from = 1; from < mpi->size; from++) {
        uint64_t theirs = 0;
        MPI_Request request;
        *mpi->awaited = (uint32_t)from;
        pthread_mutex_lock(&mpi->lock);
        MPI_Irecv(&theirs, 1, MPI_UINT64_T, from, TAG_START, mpi->ranks, &request);
        pthread_mutex_unlock(&mpi->lock);
        engine_wait(mpi, &request, BUSY_NS);
        failed |= theirs != 0;
    }
    *mpi->awaited = 0;
    uint64_t start_ns = failed ? 0 : engine_now_ns() + lead_ns;
    mpi->started_ns = start_ns;
    pthread_mutex_lock(&mpi->lock);
    for (int to = 1; to < mpi->size; to++)
        MPI_Send(&start_ns, 1, MPI_UINT64_T, to, TAG_START, mpi->ranks);
    pthread_mutex_unlock(&mpi->lock);
    return start_ns;
}

static uint64_t hear_start(struct mpi *mpi, bool failed)
{
    uint64_t ours = failed, start_ns = 0;
    MPI_Request request;
    pthread_mutex_lock(&mpi->lock);
    MPI_Irecv(&start_ns, 1, MPI_UINT64_T, 0, TAG_START, mpi->ranks, &request);
    MPI_Send(&ours, 1, MPI_UINT64_T, 0, TAG_START, mpi->ranks);
    pthread_mutex_unlock(&mpi->lock);
    engine_wait(mpi, &request, BUSY_NS);
    return start_ns;
}

/* Each by itself goes on as soon as it knows of all; when that is differs. */
static uint64_t pass_barrier(struct mpi *mpi)
{
    MPI_Request request;
    MPI_Ibarrier(mpi->ranks, &request);
    wait_awake(&request);
    return engine_now_ns();
}

static void ask_ahead(struct mpi *mpi)
{
    if (mpi->rank == 0 || mpi->dry)
        return;
    pthread_mutex_lock(&mpi->lock);
    engine_ask(mpi, false);
    pthread_mutex_unlock(&mpi->lock);
}

/* Rank 0 gives the others the blocks that they ask for ahead while it waits for the start: once it is at
 * its own ranges they would wait for the end of one, and with few ranges it would have done them all. */
static void serve_before(struct mpi *mpi, uint64_t start_ns)
{
    if (mpi->rank != 0)
        return;
    while (mpi->next < mpi->end && mpi->answered + 1 < (uint64_t)mpi->size &&
           engine_now_ns() + SERVED_BEFORE_NS < start_ns) {
        pthread_mutex_lock(&mpi->lock);
        engine_serve(mpi);
        pthread_mutex_unlock(&mpi->lock);
    }
}

int engine_start(void *state, bool failed, bool spin, uint64_t lead_ns, uint64_t *start_ns)
{
    struct mpi *mpi = state;
    uint64_t zero_ns = mpi->rank == 0 ? agree_on_start(mpi, failed, lead_ns) : hear_start(mpi, failed);
    if (zero_ns == 0)
        return -ECANCELED;
    ask_ahead(mpi); /* rank 0 has its ranges by now: it has told the time */
    if (lead_ns == 0) {
        *start_ns = pass_barrier(mpi);
        return 0;
    }
    *start_ns = zero_ns - (uint64_t)mpi->clock.ahead_ns;
    serve_before(mpi, *start_ns);
    wait_until(*start_ns, spin);
    return 0;
}
