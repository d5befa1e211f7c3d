/*
 * Speaking to a runner: a message, and the one reply that answers it. Every wait can be interrupted and
 * has an end; a reply to another message is refused.
 */
#ifndef CONTROL_TALK_H
#define CONTROL_TALK_H

#include "control/child.h"
#include "protocol/message.h"
#include "protocol/reply.h"

/* What asking came to. */
enum talk {
    TALK_ANSWERED,
    TALK_DIED,  /* or closed its stdout, or wrote something other than a JSON object: err says which */
    TALK_WRONG, /* it answered, but not this message, or not as the protocol has it: err says how */
    TALK_TIMEOUT,
    TALK_STOPPED, /* the user's wish */
};

/* What a row says of it, where no answer came. */
enum status talk_status(enum talk talk);

/*
 * Send a message, whose id and version are filled in, and wait until it is taken; until deadline_ns of
 * CLOCK_MONOTONIC (0: for ever). TALK_ANSWERED: a reply is to be expected.
 */
enum talk talk_tell(struct child *child, struct message *message, uint64_t deadline_ns,
                    struct bench_error *err);

/* Wait for its reply, asleep. On TALK_ANSWERED the caller frees *reply, be it good or a refusal. */
enum talk talk_hear(struct child *child, uint64_t deadline_ns, struct reply *reply,
                    struct bench_error *err);

/* Both. */
enum talk talk_ask(struct child *child, struct message *message, uint64_t deadline_ns,
                   struct reply *reply, struct bench_error *err);

/*
 * Both, where the message tells the protocol's version. A runner that shows to be of version 1 is ended,
 * and a fresh one is asked in version 1's words; setup->speaks remembers it.
 */
enum talk talk_introduce(struct child *child, const struct child_setup *setup, struct message *message,
                         uint64_t deadline_ns, struct reply *reply, struct bench_error *err);

#endif
