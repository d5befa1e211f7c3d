/*
 * The runner's ends of the protocol: moved aside, so that what a workload prints or reads cannot get
 * into it. bench_abort (bench/executor.h) answers through it from wherever it is called. Main thread,
 * but for bench_abort.
 */
#ifndef RUNNER_CHANNEL_H
#define RUNNER_CHANNEL_H

#include "records/record.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Take stdin and stdout: fd 0 becomes /dev/null, fd 1 stderr. Returns the descriptor to read messages
 * from, which is the caller's, or -errno.
 */
int channel_take(void);

/* The message at hand, which the next answer is to. */
void channel_begin(int64_t id);

/* Send a reply, and free it. NULL stands for one that could not be encoded. 0 or -errno. */
int channel_answer(char *line);

/* Refuse the message at hand. 0 or -errno. */
int channel_refuse(enum status status, const char *why);

/* The same from a signal handler, or a process that cannot go on. False: it was not written. */
bool channel_last_word(enum status status, const char *message);

#endif
