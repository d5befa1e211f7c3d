/*
 * Parameters that once had another name, for rows that were written then (records/schema1.h): their
 * cases are still those of today. The modules' tables say the same (bench_param.was), but a file is read
 * where no module is open; a test holds this list to them.
 */
#ifndef RECORDS_RENAMED_H
#define RECORDS_RENAMED_H

#include "records/param_text.h"

struct renamed {
    const char *workload, *was, *name;
};

extern const struct renamed renamed_list[]; /* ends with NULL */

/* Today's name of a workload's parameter that had another one; NULL where it had none. */
const char *renamed_param(const char *workload, const struct param_text *param);

#endif
