/* Values of runs, kept as columns. */
#include "results/run_values.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* To the bit, so that what is not known (NaN) is the same as itself. */
static int compare_bits(double a, double b)
{
    return memcmp(&a, &b, sizeof a);
}

static void add_value(struct run_column *column, size_t size, double value)
{
    if (size == 0)
        column->same = value;
    if (!column->list && compare_bits(column->same, value) == 0)
        return;
    if (!column->list) {
        while (column->capacity <= size)
            column->capacity = 2 * column->capacity + 4;
        column->list = mem_alloc(column->capacity * sizeof *column->list);
        for (size_t i = 0; i < size; i++)
            column->list[i] = column->same;
    }
    column->list = mem_grow(column->list, size, &column->capacity, sizeof *column->list);
    column->list[size] = value;
}

void run_values_add(struct run_values *values, const double *row)
{
    if (!values->columns)
        values->columns = mem_zero(values->width, sizeof *values->columns);
    for (size_t i = 0; i < values->width; i++)
        add_value(&values->columns[i], values->size, row[i]);
    values->size++;
}

double run_values_get(const struct run_values *values, size_t run, size_t column)
{
    const struct run_column *of = &values->columns[column];
    return of->list ? of->list[run] : of->same;
}

void run_values_append(struct run_values *values, const struct run_values *from)
{
    double *row = mem_alloc(values->width * sizeof *row);
    for (size_t run = 0; run < from->size; run++) {
        for (size_t i = 0; i < values->width; i++)
            row[i] = run_values_get(from, run, i);
        run_values_add(values, row);
    }
    free(row);
}

int run_values_compare(const struct run_values *values, size_t a, size_t b)
{
    int order = 0;
    for (size_t i = 0; order == 0 && i < values->width; i++)
        order = compare_bits(run_values_get(values, a, i), run_values_get(values, b, i));
    return order;
}

void run_values_reorder(struct run_values *values, const size_t *order)
{
    double *before = mem_alloc(values->size * sizeof *before);
    for (size_t i = 0; values->size > 0 && i < values->width; i++) {
        double *list = values->columns[i].list;
        if (!list)
            continue;
        memcpy(before, list, values->size * sizeof *before);
        for (size_t run = 0; run < values->size; run++)
            list[run] = before[order[run]];
    }
    free(before);
}

void run_values_free(struct run_values *values)
{
    for (size_t i = 0; values->columns && i < values->width; i++)
        free(values->columns[i].list);
    free(values->columns);
    *values = (struct run_values){.width = values->width};
}
