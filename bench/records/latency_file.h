/*
 * The file of --histograms: all latencies of each measured run, a JSON object a line, appended as runs
 * end. Beside them it says which run it was, by the columns of its row that make the case and number the
 * run. A line is some kilobytes, however many tasks there were: never above 100. One thread.
 */
#ifndef RECORDS_LATENCY_FILE_H
#define RECORDS_LATENCY_FILE_H

#include "records/latencies.h"
#include "records/record.h"

#include <bench/error.h>
#include <stdbool.h>

struct latency_file {
    char *path; /* its own; NULL: it is not open */
    int fd;
    bool was_torn;              /* its last line had been cut off, and was removed */
    size_t untold;              /* runs whose latencies nobody knows, and which are not in it */
    struct bench_error failure; /* the first that befell it: nothing is written any more */
};

/* Made where it is not there. -EINVAL: there is something else. */
int latency_file_open(struct latency_file *file, const char *path, struct bench_error *err);

void latency_file_add(struct latency_file *file, const struct record *record,
                      const struct latencies *latencies);

/* -errno where something could not be written. */
int latency_file_close(struct latency_file *file, struct bench_error *err);

/*
 * Read one: `take` gets each line's. *was_torn: the last line is not whole, and was left out. -EINVAL
 * names the line that is none.
 */
int latency_file_read(const char *path,
                      void (*take)(void *context, const struct record *record,
                                   const struct latencies *latencies),
                      void *context, bool *was_torn, struct bench_error *err);

#endif
