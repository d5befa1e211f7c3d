/* Lines to a runner and from it, and which reply belongs to which message. */
#include "control/talk.h"

#include "base/memory.h"
#include "control/stop.h"
#include "measure/clock.h"

#include <bench/workload.h>

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 16 << 20 };

enum status talk_status(enum talk talk)
{
    return talk == TALK_TIMEOUT ? STATUS_TIMEOUT : talk == TALK_WRONG ? STATUS_FAILED : STATUS_CRASHED;
}

/* Why a wait ended without what was waited for. */
static enum talk end_of_wait(const struct child *child, int rc, struct bench_error *err)
{
    if (rc == 0) {
        bench_error_set(err, -ETIMEDOUT, "did not finish in time and was killed");
        return TALK_TIMEOUT;
    }
    if (rc == -EINTR) {
        bench_error_set(err, -EINTR, "interrupted");
        return TALK_STOPPED;
    }
    child_describe_death(child, err);
    return TALK_DIED;
}

/* Sleep until `fd` is ready for `events`, or the child is dead: TALK_ANSWERED, TALK_DIED. */
static enum talk wait_for(const struct child *child, int fd, short events, uint64_t deadline_ns,
                          struct bench_error *err)
{
    struct pollfd waiting[2] = {{.fd = fd, .events = events}, {.fd = child->pidfd, .events = POLLIN}};
    int ready = stop_poll(waiting, 2, deadline_ns, child->stop);
    if (ready > 0 && waiting[0].revents)
        return TALK_ANSWERED;
    return end_of_wait(child, ready > 0 ? -ECHILD : ready, err);
}

/* A runner that reads nothing does not hold us up for ever: the pipe is not blocking. */
static enum talk send_line(struct child *child, const char *line, uint64_t deadline_ns,
                           struct bench_error *err)
{
    size_t length = strlen(line);
    while (length > 0) {
        ssize_t n = write(child->in, line, length);
        if (n >= 0) {
            line += n;
            length -= (size_t)n;
        } else if (errno == EAGAIN) {
            enum talk talk = wait_for(child, child->in, POLLOUT, deadline_ns, err);
            if (talk != TALK_ANSWERED)
                return talk;
        } else if (errno != EINTR) {
            child_describe_death(child, err);
            return TALK_DIED;
        }
    }
    return TALK_ANSWERED;
}

enum talk talk_tell(struct child *child, struct message *message, uint64_t deadline_ns,
                    struct bench_error *err)
{
    message->id = ++child->asked;
    message->version = child->version;
    if (deadline_ns && child->launcher && child->launcher->starts_jobs)
        message->limit_s = clock_seconds(bench_now(), deadline_ns);
    if (child->length > child->taken) {
        bench_error_set(err, -EPROTO,
                        "the runner wrote more than one reply to a message; each has exactly one");
        return TALK_WRONG;
    }
    char *line = message_encode(message);
    if (!line) {
        bench_error_set(err, -EILSEQ, "a parameter or a path is not UTF-8; messages must be");
        return TALK_WRONG;
    }
    enum talk talk = send_line(child, line, deadline_ns, err);
    free(line);
    return talk;
}

/* Read what is there. 1: something came, 0: end, negative: an error. */
static int read_some(struct child *child)
{
    if (child->size - child->length < 4096) {
        size_t size = child->size ? child->size * 2 : 16384;
        if (size > LINE_MAX_BYTES)
            return -EMSGSIZE;
        child->buffer = mem_resize(child->buffer, size, 1);
        child->size = size;
    }
    ssize_t n;
    do
        n = read(child->out, child->buffer + child->length, child->size - child->length);
    while (n < 0 && errno == EINTR);
    child->length += n > 0 ? (size_t)n : 0;
    return n > 0 ? 1 : n < 0 ? -errno : 0;
}

/* The next line in the buffer, its end included; 0: it is not whole yet. */
static size_t whole_line(struct child *child)
{
    if (child->taken) {
        child->length -= child->taken;
        memmove(child->buffer, child->buffer + child->taken, child->length);
        child->taken = 0;
    }
    const char *end = child->length ? memchr(child->buffer, '\n', child->length) : NULL;
    return end ? (size_t)(end - child->buffer) + 1 : 0;
}

/* What a launcher has to say on stdout, about the ranks it has lost, is no answer: they begin with {. */
static bool is_launchers_own(const struct child *child, size_t length)
{
    return child->launcher && child->launcher->starts_jobs && child->buffer[0] != '{' && length;
}

