/* The cases of two sides, side by side. */
#ifndef RESULTS_PAIRS_H
#define RESULTS_PAIRS_H

#include "results/comparison.h"
#include "results/samples.h"

/* A case that has numbers on both sides. */
struct pair {
    size_t number;    /* of comparison.cases */
    double cpu_ratio; /* new / old of the CPU time for a task; NaN where not known */
    double *old_values, *new_values;
    struct sample old, new;
    double level; /* of its interval */
    struct sample_ratio found;
};

/*
 * Fills the comparison's cases, those that are FAILED with all they get, and the lists of those that one
 * side has. `pairs` has room for old->size and gets the others, *size of them; what they own is the
 * caller's to free, also after a failure. 0 or -ENOMEM.
 */
int pairs_match(struct comparison *comparison, const struct samples *old, const struct samples *new,
                struct pair *pairs, size_t *size);
void pairs_free(struct pair *pairs, size_t size);

/* Newly allocated text; 0 or -ENOMEM, and then *to is NULL. */
int pairs_text(char **to, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
