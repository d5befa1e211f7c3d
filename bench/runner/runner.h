/*
 * The runner: the fresh process in which a case is run. It reads messages, JSON objects one a line, and
 * answers each with one line. docs/protocol.md is the protocol for those who implement it.
 */
#ifndef RUNNER_RUNNER_H
#define RUNNER_RUNNER_H

/*
 * Serve the protocol on stdin and stdout until stdin ends. stdout is moved aside first and fd 1 made to
 * be stderr, and fd 0 /dev/null, so that what a workload prints or reads cannot get into the protocol.
 * Returns 0, or -errno when the protocol's pipes fail. With `engine`, a name, this is one rank of
 * several, which it connects: rank 0 reads and answers, and all do what the messages say. NULL: it is
 * alone.
 */
int runner_serve(const char *engine);

#endif
