/*
 * What the kernel's lifeline (control/child.c) does not reach when the controller is killed with
 * SIGKILL: processes that have left the runner's group, and the runner's scratch folder. A process of
 * the controller's, which sleeps until it ends, sees to them then.
 */
#ifndef CONTROL_KEEPER_H
#define CONTROL_KEEPER_H

#include <sys/types.h>

/* Begins as all zeros: told, but not started. */
struct keeper {
    int fd;     /* 0: it does not run */
    pid_t pid;  /* 0: it was never started */
    char *told; /* until it runs: texts, each with its end */
    size_t told_size;
};

/*
 * Start it, if it does not run: once there is something that it may have to see to, and while that is
 * busy getting ready, since to fork takes a while. Where it cannot be started, there is none: nothing
 * depends on it while the controller lives.
 */
void keeper_start(struct keeper *keeper);

/*
 * What to see to, apart from what was told before (of which the last few are kept): processes with this
 * mark ("NAME=VALUE") in their environment, which are killed, or a folder (from "/" on), which is
 * removed.
 */
void keeper_tell(struct keeper *keeper, const char *what);

/* There is nothing left to see to: it ends, which takes a while. */
void keeper_dismiss(struct keeper *keeper);

/* Dismiss it, and wait for its end. */
void keeper_end(struct keeper *keeper);

#endif
