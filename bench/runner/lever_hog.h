/*
 * The memory lever: a thread on another core that streams through more memory than the caches hold, so
 * that a share of the bandwidth, and what cores share of the caches, is gone; or that computes instead,
 * which is what it is held against. A thread of the runner's; all functions are called by one thread at
 * a time.
 */
#ifndef RUNNER_LEVER_HOG_H
#define RUNNER_LEVER_HOG_H

#include <bench/error.h>

#include <stddef.h>

enum hog_doing { HOG_RESTS, HOG_SPINS, HOG_STREAMS, HOG_ENDS };

struct lever_hog;

/*
 * On the CPUs of the mask `home` that are not in `taken`, the worker's; masks of `words` words. Rests at
 * first. -ENODEV: there is no such CPU; -ENOMEM; or pthread_create's.
 */
int lever_hog_start(struct lever_hog **hog, const unsigned long *home, const unsigned long *taken,
                    size_t words, struct bench_error *err);
/* Returns when it does. */
void lever_hog_tell(struct lever_hog *hog, enum hog_doing what);
/* NULL may be stopped. */
void lever_hog_stop(struct lever_hog *hog);

#endif
