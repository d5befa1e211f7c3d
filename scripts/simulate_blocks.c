/*
 * Simulates how blocks of ranges are dealt to many ranks. One line of CSV for each way on stdout. The
 * rule is the engine's own (bench/engines/block_rule.h).
 *
 * usage: simulate_blocks RANKS TASKS_PER_RANK TASK_NS DISTRIBUTION TRIP_NS SERVE_NS SEED
 *
 * Ways: static, all dealt beforehand; counter, one task at a time from one counter, which always answers
 * at once and is asked when the last task is done; ahead, the same but asked one task earlier; halves,
 * half dealt beforehand and then blocks of left / (2 x ranks), at least one, from rank 0, which answers
 * between two tasks of its own; rule, the same by the engine's rule, which also keeps rank 0 from being
 * asked too often.
 */
#include "engines/block_rule.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum way { WAY_STATIC, WAY_COUNTER, WAY_AHEAD, WAY_HALVES, WAY_RULE, WAYS };
static const char *const way_words[] = {"static", "counter", "ahead", "halves", "rule"};

struct rank {
    double at_ns;     /* its next event; INFINITY: it waits for an answer, or is done */
    double answer_ns; /* when what it has asked for is there; INFINITY: it has not been answered */
    uint64_t ahead;   /* tasks in that */
    uint64_t place;   /* in the heap */
    bool asked, waits;
};

struct request {
    uint32_t rank;
    double arrives_ns;
};

struct sim {
    enum way way;
    const char *distribution;
    uint64_t ranks, tasks;
    double task_ns, trip_ns, serve_ns;
    uint64_t state; /* of the random numbers */
    uint64_t left, requests;
    double server_ns; /* until when whoever answers is busy with that */
    bool is_idle;     /* rank 0 has no work of its own any more */
    uint64_t own;     /* tasks that it has */
    double work_ns, end_ns;
    struct rank *list;
    uint32_t *heap;        /* of ranks, the next event first */
    struct request *queue; /* a ring; each rank has at most one in it */
    uint64_t queue_first, queue_count;
};

/* ---- random times ---- */

