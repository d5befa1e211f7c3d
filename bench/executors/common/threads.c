/* Threads that live across runs, or for one each. See threads.h. */
#include "threads.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct threads {
    struct bench_team *team;
    const struct threads_hooks *hooks;
    void *context;
    bool spawn;
    pthread_key_t alive;  /* a worker's own member, until it has ended as it should */
    pthread_mutex_t lock; /* of what follows; taken between runs only */
    pthread_cond_t changed;
    uint64_t round;           /* runs begun */
    uint32_t at_work;         /* workers that have not finished it */
    uint32_t beginning;       /* threads that have yet to begin */
    struct bench_error error; /* of the first that could not */
    bool ending;
    uint32_t made;
    struct member {
        struct threads *threads;
        pthread_t thread;
        uint32_t index;
    } members[];
};

/* Wait for the run after `round`; false when all end instead. */
static bool next_round(struct threads *threads, uint64_t round)
{
    pthread_mutex_lock(&threads->lock);
    while (threads->round == round && !threads->ending)
        pthread_cond_wait(&threads->changed, &threads->lock);
    bool begun = threads->round != round;
    pthread_mutex_unlock(&threads->lock);
    return begun;
}

static bool member_begin(struct member *member)
{
    struct threads *threads = member->threads;
    struct bench_error err = {0};
    int rc = threads->hooks->begin(threads->context, member->index, &err);
    pthread_mutex_lock(&threads->lock);
    if (rc < 0 && threads->error.code == 0)
        threads->error = err;
    threads->beginning--;
    pthread_cond_broadcast(&threads->changed);
    pthread_mutex_unlock(&threads->lock);
    return rc == 0;
}

/* On a thread that ends although it is still a worker: the others would wait for it for ever. */
static void member_left(void *argument)
{
    char message[80];
    snprintf(message, sizeof message, "worker %u ended its own thread (pthread_exit)",
             ((const struct member *)argument)->index);
    bench_abort(message);
}

static void *member_main(void *argument)
{
    struct member *member = argument;
    struct threads *threads = member->threads;
    if (threads->hooks->begin && !member_begin(member))
        return NULL;
    pthread_setspecific(threads->alive, member);
    for (uint64_t round = 0; next_round(threads, round); round++) {
        bench_enter(threads->team, member->index);
        threads->hooks->work(threads->context, member->index);
        bench_leave(threads->team, member->index);
        pthread_mutex_lock(&threads->lock);
        if (--threads->at_work == 0)
            pthread_cond_broadcast(&threads->changed);
        pthread_mutex_unlock(&threads->lock);
    }
    bench_retire(threads->team, member->index);
    if (threads->hooks->end)
        threads->hooks->end(threads->context, member->index);
    pthread_setspecific(threads->alive, NULL);
    return NULL;
}

/* End all threads that were made. */
static void end_all(struct threads *threads)
{
    pthread_mutex_lock(&threads->lock);
    threads->ending = true;
    pthread_cond_broadcast(&threads->changed);
    pthread_mutex_unlock(&threads->lock);
    for (; threads->made > 0; threads->made--)
        pthread_join(threads->members[threads->made - 1].thread, NULL);
}

/* Wait until all have begun. */
static int all_begun(struct threads *threads, struct bench_error *err)
{
    pthread_mutex_lock(&threads->lock);
    while (threads->beginning > 0)
        pthread_cond_wait(&threads->changed, &threads->lock);
    pthread_mutex_unlock(&threads->lock);
    if (threads->error.code < 0)
        return bench_error_set(err, threads->error.code, "%s", threads->error.message);
    return 0;
}

static int make_all(struct threads *threads, struct bench_error *err)
{
    uint32_t workers = threads->team->workers;
    int rc = 0;
    threads->round = 0;
    threads->ending = false;
    threads->beginning = threads->hooks->begin ? workers : 0;
    threads->error = (struct bench_error){0};
    for (uint32_t w = 0; rc == 0 && w < workers; w++) {
        threads->members[w] = (struct member){.threads = threads, .index = w};
        rc = -pthread_create(&threads->members[w].thread, NULL, member_main, &threads->members[w]);
        threads->made += rc == 0;
    }
    if (rc < 0)
        bench_error_set(err, rc, "thread %u of %u could not be created: %s%s", threads->made + 1,
                        workers, strerror(-rc), rc == -EAGAIN ? " (ulimit -u)" : "");
    else
        rc = all_begun(threads, err);
    if (rc < 0)
        end_all(threads);
    return rc;
}

int threads_run(struct threads *threads, struct bench_error *err)
{
    int rc = threads->spawn ? make_all(threads, err) : 0;
    if (rc < 0)
        return rc;
    pthread_mutex_lock(&threads->lock);
    threads->at_work = threads->team->workers;
    threads->round++;
    pthread_mutex_unlock(
        &threads->lock); /* one that wakes on this CPU must not keep it from the others */
    pthread_cond_broadcast(&threads->changed);
    pthread_mutex_lock(&threads->lock);
    while (threads->at_work > 0)
        pthread_cond_wait(&threads->changed, &threads->lock);
    pthread_mutex_unlock(&threads->lock);
    if (threads->spawn)
        end_all(threads);
    return 0;
}

void threads_close(struct threads *threads)
{
    if (!threads)
        return;
    end_all(threads);
    pthread_key_delete(threads->alive);
    pthread_cond_destroy(&threads->changed);
    pthread_mutex_destroy(&threads->lock);
    free(threads);
}

int threads_open(struct threads **out, struct bench_team *team, bool spawn,
                 const struct threads_hooks *hooks, void *context, struct bench_error *err)
{
    struct threads *threads = calloc(1, sizeof *threads + team->workers * sizeof *threads->members);
    if (!threads || pthread_key_create(&threads->alive, member_left) != 0) {
        free(threads);
        return bench_error_set(err, -ENOMEM, "out of memory for %u threads", team->workers);
    }
    threads->team = team;
    threads->hooks = hooks;
    threads->context = context;
    threads->spawn = spawn;
    pthread_mutex_init(&threads->lock, NULL);
    pthread_cond_init(&threads->changed, NULL);
    int rc = spawn ? 0 : make_all(threads, err);
    if (rc < 0) {
        threads_close(threads);
        return rc;
    }
    *out = threads;
    return 0;
}
