/* The protocol's end in the runner: a message in, a reply out. */
#include "runner/runner.h"

#include "base/memory.h"
#include "base/text.h"
#include "protocol/message.h"
#include "protocol/reply.h"
#include "runner/list.h"
#include "runner/open_case.h"

#include <bench/executor.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct runner {
    int in, out; /* of the protocol */
    struct open_case *open_case;
};

static enum status status_of(int code)
{
    return code == -ENOTSUP ? STATUS_UNSUPPORTED : code == -ECHILD ? STATUS_CRASHED : STATUS_FAILED;
}

/* For bench_abort, which a signal handler may call. */
static atomic_int protocol_out = -1;
static _Atomic int64_t *protocol_id; /* of the message at hand; workers that are processes see it, too */

static int write_all(int fd, const char *line, size_t length)
{
    while (length > 0) {
        ssize_t n = write(fd, line, length);
        if (n < 0 && errno != EINTR)
            return -errno;
        line += n > 0 ? n : 0;
        length -= n > 0 ? (size_t)n : 0;
    }
    return 0;
}

void bench_abort(const char *message)
{
    char line[BENCH_ERROR_TEXT + 128];
    size_t length = refusal_write(line, sizeof line, atomic_load(protocol_id), message);
    ssize_t written = write(atomic_load(&protocol_out), line, length);
    _exit(written == (ssize_t)length ? 0 : 1);
}

/* Send a reply, and free it. */
static int answer(const struct runner *runner, char *line)
{
    if (!line)
        line = refusal_encode(atomic_load(protocol_id), STATUS_FAILED,
                              "a text of the workload's is no UTF-8, as replies are");
    int sent = write_all(runner->out, line, strlen(line));
    free(line);
    return sent;
}

/* JSON is UTF-8; what a module says may be anything. */
static int refuse(const struct runner *runner, int rc, struct bench_error *err)
{
    const char *why = err->message[0] ? text_make_visible(err->message) : strerror(-rc);
    return answer(runner, refusal_encode(atomic_load(protocol_id), status_of(rc), why));
}

/* On success, *line is the reply. */
static int act(struct runner *runner, const struct message *message, struct reply_head *head,
               char **line, struct bench_error *err)
{
    switch (message->op) {
    case OP_OPEN:
        if (runner->open_case)
            return bench_error_set(err, -EBUSY, "a case is open already; close it first");
        return case_open(&runner->open_case, &message->open, head, line, err);
    case OP_RUN:
        if (!runner->open_case)
            return bench_error_set(err, -EINVAL, "no case is open; send an open first");
        return case_run(runner->open_case, &message->run, head, line, err);
    case OP_CHECK:
        return case_check(&message->open, head, line, err);
    case OP_LIST:
        return list_modules(&message->open.plugins, head, line, err);
    default:
        case_close(runner->open_case);
        runner->open_case = NULL;
    }
    *line = reply_encode(head);
    return 0;
}

static int handle_line(struct runner *runner, const char *text, size_t length)
{
    struct message message;
    struct bench_error err = {0};
    char *line = NULL;
    int rc = message_decode(&message, text, length, &err);
    struct reply_head head = {.id = message.id,
                              .introduces = message.op == OP_OPEN || message.op == OP_CHECK ||
                                            message.op == OP_LIST};
    atomic_store(protocol_id, message.id);
    if (rc == 0)
        rc = act(runner, &message, &head, &line, &err);
    int sent = rc < 0 ? refuse(runner, rc, &err) : answer(runner, line);
    if (rc < 0)
        free(line);
    message_free(&message);
    return sent;
}

/* Keep the protocol's ends to ourselves. */
static int move_aside(struct runner *runner)
{
    runner->in = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    runner->out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    atomic_store(&protocol_out, runner->out);
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (runner->in < 0 || runner->out < 0 || null < 0)
        return -errno;
    if (dup2(null, STDIN_FILENO) < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
        return -errno;
    close(null);
    return 0;
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
    struct runner runner = {0};
    protocol_id = bench_shared_alloc(sizeof *protocol_id);
    int rc = protocol_id ? move_aside(&runner) : -ENOMEM;
    if (rc < 0)
        return rc;
    signal(SIGPIPE, SIG_IGN);
    quiet_libraries();
    FILE *in = fdopen(runner.in, "re");
    if (!in)
        return -errno;
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    while (rc == 0 && (length = getline(&line, &size, in)) > 0) {
        if ((size_t)length > strspn(line, " \t\r\n"))
            rc = handle_line(&runner, line, (size_t)length);
    }
    case_close(runner.open_case);
    free(line);
    fclose(in);
    return rc;
}
