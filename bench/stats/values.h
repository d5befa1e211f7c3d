/* A growing list of numbers. */
#ifndef STATS_VALUES_H
#define STATS_VALUES_H

#include <stddef.h>

/* Zero-initialised; the owner frees it. */
struct values {
    double *list;
    size_t count, capacity;
};

void values_add(struct values *values, double value);
void values_free(struct values *values);

#endif
