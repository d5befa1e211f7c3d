/*
 * How small tasks may be: cases of one way of running that differ in the size of their tasks, and the
 * smallest one that is run efficiently, METG(50 %) (Slaughter and others, "Task Bench: A parameterized
 * benchmark for evaluating parallel runtime performance", SC 2020).
 */
#ifndef RESULTS_TASK_SIZES_H
#define RESULTS_TASK_SIZES_H

#include "results/results.h"

/* The size of a task is what serial takes for it; efficiency is that of the case, against serial. */
struct task_size {
    const struct case_result *result;
    double task_s;
};

struct task_sizes {
    const struct case_result *first; /* of its cases */
    struct task_size *list;          /* from the smallest on; owned */
    size_t size;
    /* The least size from which on half of the time is work, between two measured ones as a straight
     * line over the logarithm goes; NaN: none is, or all are. */
    double metg_s;
    bool is_always; /* all are */
};

struct task_sweeps {
    struct task_sizes *list;
    size_t size, capacity;
};

enum { TASK_SIZES_LEAST = 3, TASK_SIZES_SPAN = 4 }; /* fewer sizes, or closer to each other: no sweep */

/* All sweeps of task sizes against serial. `results` outlive them. */
void task_sweeps_of(struct task_sweeps *sweeps, const struct results *results);
void task_sweeps_free(struct task_sweeps *sweeps);

#endif
