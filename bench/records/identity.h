/*
 * Which records are of one case: those that agree in all columns whose role in columns.def is IDENTITY,
 * ALIKE or NAME, and, where they are asked for, in label, machine and side. Records are the caller's and
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
    IDENTITY_EXACT = 8, /* what is unknown is like nothing but what is unknown, too */
    IDENTITY_ALL = IDENTITY_LABEL | IDENTITY_MACHINE | IDENTITY_SIDE,
};

/*
 * A launch that ended before the workload was set up does not know what grain it would have had: what is
 * unknown in an ALIKE column equals any, and therefore equality is not transitive and the hash leaves
 * these columns out.
 */
bool identity_equal(const struct record *a, const struct record *b, unsigned parts);
uint64_t identity_hash(const struct record *record, unsigned parts);

/* Workers of the same runtime, of whatever version. */
bool identity_same_runtime(const struct record *a, const struct record *b);

/* Bench's own workers. */
bool identity_is_own(const struct record *record);

/* What the names of its executors begin with where it is not bench's own, "cpython." of
 * "CPython 3.11.2"; else "". For free(). */
char *identity_runtime_prefix(const struct record *record);

/* How many ALIKE columns are unknown. */
int identity_unknown(const struct record *record);

/* An order by these columns, in which one of several that are alike is the first, whatever came first:
 * below, at or above 0. */
int identity_order(const struct record *a, const struct record *b);

/*
 * Cases, numbered from 0 in the order in which they were added. Begins as all zeros but for `parts`.
 * Finding is O(1) as long as few cases differ in nothing but an ALIKE column.
 */
struct identity_index {
    unsigned parts;
    size_t size; /* how many cases */
    struct identity_entry {
        const struct record *record; /* the case's first that knows its ALIKE columns; else its first */
        uint64_t hash;
        size_t older; /* the next older case of this bucket, by number + 1; 0 ends */
    } * entries;
    size_t *buckets; /* number + 1 of the newest case; 0: none */
    size_t capacity; /* of both, a power of two */
    size_t last;     /* the case found last, which is the likeliest */
};

#define IDENTITY_NONE SIZE_MAX

/* The record's case, the newest where what it does not know leaves the choice; IDENTITY_NONE if it is
 * not there. */
size_t identity_index_find(const struct identity_index *index, const struct record *record);

/* The same, added where it is not there: then it is size - 1. */
size_t identity_index_add(struct identity_index *index, const struct record *record);

void identity_index_free(struct identity_index *index);

#endif
