/* The runner ends when the controller does, even when it is killed in the middle of a run. */
#ifndef RUNNER_LIFELINE_H
#define RUNNER_LIFELINE_H

/*
 * From now on, when the other end of the pipe or socket `fd` closes, kill this process's whole group at
 * once. By a signal (SIGIO), so that no thread of ours takes part in what is measured. Once, main
 * thread.
 */
void lifeline_hold(int fd);

/* From now on, its end is nothing but the end of what there is to read. */
void lifeline_release(int fd);

#endif
