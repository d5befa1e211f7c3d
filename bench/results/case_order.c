/* The launches and runs of a case, brought into their order. */
#include "results/case_order.h"

#include "base/memory.h"
#include "records/packed.h"

#include <stdlib.h>
#include <string.h>

static int compare_launches(const void *a, const void *b, void *launches)
{
    const struct case_launch *x = (struct case_launch *)launches + *(const size_t *)a;
    const struct case_launch *y = (struct case_launch *)launches + *(const size_t *)b;
    int order = compare_texts(x->session, y->session);
    if (order == 0)
        order = compare_numbers(x->number, y->number);
    return order ? order : compare_texts(x->side, y->side);
}

/* Each launch once, in order. Sessions are named by their time, so that is the order of time. */
static void order_launches(struct case_runs *one)
{
    size_t n = one->launches_size, size = 0;
    struct case_launch *ordered = mem_alloc(n * sizeof *ordered);
    size_t *order = mem_alloc(n * sizeof *order), *becomes = mem_alloc(n * sizeof *becomes);
    for (size_t i = 0; i < n; i++)
        order[i] = i;
    qsort_r(order, n, sizeof *order, compare_launches, one->launches);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || compare_launches(&order[i - 1], &order[i], one->launches) != 0) {
            ordered[size] = one->launches[order[i]];
            ordered[size++].size = 0;
        }
        ordered[size - 1].size += one->launches[order[i]].size;
        becomes[order[i]] = size - 1;
    }
    for (size_t i = 0; i < one->size; i++)
        one->runs[i].launch = (uint32_t)becomes[one->runs[i].launch];
    for (size_t i = 0, first = 0; i < size; first += ordered[i++].size)
        ordered[i].first = first;
    free(order);
    free(becomes);
    free(one->launches);
    one->launches = ordered;
    one->launches_size = size;
}

static int compare_runs(const struct case_run *a, const struct case_run *b)
{
    int order = compare_numbers(a->launch, b->launch);
    if (order == 0)
        order = compare_numbers(a->phase, b->phase);
    if (order == 0)
        order = compare_numbers(a->number, b->number);
    return order ? order : compare_numbers(a->block, b->block);
}

/* Runs of the same number are told apart by what they measured, those without one by their rows. */
static int compare_places(const void *a, const void *b, void *context)
{
    const struct case_runs *one = context;
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    int order = compare_runs(&one->runs[x], &one->runs[y]);
    if (order == 0 && one->runs[x].number != RECORD_NO_COUNT)
        order = run_values_compare(&one->values, x, y);
    return order ? order : (x > y) - (x < y);
}

static bool is_ordered(const struct case_runs *one)
{
    size_t i = 1;
    while (i < one->size && compare_runs(&one->runs[i - 1], &one->runs[i]) < 0)
        i++;
    return i >= one->size;
}

static void order_runs(struct case_runs *one)
{
    if (is_ordered(one))
        return;
    size_t *order = mem_alloc(one->size * sizeof *order);
    struct case_run *runs = mem_alloc(one->size * sizeof *runs);
    for (size_t i = 0; i < one->size; i++)
        order[i] = i;
    qsort_r(order, one->size, sizeof *order, compare_places, one);
    for (size_t i = 0; i < one->size; i++)
        runs[i] = one->runs[order[i]];
    free(one->runs);
    one->runs = runs;
    run_values_reorder(&one->values, order);
    free(order);
}

struct row_place {
    unsigned char *row;
    const char *session, *side, *time_utc;
    int64_t launch, phase, run, block;
};

static int compare_rows(const void *a, const void *b)
{
    const struct row_place *x = a, *y = b;
    int order = compare_texts(x->session, y->session);
    if (order == 0)
        order = compare_numbers(x->launch, y->launch);
    if (order == 0)
        order = compare_texts(x->side, y->side);
    if (order == 0)
        order = compare_numbers(x->phase, y->phase);
    if (order == 0)
        order = compare_numbers(x->run, y->run);
    if (order == 0)
        order = compare_numbers(x->block, y->block);
    return order ? order : compare_texts(x->time_utc, y->time_utc);
}

static void order_rows(struct case_runs *one)
{
    struct row_place *places = mem_alloc((one->rows_size + 1) * sizeof *places);
    for (size_t i = 0; i < one->rows_size; i++) {
        struct record row;
        record_unpack(&row, one->rows[i]);
        places[i] = (struct row_place){.row = one->rows[i],
                                       .session = row.session,
                                       .side = row.side,
                                       .time_utc = row.time_utc,
                                       .launch = row.launch,
                                       .phase = row.phase,
                                       .run = row.run,
                                       .block = row.block};
    }
    mem_sort(places, one->rows_size, sizeof *places, compare_rows);
    for (size_t i = 0; i < one->rows_size; i++)
        one->rows[i] = places[i].row;
    free(places);
}

static size_t count_repeated(const struct case_runs *one)
{
    size_t count = 0;
    for (size_t i = 1; i < one->size; i++)
        count += one->runs[i].number != RECORD_NO_COUNT &&
                 compare_runs(&one->runs[i - 1], &one->runs[i]) == 0;
    return count;
}

size_t case_order(struct case_runs *one)
{
    order_launches(one);
    order_runs(one);
    order_rows(one);
    return count_repeated(one);
}