static double uniform(struct sim *sim)
{
    uint64_t z = (sim->state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return ((double)((z ^ (z >> 31)) >> 11) + 0.5) * 0x1p-53;
}

/* One task. The heavy tail is Pareto's with shape 1.5, cut at a thousand times its mean. */
static double draw_ns(struct sim *sim)
{
    if (sim->distribution[0] == 'e')
        return -log(uniform(sim)) * sim->task_ns;
    if (sim->distribution[0] == 'h') {
        double root = cbrt(uniform(sim)); /* u ^ (-1 / 1.5) */
        double x = sim->task_ns / 3 / (root * root);
        return x < 1000 * sim->task_ns ? x : 1000 * sim->task_ns;
    }
    return sim->task_ns;
}

static double work(struct sim *sim, uint64_t tasks)
{
    double sum_ns = 0;
    for (uint64_t i = 0; i < tasks; i++)
        sum_ns += draw_ns(sim);
    sim->work_ns += sum_ns;
    return sum_ns;
}

/* ---- events ---- */

static void put(struct sim *sim, uint64_t place, uint32_t rank)
{
    sim->heap[place] = rank;
    sim->list[rank].place = place;
}

static bool is_before(const struct sim *sim, uint64_t a, uint64_t b)
{
    return sim->list[sim->heap[a]].at_ns < sim->list[sim->heap[b]].at_ns;
}

static void swap(struct sim *sim, uint64_t a, uint64_t b)
{
    uint32_t rank = sim->heap[a];
    put(sim, a, sim->heap[b]);
    put(sim, b, rank);
}

/* Its next event is then. */
static void plan(struct sim *sim, uint32_t rank, double at_ns)
{
    uint64_t at = sim->list[rank].place;
    sim->list[rank].at_ns = at_ns;
    for (; at > 0 && is_before(sim, at, (at - 1) / 2); at = (at - 1) / 2)
        swap(sim, at, (at - 1) / 2);
    for (uint64_t child; (child = 2 * at + 1) < sim->ranks; at = child) {
        if (child + 1 < sim->ranks && is_before(sim, child + 1, child))
            child++;
        if (!is_before(sim, child, at))
            return;
        swap(sim, at, child);
    }
}

/* ---- asking and answering ---- */

static uint64_t next_block(struct sim *sim)
{
    uint64_t size = sim->left ? 1 : 0;
    if (sim->way == WAY_HALVES && sim->left / (2 * sim->ranks) > 1)
        size = sim->left / (2 * sim->ranks);
    if (sim->way == WAY_RULE)
        size = block_size(sim->left, sim->ranks, (uint64_t)sim->task_ns, (uint64_t)sim->serve_ns);
    sim->left -= size;
    return size;
}

static void answer(struct sim *sim, const struct request *request)
{
    struct rank *one = &sim->list[request->rank];
    if (sim->server_ns < request->arrives_ns)
        sim->server_ns = request->arrives_ns;
    sim->server_ns += sim->serve_ns;
    one->ahead = next_block(sim);
    one->answer_ns = sim->server_ns + (request->rank ? sim->trip_ns / 2 : 0);
    sim->requests++;
    if (one->waits)
        plan(sim, request->rank, one->answer_ns);
    one->waits = false;
}

static bool has_counter(const struct sim *sim)
{
    return sim->way == WAY_COUNTER || sim->way == WAY_AHEAD;
}

static void ask(struct sim *sim, uint32_t rank, double now_ns)
{
    struct rank *one = &sim->list[rank];
    const struct request request = {rank, now_ns + sim->trip_ns / 2};
    one->asked = true;
    one->answer_ns = INFINITY;
    if (has_counter(sim) || sim->is_idle)
        answer(sim, &request);
    else
        sim->queue[(sim->queue_first + sim->queue_count++) % sim->ranks] = request;
}

/* ---- ranks ---- */

static void step_other(struct sim *sim, uint32_t rank)
{
    struct rank *one = &sim->list[rank];
    double now_ns = one->at_ns;
    if (!one->asked)
        ask(sim, rank, now_ns);
    if (one->answer_ns > now_ns) {
        one->waits = one->answer_ns == INFINITY;
        plan(sim, rank, one->answer_ns);
        return;
    }
    uint64_t block = one->ahead;
    one->asked = false;
    if (!block) {
        plan(sim, rank, INFINITY);
        one->asked = true;
        return;
    }
    if (sim->way != WAY_COUNTER)
        ask(sim, rank, now_ns);
    double end_ns = now_ns + work(sim, block);
    sim->end_ns = end_ns > sim->end_ns ? end_ns : sim->end_ns;
    plan(sim, rank, end_ns);
}

/* Rank 0, between two tasks of its own. */
static void step_first(struct sim *sim)
{
    double now_ns = sim->list[0].at_ns;
    sim->end_ns = now_ns > sim->end_ns ? now_ns : sim->end_ns;
    sim->server_ns = now_ns;
    if (sim->own == 0)
        sim->own = next_block(sim);
    sim->is_idle = sim->own == 0;
    while (sim->queue_count &&
           (sim->is_idle || sim->queue[sim->queue_first].arrives_ns <= sim->server_ns)) {
        const struct request request = sim->queue[sim->queue_first];
        sim->queue_first = (sim->queue_first + 1) % sim->ranks;
        sim->queue_count--;
        answer(sim, &request);
    }
    if (sim->is_idle) {
        plan(sim, 0, INFINITY);
        return;
    }
    sim->own--;
    plan(sim, 0, sim->server_ns + work(sim, 1));
}

/* What a rank is dealt before the run. */
static uint64_t dealt(const struct sim *sim, uint64_t rank)
{
    uint64_t all = sim->way == WAY_STATIC ? sim->tasks : has_counter(sim) ? 0 : sim->tasks / 2;
    return all * (rank + 1) / sim->ranks - all * rank / sim->ranks;
}

static void run(struct sim *sim)
{
    bool answers = sim->way == WAY_HALVES || sim->way == WAY_RULE; /* rank 0 does, between its tasks */
    sim->left = sim->tasks;
    sim->requests = sim->queue_first = sim->queue_count = 0;
    sim->server_ns = sim->work_ns = sim->end_ns = 0;
    sim->is_idle = false;
    for (uint64_t r = 0; r < sim->ranks; r++) {
        sim->list[r] = (struct rank){.at_ns = INFINITY};
        put(sim, r, (uint32_t)r);
    }
    for (uint64_t r = 0; r < sim->ranks; r++) {
        uint64_t own = dealt(sim, r);
        bool is_first = r == 0 && answers;
        double end_ns = is_first ? 0 : work(sim, own);
        sim->left -= own;
        sim->own = is_first ? own : sim->own;
        sim->end_ns = end_ns > sim->end_ns ? end_ns : sim->end_ns;
        plan(sim, (uint32_t)r, end_ns);
    }
    for (uint64_t r = answers; sim->way != WAY_COUNTER && sim->way != WAY_STATIC && r < sim->ranks; r++)
        ask(sim, (uint32_t)r, 0);
    while (sim->way != WAY_STATIC && sim->list[sim->heap[0]].at_ns < INFINITY) {
        if (sim->heap[0] == 0 && answers)
            step_first(sim);
        else
            step_other(sim, sim->heap[0]);
    }
}

int main(int argc, char **argv)
{
    if (argc != 8)
        return 2;
    struct sim sim = {.ranks = strtoull(argv[1], NULL, 10),
                      .task_ns = strtod(argv[3], NULL),
                      .distribution = argv[4],
                      .trip_ns = strtod(argv[5], NULL),
                      .serve_ns = strtod(argv[6], NULL)};
    sim.tasks = sim.ranks * strtoull(argv[2], NULL, 10);
    sim.list = calloc(sim.ranks, sizeof *sim.list);
    sim.heap = calloc(sim.ranks, sizeof *sim.heap);
    sim.queue = calloc(sim.ranks, sizeof *sim.queue);
    if (!sim.list || !sim.heap || !sim.queue)
        return 3;
    for (sim.way = 0; sim.way < WAYS; sim.way++) {
        sim.state = strtoull(argv[7], NULL, 10);
        run(&sim);
        double ideal_ns = sim.work_ns / (double)sim.ranks;
        printf("%s,%s,%s,%s,%s,%s,%s,%s,%.6g,%.6g,%llu,%.4f\n", argv[1], argv[2], argv[3], argv[4],
               argv[5], argv[6], argv[7], way_words[sim.way], sim.end_ns * 1e-9, ideal_ns * 1e-9,
               (unsigned long long)sim.requests, ideal_ns / sim.end_ns);
    }
    free(sim.list);
    free(sim.heap);
    free(sim.queue);
    return 0;
}
