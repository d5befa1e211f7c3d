/* Messages, written and read. */
#include "protocol/message.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

static const char *const ops[] = {[OP_OPEN] = "open",
                                  [OP_CHECK] = "check",
                                  [OP_RUN] = "run",
                                  [OP_CLOSE] = "close",
                                  [OP_LIST] = "list"};

static const char key_op[] = "op", key_params[] = "params", key_executor_params[] = "executor_params",
                  key_runner_params[] = "runner_params", key_plugins[] = "plugins", key_env[] = "env",
                  key_cpus[] = "cpus", key_counters[] = "counters";

#define MESSAGE(key, type, least)                        \
    {                                                    \
#key, type, offsetof(struct message, key), least \
    }
static const struct field message_fields[] = {
    MESSAGE(id, FIELD_COUNT, 1),
    {"protocol", FIELD_COUNT, offsetof(struct message, version), 0},
    {"limit_s", FIELD_REAL, offsetof(struct message, limit_s), 0},
    {0}};

#define OPEN(key)                                             \
    {                                                         \
#key, FIELD_TEXT, offsetof(struct open_asked, key), 0 \
    }
static const struct field open_fields[] = {
    OPEN(workload),
    OPEN(executor),
    OPEN(scratch),
    {"max_requests", FIELD_COUNT, offsetof(struct open_asked, max_requests), 0},
    OPEN(trace),
    {"trace_launch", FIELD_COUNT, offsetof(struct open_asked, trace_launch), 0},
    {"arrivals_most", FIELD_COUNT, offsetof(struct open_asked, arrivals_most), 1},
    {0}};

#define RUN(key, type, least)                              \
    {                                                      \
#key, type, offsetof(struct run_asked, key), least \
    }
static const struct field run_fields[] = {RUN(verify, FIELD_FLAG, 0), RUN(passes, FIELD_COUNT, 1), {0}};
static const struct field run_more_fields[] = {
    RUN(slower, FIELD_REAL, 0), RUN(brief, FIELD_FLAG, 0), {0}};
static const struct field run_latency_fields[] = {RUN(no_latency, FIELD_FLAG, 0), {0}};
static const struct field run_lever_fields[] = {
    RUN(lever, FIELD_TEXT, 0), RUN(settle_s, FIELD_REAL, 0), {0}};
static const struct field run_ranks_fields[] = {RUN(per_rank, FIELD_FLAG, 0), {0}};
static const struct field run_counts_fields[] = {RUN(latency_counts, FIELD_FLAG, 0), {0}};
static const struct field run_trace_fields[] = {RUN(trace_bytes, FIELD_COUNT, 1), {0}};
static const struct field run_arrivals_fields[] = {
    RUN(arrivals, FIELD_COUNT, 1), RUN(draw, FIELD_COUNT, 0), {0}};

/* ---- writing ---- */

/* A knob that is not turned is left out where nothing is its meaning. */
static void encode_shape(json_t *object, const struct shape *shape)
{
    for (const struct knob *knob = knobs; knob->name; knob++) {
        json_t *value = NULL;
        if (knob->type == KNOB_COUNT)
            value = json_integer(shape_count(shape, knob));
        else if (knob->type == KNOB_REAL && shape_real(shape, knob) != shape_real(&shape_default, knob))
            value = json_real(shape_real(shape, knob));
        else if (knob->type != KNOB_REAL && shape_text(shape, knob)[0] != '\0')
            value = json_string(shape_text(shape, knob));
        if (value)
            json_object_set_new(object, knob->name, value);
    }
}

