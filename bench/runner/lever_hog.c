/* Taking memory bandwidth away, from another core. See lever_hog.h. */
#include "runner/lever_hog.h"

#include "base/memory.h"
#include "machine/affinity.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { CACHE_LINE = 64, PIECE_BYTES = 1 << 16, SPINS = 10000 };
static const size_t memory_bytes = (size_t)64 << 20; /* more than a share of most last-level caches */

struct lever_hog {
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    _Atomic int wanted; /* enum hog_doing; written under the mutex */
    int does;           /* under the mutex */
    unsigned char *memory;
    unsigned long *mask;
    size_t words;
};

/* Each line is read and written back. */
static void stream(struct lever_hog *hog)
{
    size_t at = 0;
    while (atomic_load_explicit(&hog->wanted, memory_order_relaxed) == HOG_STREAMS) {
        volatile unsigned char *piece = hog->memory + at;
        for (size_t i = 0; i < PIECE_BYTES; i += CACHE_LINE)
            piece[i]++;
        at = (at + PIECE_BYTES) % memory_bytes;
    }
}

static void compute(const struct lever_hog *hog)
{
    while (atomic_load_explicit(&hog->wanted, memory_order_relaxed) == HOG_SPINS) {
        for (int i = 0; i < SPINS; i++)
            __asm__ volatile("");
    }
}

static void *live(void *context)
{
    struct lever_hog *hog = context;
    affinity_set(hog->mask, hog->words);
    memset(hog->memory, 1, memory_bytes);
    pthread_mutex_lock(&hog->mutex);
    for (;;) {
        while (hog->does == atomic_load(&hog->wanted))
            pthread_cond_wait(&hog->changed, &hog->mutex);
        hog->does = atomic_load(&hog->wanted);
        pthread_cond_broadcast(&hog->changed);
        if (hog->does == HOG_ENDS)
            break;
        int does = hog->does;
        pthread_mutex_unlock(&hog->mutex);
        if (does == HOG_STREAMS)
            stream(hog);
        else if (does == HOG_SPINS)
            compute(hog);
        pthread_mutex_lock(&hog->mutex);
    }
    pthread_mutex_unlock(&hog->mutex);
    return NULL;
}

static void hog_free(struct lever_hog *hog)
{
    if (hog->memory != MAP_FAILED)
        munmap(hog->memory, memory_bytes);
    pthread_cond_destroy(&hog->changed);
    pthread_mutex_destroy(&hog->mutex);
    free(hog->mask);
    free(hog);
}

int lever_hog_start(struct lever_hog **out, const unsigned long *home, const unsigned long *taken,
                    size_t words, struct bench_error *err)
{
    unsigned long any = 0;
    struct lever_hog *hog = mem_zero(1, sizeof *hog);
    hog->mask = mem_alloc(words * sizeof *hog->mask);
    hog->words = words;
    for (size_t word = 0; word < words; word++)
        any |= hog->mask[word] = home[word] & ~taken[word];
    pthread_mutex_init(&hog->mutex, NULL);
    pthread_cond_init(&hog->changed, NULL);
    hog->memory = mmap(NULL, memory_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int rc = any ? hog->memory == MAP_FAILED ? -ENOMEM : -pthread_create(&hog->thread, NULL, live, hog)
                 : -ENODEV;
    if (rc == 0) {
        *out = hog;
        return 0;
    }
    hog_free(hog);
    return rc == -ENODEV
               ? bench_error_set(err, rc,
                                 "the memory lever needs a core that no worker is pinned to: run one "
                                 "worker, pinned, on a machine with two cores or more")
               : bench_error_set(err, rc, "the memory lever needs a thread and 64 MiB: %s",
                                 strerror(-rc));
}

void lever_hog_tell(struct lever_hog *hog, enum hog_doing what)
{
    pthread_mutex_lock(&hog->mutex);
    atomic_store(&hog->wanted, what);
    pthread_cond_broadcast(&hog->changed);
    while (hog->does != (int)what)
        pthread_cond_wait(&hog->changed, &hog->mutex);
    pthread_mutex_unlock(&hog->mutex);
}

void lever_hog_stop(struct lever_hog *hog)
{
    if (!hog)
        return;
    lever_hog_tell(hog, HOG_ENDS);
    pthread_join(hog->thread, NULL);
    hog_free(hog);
}
