/* The protocol's end in the runner: a message in, a reply out. */
#include "runner/runner.h"

#include "base/memory.h"
#include "base/rank_variables.h"
#include "base/text.h"
#include "protocol/message.h"
#include "protocol/reply.h"
#include "runner/channel.h"
#include "runner/list.h"
#include "runner/minder.h"
#include "runner/open_case.h"
#include "runner/ranks.h"

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

struct serving {
    struct ranks *ranks; /* NULL: it is alone */
    struct minder minder;
    struct open_case *one;
};

/* On success, *line is the reply. */
static int act(struct serving *serving, const struct message *message, struct reply_head *head,
               char **line, struct bench_error *err)
{
    struct open_case **one = &serving->one;
    if (serving->ranks && serving->ranks->unfit.code < 0) {
        *err = serving->ranks->unfit;
        return err->code;
    }
    switch (message->op) {
    case OP_OPEN:
        if (*one)
            return bench_error_set(err, -EBUSY, "a case is already open; close it first");
        return case_open(one, serving->ranks, &message->open, head, line, err);
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

/* Rank 0's alone. */
static int answer(const struct serving *serving, int rc, char *line, struct bench_error *err)
{
    const struct ranks *ranks = serving->ranks;
    bool speaks = !ranks || (ranks_is_first(ranks) && !(ranks->unfit.code && rank_variables_rank() > 0));
    if (!speaks) {
        free(line);
        return 0;
    }
    return rc < 0 ? refuse(rc, err) : channel_answer(line);
}

static int handle_line(struct serving *serving, const char *text, size_t length)
{
    struct message message;
    struct bench_error err = {0};
    char *line = NULL;
    int rc = message_decode(&message, text, length, &err);
    struct reply_head head = {.id = message.id,
                              .introduces = message.op == OP_OPEN || message.op == OP_CHECK ||
                                            message.op == OP_LIST};
    channel_begin(message.id);
    if (serving->ranks)
        minder_limit(&serving->minder, serving->ranks, message.limit_s);
    if (rc == 0)
        rc = act(serving, &message, &head, &line, &err);
    if (serving->ranks)
        minder_limit(&serving->minder, serving->ranks, 0);
    int sent = answer(serving, rc, line, &err);
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

/* The next line of rank 0's stdin, on all of them. */
static ssize_t next_line(const struct serving *serving, char **line, size_t *size, FILE *in)
{
    struct ranks *ranks = serving->ranks;
    ssize_t length = !ranks || ranks_is_first(ranks) ? mem_line(line, size, in) : 0;
    return ranks ? ranks_share_line(ranks, line, size, length) : length;
}

static int serve(struct serving *serving, FILE *in)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    int rc = 0;
    while (rc == 0 && (length = next_line(serving, &line, &size, in)) > 0) {
        if ((size_t)length > strspn(line, " \t\r\n"))
            rc = handle_line(serving, line, (size_t)length);
    }
    case_close(serving->one);
    free(line);
    return rc;
}

/* What is wrong here is told as the answer to whatever comes first, by one of them. */
static int join(struct serving *serving, struct ranks *ranks, const char *engine)
{
    struct bench_error err = {0};
    struct minder *minder = &serving->minder;
    int rc = ranks_join(ranks, engine, minder_awaited(minder), &minder->address, &err);
    if (rc < 0)
        channel_refuse(status_of(rc), text_make_visible(err.message));
    else
        minder_place(minder, ranks);
    serving->ranks = ranks;
    return rc;
}

int runner_serve(const char *engine)
{
    struct serving serving = {0};
    struct ranks ranks;
    int fd = channel_take(), rc = fd < 0 ? fd : 0;
    if (rc == 0 && engine)
        rc = minder_begin(&serving.minder, fd);
    if (rc < 0)
        return rc;
    signal(SIGPIPE, SIG_IGN);
    quiet_libraries();
    if (engine && join(&serving, &ranks, engine) < 0)
        return -ENOTCONN; /* the launcher ends the others */
    FILE *in = fdopen(fd, "re");
    if (!in)
        return -errno;
    rc = serve(&serving, in);
    fclose(in);
    if (engine)
        ranks_leave(&ranks);
    return rc;
}
