/*
 * The file of --trace: a list of events in the format of Chrome's and Perfetto's traces, which runners
 * append to, one launch after the other, and in which each launch is a process. The controller writes
 * what it knows: launches and their runs, on a track of their own. One thread.
 */
#ifndef CONTROL_TRACE_FILE_H
#define CONTROL_TRACE_FILE_H

#include "plan/plan.h"
#include "records/record.h"

#include <bench/error.h>
#include <stdint.h>

struct trace_file {
    char *path; /* absolute; its own */
    int fd;
    int64_t bytes_most;
    size_t launches_left;       /* that are to come, as far as is known: they share what is left */
    int64_t launches;           /* begun */
    struct bench_error failure; /* the first that befell it: nothing is written any more */
};

/* Begin a new file, in place of an old one. The caller closes it. */
int trace_file_open(struct trace_file *trace, const char *path, int64_t bytes_most, size_t launches,
                    struct bench_error *err);

/* A launch of this case begins; its number in the trace. */
int64_t trace_file_launch(struct trace_file *trace, const struct plan_case *one, int64_t number);

/* How many bytes a run of the present launch may add: its share of what is left. */
int64_t trace_file_room(struct trace_file *trace);

/* Something of the present launch, from one time to another, CLOCK_MONOTONIC: "measure 1". */
void trace_file_add(struct trace_file *trace, const char *name, uint64_t from_ns, uint64_t to_ns);

/* Ends the list. -errno where something could not be written. */
int trace_file_close(struct trace_file *trace, struct bench_error *err);

#endif
