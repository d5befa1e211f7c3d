/* Before anything is made: is there room for so many lanes? */
#ifndef RUNNER_RESOURCES_H
#define RUNNER_RESOURCES_H

#include <bench/executor.h>

/*
 * Are there memory and file descriptors for all lanes of the team? Raises this process's soft limit on
 * descriptors where that is needed and allowed. -ENOMEM or -EMFILE, with what is needed and what is
 * there.
 */
int resources_check(const struct bench_executor *executor, const struct bench_team *shape,
                    const struct bench_plan *plan, struct bench_error *err);

#endif
