#include "runner/request.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { LANES_MAX = 1 << 28 };

static int read_schedule(const char *word, enum bench_schedule *schedule, struct bench_error *err)
{
    static const char *const words[] = {
        [BENCH_STATIC] = "static", [BENCH_DYNAMIC] = "dynamic", [BENCH_GUIDED] = "guided"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(word, words[i]) == 0) {
            *schedule = (enum bench_schedule)i;
            return 0;
        }
    }
    return bench_error_set(err, -EINVAL, "open: schedule '%s' must be static, dynamic or guided", word);
}

static int check_types(const struct request *request, struct bench_error *err)
{
    json_t *const objects[] = {request->workload_params, request->executor_params, request->environment};
    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++) {
        if (objects[i] && !json_is_object(objects[i]))
            return bench_error_set(err, -EINVAL,
                                   "open: params, executor_params and env must be objects");
    }
    if (request->plugins && !json_is_array(request->plugins))
        return bench_error_set(err, -EINVAL, "open: plugins must be a list of paths");
    return 0;
}

int request_read(struct request *request, json_t *message, struct bench_error *err)
{
    json_error_t why;
    *request = (struct request){.workers = 1, .inflight = 1, .pin = "close", .places = "cores"};
    const char *schedule = "dynamic";
    if (json_unpack_ex(message, &why, 0,
                       "{s:s, s:s, s?o, s?o, s?I, s?I, s?I, s?I, s?s, s?s, s?s, s?o, s?o, s?s}",
                       "workload", &request->workload, "executor", &request->executor, "params",
                       &request->workload_params, "executor_params", &request->executor_params,
                       "workers", &request->workers, "inflight", &request->inflight, "grain",
                       &request->grain, "seed", &request->seed, "pin", &request->pin, "places",
                       &request->places, "schedule", &schedule, "plugins", &request->plugins, "env",
                       &request->environment, "scratch", &request->scratch) < 0)
        return bench_error_set(err, -EINVAL, "open: %s", why.text);
    int rc = check_types(request, err);
    if (rc < 0)
        return rc;
    if (request->workers < 1 || request->workers > 65536)
        return bench_error_set(err, -EINVAL,
                               "open: workers=%" JSON_INTEGER_FORMAT ": must be 1 to 65536",
                               request->workers);
    if (request->inflight < 1 || request->inflight > 16777216)
        return bench_error_set(err, -EINVAL,
                               "open: inflight=%" JSON_INTEGER_FORMAT ": must be 1 to 16777216",
                               request->inflight);
    if (request->grain < 0)
        return bench_error_set(err, -EINVAL, "open: grain=%" JSON_INTEGER_FORMAT ": must be 0 or more",
                               request->grain);
    if (request->workers * request->inflight > LANES_MAX)
        return bench_error_set(err, -EINVAL, "open: %" JSON_INTEGER_FORMAT " lanes in all: at most %d",
                               request->workers * request->inflight, LANES_MAX);
    return read_schedule(schedule, &request->schedule, err);
}

/* A parameter's value as text: messages may also have it as a number or a truth value. */
static int set_param(struct params *params, const char *name, json_t *value, struct bench_error *err)
{
    if (json_is_string(value))
        return params_set(params, name, json_string_value(value), err);
    if (json_is_boolean(value))
        return params_set(params, name, json_is_true(value) ? "yes" : "no", err);
    char *text =
        json_is_number(value) ? json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15)) : NULL;
    if (!text)
        return bench_error_set(err, -EINVAL,
                               "open: parameter '%s' must be a text, a number or a truth value", name);
    int rc = params_set(params, name, text, err);
    free(text);
    return rc;
}

int request_params(struct params *params, const struct bench_param *table, size_t size, json_t *object,
                   struct bench_error *err)
{
    int rc = params_init(params, table, size, err);
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value)
    {
        if (rc == 0)
            rc = set_param(params, name, value, err);
    }
    return rc;
}
