/* Holm's step-down adjustment. */
#include "stats/holm.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    const double *x = *(double *const *)a, *y = *(double *const *)b;

    return (*x > *y) - (*x < *y);
}

void holm_adjust(double *p, size_t n)
{
    double **ascending = mem_alloc(n * sizeof *ascending);
    double least = 0;
    size_t tests = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isnan(p[i]))
            ascending[tests++] = &p[i];
    }
    mem_sort(ascending, tests, sizeof *ascending, compare);
    for (size_t i = 0; i < tests; i++) {
        least = fmax(least, fmin(1, (double)(tests - i) * *ascending[i]));
        *ascending[i] = least; /* is not looked at again */
    }
    free(ascending);
}
