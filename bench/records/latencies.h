/*
 * All latencies of a run, or of several: which there were, and how many tasks had each. It is what a
 * runner's histogram has in its buckets, each told as its middle, so that a latency is right to 1 %. Not
 * shared between threads.
 */
#ifndef RECORDS_LATENCIES_H
#define RECORDS_LATENCIES_H

#include <bench/error.h>

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

struct latency_count {
    int64_t ns, count;
};

/* Begins as all zeros. Ascending, each once, but while it is added to. */
struct latencies {
    struct latency_count *list;
    size_t size, capacity;
};

void latencies_add(struct latencies *latencies, int64_t ns, int64_t count);
/* All of the other's, too; latencies_sort comes after the last. */
void latencies_merge(struct latencies *into, const struct latencies *from);
void latencies_sort(struct latencies *latencies);
void latencies_free(struct latencies *latencies);

int64_t latencies_count(const struct latencies *latencies);

/* How many are above a limit. Of those that are it, to 1 %, a part is. */
double latencies_beyond(const struct latencies *latencies, double limit_s);

/* One list of numbers: a latency in nanoseconds, how many had it, the next latency, ... */
json_t *latencies_encode(const struct latencies *latencies);
/* -EINVAL: "KEY must be ..." */
int latencies_decode(struct latencies *latencies, const char *key, const json_t *array,
                     struct bench_error *err);

#endif