static void encode_open(json_t *object, const struct message *message)
{
    const struct open_asked *open = &message->open;
    struct open_asked told = *open;
    bool old = message->version == PROTOCOL_OLD;
    if (old) {
        told.scratch = NULL;
        told.trace = NULL;
        told.max_requests = told.arrivals_most = told.trace_launch = -1;
        json_object_set_new(object, "lifeline", json_true());
    }
    fields_encode(object, open_fields, &told);
    json_object_set_new(object, key_params, entries_encode(&open->params, old));
    json_object_set_new(object, key_executor_params, entries_encode(&open->executor_params, old));
    if (open->runner_params.count)
        json_object_set_new(object, key_runner_params, entries_encode(&open->runner_params, false));
    encode_shape(object, &open->shape);
    json_object_set_new(object, key_plugins, names_encode(&open->plugins));
    json_object_set_new(object, key_env, entries_encode(&open->env, false));
    if (open->counters.count && !old)
        json_object_set_new(object, key_counters, names_encode(&open->counters));
    if (open->cpus.count && !old)
        json_object_set_new(object, key_cpus, names_encode(&open->cpus));
}

char *message_encode(const struct message *message)
{
    bool opens = message->op == OP_OPEN || message->op == OP_CHECK;
    bool lists = message->op == OP_LIST;
    json_t *object = json_object();
    json_object_set_new(object, key_op, json_string(ops[message->op]));
    struct message told = {.id = message->id && message->version != PROTOCOL_OLD ? message->id : -1,
                           .version = opens || lists ? message->version : -1,
                           .limit_s = message->limit_s > 0 ? message->limit_s : NAN};
    fields_encode(object, message_fields, &told);
    if (opens)
        encode_open(object, message);
    if (lists && message->open.plugins.count)
        json_object_set_new(object, key_plugins, names_encode(&message->open.plugins));
    if (message->op == OP_RUN) {
        fields_encode(object, run_fields, &message->run);
        if (message->run.slower > 0 || message->run.brief)
            fields_encode(object, run_more_fields, &message->run);
        if (message->run.no_latency)
            fields_encode(object, run_latency_fields, &message->run);
        if (message->run.lever)
            fields_encode(object, run_lever_fields, &message->run);
        if (message->run.latency_counts)
            fields_encode(object, run_counts_fields, &message->run);
        if (message->run.trace_bytes)
            fields_encode(object, run_trace_fields, &message->run);
        if (message->run.arrivals)
            fields_encode(object, run_arrivals_fields, &message->run);
        if (message->run.per_rank)
            fields_encode(object, run_ranks_fields, &message->run);
    }
    return line_encode(object);
}

/* ---- reading ---- */

static int decode_knob(struct shape *shape, const struct knob *knob, const json_t *value,
                       struct bench_error *err)
{
    int64_t count = 0;
    double real = 0;
    const char *text = NULL;
    int rc;
    switch (knob->type) {
    case KNOB_COUNT:
        rc = value_count(knob->name, value, INT64_MIN, &count, err);
        return rc < 0 ? rc : shape_set_count(shape, knob, count, err);
    case KNOB_REAL:
        rc = value_real(knob->name, value, -1e300, &real, err);
        return rc < 0 ? rc : shape_set_real(shape, knob, real, err);
    default:
        rc = value_text(knob->name, value, &text, err);
        return rc < 0 ? rc : shape_set_text(shape, knob, text, err);
    }
}

static int decode_shape(struct shape *shape, const json_t *object, struct bench_error *err)
{
    int rc = 0;
    *shape = shape_default;
    for (const struct knob *knob = knobs; rc == 0 && knob->name; knob++) {
        const json_t *value = json_object_get(object, knob->name);
        if (value && !json_is_null(value))
            rc = decode_knob(shape, knob, value, err);
    }
    return rc;
}

static int decode_open(struct message *message, struct bench_error *err)
{
    struct open_asked *open = &message->open;
    json_t *object = message->document;
    open->max_requests = open->arrivals_most = open->trace_launch = -1;
    int rc = fields_decode(object, open_fields, open, err);
    if (rc == 0 && !open->workload)
        rc = value_wrong("workload", NULL, "a workload's name", err);
    if (rc == 0 && !open->executor)
        rc = value_wrong("executor", NULL, "an executor's name", err);
    if (rc == 0)
        rc = decode_shape(&open->shape, object, err);
    if (rc == 0)
        rc = entries_decode(&open->params, key_params, json_object_get(object, key_params), object, err);
    if (rc == 0)
        rc = entries_decode(&open->executor_params, key_executor_params,
                            json_object_get(object, key_executor_params), object, err);
    if (rc == 0)
        rc = entries_decode(&open->runner_params, key_runner_params,
                            json_object_get(object, key_runner_params), object, err);
    if (rc == 0)
        rc = entries_decode(&open->env, key_env, json_object_get(object, key_env), object, err);
    if (rc == 0)
        rc = names_decode(&open->plugins, key_plugins, json_object_get(object, key_plugins),
                          "a list of paths", err);
    if (rc == 0)
        rc = names_decode(&open->cpus, key_cpus, json_object_get(object, key_cpus),
                          "a list of CPU sets, a text a worker", err);
    if (rc == 0)
        rc = names_decode(&open->counters, key_counters, json_object_get(object, key_counters),
                          "a list of names", err);
    return rc;
}