static enum talk hear_line(struct child *child, uint64_t deadline_ns, struct bench_error *err)
{
    size_t length;
    while ((length = whole_line(child)) == 0 || is_launchers_own(child, length)) {
        if (length) {
            child->taken = length;
            continue;
        }
        enum talk talk = wait_for(child, child->out, POLLIN, deadline_ns, err);
        if (talk != TALK_ANSWERED)
            return talk;
        int got = read_some(child);
        if (got == 0)
            child_describe_death(child, err);
        else if (got < 0)
            bench_error_set(err, got, "reading the runner's reply: %s", strerror(-got));
        if (got <= 0)
            return TALK_DIED;
    }
    child->taken = length;
    return TALK_ANSWERED;
}

/* Runs must never get each other's times. */
static enum talk check_id(const struct child *child, const struct reply *reply, struct bench_error *err)
{
    if (reply->id == child->asked || child->version == PROTOCOL_OLD)
        return TALK_ANSWERED;
    if (!reply->ok && child->launcher && child->launcher->starts_jobs)
        return TALK_ANSWERED; /* a rank's last word, which may not have heard of the message */
    if (reply->id == 0)
        bench_error_set(err, -EPROTO,
                        "the runner's reply has no id; it must have that of its message, %" PRId64,
                        child->asked);
    else
        bench_error_set(err, -EPROTO,
                        "the runner replied with id %" PRId64 " to message %" PRId64
                        "; each message has exactly one reply, with its id",
                        reply->id, child->asked);
    return TALK_WRONG;
}

static enum talk hear_any(struct child *child, uint64_t deadline_ns, struct reply *reply,
                          struct bench_error *err)
{
    *reply = (struct reply){0};
    enum talk talk = hear_line(child, deadline_ns, err);
    if (talk != TALK_ANSWERED)
        return talk;
    int rc = reply_decode(reply, child->buffer, child->taken, err);
    if (rc == 0)
        return TALK_ANSWERED;
    reply_free(reply);
    return rc == -EPROTO ? TALK_DIED : TALK_WRONG;
}

enum talk talk_hear(struct child *child, uint64_t deadline_ns, struct reply *reply,
                    struct bench_error *err)
{
    enum talk talk = hear_any(child, deadline_ns, reply, err);
    if (talk == TALK_ANSWERED)
        talk = check_id(child, reply, err);
    if (talk == TALK_WRONG)
        reply_free(reply);
    return talk;
}

enum talk talk_ask(struct child *child, struct message *message, uint64_t deadline_ns,
                   struct reply *reply, struct bench_error *err)
{
    enum talk talk = talk_tell(child, message, deadline_ns, err);
    return talk == TALK_ANSWERED ? talk_hear(child, deadline_ns, reply, err) : talk;
}

/* Version 1 knows neither ids nor that its good replies should say a version. */
static bool is_old(const struct reply *reply)
{
    return reply->ok ? reply->version == 0 : reply->id == 0;
}

enum talk talk_introduce(struct child *child, const struct child_setup *setup, struct message *message,
                         uint64_t deadline_ns, struct reply *reply, struct bench_error *err)
{
    int known = setup->speaks ? *setup->speaks : 0;
    child->version = known ? known : PROTOCOL_VERSION;
    enum talk talk = talk_tell(child, message, deadline_ns, err);
    if (talk == TALK_ANSWERED)
        talk = hear_any(child, deadline_ns, reply, err);
    if (talk == TALK_ANSWERED && child->version != PROTOCOL_OLD && !known && is_old(reply)) {
        reply_free(reply);
        child_end(child, 0);
        if (child_start(child, setup, err) < 0)
            return TALK_DIED;
        child->version = PROTOCOL_OLD;
        talk = talk_ask(child, message, deadline_ns, reply, err);
    } else if (talk == TALK_ANSWERED) {
        talk = check_id(child, reply, err);
        if (talk == TALK_ANSWERED && child->version != PROTOCOL_OLD && reply->ok &&
            reply->version != PROTOCOL_VERSION) {
            bench_error_set(err, -EPROTO,
                            "the runner speaks version %" PRId64
                            " of the protocol; this bench speaks 1 and %d",
                            reply->version, PROTOCOL_VERSION);
            talk = TALK_WRONG;
        }
        if (talk == TALK_WRONG)
            reply_free(reply);
    }
    if (talk == TALK_ANSWERED && setup->speaks && (reply->ok || child->version == PROTOCOL_VERSION))
        *setup->speaks = child->version;
    return talk;
}
