/* Trying the levers of cache and memory on known work. See lever_proof.h. */
#include "runner/lever_proof.h"

#include "base/memory.h"
#include "measure/clock.h"

#include <bench/random.h>

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Nine pairs: the median lies above the second smallest in 98 of 100 cases, and between that and the
 * second largest in 96. */
enum { PAIRS = 9, LINE = 64, TAKES = 3, CHASE_STEPS = 50000, SPIN_STEPS = 500000 };
static const size_t triad_bytes = (size_t)48 << 20;

/* Work that must show a lever, or must not. */
struct trial {
    uint32_t *next; /* of the chase: one cycle, a line each */
    uint32_t at;
    double *a; /* of the triad: three arrays */
};

static double cpu_s(void)
{
    return (double)clock_thread_cpu_ns() * 1e-9;
}

static void spin(struct trial *trial)
{
    (void)trial;
    for (int i = 0; i < SPIN_STEPS; i++)
        __asm__ volatile("");
}

static void chase(struct trial *trial)
{
    uint32_t at = trial->at;
    for (int i = 0; i < CHASE_STEPS; i++)
        at = trial->next[at * (LINE / sizeof *trial->next)];
    trial->at = at;
}

static void triad(struct trial *trial)
{
    size_t n = triad_bytes / 3 / sizeof *trial->a;
    double *a = trial->a;
    const double *b = a + n, *c = b + n;
    for (size_t i = 0; i < n; i++)
        a[i] = b[i] + 3 * c[i];
    __asm__ volatile("" ::: "memory");
}

/* CPU time of the work, each time after the lever has been turned. */
static double time_of(void (*work)(struct trial *), struct trial *trial, lever_taker *take,
                      void *context, int away)
{
    double sum_s = 0;
    for (int i = 0; i < TAKES; i++) {
        take(context, away);
        double began_s = cpu_s();
        work(trial);
        sum_s += cpu_s() - began_s;
    }
    return sum_s;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void compare(double more[PAIRS], void (*work)(struct trial *), struct trial *trial,
                    lever_taker *take, void *context)
{
    time_of(work, trial, take, context, 0); /* warms it up */
    for (int pair = 0; pair < PAIRS; pair++) {
        int first = pair % 2;
        double one_s = time_of(work, trial, take, context, first),
               other_s = time_of(work, trial, take, context, !first);
        more[pair] = (first ? one_s / other_s : other_s / one_s) - 1;
    }
    mem_sort(more, PAIRS, sizeof *more, by_size);
}

static struct lever_proof prove(void (*work)(struct trial *), struct trial *trial, lever_taker *take,
                                void *context)
{
    double more[PAIRS];
    struct lever_proof proof;
    compare(more, work, trial, take, context);
    proof.shows = more[1];
    compare(more, spin, trial, take, context);
    proof.errs = fabs(more[PAIRS / 2]);
    return proof;
}

/* S. Sattolo, "An Algorithm to Generate a Random Cyclic Permutation", 1986: of numbers that follow each
 * other at random, made in place. */
static void make_cycle(uint32_t *next, uint32_t lines)
{
    const size_t stride = LINE / sizeof *next;
    uint64_t random = 1;
    for (uint32_t i = 0; i < lines; i++)
        next[i * stride] = i;
    for (uint32_t i = lines - 1; i > 0; i--) {
        uint32_t j = (uint32_t)(bench_random_next(&random) % i), other = next[j * stride];
        next[j * stride] = next[i * stride];
        next[i * stride] = other;
    }
}

struct lever_proof lever_proof_of_cache(lever_taker *take, void *context, size_t cache_bytes)
{
    struct lever_proof proof = {0};
    size_t lines = cache_bytes / 4 * 3 / LINE;
    struct trial trial = {.next = aligned_alloc(LINE, lines * LINE)};
    if (trial.next) {
        make_cycle(trial.next, (uint32_t)lines);
        proof = prove(chase, &trial, take, context);
    }
    free(trial.next);
    return proof;
}

struct lever_proof lever_proof_of_memory(lever_taker *take, void *context)
{
    struct trial trial = {.a = mem_alloc(triad_bytes)};
    memset(trial.a, 0, triad_bytes);
    struct lever_proof proof = prove(triad, &trial, take, context);
    free(trial.a);
    return proof;
}
