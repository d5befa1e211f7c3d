/* The words of advice that several of its parts have in common. */
#ifndef REPORT_ADVICE_WORDS_H
#define REPORT_ADVICE_WORDS_H

#include "results/advice.h"

/* "sleeping", "for locks": what it waits for. */
const char *advice_wait_words(int kind);

/* "CPU-bound", "bound by a lock". */
const char *advice_class_words(enum bound_class class);

/* "uring, 1 worker, 64 in flight"; for free(). */
char *advice_way_name(const struct advice_way *way);

/* A part of the whole in percent: 0 to 100. */
double advice_percent(double part);

#endif
