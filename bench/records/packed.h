/*
 * Rows of a case that are kept in few bytes: what is known of a run, and its session, but not what all
 * runs of the case have in common. A record takes 600 bytes, of which most say that nothing is known.
 */
#ifndef RECORDS_PACKED_H
#define RECORDS_PACKED_H

#include "records/record.h"
#include "records/text_pool.h"

/* For free(); its texts are the pool's. */
unsigned char *record_pack(const struct record *record, struct text_pool *pool);

/* Into `record`, which is overwritten; its texts are still the pool's, so it is not to be freed. */
void record_unpack(struct record *record, const unsigned char *packed);

#endif
