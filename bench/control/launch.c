#include "control/launch.h"

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

static json_t *params_message(const struct params *params)
{
    json_t *object = json_object();
    for (size_t i = 0; object && i < params->count; i++) {
        char *value = params_value(params, &params->table[i]);
        if (!value || json_object_set_new(object, params->table[i].name, json_string(value)) < 0) {
            json_decref(object);
            object = NULL;
        }
        free(value);
    }
    return object;
}

static void add_variable(void *context, const char *name, const char *value)
{
    json_object_set_new(context, name, json_string(value));
}

static void add_plugin(json_t *plugins, const char *file)
{
    if (file)
        json_array_append_new(plugins, json_string(file));
}

json_t *launch_message(const struct plan_case *one, struct registry *registry, const char *op)
{
    json_t *environment = json_object(), *plugins = json_array();
    if (environment && one->executor->environment)
        one->executor->environment(one->executor_params.data, add_variable, environment);
    const char *workload_file = registry_file(registry, MODULE_WORKLOAD, one->workload->name);
    const char *executor_file = registry_file(registry, MODULE_EXECUTOR, one->executor->name);
    add_plugin(plugins, workload_file);
    if (!workload_file || !executor_file || strcmp(workload_file, executor_file) != 0)
        add_plugin(plugins, executor_file);
    return json_pack("{s:s, s:i, s:s, s:o, s:s, s:o, s:I, s:I, s:s, s:s, s:s, s:I, s:I, s:o, s:o}", "op",
                     op, "protocol", RUNNER_PROTOCOL, "workload", one->workload->name, "params",
                     params_message(&one->workload_params), "executor", one->executor->name,
                     "executor_params", params_message(&one->executor_params), "workers",
                     (json_int_t)one->workers, "inflight", (json_int_t)one->inflight, "pin", one->pin,
                     "places", one->places, "schedule", one->schedule, "grain", (json_int_t)one->grain,
                     "seed", (json_int_t)one->seed, "plugins", plugins, "env", environment);
}

/* ---- records ---- */

/* A launch under way. */
struct flight {
    const struct launch *launch;
    struct child child;
    uint64_t deadline_ns;
    bool closing; /* the deadline is the grace's, not --timeout's */
    json_int_t grain;
    json_t *opened; /* the answer to open */
};

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

/* What is known of a run before it has run. */
static int describe_run(const struct flight *flight, struct record *record, const char *phase,
                        uint64_t run)
{
    const struct launch *launch = flight->launch;
    const struct plan_case *one = launch->one;
    int rc = record_copy(record, launch->session);
    if (rc < 0)
        return rc;
    set_time(record);
    record_set_text(record, COLUMN_workload, one->workload->name);
    record_set_text(record, COLUMN_params, one->params);
    record_set_text(record, COLUMN_executor, one->executor->name);
    record->workers = one->workers;
    record->inflight = one->inflight;
    bool other_places = strcmp(one->places, "cores") != 0 &&
                        (strcmp(one->pin, "close") == 0 || strcmp(one->pin, "spread") == 0);
    char *pin = NULL;
    if (asprintf(&pin, "%s%s%s", one->pin, other_places ? " " : "", other_places ? one->places : "") < 0)
        return -ENOMEM;
    record_set_text(record, COLUMN_pin, pin);
    free(pin);
    record_set_text(record, COLUMN_schedule, one->schedule);
    if (flight->opened)
        record->grain = json_integer_value(json_object_get(flight->opened, "grain"));
    else if (one->grain)
        record->grain = (int64_t)one->grain;
    record->launch = launch->number;
    record->run = (int64_t)run;
    record_set_text(record, COLUMN_phase, phase);
    if (flight->opened)
        record_set_text(record, COLUMN_work_unit,
                        json_string_value(json_object_get(flight->opened, "work_unit")));
    return 0;
}

static int give(const struct flight *flight, struct record *record, const char *status,
                const char *error, struct bench_error *err)
{
    const struct launch_hooks *hooks = flight->launch->hooks;
    record_set_text(record, COLUMN_status, status);
    record_set_text(record, COLUMN_error, error);
    int rc = hooks->on_record ? hooks->on_record(hooks->context, record, err) : 0;
    record_free(record);
    return rc;
}

