/*
 * Processes that run a command line, one after the other: their standard streams, their environment,
 * and how they ended, in words.
 */
#ifndef WORKLOADS_EXEC_SUBPROCESS_H
#define WORKLOADS_EXEC_SUBPROCESS_H

#include "command_line.h"

#include <spawn.h>
#include <stddef.h>
#include <sys/types.h>

struct rusage;

/* The environment that the user gave to bench, without what the harness has set in its own. */
struct environment {
    char **variables; /* NULL-terminated */
    size_t count;
};

/* Read it, but for variables that begin with `without`. The caller frees it. */
int environment_read(struct environment *environment, const char *without, struct bench_error *err);
void environment_free(struct environment *environment);

/* How processes are started, and where what they write goes. One process at a time. */
struct outlet {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int stderr_fd; /* a file in memory that holds what the last process wrote; -1: it goes elsewhere */
};

/*
 * Standard input is empty. Standard output and error go to output_fd; where that is -1, standard output
 * is discarded and standard error kept, to be quoted. All other descriptors are closed to processes.
 * -errno on failure, nothing is open then.
 */
int outlet_open(struct outlet *outlet, int output_fd);
void outlet_close(struct outlet *outlet);

/* Start a process; its id, or -errno. In little stack, without allocating. */
pid_t subprocess_start(struct outlet *outlet, const struct command_line *line, char *const *environment);

/* Wait for its end, without the lane. *status as of wait(2). What it and its own children used into
 * *used, which may be NULL. */
void subprocess_reap(pid_t pid, int *status, struct rusage *used);

enum { COMMAND_SHOWN = 84, LINE_SHOWN = 204 }; /* bytes of a command and of a line, in messages */

/* Copy text that ends in "..." where it is too long, between characters. Returns `out`, of `size` bytes.
 */
char *text_shorten(char *out, size_t size, const char *text);

/*
 * "command 'gzip -k x' exited with status 2: gzip: x.gz already exists", with the last line of its
 * standard error if that was kept. `what` is the first word. Needs a stack of ordinary size.
 */
void subprocess_describe(char *text, size_t size, const char *what, const struct outlet *outlet,
                         const struct command_line *line, int status);

#endif
