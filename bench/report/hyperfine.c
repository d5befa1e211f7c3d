/* Results as hyperfine's JSON. */
#include "report/hyperfine.h"
#include "report/case_name.h"
#include "report/json_values.h"

#include <errno.h>
#include <stdlib.h>

struct parameters {
    json_t *object;
    int failed;
};

static void add_parameter(void *context, const char *key, const char *value)
{
    struct parameters *parameters = context;
    json_t *clean = json_of_text(key); /* a key must be UTF-8, too */

    if (clean == NULL ||
        json_object_set_new(parameters->object, json_string_value(clean), json_of_text(value)) != 0)
        parameters->failed = -ENOMEM;
    json_decref(clean);
}

static json_t *name_value(const struct case_result *result, unsigned parts)
{
    char *name = case_name_words(result, parts);
    json_t *value = name != NULL ? json_of_text(name) : NULL;

    free(name);
    return value;
}

/* The means over the runs that were measured, and the arrays of a value for each. */
static int add_runs(const struct case_result *result, json_t *times, json_t *exit_codes, double *user_s,
                    double *system_s)
{
    double n = 0;
    int failed = times == NULL || exit_codes == NULL;

    *user_s = *system_s = 0;
    for (size_t i = 0; i < result->runs_size && !failed; i++) {
        const struct record *run = result->runs[i];
        double passes = result_passes(result, run);

        if (!result_is_measured(run))
            continue;
        failed = json_array_append_new(times, json_of_real(run->wall_s / passes)) ||
                 json_array_append_new(exit_codes, json_integer(0));
        *user_s += run->user_s / passes;
        *system_s += run->sys_s / passes;
        n++;
    }
    *user_s /= n;
    *system_s /= n;
    return failed;
}

static json_t *case_object(const struct case_result *result, unsigned parts)
{
    json_t *object = json_object(), *times = json_array(), *exit_codes = json_array();
    struct parameters parameters = {.object = json_object()};
    const struct summary *wall = &result->wall_s;
    double user_s, system_s;
    int failed = object == NULL || parameters.object == NULL ||
                 add_runs(result, times, exit_codes, &user_s, &system_s) ||
                 case_name_parts(result, parts, add_parameter, &parameters) || parameters.failed;

    if (!failed)
        failed = json_object_set_new(object, "command", name_value(result, parts)) ||
                 json_object_set_new(object, "mean", json_of_real(wall->mean)) ||
                 json_object_set_new(object, "stddev", json_of_real(wall->stddev)) ||
                 json_object_set_new(object, "median", json_of_real(wall->median)) ||
                 json_object_set_new(object, "user", json_of_real(user_s)) ||
                 json_object_set_new(object, "system", json_of_real(system_s)) ||
                 json_object_set_new(object, "min", json_of_real(wall->min)) ||
                 json_object_set_new(object, "max", json_of_real(wall->max)) ||
                 json_object_set(object, "times", times) ||
                 json_object_set(object, "exit_codes", exit_codes) ||
                 json_object_set(object, "parameters", parameters.object);
    json_decref(times);
    json_decref(exit_codes);
    json_decref(parameters.object);
    if (!failed)
        return object;
    json_decref(object);
    return NULL;
}

static json_t *results_object(const struct results *results)
{
    json_t *object = json_object(), *list = json_array();
    unsigned parts = results_parts(results);
    int failed = object == NULL || list == NULL;

    for (size_t i = 0; i < results->size && !failed; i++) {
        if (result_has_numbers(&results->cases[i]))
            failed = json_array_append_new(list, case_object(&results->cases[i], parts));
    }
    if (!failed)
        failed = json_object_set(object, "results", list);
    json_decref(list);
    if (!failed)
        return object;
    json_decref(object);
    return NULL;
}

int hyperfine_print(FILE *out, const struct results *results, struct bench_error *err)
{
    return json_write(out, results_object(results), err);
}
