/* Stopping programs for a share of their CPU time. See lever_tree.h. */
#include "runner/lever_tree.h"

#include "base/memory.h"
#include "machine/affinity.h"
#include "measure/process_tree.h"

#include <bench/workload.h>

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

enum { EVERY_NS = 500000, LEAST_NS = 500000, PROCESSES_MOST = 256 };

struct lever_tree {
    pthread_t thread;
    double share;
    const unsigned long *home;
    size_t words;
    _Atomic bool is_over;
    double owed_ns;
    uint64_t stopped_ns;
    struct seen {
        pid_t pid;
        uint64_t cpu_ns;
    } seen[PROCESSES_MOST], now[PROCESSES_MOST]; /* the processes of the last look, and of this one */
    size_t seen_count, now_count;
    bool is_running;
};

static uint64_t cpu_before(const struct lever_tree *tree, pid_t pid)
{
    for (size_t i = 0; i < tree->seen_count; i++) {
        if (tree->seen[i].pid == pid)
            return tree->seen[i].cpu_ns;
    }
    return 0; /* it is new */
}

static void look_at(void *context, pid_t pid)
{
    struct lever_tree *tree = context;
    if (pid == getpid() || tree->now_count == PROCESSES_MOST)
        return;
    tree->now[tree->now_count++] = (struct seen){pid, process_cpu_ns(pid)};
    tree->is_running = tree->is_running || process_is_running(pid);
}

static void signal_all(const struct lever_tree *tree, int signal_number)
{
    for (size_t i = 0; i < tree->now_count; i++)
        kill(tree->now[i].pid, signal_number);
}

static void sleep_ns(uint64_t ns)
{
    struct timespec time = {.tv_sec = (time_t)(ns / 1000000000), .tv_nsec = (long)(ns % 1000000000)};
    nanosleep(&time, NULL);
}

/* What they have used since the last look. */
static void look(struct lever_tree *tree)
{
    double used_ns = 0;
    tree->now_count = 0;
    tree->is_running = false;
    tree_visit(getpid(), look_at, tree);
    for (size_t i = 0; i < tree->now_count; i++) {
        uint64_t before = cpu_before(tree, tree->now[i].pid);
        used_ns += tree->now[i].cpu_ns > before ? (double)(tree->now[i].cpu_ns - before) : 0;
    }
    tree->owed_ns += tree->share * used_ns;
    for (size_t i = 0; i < tree->now_count; i++)
        tree->seen[i] = tree->now[i];
    tree->seen_count = tree->now_count;
}

static void pay(struct lever_tree *tree)
{
    uint64_t began_ns = bench_now();
    signal_all(tree, SIGSTOP);
    sleep_ns((uint64_t)tree->owed_ns);
    signal_all(tree, SIGCONT);
    uint64_t paid_ns = bench_now() - began_ns;
    tree->owed_ns -= (double)paid_ns;
    tree->stopped_ns += paid_ns;
}

static void *watch(void *context)
{
    struct lever_tree *tree = context;
    affinity_set(tree->home, tree->words);
    while (!atomic_load_explicit(&tree->is_over, memory_order_relaxed)) {
        look(tree);
        if (tree->is_running && tree->owed_ns >= LEAST_NS)
            pay(tree);
        sleep_ns(EVERY_NS);
    }
    return NULL;
}

struct lever_tree *lever_tree_start(double share, const unsigned long *home, size_t words)
{
    struct lever_tree *tree = mem_zero(1, sizeof *tree);
    tree->share = share;
    tree->home = home;
    tree->words = words;
    if (pthread_create(&tree->thread, NULL, watch, tree) == 0)
        return tree;
    free(tree);
    return NULL;
}

uint64_t lever_tree_stop(struct lever_tree *tree)
{
    if (!tree)
        return 0;
    atomic_store(&tree->is_over, true);
    pthread_join(tree->thread, NULL);
    uint64_t stopped_ns = tree->stopped_ns;
    free(tree);
    return stopped_ns;
}
