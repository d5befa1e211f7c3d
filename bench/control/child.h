/*
 * A runner's process, seen from the controller: started, and ended with all its children, whatever state
 * it is in. control/talk.h speaks to it.
 */
#ifndef CONTROL_CHILD_H
#define CONTROL_CHILD_H

#include "base/shape.h"
#include "control/keeper.h"
#include "control/launcher.h"
#include "control/request_limit.h"

#include <bench/error.h>

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct child {
    pid_t pid; /* also of its process group */
    int pidfd;
    int in, out;  /* to its stdin, from its stdout */
    int lifeline; /* when this end closes, the kernel ends the group */
    char *buffer; /* what it has written and was not yet taken as a line */
    size_t length, size;
    size_t taken;                    /* of the buffer: the line that was given away last */
    int64_t asked;                   /* id of the last message */
    int version;                     /* of the protocol that it is spoken to in */
    char mark[64];                   /* in its environment, and so in its children's: CHILD_MARK=... */
    char *strangers;                 /* children that we had before, as " 12 34 " */
    const struct launcher *launcher; /* that it was started by, if one is known; NULL: itself */
    const struct keeper *keeper;     /* our child, too, and none of its; or NULL */
    const volatile sig_atomic_t *stop;
    const struct child
        *beside; /* another that is alive, and is left alone when this one ends; or NULL */
};

/* In the environment of each child: this process's id, a dot, and a number of the child's own, so that
 * its orphans are known from those of another child that is alive. */
#define CHILD_MARK "BENCH_CONTROLLER"

/* How all children are started. */
struct child_setup {
    char *const *launcher;             /* words before the runner's own, NULL-terminated; may be NULL */
    const struct launcher *known;      /* which one that is, if it is one that is known; or NULL */
    char *const *ranks_launcher;       /* the same, with LAUNCHER_RANKS where the user has put {ranks} */
    const char *hosts;                 /* for ranks: "a,b"; NULL: as their launcher likes */
    const char *engine;                /* by which runners are connected as ranks; NULL: they are none */
    char **environment;                /* NULL-terminated; without CHILD_MARK */
    const char *program;               /* to start as `PROGRAM runner`; NULL: this very one */
    char *const *command;              /* words to start instead, NULL-terminated; may be NULL */
    const volatile sig_atomic_t *stop; /* not 0: the user wants to end; waiting stops */
    /* Where runners are to be told which CPUs their workers are for: as many texts as the shape has
     * workers, all for free(), or NULL where nobody can say. */
    char **(*place)(const void *context, const struct shape *shape);
    const void *place_context;
    char *const *counters;          /* names of what is to be counted, NULL-terminated; may be NULL */
    struct keeper *keeper;          /* is told what to see to when this process is killed; may be NULL */
    struct trace_file *trace;       /* what runs are traced into; may be NULL */
    bool no_latency;                /* latencies are not wanted of any run */
    struct request_limit *requests; /* that may go to other machines; NULL: no limit */
    int *speaks; /* version of the protocol, once one has shown which; 0 before. NULL: found out anew */
};

/*
 * Once in a controller, first: orphans of runners become this process's children, and the user's wish
 * to end is held back (control/stop.h).
 */
void child_control_init(void);

/*
 * Start `bench runner`. When this process ends, however it does, the kernel ends the child's process
 * group at once. On failure (-errno) nothing is left.
 */
int child_start(struct child *child, const struct child_setup *setup, struct bench_error *err);

/*
 * Has it been stopped, or gone on again, since this was last asked (SIGSTOP, a debugger)? Times that it
 * tells are then none of its work's.
 */
bool child_was_stopped(const struct child *child);

/* What its wait status says, once it is dead. Does not reap it, so that its process id stays its own. */
void child_describe_death(const struct child *child, struct bench_error *err);
/* The signal that it was killed by; 0 when it lives, or has ended otherwise. */
int child_killed_by(const struct child *child);

/*
 * End it: let it finish for `grace_ns` after closing its stdin (0, or when the user wants to end: kill
 * at once), then kill what is left of its process group and every orphan. 0: nothing of it is left. Else
 * -EPERM: something of it belongs to another user; -ETIMEDOUT: it does not die.
 */
int child_end(struct child *child, uint64_t grace_ns);

#endif
