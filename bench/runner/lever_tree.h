/*
 * The CPU lever for programs that the work starts: they are stopped (SIGSTOP) in proportion to the CPU
 * time that they use, and only while one of their threads runs; timers and I/O would go on while they
 * are stopped otherwise, and nothing would get slower. A thread of the runner's looks every half
 * millisecond. Its CPU time is known only as well as the kernel's tick tells it, so that it takes
 * programs of 20 ms or more.
 */
#ifndef RUNNER_LEVER_TREE_H
#define RUNNER_LEVER_TREE_H

#include <stddef.h>
#include <stdint.h>

struct lever_tree;

/*
 * From now on, by this share; 0: only look. The thread runs on the CPUs of `home`, a mask of `words`
 * words: it starts out on its maker's, which may be a pinned worker. NULL where there is no thread to be
 * had.
 */
struct lever_tree *lever_tree_start(double share, const unsigned long *home, size_t words);
/* Let all go on, and end it. Nanoseconds for which programs were stopped. NULL may be stopped. */
uint64_t lever_tree_stop(struct lever_tree *tree);

#endif
