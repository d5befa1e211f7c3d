/* One case, opened in this process: its modules, its team, its runs. What the protocol's words do. */
#ifndef RUNNER_OPEN_CASE_H
#define RUNNER_OPEN_CASE_H

#include "protocol/message.h"
#include "protocol/reply.h"

struct open_case;
struct ranks;

/*
 * Sets the requested environment variables, loads the modules, sets the workload up, places the workers
 * and opens the executor. On success *line, the reply, is the caller's (NULL: a text of the workload's
 * is not UTF-8), and the open_case is for case_close.
 * With `ranks` all of them do so together, and what has gone wrong on one fails on all. A note may be in
 * err->message: it is in the reply, too. Main thread, all.
 */
int case_open(struct open_case **open_case, struct ranks *ranks, const struct open_asked *asked,
              struct reply_head *head, char **line, struct bench_error *err);

/* One run, and the reply that tells what it took. */
int case_run(struct open_case *open_case, const struct run_asked *asked, struct reply_head *head,
             char **line, struct bench_error *err);

/* Before the end: what all its runs together have shown, as a note in `err`. NULL: none is open. */
void case_end_note(const struct open_case *open_case, struct bench_error *err);

void case_close(struct open_case *open_case);

/*
 * Would opening this make sense? Loads the modules and validates; sets nothing up. Where
 * the executor wants environment variables before its libraries are loaded, the reply has them: they are
 * for the open of another process, since in this one the libraries are loaded by now.
 */
int case_check(const struct open_asked *asked, struct reply_head *head, char **line,
               struct bench_error *err);

#endif
