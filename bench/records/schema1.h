/*
 * Rows of schema 1, as schema 2 has them. There the executor's parameters stood behind the workload's,
 * as EXECUTOR.name=value; the places behind the pinning, where they were not cores; spin and mixed had
 * `rate` for steps_per_us; runtime and clock were always bench's own and the release.
 */
#ifndef RECORDS_SCHEMA1_H
#define RECORDS_SCHEMA1_H

#include "records/record.h"
#include "records/text_pool.h"

/* What the last row's texts became: most rows have the same. Begins as all zeros. */
struct schema1 {
    const char *params, *executor, *workload, *pin; /* as they were */
    char *new_params, *new_executor_params, *new_pin, *new_places;
};

/*
 * Into *upgraded, which shares the row's texts; what is new is the pool's. Equal texts of `row` must be
 * the same pointer. Returns `upgraded`.
 */
const struct record *schema1_upgrade(struct schema1 *schema1, struct text_pool *texts,
                                     const struct record *row, struct record *upgraded);

#endif
