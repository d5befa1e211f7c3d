/* Rows for tests of what is made of results: a run that went well, to be changed where a test asks. */
#ifndef TESTS_EXAMPLE_ROWS_H
#define TESTS_EXAMPLE_ROWS_H

#include "records/record.h"

#define EXAMPLE_ROWS_MAX 16

/* Zero-initialise; texts of the records are literals. */
struct example_rows {
    struct record records[EXAMPLE_ROWS_MAX];
    size_t size;
};

/* A measured run of two passes over 8 tasks, `wall_s` each, 1000 pixels a task. */
static inline struct record *example_row(struct example_rows *rows, const char *executor, double wall_s)
{
    struct record *run = &rows->records[rows->size++];
    record_init(run);
    run->session = (char *)"20261122T100636Z-1";
    run->time_utc = (char *)"2026-11-22T10:06:36.354Z";
    run->host = (char *)"vm";
    run->machine = (char *)"AMD EPYC 7763, 1 socket, 2 cores, 4 threads, 23.5 GiB, Linux 6.1";
    run->workload = (char *)"blur";
    run->params = (char *)"sigma=5 image=";
    run->executor = (char *)executor;
    run->pin = (char *)"close";
    run->schedule = (char *)"dynamic";
    run->phase = phase_find("measure");
    run->status = STATUS_OK;
    run->work_unit = (char *)"pixel";
    run->workers = 2;
    run->inflight = run->grain = run->launch = 1;
    run->run = (int64_t)rows->size;
    run->passes = 2;
    run->tasks = 16;
    run->work = 16000;
    run->wall_s = 2 * wall_s;
    run->cpu_s = 3 * wall_s;
    run->work_per_s = 8000 / wall_s;
    run->latency_p50_s = 0.002;
    run->latency_p99_s = 0.003;
    run->peak_rss_bytes = 4096;
    return run;
}

#endif
