/*
 * Ranks connected by MPI: built once for each MPI that was found, since each has a binary interface of
 * its own. All is two-sided and portable: a rank that has begun a block asks for the next at once, and
 * rank 0 answers where it looks (progress). Waiting is testing and sleeping, for MPI itself would spin.
 */
#include <bench/engine.h>

#include <errno.h>
#include <mpi.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

enum { TAG_WANT = 1, TAG_BLOCK, TAG_START, TAG_PING, TAG_PONG, TAG_PART };
enum { ROUND_TRIPS = 30, SPINS = 200, PART_BYTES = 1 << 30 };

struct mpi {
    MPI_Comm ranks; /* ours alone: nobody else's messages are in it */
    int rank, size;
    struct bench_clock clock;
    pthread_mutex_t lock; /* MPI_THREAD_SERIALIZED */

    /* rank 0: what is left to be handed out */
    uint64_t next, end;
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

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

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

static bool serve(struct mpi *mpi);

enum { IDLE_NS = 1000000, BUSY_NS = 50000, BUSY_TURNS = 4000 };

/* Until it is done, with the lock let go in between. For some 0.2 s rank 0 sleeps no longer than others
 * can wait for a block: the run of those may not be over. */
static void wait_for(struct mpi *mpi, MPI_Request *request, long longest_ns)
{
    for (unsigned turn = 0;; turn++) {
        int done;
        pthread_mutex_lock(&mpi->lock);
        MPI_Test(request, &done, MPI_STATUS_IGNORE);
        if (!done && mpi->rank == 0 && serve(mpi))
            turn = 0;
        pthread_mutex_unlock(&mpi->lock);
        if (done)
            return;
        pause_ns(turn, mpi->rank == 0 && turn < BUSY_TURNS ? BUSY_NS : longest_ns);
    }
}

/* ---- blocks ---- */

/* As much as leaves each rank two more of the kind: few takings, and a small last one. */
static struct bench_block cut(struct mpi *mpi)
{
    uint64_t left = mpi->next < mpi->end && !mpi->failed ? mpi->end - mpi->next : 0;
    uint64_t size = left / (2 * (uint64_t)mpi->size);
    struct bench_block block = {mpi->next, mpi->next + (size ? size : left ? 1 : 0)};
    mpi->next = block.end;
    return block;
}

static void listen_for_wants(struct mpi *mpi)
{
    MPI_Irecv(mpi->want, 2, MPI_UINT64_T, MPI_ANY_SOURCE, TAG_WANT, mpi->ranks, &mpi->listens);
}

/* Rank 0, under the lock: answer all that have asked. An answer is so short that it leaves at once. Was
 * there any? */
static bool serve(struct mpi *mpi)
{
    for (bool any = false;; any = true) {
        int asked;
        MPI_Status status;
        MPI_Test(&mpi->listens, &asked, &status);
        if (!asked)
            return any;
        mpi->failed |= mpi->want[0] != 0;
        struct bench_block block = cut(mpi);
        uint64_t answer[3] = {block.first, block.end, mpi->failed};
        MPI_Send(answer, 3, MPI_UINT64_T, status.MPI_SOURCE, TAG_BLOCK, mpi->ranks);
        listen_for_wants(mpi);
    }
}

/* The others, under the lock. */
static void ask(struct mpi *mpi, bool failed)
{
    uint64_t want[2] = {failed};
    MPI_Irecv(mpi->ahead_message, 3, MPI_UINT64_T, 0, TAG_BLOCK, mpi->ranks, &mpi->answer);
    MPI_Send(want, 2, MPI_UINT64_T, 0, TAG_WANT, mpi->ranks);
    mpi->asked = true;
    mpi->told |= failed;
}

static int take_own(struct mpi *mpi, bool failed, struct bench_block *block)
{
    pthread_mutex_lock(&mpi->lock);
    mpi->failed |= failed;
    *block = cut(mpi);
    serve(mpi);
    bool canceled = mpi->failed;
    pthread_mutex_unlock(&mpi->lock);
    return canceled ? -ECANCELED : block->first < block->end;
}

static int mpi_take(void *state, bool failed, struct bench_block *block)
{
    struct mpi *mpi = state;
    if (mpi->rank == 0)
        return take_own(mpi, failed, block);
    *block = (struct bench_block){0};
    pthread_mutex_lock(&mpi->lock);
    bool nothing = mpi->dry && (!failed || mpi->told);
    if (!nothing && !mpi->asked)
        ask(mpi, failed);
    pthread_mutex_unlock(&mpi->lock);
    if (nothing)
        return failed ? -ECANCELED : 0;
    wait_for(mpi, &mpi->answer, BUSY_NS);
    pthread_mutex_lock(&mpi->lock);
    *block = (struct bench_block){mpi->ahead_message[0], mpi->ahead_message[1]};
    bool canceled = mpi->ahead_message[2] != 0;
    mpi->asked = false;
    mpi->dry |= canceled || block->first == block->end;
    if (!mpi->dry || (failed && !mpi->told))
        ask(mpi, failed);
    pthread_mutex_unlock(&mpi->lock);
    return canceled ? -ECANCELED : block->first < block->end;
}

static void mpi_progress(void *state)
{
    struct mpi *mpi = state;
    if (pthread_mutex_trylock(&mpi->lock) != 0)
        return; /* another looks */
    serve(mpi);
    pthread_mutex_unlock(&mpi->lock);
}

/* The answer to what was asked in advance and not taken would be the next run's. */
static void settle(struct mpi *mpi)
{
    if (mpi->asked)
        wait_for(mpi, &mpi->answer, IDLE_NS);
    mpi->asked = false;
}

static int mpi_deal(void *state, const struct bench_block *block)
{
    struct mpi *mpi = state;
    mpi->next = block->first;
    mpi->end = block->end;
    mpi->failed = mpi->told = false;
    mpi->dry = block->first == block->end;
    return 0;
}

/* ---- bytes ---- */

/* MPI counts in int. */
static void carry(struct mpi *mpi, void *bytes, size_t size)
{
    for (size_t at = 0; at < size; at += PART_BYTES) {
        MPI_Request request;
        int part = (int)(size - at < PART_BYTES ? size - at : PART_BYTES);
        pthread_mutex_lock(&mpi->lock);
        MPI_Ibcast((char *)bytes + at, part, MPI_BYTE, 0, mpi->ranks, &request);
        pthread_mutex_unlock(&mpi->lock);
        wait_for(mpi, &request, IDLE_NS);
    }
}

static int mpi_share(void *state, void **bytes, size_t *size)
{
    struct mpi *mpi = state;
    uint64_t length = *size;
    carry(mpi, &length, sizeof length);
    *size = length;
    if (mpi->rank > 0)
        *bytes = malloc(length ? length : 1);
    if (!*bytes && length)
        MPI_Abort(mpi->ranks, 1); /* the others wait for this one */
    carry(mpi, *bytes, length);
    return 0;
}

static void send_part(struct mpi *mpi, const void *bytes, int size)
{
    MPI_Request request;
    pthread_mutex_lock(&mpi->lock);
    MPI_Isend(bytes, size, MPI_BYTE, 0, TAG_PART, mpi->ranks, &request);
    pthread_mutex_unlock(&mpi->lock);
    wait_for(mpi, &request, IDLE_NS);
}

static void receive_part(struct mpi *mpi, void *bytes, int size, int from)
{
    MPI_Request request;
    pthread_mutex_lock(&mpi->lock);
    MPI_Irecv(bytes, size, MPI_BYTE, from, TAG_PART, mpi->ranks, &request);
    pthread_mutex_unlock(&mpi->lock);
    wait_for(mpi, &request, IDLE_NS);
}

static void transfer(struct mpi *mpi, void *bytes, size_t size, int from)
{
    for (size_t at = 0; at < size; at += PART_BYTES) {
        int part = (int)(size - at < PART_BYTES ? size - at : PART_BYTES);
        if (mpi->rank > 0)
            send_part(mpi, (char *)bytes + at, part);
        else
            receive_part(mpi, (char *)bytes + at, part, from);
    }
}

static int mpi_gather(void *state, const void *bytes, size_t size, void **all, size_t *sizes)
{
    struct mpi *mpi = state;
    uint64_t length = size;
    *all = NULL;
    settle(mpi);
    if (mpi->rank > 0) {
        transfer(mpi, &length, sizeof length, 0);
        transfer(mpi, (void *)(uintptr_t)bytes, size, 0);
        return 0;
    }
    size_t total = sizes[0] = size;
    char *gathered = malloc(size ? size : 1);
    if (gathered)
        memcpy(gathered, bytes, size);
    for (int from = 1; gathered && from < mpi->size; from++) {
        *mpi->awaited = (uint32_t)from;
        transfer(mpi, &length, sizeof length, from);
        char *more = realloc(gathered, total + length + 1);
        if (more)
            transfer(mpi, more + total, length, from);
        else
            free(gathered);
        sizes[from] = length;
        total += length;
        gathered = more;
    }
    *mpi->awaited = 0;
    if (!gathered)
        MPI_Abort(mpi->ranks, 1); /* the others would wait for ever */
    *all = gathered;
    return 0;
}

/* ---- time ---- */

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
                wait_for(mpi, &request, BUSY_NS);
            else
                wait_awake(&request);
            time_ns = now_ns();
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
        uint64_t before_ns = now_ns();
        MPI_Irecv(&theirs_ns, 1, MPI_UINT64_T, 0, TAG_PONG, mpi->ranks, &request);
        MPI_Send(&before_ns, 1, MPI_UINT64_T, 0, TAG_PING, mpi->ranks);
        if (i == 0)
            wait_for(mpi, &request, BUSY_NS);
        else
            wait_awake(&request);
        uint64_t trip_ns = now_ns() - before_ns;
        if (trip_ns >= shortest_ns)
            continue;
        shortest_ns = trip_ns;
        mpi->clock.ahead_ns = (int64_t)(theirs_ns - before_ns) - (int64_t)(trip_ns / 2);
        mpi->clock.error_ns = trip_ns / 2 + 1;
    }
}

