/* Benjamini and Hochberg's step-up adjustment. */
#include "stats/benjamini_hochberg.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    const double *x = *(double *const *)a, *y = *(double *const *)b;

    return (*x > *y) - (*x < *y);
}

void benjamini_hochberg_adjust(double *p, size_t n)
{
    double **ascending = mem_alloc(n * sizeof *ascending);
    double most = 1;
    size_t tests = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isnan(p[i]))
            ascending[tests++] = &p[i];
    }
    mem_sort(ascending, tests, sizeof *ascending, compare);
    for (size_t i = tests; i > 0; i--) {
        most = fmin(most, (double)tests / (double)i * *ascending[i - 1]);
        *ascending[i - 1] = most; /* is not looked at again */
    }
    free(ascending);
}
