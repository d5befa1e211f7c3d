/* The file of --trace, and what the controller puts into it. See trace_file.h. */
#include "control/trace_file.h"

#include "base/memory.h"
#include "base/text.h"
#include "records/param_text.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void append(struct trace_file *trace, const char *text)
{
    size_t length = strlen(text);
    if (trace->failure.code || trace->fd < 0)
        return;
    ssize_t put = write(trace->fd, text, length);
    if (put < 0 || (size_t)put < length)
        bench_error_set(&trace->failure, put < 0 ? -errno : -ENOSPC, "--trace: writing %s: %s",
                        trace->path, put < 0 ? strerror(errno) : "no space is left");
}

static void append_event(struct trace_file *trace, json_t *event, const char *end)
{
    char *line = json_dumps(event, JSON_COMPACT | JSON_REAL_PRECISION(16));
    char *all = mem_format("%s%s", line ? line : "{}", end);
    append(trace, all);
    free(all);
    free(line);
    json_decref(event);
}

static json_t *metadata(const char *name, int64_t pid, int tid, const char *key, json_t *value)
{
    json_t *event = json_object(), *args = json_object();
    json_object_set_new(args, key, value);
    json_object_set_new(event, "ph", json_string("M"));
    json_object_set_new(event, "name", json_string(name));
    json_object_set_new(event, "pid", json_integer(pid));
    json_object_set_new(event, "tid", json_integer(tid));
    json_object_set_new(event, "args", args);
    return event;
}

int trace_file_open(struct trace_file *trace, const char *path, int64_t bytes_most, size_t launches,
                    struct bench_error *err)
{
    *trace = (struct trace_file){.bytes_most = bytes_most, .launches_left = launches};
    trace->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666);
    trace->path = trace->fd < 0 ? NULL : realpath(path, NULL);
    if (!trace->path) {
        int rc = -errno;
        if (trace->fd >= 0)
            close(trace->fd);
        trace->fd = -1;
        return bench_error_set(err, rc, "--trace: %s: %s", path, strerror(-rc));
    }
    append(trace, "[\n");
    return 0;
}

/* Those that are empty say nothing, and are left out, as in the table of results. */
static void add_params(struct text *name, const char *params)
{
    const char *at = params;
    struct param_text param;
    while (param_text_next(&at, &param)) {
        if (param.value_length > 0)
            text_add(name, " %.*s=%.*s", (int)param.name_length, param.word, (int)param.value_length,
                     param.value);
    }
}

int64_t trace_file_launch(struct trace_file *trace, const struct plan_case *one, int64_t number)
{
    struct text name = {0};
    int64_t pid = ++trace->launches;
    text_add(&name, "%s", one->workload->name);
    add_params(&name, one->params);
    text_add(&name, " under %s, %" PRId64 " worker%s", one->executor->name, one->shape.workers,
             one->shape.workers == 1 ? "" : "s");
    if (one->shape.inflight > 1)
        text_add(&name, ", %" PRId64 " in flight", one->shape.inflight);
    if (one->shape.rate_per_s > 0)
        text_add(&name, ", %g/s", one->shape.rate_per_s);
    text_add(&name, ", launch %" PRId64, number);
    json_t *text = json_string(name.text);
    append_event(trace, metadata("process_name", pid, 0, "name", text ? text : json_string("?")), ",\n");
    append_event(trace, metadata("process_sort_index", pid, 0, "sort_index", json_integer(pid)), ",\n");
    append_event(trace, metadata("thread_name", pid, 0, "name", json_string("runs")), ",\n");
    free(name.text);
    return pid;
}

int64_t trace_file_room(struct trace_file *trace)
{
    struct stat status;
    if (trace->failure.code || fstat(trace->fd, &status) < 0)
        return 0;
    int64_t left = trace->bytes_most - status.st_size;
    int64_t share = trace->launches_left > 0 ? left / (int64_t)trace->launches_left : left;
    trace->launches_left -= trace->launches_left > 0;
    return share > 0 ? share : 0;
}

void trace_file_add(struct trace_file *trace, const char *name, uint64_t from_ns, uint64_t to_ns)
{
    json_t *event = json_object();
    json_object_set_new(event, "ph", json_string("X"));
    json_object_set_new(event, "cat", json_string("run"));
    json_object_set_new(event, "name", json_string(name));
    json_object_set_new(event, "pid", json_integer(trace->launches));
    json_object_set_new(event, "tid", json_integer(0));
    json_object_set_new(event, "ts", json_real((double)from_ns * 1e-3));
    json_object_set_new(event, "dur", json_real((double)(to_ns - from_ns) * 1e-3));
    append_event(trace, event, ",\n");
}

int trace_file_close(struct trace_file *trace, struct bench_error *err)
{
    int rc = 0;
    if (trace->fd < 0 || !trace->path)
        return 0;
    /* The format knows no remarks; a process has labels. */
    append_event(trace,
                 metadata("process_labels", trace->launches > 0, 0, "labels",
                          json_string("each launch is a process; of its measured runs the first has its "
                                      "ranges, of which there may be too many to keep all")),
                 "\n]\n");
    if (close(trace->fd) < 0 && !trace->failure.code)
        bench_error_set(&trace->failure, -errno, "--trace: writing %s: %s", trace->path,
                        strerror(errno));
    if (trace->failure.code)
        rc = bench_error_set(err, trace->failure.code, "%s", trace->failure.message);
    free(trace->path);
    trace->path = NULL;
    trace->fd = -1;
    return rc;
}
