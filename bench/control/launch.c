/* One runner and its case: messages, answers, records. */
#include "control/launch.h"

#include "base/memory.h"
#include "runner/runner.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A runner that was told to close and does not is killed after this; a profiler has files to write. */
static const uint64_t grace_ns = 10000000000;

/* ---- the opening message ---- */

static json_t *params_message(const struct param_set *params)
{
    json_t *object = json_object();
    for (const struct bench_param *entry = params->table; entry && entry->name; entry++)
        json_object_set_new(object, entry->name, json_string(param_set_get(params, entry->name)));
    return object;
}

/* From "NAME=VALUE". */
static json_t *environment_message(char *const *variables)
{
    json_t *object = json_object();
    for (; variables && *variables; variables++) {
        const char *equals = strchr(*variables, '=');
        char *name = mem_text_part(*variables, (size_t)(equals - *variables));
        json_object_set_new(object, name, json_string(equals + 1));
        free(name);
    }
    return object;
}

static void add_plugin(json_t *plugins, const char *file)
{
    if (file)
        json_array_append_new(plugins, json_string(file));
}

json_t *launch_message(const struct plan_case *one, const char *op)
{
    json_t *plugins = json_array();
    const char *workload_file = one->workload->file, *executor_file = one->executor->file;
    add_plugin(plugins, workload_file);
    if (!workload_file || !executor_file || strcmp(workload_file, executor_file) != 0)
        add_plugin(plugins, executor_file);
    json_t *message = json_pack(
        "{s:s, s:i, s:s, s:o, s:s, s:o, s:I, s:I, s:s, s:s, s:s, s:I, s:I, s:o, s:o}", "op", op,
        "protocol", RUNNER_PROTOCOL, "workload", one->workload->name, "params",
        params_message(&one->work->params), "executor", one->executor->name, "executor_params",
        params_message(&one->way->params), "workers", (json_int_t)one->shape.workers, "inflight",
        (json_int_t)one->shape.inflight, "pin", one->shape.pin, "places", one->shape.places, "schedule",
        one->shape.schedule, "grain", (json_int_t)one->shape.grain, "seed", (json_int_t)one->shape.seed,
        "plugins", plugins, "env", environment_message(one->way->environment));
    if (one->way->runtime)
        json_object_set_new(message, "runner_params", params_message(&one->way->runner_params));
    return message;
}

/* ---- records ---- */

static void set_time(struct record *record)
{
    char text[32];
    struct timespec now;
    struct tm utc;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    size_t length = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(text + length, sizeof text - length, ".%03ldZ", now.tv_nsec / 1000000);
    record_set_text(record, COLUMN_time_utc, text);
}

int launch_describe(struct record *record, const struct plan_case *one, const struct record *session)
{
    record_copy(record, session);
    record_set_text(record, COLUMN_runtime,
                    one->way->version ? one->way->version : "bench " BENCH_VERSION);
    record_set_text(record, COLUMN_clock, "release");
    record_set_text(record, COLUMN_workload, one->workload->name);
    record_set_text(record, COLUMN_params, one->params);
    record_set_text(record, COLUMN_executor, one->executor->name);
    record_set_text(record, COLUMN_executor_params, one->executor_params);
    record_set_shape(record, &one->shape);
    return 0;
}

/* What is known of a run before it has run. */
static int describe_run(const struct launch *launch, struct record *record,
                        const struct launch_run *what)
{
    const struct launch_request *request = launch->request;
    int rc = launch_describe(record, request->one, request->session);
    if (rc < 0)
        return rc;
    set_time(record);
    if (launch->opened) {
        const char *schedule = json_string_value(json_object_get(launch->opened, "schedule"));
        record->grain = json_integer_value(json_object_get(launch->opened, "grain"));
        if (schedule && strcmp(schedule, "own") == 0)
            record_set_text(record, COLUMN_schedule, schedule);
    }
    record_set_text(record, COLUMN_side, request->side);
    record->block = what->block;
    record->launch = request->number;
    record->run = (int64_t)what->run;
    if (what->passes)
        record->passes = (int64_t)what->passes;
    record->phase = phase_find(what->phase);
    if (launch->opened)
        record_set_text(record, COLUMN_work_unit,
                        json_string_value(json_object_get(launch->opened, "work_unit")));
    return 0;
}

