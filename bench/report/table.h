/*
 * Results as a table for people: grouped by the work done, a line for each way of doing it. ASCII but
 * for the user's own text, no colours, no cursor movement: the same on any terminal and in a file.
 */
#ifndef REPORT_TABLE_H
#define REPORT_TABLE_H

#include "report/result.h"

#include <bench/error.h>
#include <stdio.h>

struct table_options {
    size_t width;      /* of the terminal, in characters; 0: as wide as it gets */
    bool with_details; /* a second table a group: start-up, latencies, switches, memory */
};

/* 0 or a negative errno value with `err` filled, also when `out` cannot take it all. Flushes `out`. */
int table_print(FILE *out, const struct results *results, const struct table_options *options,
                struct bench_error *err);

#endif
