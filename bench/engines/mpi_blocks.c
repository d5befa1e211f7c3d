/* Blocks of ranges: rank 0 cuts and hands them out, the others ask for one in advance. */
#include "mpi_parts.h"

#include "block_rule.h"

#include <errno.h>

/* What answering one takes rank 0: some 0.3 us within a host, 1.5 us by TCP. */
enum { SERVE_NS = 1500 };

/* When the first rank asks for a block after the one that it had asked for at the start, it has done
 * what it was dealt: all ranks have been dealt the same. */
static void learn_range(struct mpi *mpi, bool has_done_own)
{
    if (mpi->range_ns || !has_done_own || mpi->dealt == 0)
        return;
    double each = (double)mpi->dealt / mpi->size;
    mpi->range_ns = (uint64_t)((double)(engine_now_ns() - mpi->started_ns) / each) + 1;
}

static struct bench_block cut(struct mpi *mpi)
{
    uint64_t left = mpi->next < mpi->end && !mpi->failed ? mpi->end - mpi->next : 0;
    uint64_t size = block_size(left, (uint64_t)mpi->size, mpi->range_ns, SERVE_NS);
    struct bench_block block = {mpi->next, mpi->next + size};
    mpi->next = block.end;
    return block;
}

void engine_listen(struct mpi *mpi)
{
    MPI_Irecv(mpi->want, 2, MPI_UINT64_T, MPI_ANY_SOURCE, TAG_WANT, mpi->ranks, &mpi->listens);
}

void engine_listen_no_more(struct mpi *mpi)
{
    MPI_Cancel(&mpi->listens);
    MPI_Wait(&mpi->listens, MPI_STATUS_IGNORE);
}

/* An answer is so short that it leaves at once. */
bool engine_serve(struct mpi *mpi)
{
    for (bool any = false;; any = true) {
        int asked;
        MPI_Status status;
        MPI_Test(&mpi->listens, &asked, &status);
        if (!asked)
            return any;
        mpi->failed |= mpi->want[0] != 0;
        learn_range(mpi, ++mpi->answered >= (uint64_t)mpi->size);
        struct bench_block block = cut(mpi);
        uint64_t answer[3] = {block.first, block.end, mpi->failed};
        MPI_Send(answer, 3, MPI_UINT64_T, status.MPI_SOURCE, TAG_BLOCK, mpi->ranks);
        engine_listen(mpi);
    }
}

void engine_ask(struct mpi *mpi, bool failed)
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
    learn_range(mpi, true);
    *block = cut(mpi);
    engine_serve(mpi);
    bool canceled = mpi->failed;
    pthread_mutex_unlock(&mpi->lock);
    return canceled ? -ECANCELED : block->first < block->end;
}

int engine_take(void *state, bool failed, struct bench_block *block)
{
    struct mpi *mpi = state;
    if (mpi->rank == 0)
        return take_own(mpi, failed, block);
    *block = (struct bench_block){0};
    pthread_mutex_lock(&mpi->lock);
    bool nothing = mpi->dry && (!failed || mpi->told);
    if (!nothing && !mpi->asked)
        engine_ask(mpi, failed);
    pthread_mutex_unlock(&mpi->lock);
    if (nothing)
        return failed ? -ECANCELED : 0;
    engine_wait(mpi, &mpi->answer, BUSY_NS);
    pthread_mutex_lock(&mpi->lock);
    *block = (struct bench_block){mpi->ahead_message[0], mpi->ahead_message[1]};
    bool canceled = mpi->ahead_message[2] != 0;
    mpi->asked = false;
    mpi->dry |= canceled || block->first == block->end;
    if (!mpi->dry || (failed && !mpi->told))
        engine_ask(mpi, failed);
    pthread_mutex_unlock(&mpi->lock);
    return canceled ? -ECANCELED : block->first < block->end;
}

void engine_progress(void *state)
{
    struct mpi *mpi = state;
    if (pthread_mutex_trylock(&mpi->lock) != 0)
        return; /* another looks */
    engine_serve(mpi);
    pthread_mutex_unlock(&mpi->lock);
}

void engine_settle(struct mpi *mpi)
{
    if (mpi->asked)
        engine_wait(mpi, &mpi->answer, IDLE_NS);
    mpi->asked = false;
}

int engine_deal(void *state, const struct bench_block *block)
{
    struct mpi *mpi = state;
    mpi->next = block->first;
    mpi->end = block->end;
    mpi->dealt = block->first;
    mpi->answered = mpi->range_ns = 0;
    mpi->failed = mpi->told = false;
    mpi->dry = block->first == block->end;
    return 0;
}