static int give(const struct launch *launch, struct record *record, const char *status,
                const char *error, struct bench_error *err)
{
    const struct launch_hooks *hooks = launch->request->hooks;
    record->status = status_find(status);
    record_set_text(record, COLUMN_error, error);
    int rc = hooks->on_record ? hooks->on_record(hooks->context, record, err) : 0;
    record_free(record);
    return rc;
}

/* The launch ends here, with a record that says why. */
static int give_up(const struct launch *launch, const struct launch_run *what, const char *status,
                   const char *error, struct bench_error *err)
{
    struct record record;
    int rc = describe_run(launch, &record, what);
    if (rc < 0)
        return bench_error_set(err, rc, "out of memory");
    return give(launch, &record, status, error, err);
}

static void pass_note(const struct launch *launch, const json_t *reply)
{
    const struct launch_hooks *hooks = launch->request->hooks;
    const char *note = json_string_value(json_object_get(reply, "note"));
    if (note && hooks->on_note)
        hooks->on_note(hooks->context, note);
}

/* ---- one message and its answer ---- */

/* A runner's word for what went wrong, if it is one of the CSV's. */
static const char *known_status(const char *said)
{
    static const char *const known[] = {"failed", "crashed", "timeout", "unsupported"};
    for (size_t i = 0; said && i < sizeof known / sizeof *known; i++) {
        if (strcmp(said, known[i]) == 0)
            return known[i];
    }
    return known[0];
}

/* All has been measured: that the runner takes its time to end does not make any of it less true. */
static int note_slow_end(struct launch *launch)
{
    const struct launch_hooks *hooks = launch->request->hooks;
    char note[200];
    snprintf(note, sizeof note,
             "all was measured, but the runner had not ended %g s after it was asked to and was killed",
             round((double)(bench_now() - launch->closing_ns) * 1e-8) / 10);
    launch->slow_end = true;
    if (hooks->on_note)
        hooks->on_note(hooks->context, note);
    return LAUNCH_GOES_ON;
}

static int describe_failure(struct launch *launch, enum child_end end, json_t *reply,
                            const struct launch_run *what, struct bench_error *why,
                            struct bench_error *err)
{
    const char *status = "crashed", *error = why->message;
    char timeout[200];
    if (end == CHILD_STOPPED)
        return bench_error_set(err, -EINTR, "interrupted");
    if (end == CHILD_TIMEOUT && launch->closing_ns)
        return note_slow_end(launch);
    if (end == CHILD_TIMEOUT) {
        status = "timeout";
        snprintf(timeout, sizeof timeout,
                 "the launch had not ended after %g s (--timeout) and was killed",
                 (double)launch->request->timeout_ns * 1e-9);
        error = timeout;
    } else if (end == CHILD_ANSWERED) {
        const char *said = json_string_value(json_object_get(reply, "status"));
        const char *text = json_string_value(json_object_get(reply, "error"));
        status = known_status(said);
        error = text ? text : "the runner says that it failed, but not why";
    }
    int rc = give_up(launch, what, status, error, err);
    return rc < 0 ? rc : LAUNCH_OVER;
}

/* Takes `message`. */
static int tell(struct launch *launch, json_t *message, const struct launch_run *what,
                struct bench_error *err)
{
    struct bench_error why = {0};
    if (!message)
        return bench_error_set(err, -ENOMEM, "out of memory");
    enum child_end end = child_tell(&launch->child, message, &why);
    json_decref(message);
    return end == CHILD_ANSWERED ? LAUNCH_GOES_ON : describe_failure(launch, end, NULL, what, &why, err);
}

/* On LAUNCH_GOES_ON, *reply is the caller's; NULL when the end of a closing runner is not waited for. */
static int hear(struct launch *launch, const struct launch_run *what, json_t **reply,
                struct bench_error *err)
{
    struct bench_error why = {0};
    enum child_end end =
        child_hear(&launch->child, launch->request->setup, launch->deadline_ns, reply, &why);
    if (end == CHILD_ANSWERED && json_is_true(json_object_get(*reply, "ok"))) {
        pass_note(launch, *reply);
        return LAUNCH_GOES_ON;
    }
    int rc = describe_failure(launch, end, end == CHILD_ANSWERED ? *reply : NULL, what, &why, err);
    if (end == CHILD_ANSWERED)
        json_decref(*reply);
    return rc;
}

