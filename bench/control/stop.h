/*
 * The user's wish to end (SIGINT, SIGTERM, SIGHUP): it reaches this process only where it waits, so that
 * no child and no half-written row is lost between two calls.
 */
#ifndef CONTROL_STOP_H
#define CONTROL_STOP_H

#include <poll.h>
#include <signal.h>
#include <stdint.h>

/* Hold these signals back from now on, but in stop_poll. Main thread, before there are children. */
void stop_hold(void);

/* Hold them back no longer, and let them end the process as they do by default. */
void stop_release(void);

/* The signals that were held back when this process was started: those that its children are to have. */
void stop_mask_before(sigset_t *mask);

/* All of them into `set`. */
void stop_signals(sigset_t *set);

/*
 * poll(2) until deadline_ns of CLOCK_MONOTONIC (0: for ever). Returns what poll does, but -EINTR when
 * *stop (which a signal handler sets; may be NULL) is not 0.
 */
int stop_poll(struct pollfd *fds, nfds_t count, uint64_t deadline_ns, const volatile sig_atomic_t *stop);

#endif
