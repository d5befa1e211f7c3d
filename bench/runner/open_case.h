/* One case, opened in this process: its modules, its team, its runs. What the protocol's words do. */
#ifndef RUNNER_OPEN_CASE_H
#define RUNNER_OPEN_CASE_H

#include <bench/error.h>

#include <jansson.h>

struct open_case;

/*
 * `request` is the message of an open. Sets the environment it asks for, loads the modules, sets the
 * workload up, places the workers and opens the executor. On success *reply (tasks, grain, work,
 * work_unit, cpus, note) is the caller's, and the open_case is for case_close. Main thread, all.
 */
int case_open(struct open_case **open_case, json_t *request, json_t **reply, struct bench_error *err);

/* One run, as the message of a run says: verify, passes. The reply's keys are the CSV's columns. */
int case_run(struct open_case *open_case, json_t *request, json_t **reply, struct bench_error *err);

void case_close(struct open_case *open_case);

/*
 * Is what an open would be asked for sensible? Loads the modules and validates; sets nothing up. Where
 * the executor wants environment variables before its libraries are loaded, *reply has them as "env":
 * they are for the open of another process, since in this one the libraries are loaded by now.
 */
int session_check(json_t *request, json_t **reply, struct bench_error *err);

#endif
