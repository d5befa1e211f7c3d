/* A growing list of numbers. */
#include "stats/values.h"

#include <errno.h>
#include <stdlib.h>

int values_add(struct values *values, double value)
{
    if (values->count == values->room) {
        size_t room = values->room ? 2 * values->room : 256;
        double *grown = realloc(values->list, room * sizeof *grown);
        if (!grown)
            return -ENOMEM;
        values->list = grown;
        values->room = room;
    }
    values->list[values->count++] = value;
    return 0;
}

void values_free(struct values *values)
{
    free(values->list);
    *values = (struct values){0};
}
