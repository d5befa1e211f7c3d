/*
 * A rank that dies takes the others with it, and their launcher says little about it. So each rank has a
 * minder: the process that the launcher has started, whose child the rank is. It sleeps until the rank
 * ends, and has a last word where that was not as it should be: which rank, on which host, and how.
 */
#ifndef RUNNER_MINDER_H
#define RUNNER_MINDER_H

/*
 * Returns in the rank alone, a fresh child; the minder ends when that does, and closes `in`, which is
 * the rank's. Where one of the two is killed, the kernel ends the other; and both, where their launcher
 * is. Before there are threads. -errno: there can be no child, and no minder.
 */
int minder_begin(int in);

#endif
