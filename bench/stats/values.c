/* A growing list of numbers. */
#include "stats/values.h"

#include "base/memory.h"

#include <stdlib.h>

void values_add(struct values *values, double value)
{
    values->list = mem_grow(values->list, values->count, &values->capacity, sizeof *values->list);
    values->list[values->count++] = value;
}

void values_free(struct values *values)
{
    free(values->list);
    *values = (struct values){0};
}
