/* POSIX threads, in a pool that lives across runs or made anew for each, which shows what making costs.
 */
#include <bench/executor.h>

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { START_POOL, START_SPAWN };
static const char *const start_words[] = {"pool", "spawn", NULL};

struct pthread_params {
    int start;
};

static const struct bench_param params[] = {
    BENCH_CHOICE(struct pthread_params, start, "pool", start_words,
                 "pool: threads live across runs; spawn: new ones for each run"),
    BENCH_PARAM_END,
};

struct pool {
    struct bench_team *team;
    bool spawn;
    pthread_mutex_t lock; /* of what follows; taken between runs only */
    pthread_cond_t changed;
    uint64_t round;   /* runs begun */
    uint32_t at_work; /* workers that have not finished it */
    bool ending;
    uint32_t made;
    struct member {
        struct pool *pool;
        pthread_t thread;
        uint32_t index;
    } members[];
};

/* Wait for the run after `round`; false when the pool ends instead. */
static bool next_round(struct pool *pool, uint64_t round)
{
    pthread_mutex_lock(&pool->lock);
    while (pool->round == round && !pool->ending)
        pthread_cond_wait(&pool->changed, &pool->lock);
    bool begun = pool->round != round;
    pthread_mutex_unlock(&pool->lock);
    return begun;
}

static void *member_main(void *argument)
{
    struct member *member = argument;
    struct pool *pool = member->pool;
    for (uint64_t round = 0; next_round(pool, round); round++) {
        bench_enter(pool->team, member->index);
        bench_work(bench_team_lane(pool->team, member->index, 0));
        bench_leave(pool->team, member->index);
        pthread_mutex_lock(&pool->lock);
        if (--pool->at_work == 0)
            pthread_cond_broadcast(&pool->changed);
        pthread_mutex_unlock(&pool->lock);
    }
    bench_retire(pool->team, member->index);
    return NULL;
}

/* End all threads that were made. */
static void pool_end(struct pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    pool->ending = true;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
    for (; pool->made > 0; pool->made--)
        pthread_join(pool->members[pool->made - 1].thread, NULL);
}

static int pool_make(struct pool *pool, struct bench_error *err)
{
    pool->round = 0;
    pool->ending = false;
    for (uint32_t w = 0; w < pool->team->workers; w++) {
        pool->members[w] = (struct member){.pool = pool, .index = w};
        int rc = pthread_create(&pool->members[w].thread, NULL, member_main, &pool->members[w]);
        if (rc != 0) {
            pool_end(pool);
            return bench_error_set(err, -rc, "thread %u of %u could not be made: %s", w + 1,
                                   pool->team->workers, strerror(rc));
        }
        pool->made++;
    }
    return 0;
}

static int pthread_run(struct bench_team *team, void *state, struct bench_error *err)
{
    struct pool *pool = state;
    int rc = pool->spawn ? pool_make(pool, err) : 0;
    if (rc < 0)
        return rc;
    pthread_mutex_lock(&pool->lock);
    pool->at_work = team->workers;
    pool->round++;
    pthread_mutex_unlock(
        &pool->lock); /* a thread that wakes on this CPU must not keep the lock from the others */
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_lock(&pool->lock);
    while (pool->at_work > 0)
        pthread_cond_wait(&pool->changed, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
    if (pool->spawn)
        pool_end(pool);
    return 0;
}

static void pthread_close(struct bench_team *team, void *state)
{
    (void)team;
    struct pool *pool = state;
    pool_end(pool);
    pthread_cond_destroy(&pool->changed);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}

static int pthread_open(struct bench_team *team, const void *values, void **state,
                        struct bench_error *err)
{
    const struct pthread_params *given = values;
    struct pool *pool = calloc(1, sizeof *pool + team->workers * sizeof *pool->members);
    if (!pool)
        return bench_error_set(err, -ENOMEM, "no memory for %u threads", team->workers);
    pool->team = team;
    pool->spawn = given->start == START_SPAWN;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->changed, NULL);
    int rc = pool->spawn ? 0 : pool_make(pool, err);
    if (rc < 0) {
        pthread_close(team, pool);
        return rc;
    }
    *state = pool;
    return 0;
}

const struct bench_executor BENCH_EXECUTOR(pthread) = {
    .abi = BENCH_EXECUTOR_ABI,
    .name = "pthread",
    .summary = "POSIX threads, a pool or new ones for each run",
    .params = params,
    .params_size = sizeof(struct pthread_params),
    .offers = BENCH_OFFERS_ONE_ADDRESS_SPACE,
    .open = pthread_open,
    .run = pthread_run,
    .close = pthread_close,
};
