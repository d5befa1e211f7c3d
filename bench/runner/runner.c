#include "runner/runner.h"

#include "base/line.h"
#include "base/text.h"
#include "runner/lifeline.h"
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

/* The status of a failure, as the CSV has it. */
static const char *status_word(int code)
{
    switch (code) {
    case -ENOTSUP:
        return "unsupported";
    case -ECHILD:
        return "crashed";
    default:
        return "failed";
    }
}

static atomic_int protocol_out = -1; /* for bench_abort, which a signal handler may call */

/* Written by hand: nothing here may allocate. Quotes and backslashes of the message are left out. */
void bench_abort(const char *message)
{
    static const char head[] = "{\"ok\": false, \"status\": \"crashed\", \"error\": \"";
    char line[sizeof head + BENCH_ERROR_TEXT + 8];
    size_t length = sizeof head - 1;
    memcpy(line, head, length);
    for (const char *c = message; *c && length < sizeof line - 8; c++) {
        if ((unsigned char)*c >= ' ' && (unsigned char)*c < 127 && *c != '"' && *c != '\\')
            line[length++] = *c;
    }
    memcpy(line + length, "\"}\n", 3);
    length += 3;
    ssize_t written = write(atomic_load(&protocol_out), line, length);
    _exit(written == (ssize_t)length ? 0 : 1);
}

/* Send what an operation came to; takes `reply`, which may be NULL. */
static int answer(const struct runner *runner, int rc, json_t *reply, const struct bench_error *err)
{
    if (rc < 0) {
        struct bench_error why = *err; /* JSON is UTF-8; what a module says may be anything */
        json_decref(reply);
        reply = json_pack("{s:b, s:s, s:s}", "ok", 0, "status", status_word(rc), "error",
                          why.message[0] ? text_make_visible(why.message) : strerror(-rc));
    } else {
        reply = reply ? reply : json_object();
        json_object_set_new(reply, "ok", json_true());
    }
    int sent = line_send(runner->out, reply);
    json_decref(reply);
    return sent;
}

static int check_protocol(json_t *message, struct bench_error *err)
{
    json_t *version = json_object_get(message, "protocol");
    if (!version || json_integer_value(version) == RUNNER_PROTOCOL)
        return 0;
    return bench_error_set(err, -EINVAL,
                           "the controller speaks protocol version %" JSON_INTEGER_FORMAT
                           ", this runner speaks %d; use the same release of bench on both sides",
                           json_integer_value(version), RUNNER_PROTOCOL);
}

static int do_open(struct runner *runner, json_t *message, json_t **reply, struct bench_error *err)
{
    if (runner->open_case)
        return bench_error_set(err, -EBUSY, "a case is open already; close it first");
    return case_open(&runner->open_case, message, reply, err);
}

static int do_run(struct runner *runner, json_t *message, json_t **reply, struct bench_error *err)
{
    if (!runner->open_case)
        return bench_error_set(err, -EINVAL, "no case is open; send an open first");
    return case_run(runner->open_case, message, reply, err);
}

static int handle(struct runner *runner, json_t *message)
{
    struct bench_error err = {0};
    json_t *reply = NULL;
    const char *op = json_string_value(json_object_get(message, "op"));
    int rc = check_protocol(message, &err);
    if (rc < 0)
        return answer(runner, rc, NULL, &err);
    if (json_is_true(json_object_get(message, "lifeline")))
        lifeline_hold(runner->in);
    if (op && strcmp(op, "open") == 0) {
        rc = do_open(runner, message, &reply, &err);
    } else if (op && strcmp(op, "run") == 0) {
        rc = do_run(runner, message, &reply, &err);
    } else if (op && strcmp(op, "check") == 0) {
        rc = session_check(message, &reply, &err);
    } else if (op && strcmp(op, "list") == 0) {
        rc = list_modules(message, &reply, &err);
    } else if (op && strcmp(op, "close") == 0) {
        case_close(runner->open_case);
        runner->open_case = NULL;
    } else {
        rc = bench_error_set(&err, -EINVAL, "\"op\" must be open, run, check, list or close");
    }
    if (!runner->open_case)
        lifeline_release(runner->in); /* so that a launcher (perf record) ends after us, not with us */
    return answer(runner, rc, reply, &err);
}

static int handle_line(struct runner *runner, const char *line, size_t length)
{
    json_error_t why;
    struct bench_error err = {0};
    json_t *message = json_loadb(line, length, JSON_REJECT_DUPLICATES, &why);
    if (!json_is_object(message)) {
        json_decref(message);
        int code = bench_error_set(&err, -EINVAL, "a message must be a JSON object on one line: %s",
                                   message ? "this is none" : why.text);
        return answer(runner, code, NULL, &err);
    }
    int rc = handle(runner, message);
    json_decref(message);
    return rc;
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
    int rc = move_aside(&runner);
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