/* The launch ends here, with a record that says why. */
static int give_up(const struct flight *flight, const char *phase, uint64_t run, const char *status,
                   const char *error, struct bench_error *err)
{
    struct record record;
    int rc = describe_run(flight, &record, phase, run);
    if (rc < 0)
        return bench_error_set(err, rc, "out of memory");
    return give(flight, &record, status, error, err);
}

static void pass_note(const struct flight *flight, const json_t *reply)
{
    const struct launch_hooks *hooks = flight->launch->hooks;
    const char *note = json_string_value(json_object_get(reply, "note"));
    if (note && hooks->on_note)
        hooks->on_note(hooks->context, note);
}

/* ---- one message and its answer ---- */

enum outcome { GOES_ON, LAUNCH_OVER }; /* or a negative errno value: all is over */

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

static int describe_failure(const struct flight *flight, enum child_end end, json_t *reply,
                            const char *phase, uint64_t run, struct bench_error *why,
                            struct bench_error *err)
{
    const char *status = "crashed", *error = why->message;
    char timeout[200];
    if (end == CHILD_STOPPED)
        return bench_error_set(err, -EINTR, "interrupted");
    if (end == CHILD_TIMEOUT) {
        status = "timeout";
        snprintf(timeout, sizeof timeout,
                 flight->closing ? "all was done, but the runner did not end within %g s and was killed"
                                 : "the launch had not ended after %g s (--timeout) and was killed",
                 (double)(flight->closing ? grace_ns : flight->launch->limits->timeout_ns) * 1e-9);
        error = timeout;
    } else if (end == CHILD_ANSWERED) {
        const char *said = json_string_value(json_object_get(reply, "status"));
        const char *text = json_string_value(json_object_get(reply, "error"));
        status = known_status(said);
        error = text ? text : "the runner says that it failed, but not why";
    }
    int rc = give_up(flight, phase, run, status, error, err);
    return rc < 0 ? rc : LAUNCH_OVER;
}

/* Takes `message`. On GOES_ON, *reply is the caller's. */
static int ask(struct flight *flight, json_t *message, const char *phase, uint64_t run, json_t **reply,
               struct bench_error *err)
{
    struct bench_error why = {0};
    if (!message)
        return bench_error_set(err, -ENOMEM, "out of memory");
    enum child_end end =
        child_ask(&flight->child, flight->launch->setup, message, flight->deadline_ns, reply, &why);
    json_decref(message);
    if (end == CHILD_ANSWERED && json_is_true(json_object_get(*reply, "ok"))) {
        pass_note(flight, *reply);
        return GOES_ON;
    }
    int rc = describe_failure(flight, end, end == CHILD_ANSWERED ? *reply : NULL, phase, run, &why, err);
    if (end == CHILD_ANSWERED)
        json_decref(*reply);
    return rc;
}

static int run_once(struct flight *flight, const char *phase, uint64_t run, double *wall_s,
                    struct bench_error *err)
{
    struct record record;
    json_t *reply;
    int rc = describe_run(flight, &record, phase, run);
    if (rc < 0)
        return bench_error_set(err, rc, "out of memory");
    json_t *message =
        json_pack("{s:s, s:b, s:i}", "op", "run", "verify", strcmp(phase, "verify") == 0, "passes", 1);
    rc = ask(flight, message, phase, run, &reply, err);
    if (rc != GOES_ON) {
        record_free(&record);
        return rc;
    }
    for (enum column column = 0; column < COLUMN_tasks; column++)
        json_object_del(reply, column_name(column)); /* what the controller knows better */
    rc = record_set_from_json(&record, reply);
    *wall_s = record.wall_s;
    json_decref(reply);
    if (rc < 0) {
        record_free(&record);
        return bench_error_set(err, rc, "out of memory");
    }
    if (strcmp(phase, "verify") != 0 && !(record.wall_s >= 0)) {
        record.wall_s = NAN;
        rc = give(flight, &record, "failed", "the runner's answer has no wall_s: the run has no time",
                  err);
        return rc < 0 ? rc : LAUNCH_OVER;
    }
    rc = give(flight, &record, "ok", NULL, err);
    return rc < 0 ? rc : GOES_ON;
}

