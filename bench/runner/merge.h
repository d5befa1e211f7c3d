/*
 * Workers of different ranks share no memory, but `finish` looks at the whole. So after a verification
 * run the bytes that each rank has changed since its beginning come into rank 0's memory.
 */
#ifndef RUNNER_MERGE_H
#define RUNNER_MERGE_H

#include <bench/error.h>

#include <stddef.h>

struct ranks;
struct merge_base;

/* How the shared memory is now. The caller frees it. */
struct merge_base *merge_begin(void);
void merge_free(struct merge_base *base);

/* All ranks: what has changed since into rank 0's. -EPROTO where the ranks share different memory. */
int merge_into_first(const struct merge_base *base, struct ranks *ranks, struct bench_error *err);

/* ---- its two halves: what has changed, and changing it likewise ---- */

/* *size bytes that say what is not as it was; for free(). */
void *merge_changes(const struct merge_base *base, size_t *size);
/* -EPROTO: they are not of memory like this. */
int merge_apply(const void *changes, size_t size, struct bench_error *err);

#endif
