/*
 * counter: all workers add to one counter, in five ways: a read and then a write, which together are not
 * atomic, a mutex of the C library around them, a lock that the executor knows of (bench_lock: an event
 * loop runs other lanes meanwhile), one atomic instruction, or each worker for itself. Shows what shared
 * state costs, and that what is cheap without care is also wrong: an update is lost when two workers
 * read the same value. Nothing is undefined there: the read and the write are each atomic.
 *
 * Every worker also notes how many updates it has made, once a range. After each run, measured ones
 * too, that must be what was counted.
 */
#include <bench/workload.h>

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned long long ull;

/* What run() has on the stack, with what a mutex needs to wait in the kernel. */
enum { STACK_BYTES = 512 };

enum sync { SYNC_NONE, SYNC_MUTEX, SYNC_LOCK, SYNC_ATOMIC, SYNC_PRIVATE };
static const char *const sync_words[] = {"none", "mutex", "lock", "atomic", "private", NULL};

struct counter_params {
    int sync;
    int64_t tasks, updates;
};

static const struct bench_param params_table[] = {
    BENCH_CHOICE(struct counter_params, sync, "atomic", sync_words,
                 "how concurrent updates are protected (none: some get lost)"),
    BENCH_COUNT(struct counter_params, tasks, "1000", 1, 1e9, NULL, "tasks in a run"),
    BENCH_COUNT(struct counter_params, updates, "1000", 1, 1e9, NULL, "updates of the counter per task"),
    BENCH_PARAM_END,
};

/* Two cache lines, as processors fetch them in pairs: no two of these share one. */
#define APART _Alignas(128)

/* One worker's own. Its lanes take turns, and an update does not wait, so it serves them all. */
struct own {
    APART uint64_t made; /* updates, in whatever way */
    uint64_t counted;    /* with sync=private */
};

/* In memory that workers share. */
struct tallies {
    APART volatile _Atomic uint64_t counter; /* volatile: each update by itself, none merged */
    APART pthread_mutex_t mutex;
    APART struct bench_mutex lock;
    APART struct own owns[]; /* one a worker */
};

struct counter {
    enum sync sync;
    uint64_t updates; /* of a task */
    uint32_t workers;
    struct tallies *tallies;
    size_t tallies_bytes;
};

static void counter_teardown(void *shared)
{
    struct counter *counter = shared;
    pthread_mutex_destroy(&counter->tallies->mutex);
    bench_shared_free(counter->tallies, counter->tallies_bytes);
    free(counter);
}

/* A mutex that threads and processes can share. */
static int make_mutex(pthread_mutex_t *mutex)
{
    pthread_mutexattr_t attributes;
    int rc = pthread_mutexattr_init(&attributes);
    if (rc != 0)
        return -rc;
    rc = pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    if (rc == 0)
        rc = pthread_mutex_init(mutex, &attributes);
    pthread_mutexattr_destroy(&attributes);
    return -rc;
}

static int counter_setup(void **shared, const void *params, struct bench_plan *plan,
                         struct bench_error *err)
{
    const struct counter_params *given = params;
    size_t tallies_bytes = sizeof(struct tallies) + plan->workers * sizeof(struct own);
    struct counter *counter = malloc(sizeof *counter);
    struct tallies *tallies = bench_shared_alloc(tallies_bytes);
    int rc = counter && tallies ? make_mutex(&tallies->mutex) : -ENOMEM;
    if (rc < 0) {
        bench_shared_free(tallies, tallies_bytes);
        free(counter);
        return bench_error_set(err, rc, "cannot create a counter for %u workers: %s", plan->workers,
                               strerror(-rc));
    }
    *counter = (struct counter){.sync = (enum sync)given->sync,
                                .updates = (uint64_t)given->updates,
                                .workers = plan->workers,
                                .tallies = tallies,
                                .tallies_bytes = tallies_bytes};
    *shared = counter;
    plan->tasks = (uint64_t)given->tasks;
    plan->grain = 1;
    plan->work = (double)given->tasks * (double)given->updates;
    plan->work_unit = "update";
    plan->stack_bytes = STACK_BYTES;
    return 0;
}

