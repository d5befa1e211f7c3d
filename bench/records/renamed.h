/*
 * Parameters that once had another name, for files that were written then: their cases are still those
 * of today. The modules' tables say the same (bench_param.was), but a file is read where no module is
 * open; a test holds this list to them.
 */
#ifndef RECORDS_RENAMED_H
#define RECORDS_RENAMED_H

#include <stdbool.h>
#include <stddef.h>

struct renamed {
    const char *workload, *was, *name;
};

extern const struct renamed renamed_list[]; /* ends with NULL */

#define RENAMED_ROOM 1024 /* for parameters that were renamed: longer ones stay as they are */

/*
 * "name=value name=value" of a workload with the names of today, into `out`, which has RENAMED_ROOM
 * bytes. False when there is nothing to rename; `out` is then as it was.
 */
bool renamed_params(const char *workload, const char *params, size_t length, char *out);

#endif
