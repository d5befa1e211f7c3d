/*
 * What the kernel's lifeline (control/child.c) does not reach when the controller is killed with
 * SIGKILL: processes that have left the runner's group, and the runner's scratch folder. A process of
 * the controller's, which sleeps until it ends, sees to them then.
 */
#ifndef CONTROL_KEEPER_H
#define CONTROL_KEEPER_H

#include <sys/types.h>

struct keeper {
    int fd; /* 0: there is none */
    pid_t pid;
};

/* Where it cannot be started, there is none: nothing depends on it while the controller lives. */
void keeper_start(struct keeper *keeper);

/*
 * What to see to, apart from what was told before (of which the last few are kept): processes with this
 * mark ("NAME=VALUE") in their environment, which are killed, or a folder (from "/" on), which is
 * removed.
 */
void keeper_tell(const struct keeper *keeper, const char *what);

/* There is nothing left to see to. */
void keeper_end(struct keeper *keeper);

#endif