static int counter_prepare(void *shared, struct bench_error *err)
{
    const struct counter *counter = shared;
    (void)err;
    atomic_store(&counter->tallies->counter, 0);
    memset(counter->tallies->owns, 0, counter->workers * sizeof *counter->tallies->owns);
    return 0;
}

/* Through a register: without the empty instruction some compilers add to memory in one. */
static inline void add_one_in_two_steps(volatile _Atomic uint64_t *counter)
{
    uint64_t value = atomic_load_explicit(counter, memory_order_relaxed);
    __asm__ volatile("" : "+r"(value));
    atomic_store_explicit(counter, value + 1, memory_order_relaxed);
}

/* In a register: without the empty instruction it would be one addition. */
static uint64_t count_up_to(uint64_t updates)
{
    uint64_t count = 0;
    while (count < updates) {
        count++;
        __asm__ volatile("" : "+r"(count));
    }
    return count;
}

static int count_locked(struct bench_lane *lane, struct tallies *tallies, uint64_t updates)
{
    for (uint64_t i = 0; i < updates; i++) {
        int rc = bench_lock(lane, &tallies->lock);
        if (rc < 0)
            return rc;
        add_one_in_two_steps(&tallies->counter);
        bench_unlock(lane, &tallies->lock);
    }
    return 0;
}

static int counter_run(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    const struct counter *counter = lane->shared;
    struct tallies *tallies = counter->tallies;
    struct own *own = &tallies->owns[lane->worker_index];
    const uint64_t updates = (end - first) * counter->updates;
    int rc = 0;

    switch (counter->sync) {
    case SYNC_NONE:
        for (uint64_t i = 0; i < updates; i++)
            add_one_in_two_steps(&tallies->counter);
        break;
    case SYNC_MUTEX:
        for (uint64_t i = 0; i < updates; i++) {
            pthread_mutex_lock(&tallies->mutex);
            add_one_in_two_steps(&tallies->counter);
            pthread_mutex_unlock(&tallies->mutex);
        }
        break;
    case SYNC_LOCK:
        rc = count_locked(lane, tallies, updates);
        break;
    case SYNC_ATOMIC:
        for (uint64_t i = 0; i < updates; i++)
            atomic_fetch_add_explicit(&tallies->counter, 1, memory_order_relaxed);
        break;
    case SYNC_PRIVATE:
        own->counted += count_up_to(updates);
        break;
    }
    own->made += updates;
    return rc;
}

/* Every update that was made must have been counted. */
static int counter_finish(void *shared, struct bench_error *err)
{
    const struct counter *counter = shared;
    const struct tallies *tallies = counter->tallies;
    uint64_t made = 0, counted = atomic_load(&tallies->counter);
    for (uint32_t w = 0; w < counter->workers; w++) {
        made += tallies->owns[w].made;
        counted += tallies->owns[w].counted;
    }
    if (counted == made)
        return 0;
    const char *sync = sync_words[counter->sync];
    if (counted > made)
        return bench_error_set(err, -EPROTO, "counted %llu updates instead of %llu (sync=%s)",
                               (ull)counted, (ull)made, sync);
    return bench_error_set(
        err, -EPROTO, "lost %llu of %llu updates (sync=%s%s)", (ull)(made - counted), (ull)made, sync,
        counter->sync == SYNC_NONE
            ? ": read-then-write is not atomic; use sync=mutex, lock, atomic or private"
            : "");
}

const struct bench_workload BENCH_WORKLOAD(counter) = {
    .abi = BENCH_WORKLOAD_ABI,
    .name = "counter",
    .summary = "CPU-bound: add to one shared counter: unprotected, locked, atomic, or one each",
    .params = params_table,
    .params_size = sizeof(struct counter_params),
    .needs = BENCH_NEEDS_SHARED_MEMORY,
    .setup = counter_setup,
    .prepare = counter_prepare,
    .run = counter_run,
    .finish = counter_finish,
    .teardown = counter_teardown,
};
