/* Bytes, from rank 0 to all and from all to rank 0. */
#include "mpi_parts.h"

#include <stdlib.h>
#include <string.h>

enum { PART_BYTES = 1 << 30 };

/* MPI counts in int. */
static void carry(struct mpi *mpi, void *bytes, size_t size)
{
    for (size_t at = 0; at < size; at += PART_BYTES) {
        MPI_Request request;
        int part = (int)(size - at < PART_BYTES ? size - at : PART_BYTES);
        pthread_mutex_lock(&mpi->lock);
        MPI_Ibcast((char *)bytes + at, part, MPI_BYTE, 0, mpi->ranks, &request);
        pthread_mutex_unlock(&mpi->lock);
        engine_wait(mpi, &request, IDLE_NS);
    }
}

int engine_share(void *state, void **bytes, size_t *size)
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
    engine_wait(mpi, &request, IDLE_NS);
}

static void receive_part(struct mpi *mpi, void *bytes, int size, int from)
{
    MPI_Request request;
    pthread_mutex_lock(&mpi->lock);
    MPI_Irecv(bytes, size, MPI_BYTE, from, TAG_PART, mpi->ranks, &request);
    pthread_mutex_unlock(&mpi->lock);
    engine_wait(mpi, &request, IDLE_NS);
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

int engine_gather(void *state, const void *bytes, size_t size, void **all, size_t *sizes)
{
    struct mpi *mpi = state;
    uint64_t length = size;
    *all = NULL;
    engine_settle(mpi);
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
