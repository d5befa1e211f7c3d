/*
 * Peer of `spin work=0` under pthread: threads that take GRAIN of TASKS tasks, empty or of STEPS steps,
 * at a time from an atomic counter. Prints the wall time of a repeat over its ranges, in nanoseconds.
 *
 *     cc -O2 -pthread -o bare_atomic bare_atomic.c
 */
#include "peer_ranges.h"

#include <pthread.h>
#include <stdatomic.h>

struct team {
    cpu_set_t allowed;
    uint64_t tasks, grain;
    enum manner manner;
    long repeats;
    pthread_barrier_t barrier;
    _Alignas(128) _Atomic uint64_t next;
};

struct worker {
    _Alignas(128) struct team *team;
    int index;
    uint64_t began_ns, ended_ns;
    pthread_t thread;
};

static void *work(void *argument)
{
    struct worker *worker = argument;
    struct team *team = worker->team;
    const range_body body = chosen_body;
    const uint64_t tasks = team->tasks, grain = team->grain;
    const enum manner manner = team->manner;

    pin_worker(worker->index, &team->allowed);
    for (long repeat = 0; repeat <= team->repeats; repeat++) {
        pthread_barrier_wait(&team->barrier);
        worker->began_ns = now_ns();
        for (;;) {
            uint64_t first = atomic_fetch_add_explicit(&team->next, grain, memory_order_relaxed);
            if (first >= tasks)
                break;
            range_do(body, manner, first, first + grain < tasks ? first + grain : tasks);
        }
        worker->ended_ns = now_ns();
        pthread_barrier_wait(&team->barrier);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    static const char usage[] = "THREADS TASKS GRAIN task|range|clock REPEATS [STEPS]";
    static struct team team;
    const int threads = (int)number_argument(argc, argv, 1, usage);
    team.tasks = (uint64_t)number_argument(argc, argv, 2, usage);
    team.grain = (uint64_t)number_argument(argc, argv, 3, usage);
    team.manner = manner_argument(argc, argv, 4, usage);
    team.repeats = number_argument(argc, argv, 5, usage);
    steps_argument(argc, argv, 6, usage);
    const uint64_t ranges = (team.tasks + team.grain - 1) / team.grain;
    struct worker *workers = aligned_alloc(128, (size_t)threads * sizeof *workers);
    if (!workers || sched_getaffinity(0, sizeof team.allowed, &team.allowed) < 0 ||
        pthread_barrier_init(&team.barrier, NULL, (unsigned)threads + 1))
        return 1;

    for (int i = 0; i < threads; i++) {
        workers[i] = (struct worker){.team = &team, .index = i};
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]))
            return 1;
    }
    for (long repeat = 0; repeat <= team.repeats; repeat++) {
        atomic_store(&team.next, 0);
        pthread_barrier_wait(&team.barrier);
        pthread_barrier_wait(&team.barrier);
        uint64_t began_ns = UINT64_MAX, ended_ns = 0;
        for (int i = 0; i < threads; i++) {
            began_ns = workers[i].began_ns < began_ns ? workers[i].began_ns : began_ns;
            ended_ns = workers[i].ended_ns > ended_ns ? workers[i].ended_ns : ended_ns;
        }
        print_repeat((int)repeat, (double)(ended_ns - began_ns) / (double)ranges);
    }
    for (int i = 0; i < threads; i++)
        pthread_join(workers[i].thread, NULL);
    free(workers);
    return 0;
}