static int mpi_clock(void *state, struct bench_clock *clock)
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
    while (now_ns() < early_ns && clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &wake, NULL) == EINTR)
        ;
    while (now_ns() < time_ns)
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
        wait_for(mpi, &request, BUSY_NS);
        failed |= theirs != 0;
    }
    *mpi->awaited = 0;
    uint64_t start_ns = failed ? 0 : now_ns() + lead_ns;
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
    wait_for(mpi, &request, BUSY_NS);
    return start_ns;
}

static int mpi_start(void *state, bool failed, bool spin, uint64_t lead_ns, uint64_t *start_ns)
{
    struct mpi *mpi = state;
    uint64_t zero_ns = mpi->rank == 0 ? agree_on_start(mpi, failed, lead_ns) : hear_start(mpi, failed);
    if (zero_ns == 0)
        return -ECANCELED;
    *start_ns = zero_ns - (uint64_t)mpi->clock.ahead_ns;
    if (mpi->rank > 0 && !mpi->dry) { /* rank 0 has its ranges by now: it has told the time */
        pthread_mutex_lock(&mpi->lock);
        ask(mpi, false);
        pthread_mutex_unlock(&mpi->lock);
    }
    wait_until(*start_ns, spin);
    return 0;
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
        listen_for_wants(mpi);
    ranks->rank = (uint32_t)rank;
    ranks->ranks = (uint32_t)size;
    name_runtime(ranks->runtime, sizeof ranks->runtime);
    *state = mpi;
    return 0;
}

static void mpi_leave(void *state)
{
    struct mpi *mpi = state;
    if (mpi->rank == 0) {
        MPI_Cancel(&mpi->listens);
        MPI_Wait(&mpi->listens, MPI_STATUS_IGNORE);
    }
    MPI_Finalize();
    free(mpi);
}

const struct bench_engine BENCH_ENGINE = {
    .abi = BENCH_ENGINE_ABI,
    .name = BENCH_ENGINE_NAME,
    .summary = "ranks connected by MPI",
    .join = mpi_join,
    .share = mpi_share,
    .gather = mpi_gather,
    .clock = mpi_clock,
    .deal = mpi_deal,
    .take = mpi_take,
    .start = mpi_start,
    .progress = mpi_progress,
    .leave = mpi_leave,
};