static int decode_run(struct run_asked *run, const json_t *object, struct bench_error *err)
{
    *run = (struct run_asked){.passes = 1};
    int rc = fields_decode(object, run_fields, run, err);
    if (rc == 0)
        rc = fields_decode(object, run_more_fields, run, err);
    if (rc == 0)
        rc = fields_decode(object, run_latency_fields, run, err);
    if (rc == 0)
        rc = fields_decode(object, run_lever_fields, run, err);
    if (rc == 0)
        rc = fields_decode(object, run_arrivals_fields, run, err);
    if (rc == 0)
        rc = fields_decode(object, run_trace_fields, run, err);
    if (rc == 0)
        rc = fields_decode(object, run_ranks_fields, run, err);
    if (rc == 0)
        rc = fields_decode(object, run_counts_fields, run, err);
    if (rc == 0 && run->slower > 1)
        rc = bench_error_set(err, -EINVAL, "slower=%g: must be 0 to 1", run->slower);
    if (rc == 0 && run->settle_s > 1)
        rc = bench_error_set(err, -EINVAL, "settle_s=%g: must be 0 to 1", run->settle_s);
    return rc;
}

static enum op find_op(const json_t *object)
{
    const char *word = json_string_value(json_object_get(object, key_op));
    for (enum op op = OP_NONE + 1; word && op <= OP_LIST; op++) {
        if (strcmp(ops[op], word) == 0)
            return op;
    }
    return OP_NONE;
}

/* What was wrong with an open begins with "open: ". */
static int say_of(enum op op, int rc, struct bench_error *err)
{
    struct bench_error why = *err;
    *err = (struct bench_error){0};
    return bench_error_set(err, rc, "%s: %s", ops[op], why.message);
}

int message_decode(struct message *message, const char *line, size_t length, struct bench_error *err)
{
    *message = (struct message){0};
    message->document = line_decode(line, length, "a message", err);
    if (!message->document)
        return -EPROTO;
    int rc = fields_decode(message->document, message_fields, message, err);
    if (rc < 0)
        return rc;
    message->op = find_op(message->document);
    if (message->version && message->version != PROTOCOL_VERSION)
        return bench_error_set(err, -EINVAL,
                               "the controller speaks protocol version %" PRId64
                               ", this runner speaks %d; use the same release of bench on both sides",
                               message->version, PROTOCOL_VERSION);
    if (message->op == OP_OPEN || message->op == OP_CHECK)
        rc = decode_open(message, err);
    else if (message->op == OP_LIST)
        rc = names_decode(&message->open.plugins, key_plugins,
                          json_object_get(message->document, key_plugins), "a list of paths", err);
    else if (message->op == OP_RUN)
        rc = decode_run(&message->run, message->document, err);
    else if (message->op == OP_NONE)
        return bench_error_set(err, -EINVAL, "\"op\" must be open, run, check, list or close");
    return rc < 0 ? say_of(message->op, rc, err) : 0;
}

void message_free(struct message *message)
{
    entries_free(&message->open.params);
    entries_free(&message->open.executor_params);
    entries_free(&message->open.runner_params);
    entries_free(&message->open.env);
    names_free(&message->open.plugins);
    names_free(&message->open.cpus);
    names_free(&message->open.counters);
    json_decref(message->document);
    *message = (struct message){0};
}
