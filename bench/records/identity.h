/*
 * Which records are of one case: one combination of workload, params, executor, workers, inflight, pin,
 * schedule, grain and, where they are asked for, label, machine and side. Records are the caller's and
 * must outlive what is said of them here. Nothing here is shared: any thread.
 */
#ifndef RECORDS_IDENTITY_H
#define RECORDS_IDENTITY_H

#include "records/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What takes part besides what is always compared. */
enum identity_parts {
    IDENTITY_WORK = 0,
    IDENTITY_LABEL = 1,
    IDENTITY_MACHINE = 2,
    IDENTITY_SIDE = 4,
    IDENTITY_ALL = IDENTITY_LABEL | IDENTITY_MACHINE | IDENTITY_SIDE,
};

/*
 * A launch that ended before the workload was set up does not know what grain it would have had: an
 * unknown grain equals any, and therefore equality is not transitive and the hash leaves grain out.
 */
bool identity_equal(const struct record *a, const struct record *b, unsigned parts);
uint64_t identity_hash(const struct record *record, unsigned parts);

/*
 * Cases, numbered from 0 in the order in which they were added. Begins as all zeros but for `parts`.
 * Finding is O(1) as long as few cases differ in nothing but their grain.
 */
struct identity_index {
    unsigned parts;
    size_t size; /* how many cases */
    struct identity_entry {
        const struct record *record; /* the case's first that knows its grain; else its first */
        uint64_t hash;
        size_t older; /* the next older case of this bucket, by number + 1; 0 ends */
    } * entries;
    size_t *buckets; /* number + 1 of the newest case; 0: none */
    size_t capacity; /* of both, a power of two */
    size_t last;     /* the case found last, which is the likeliest */
};

#define IDENTITY_NONE SIZE_MAX

/* The record's case, the newest where its grain leaves the choice; IDENTITY_NONE if it is not there. */
size_t identity_index_find(const struct identity_index *index, const struct record *record);

/* The same, added where it is not there: then *number is size - 1. 0 or -ENOMEM. */
int identity_index_add(struct identity_index *index, const struct record *record, size_t *number);

void identity_index_free(struct identity_index *index);

#endif
