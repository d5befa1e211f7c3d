/*
 * Numbers of runs, column by column. A column that is the same in all runs, as tasks and passes are of
 * most cases, is one number: with a million runs, the others are what memory goes to.
 */
#ifndef RESULTS_RUN_VALUES_H
#define RESULTS_RUN_VALUES_H

#include <stddef.h>

struct run_column {
    double same;  /* of all runs, while there is no list */
    double *list; /* of each */
    size_t capacity;
};

/* Begins as all zeros but for `width`, how many columns there are. */
struct run_values {
    struct run_column *columns;
    size_t width, size; /* `size`: runs */
};

/* One more run, with a value for each column. */
void run_values_add(struct run_values *values, const double *row);

/* All runs of `from`, which has as many columns, behind the others. */
void run_values_append(struct run_values *values, const struct run_values *from);

double run_values_get(const struct run_values *values, size_t run, size_t column);

/* An order by the bits of all values: below, at or above 0. */
int run_values_compare(const struct run_values *values, size_t a, size_t b);

/* Run i becomes what run order[i] was. */
void run_values_reorder(struct run_values *values, const size_t *order);

void run_values_free(struct run_values *values);

#endif
