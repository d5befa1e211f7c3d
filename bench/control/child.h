/*
 * A runner's process, seen from the controller: started, spoken to in lines, and ended with all its
 * children, whatever state it is in.
 */
#ifndef CONTROL_CHILD_H
#define CONTROL_CHILD_H

#include <bench/error.h>

#include <jansson.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct child {
    pid_t pid; /* also of its process group */
    int pidfd;
    int in, out;  /* to its stdin, from its stdout */
    char *buffer; /* what it has written and was not yet read as a line */
    size_t length, size;
    char mark[64]; /* in its environment, and so in its children's: CHILD_MARK=... */
    const struct child
        *beside; /* another that is alive, and is left alone when this one ends; or NULL */
};

/* In the environment of each child: this process's id, a dot, and a number of the child's own, so that
 * its orphans are known from those of another child that is alive. */
#define CHILD_MARK "BENCH_CONTROLLER"

/* How all children are started. */
struct child_setup {
    char *const *launcher;             /* words before the runner's own, NULL-terminated; may be NULL */
    char **environment;                /* NULL-terminated; without CHILD_MARK */
    const char *program;               /* to start as `PROGRAM runner`; NULL: this very one */
    char *const *command;              /* words to start instead, NULL-terminated; may be NULL */
    const volatile sig_atomic_t *stop; /* not 0: the user wants to end; waiting stops */
};

/* What waiting for a child's answer came to, besides an answer. */
enum child_end {
    CHILD_ANSWERED,
    CHILD_DIED, /* or closed its stdout, or wrote what is no JSON object: err says which */
    CHILD_TIMEOUT,
    CHILD_STOPPED, /* the user's wish */
};

/*
 * Once in a controller, first: orphans of runners become this process's children, and the user's wish
 * to end is held back (control/stop.h).
 */
void child_control_init(void);

/* Start `bench runner`. On failure (-errno) nothing is left. */
int child_start(struct child *child, const struct child_setup *setup, struct bench_error *err);

/* Send a message. CHILD_ANSWERED: an answer is to be expected; CHILD_DIED as below. */
enum child_end child_tell(struct child *child, const json_t *message, struct bench_error *err);

/*
 * Wait for the answer, asleep, until deadline_ns of CLOCK_MONOTONIC (0: for ever). On CHILD_ANSWERED
 * *reply is the caller's; else `err` says what happened, in words for the user.
 */
enum child_end child_hear(struct child *child, const struct child_setup *setup, uint64_t deadline_ns,
                          json_t **reply, struct bench_error *err);

/* Both. */
enum child_end child_ask(struct child *child, const struct child_setup *setup, json_t *message,
                         uint64_t deadline_ns, json_t **reply, struct bench_error *err);

/*
 * End it: let it finish for `grace_ns` after closing its stdin (0: kill at once), then kill what is left
 * of its process group and every orphan. Nothing of it is left when this returns.
 */
void child_end(struct child *child, uint64_t grace_ns);

#endif
