/* Sweeps of task sizes among results. */
#include "results/task_sizes.h"

#include "base/memory.h"
#include "records/identity.h"

#include <math.h>
#include <stdlib.h>

static const double half = 0.5;

/* NaN: not known, or it is serial's own. */
static double task_seconds(const struct case_result *result)
{
    bool is_known = result_has_numbers(result) && same_text(result->reference, "serial") &&
                    result->reference_run != result->identity && result->tasks > 0;
    return is_known ? result->speedup * result->wall_s.median / result->tasks : NAN;
}

/* A way is an identity without what makes the tasks. */
static size_t way_of(struct identity_index *index, struct record *way, const struct record *identity)
{
    *way = *identity;
    way->params = NULL;
    way->grain = RECORD_NO_COUNT;
    return identity_index_add(index, way);
}

static void add(struct task_sizes *sizes, const struct case_result *result, double task_s)
{
    sizes->first = sizes->first ? sizes->first : result;
    sizes->list = mem_resize(sizes->list, sizes->size + 1, sizeof *sizes->list);
    sizes->list[sizes->size++] = (struct task_size){result, task_s};
}

static int compare_sizes(const void *a, const void *b)
{
    const struct task_size *x = a, *y = b;
    return (x->task_s > y->task_s) - (x->task_s < y->task_s);
}

/* From the largest down, as long as they are efficient. */
static void fill_metg(struct task_sizes *sizes)
{
    size_t i = sizes->size;
    while (i > 0 && sizes->list[i - 1].result->efficiency >= half)
        i--;
    sizes->is_always = i == 0;
    sizes->metg_s = NAN;
    if (i == 0 || i == sizes->size)
        return;
    const struct task_size *below = &sizes->list[i - 1], *above = &sizes->list[i];
    double low = below->result->efficiency, high = above->result->efficiency;
    double from = log(below->task_s), to = log(above->task_s);
    sizes->metg_s = exp(from + (half - low) / (high - low) * (to - from));
}

static bool is_sweep(const struct task_sizes *sizes)
{
    return sizes->size >= TASK_SIZES_LEAST &&
           sizes->list[sizes->size - 1].task_s >= TASK_SIZES_SPAN * sizes->list[0].task_s;
}

void task_sweeps_of(struct task_sweeps *sweeps, const struct results *results)
{
    struct identity_index index = {.parts = IDENTITY_ALL};
    struct record *ways = mem_zero(results->size + 1, sizeof *ways);
    struct task_sizes *all = mem_zero(results->size + 1, sizeof *all);
    *sweeps = (struct task_sweeps){0};
    for (size_t i = 0; i < results->size; i++) {
        double task_s = task_seconds(&results->cases[i]);
        size_t way = way_of(&index, &ways[i], results->cases[i].identity);
        if (task_s > 0)
            add(&all[way], &results->cases[i], task_s);
    }
    for (size_t i = 0; i < index.size; i++) {
        mem_sort(all[i].list, all[i].size, sizeof *all[i].list, compare_sizes);
        if (!is_sweep(&all[i])) {
            free(all[i].list);
            continue;
        }
        fill_metg(&all[i]);
        sweeps->list = mem_grow(sweeps->list, sweeps->size, &sweeps->capacity, sizeof *sweeps->list);
        sweeps->list[sweeps->size++] = all[i];
    }
    free(all);
    free(ways);
    identity_index_free(&index);
}

void task_sweeps_free(struct task_sweeps *sweeps)
{
    for (size_t i = 0; i < sweeps->size; i++)
        free(sweeps->list[i].list);
    free(sweeps->list);
    *sweeps = (struct task_sweeps){0};
}