static int ask(struct launch *launch, json_t *message, const struct launch_run *what, json_t **reply,
               struct bench_error *err)
{
    int rc = tell(launch, message, what, err);
    return rc == LAUNCH_GOES_ON ? hear(launch, what, reply, err) : rc;
}

/* ---- runs ---- */

static bool is_verification(const struct launch_run *what)
{
    return strcmp(what->phase, "verify") == 0;
}

int launch_run_begin(struct launch *launch, const struct launch_run *what, struct record *record,
                     struct bench_error *err)
{
    int rc = describe_run(launch, record, what);
    if (rc < 0)
        return bench_error_set(err, rc, "out of memory");
    json_t *message = json_pack("{s:s, s:b, s:I}", "op", "run", "verify", is_verification(what),
                                "passes", (json_int_t)what->passes);
    if (message && what->slower > 0)
        json_object_set_new(message, "slower", json_real(what->slower));
    if (message && what->brief)
        json_object_set_new(message, "brief", json_true());
    rc = tell(launch, message, what, err);
    if (rc != LAUNCH_GOES_ON)
        record_free(record);
    return rc;
}

int launch_run_end(struct launch *launch, const struct launch_run *what, struct record *record,
                   struct bench_error *err)
{
    json_t *reply;
    int rc = hear(launch, what, &reply, err);
    if (rc != LAUNCH_GOES_ON) {
        record_free(record);
        return rc;
    }
    record_set_from_json(record, reply);
    if (isnan(record->cpu_s))
        record->cpu_s = record->user_s + record->sys_s;
    launch->wall_s = record->wall_s;
    launch->tasks = record->tasks;
    json_decref(reply);
    if (!is_verification(what) && !(record->wall_s >= 0)) {
        record->wall_s = NAN;
        rc = give(launch, record, "failed", "the runner's answer has no wall_s: the run has no time",
                  err);
        return rc < 0 ? rc : LAUNCH_OVER;
    }
    rc = give(launch, record, "ok", NULL, err);
    return rc < 0 ? rc : LAUNCH_GOES_ON;
}

int launch_run(struct launch *launch, const struct launch_run *what, struct bench_error *err)
{
    struct record record;
    int rc = launch_run_begin(launch, what, &record, err);
    return rc == LAUNCH_GOES_ON ? launch_run_end(launch, what, &record, err) : rc;
}

/* ---- from open to close ---- */

/* What a record says of which no run was begun. */
static const struct launch_run opening = {.phase = "verify", .run = 1, .block = RECORD_NO_COUNT};
static const struct launch_run closing = {.phase = "measure", .run = 0, .block = RECORD_NO_COUNT};

int launch_open(struct launch *launch, const struct launch_request *request, struct bench_error *err)
{
    struct bench_error why = {0};
    json_t *reply;
    *launch = (struct launch){.request = request, .wall_s = NAN};
    if (request->timeout_ns)
        launch->deadline_ns = bench_now() + request->timeout_ns;
    struct child_setup setup = *request->setup;
    setup.command = request->one->way->command;
    int rc = child_start(&launch->child, &setup, &why);
    if (rc < 0) {
        rc = give_up(launch, &opening, "failed", why.message, err);
        return rc < 0 ? rc : LAUNCH_OVER;
    }
    json_t *message = launch_message(request->one, "open");
    if (message)
        json_object_set_new(message, "lifeline", json_true());
    rc = ask(launch, message, &opening, &reply, err);
    if (rc == LAUNCH_GOES_ON)
        launch->opened = reply;
    return rc;
}

int launch_close(struct launch *launch, struct bench_error *err)
{
    json_t *reply;
    launch->closing_ns = bench_now();
    if (launch->deadline_ns == 0 || launch->deadline_ns > launch->closing_ns + grace_ns)
        launch->deadline_ns = launch->closing_ns + grace_ns;
    int rc = ask(launch, json_pack("{s:s}", "op", "close"), &closing, &reply, err);
    if (rc == LAUNCH_GOES_ON)
        json_decref(reply);
    return rc;
}

void launch_end(struct launch *launch, int outcome)
{
    child_end(&launch->child, outcome == LAUNCH_GOES_ON && !launch->slow_end ? grace_ns : 0);
    json_decref(launch->opened);
    launch->opened = NULL;
}

int launch_refuse(const struct launch_request *request, const char *status, const char *error,
                  struct bench_error *err)
{
    struct launch launch = {.request = request};
    return give_up(&launch, &opening, status, error, err);
}