/* ---- the launch ---- */

static bool has_enough(const struct launch_limits *limits, uint64_t runs, double measured_s)
{
    if (limits->runs)
        return runs >= limits->runs;
    return runs >= limits->max_runs ||
           (runs >= limits->min_runs && measured_s >= (double)limits->time_ns * 1e-9);
}

/* How many measured runs there will be, as far as can be told after some. */
static uint64_t runs_expected(const struct launch_limits *limits, uint64_t runs, double measured_s)
{
    if (limits->runs)
        return limits->runs;
    if (runs == 0 || measured_s <= 0)
        return limits->min_runs;
    double fit = ceil((double)limits->time_ns * 1e-9 / (measured_s / (double)runs));
    fit = fit < (double)limits->min_runs ? (double)limits->min_runs : fit;
    return fit > (double)limits->max_runs ? limits->max_runs : (uint64_t)fit;
}

static void progress(const struct flight *flight, uint64_t run, uint64_t runs)
{
    const struct launch_hooks *hooks = flight->launch->hooks;
    if (hooks->on_progress)
        hooks->on_progress(hooks->context, run, runs);
}

static int measure(struct flight *flight, struct bench_error *err)
{
    const struct launch_limits *limits = flight->launch->limits;
    uint64_t before = 1 + limits->warmup;
    double wall_s, measured_s = 0;
    progress(flight, 0, before + runs_expected(limits, 0, 0));
    int rc = run_once(flight, "verify", 1, &wall_s, err);
    for (uint64_t i = 0; rc == GOES_ON && i < limits->warmup; i++) {
        progress(flight, 1 + i, before + runs_expected(limits, 0, 0));
        rc = run_once(flight, "warmup", i + 1, &wall_s, err);
    }
    for (uint64_t i = 0; rc == GOES_ON && !has_enough(limits, i, measured_s); i++) {
        progress(flight, before + i, before + runs_expected(limits, i, measured_s));
        rc = run_once(flight, "measure", i + 1, &wall_s, err);
        measured_s += isfinite(wall_s) ? wall_s : 0;
    }
    return rc;
}

static int open_case(struct flight *flight, struct bench_error *err)
{
    const struct launch *launch = flight->launch;
    json_t *reply, *message = launch_message(launch->one, launch->registry, "open");
    if (message)
        json_object_set_new(message, "lifeline", json_true());
    int rc = ask(flight, message, "verify", 1, &reply, err);
    if (rc == GOES_ON)
        flight->opened = reply;
    return rc;
}

static int close_case(struct flight *flight, struct bench_error *err)
{
    json_t *reply;
    uint64_t latest = bench_now() + grace_ns;
    flight->closing = flight->deadline_ns == 0 || flight->deadline_ns > latest;
    if (flight->closing)
        flight->deadline_ns = latest;
    int rc = ask(flight, json_pack("{s:s}", "op", "close"), "measure", 0, &reply, err);
    if (rc == GOES_ON)
        json_decref(reply);
    return rc;
}

int launch_refuse(const struct launch *launch, const char *status, const char *error,
                  struct bench_error *err)
{
    struct flight flight = {.launch = launch};
    return give_up(&flight, "verify", 1, status, error, err);
}

int launch_run(const struct launch *launch, struct bench_error *err)
{
    struct flight flight = {.launch = launch};
    struct bench_error why = {0};
    if (launch->limits->timeout_ns)
        flight.deadline_ns = bench_now() + launch->limits->timeout_ns;
    int rc = child_start(&flight.child, launch->setup, &why);
    if (rc < 0)
        return give_up(&flight, "verify", 1, "failed", why.message, err);
    rc = open_case(&flight, err);
    if (rc == GOES_ON)
        rc = measure(&flight, err);
    if (rc == GOES_ON)
        rc = close_case(&flight, err);
    child_end(&flight.child, rc == GOES_ON ? grace_ns : 0);
    json_decref(flight.opened);
    return rc < 0 ? rc : 0;
}
