/* The protocol's end in the runner: a message in, a reply out. */
#include "runner/runner.h"

#include "base/memory.h"
#include "base/text.h"
#include "protocol/message.h"
#include "protocol/reply.h"
#include "runner/channel.h"
#include "runner/list.h"
#include "runner/open_case.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum status status_of(int code)
{
    return code == -ENOTSUP ? STATUS_UNSUPPORTED : code == -ECHILD ? STATUS_CRASHED : STATUS_FAILED;
}

/* JSON is UTF-8; what a module says may be anything. */
static int refuse(int rc, struct bench_error *err)
{
    return channel_refuse(status_of(rc),
                          err->message[0] ? text_make_visible(err->message) : strerror(-rc));
}

/* On success, *line is the reply. */
static int act(struct open_case **one, const struct message *message, struct reply_head *head,
               char **line, struct bench_error *err)
{
    switch (message->op) {
    case OP_OPEN:
        if (*one)
            return bench_error_set(err, -EBUSY, "a case is already open; close it first");
        return case_open(one, &message->open, head, line, err);
    case OP_RUN:
        if (!*one)
            return bench_error_set(err, -EINVAL, "no case is open; send an open first");
        return case_run(*one, &message->run, head, line, err);
    case OP_CHECK:
        return case_check(&message->open, head, line, err);
    case OP_LIST:
        return list_modules(&message->open.plugins, head, line, err);
    default:
        case_end_note(*one, err);
        head->note = text_make_visible(err->message);
        case_close(*one);
        *one = NULL;
    }
    *line = reply_encode(head);
    return 0;
}

static int handle_line(struct open_case **one, const char *text, size_t length)
{
    struct message message;
    struct bench_error err = {0};
    char *line = NULL;
    int rc = message_decode(&message, text, length, &err);
    struct reply_head head = {.id = message.id,
                              .introduces = message.op == OP_OPEN || message.op == OP_CHECK ||
                                            message.op == OP_LIST};
    channel_begin(message.id);
    if (rc == 0)
        rc = act(one, &message, &head, &line, &err);
    int sent = rc < 0 ? refuse(rc, &err) : channel_answer(line);
    if (rc < 0)
        free(line);
    message_free(&message);
    return sent;
}

/* Libraries with threads of their own are to leave them: one worker is one line of execution. */
static void quiet_libraries(void)
{
    static const char *const variables[] = {"OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS",
                                            "BLIS_NUM_THREADS"};
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        setenv(variables[i], "1", 1);
}

int runner_serve(void)
{
    struct open_case *one = NULL;
    int fd = channel_take(), rc = 0;
    if (fd < 0)
        return fd;
    signal(SIGPIPE, SIG_IGN);
    quiet_libraries();
    FILE *in = fdopen(fd, "re");
    if (!in)
        return -errno;
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    while (rc == 0 && (length = mem_line(&line, &size, in)) > 0) {
        if ((size_t)length > strspn(line, " \t\r\n"))
            rc = handle_line(&one, line, (size_t)length);
    }
    case_close(one);
    free(line);
    fclose(in);
    return rc;
}
