/* Cases as JSON for a page that draws them. */
#include "report/html_cases.h"

#include "base/memory.h"
#include "report/fields.h"
#include "report/group.h"
#include "report/html_laws.h"
#include "report/html_runs.h"
#include "report/json_values.h"
#include "results/time_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- the columns of the summary ---- */

static json_t *field_json(const struct case_result *result, const struct field *field)
{
    struct field_value value = field_of(result, field);
    return value.type == COLUMN_TEXT    ? json_of_text(value.text)
           : value.type == COLUMN_COUNT ? json_of_count(value.count)
                                        : json_of_real(value.real);
}

static json_t *common_fields(const struct results *results)
{
    json_t *common = json_object();
    for (size_t f = 0; f < fields_size && results->size > 0; f++) {
        json_t *first = field_json(&results->cases[0], &fields[f]);
        bool same = fields[f].column != COLUMNS;
        for (size_t i = 1; i < results->size && same; i++) {
            json_t *other = field_json(&results->cases[i], &fields[f]);
            same = json_equal(first, other);
            json_decref(other);
        }
        if (same)
            json_put(common, fields[f].name, json_incref(first));
        json_decref(first);
    }
    return common;
}

static json_t *own_fields(const struct case_result *result, json_t *common)
{
    json_t *own = json_object();
    for (size_t f = 0; f < fields_size; f++) {
        json_t *value = json_object_get(common, fields[f].name) ? NULL : field_json(result, &fields[f]);
        if (value && !json_is_null(value))
            json_put(own, fields[f].name, json_incref(value));
        json_decref(value);
    }
    return own;
}

/* ---- what else is drawn ---- */

static void put_real(json_t *object, const char *key, double value)
{
    if (!isnan(value))
        json_put(object, key, json_of_real(value));
}

static json_t *latency_object(const struct case_result *result)
{
    json_t *latency = json_object();
    put_real(latency, "50", result->latency_p50_s);
    put_real(latency, "90", result_median(result, COLUMN_latency_p90_s));
    put_real(latency, "99", result->latency_p99_s);
    put_real(latency, "99.9", result_median(result, COLUMN_latency_p999_s));
    put_real(latency, "100", result->latency_max_s);
    return latency;
}

static json_t *service_object(const struct case_result *result)
{
    json_t *service = json_object();
    put_real(service, "50", result_median(result, COLUMN_service_p50_s));
    put_real(service, "99", result_median(result, COLUMN_service_p99_s));
    return service;
}

/* NULL: not even the CPU time is known. */
static json_t *time_object(const struct case_result *result)
{
    struct time_parts parts;
    if (!time_parts_of(&parts, result))
        return NULL;
    json_t *object = json_object(), *waits = json_object();
    for (int kind = 0; parts.has_waits && kind < WAIT_KINDS; kind++)
        put_real(waits, wait_words[kind], parts.waits[kind]);
    json_put(object, "has_waits", json_boolean(parts.has_waits));
    put_real(object, "had_s", parts.had_s);
    put_real(object, "cpu", parts.cpu);
    put_real(object, "user", parts.user);
    put_real(object, "sys", parts.sys);
    put_real(object, "run_delay", parts.run_delay);
    put_real(object, "block_delay", parts.block_delay);
    put_real(object, "rest", parts.rest);
    json_put(object, "waits", waits);
    return object;
}

/* ---- groups ---- */

static json_t *parts_array(const struct case_result *result, const struct case_naming *naming)
{
    struct case_parts parts;
    json_t *array = json_array();
    case_parts_read(&parts, result->identity);
    for (size_t i = 0; i < naming->size; i++)
        json_add(array,
                 json_of_text(case_parts_find(&parts, naming->keys[i].kind, naming->keys[i].key)));
    case_parts_free(&parts);
    return array;
}

static json_t *case_object(const struct case_result *result, const struct case_naming *naming,
                           json_t *common, const struct html_runs *runs)
{
    json_t *object = json_object(), *kept = json_object();
    char *name = case_name_row(result->identity, naming);
    json_put(object, "name", json_of_text(name));
    json_put(object, "work", json_integer((json_int_t)result->work_number));
    json_put(object, "is_reference", json_boolean(result->reference_run == result->identity));
    json_put(object, "parts", parts_array(result, naming));
    json_put(object, "fields", own_fields(result, common));
    html_runs_put(kept, runs, result);
    json_put(object, "runs", kept);
    if (result_has_numbers(result)) {
        json_t *time = time_object(result);
        json_put(object, "latency", latency_object(result));
        json_put(object, "service", service_object(result));
        json_put(object, "time", time ? time : json_null());
    }
    free(name);
    return object;
}

/* Of all results together. */
struct whole {
    json_t *common;
    struct html_runs runs;
    struct scalings scalings;
    struct task_sweeps sweeps;
};

static json_t *group_object(const struct group *group, const struct whole *whole)
{
    json_t *object = json_object(), *keys = json_array(), *cases = json_array();
    struct case_naming varying;
    case_naming_make(&varying, group->identities, group->size, NULL);
    case_naming_keep_varying(&varying);
    for (size_t i = 0; i < varying.size; i++)
        json_add(keys, json_of_text(varying.keys[i].key));
    for (size_t i = 0; i < group->size; i++)
        json_add(cases, case_object(group->cases[i], &varying, whole->common, &whole->runs));
    json_put(object, "workload", json_of_text(group->identities[0]->workload));
    json_put(object, "keys", keys);
    json_put(object, "cases", cases);
    html_laws_put(object, group, &whole->scalings, &whole->sweeps);
    case_naming_free(&varying);
    return object;
}

/* A group begins with the first case of its workload. */
static bool begins_group(const struct results *results, size_t i)
{
    size_t first = 0;
    while (!same_text(results->cases[first].identity->workload, results->cases[i].identity->workload))
        first++;
    return first == i;
}

json_t *html_cases(const struct results *results, const struct case_defaults *defaults)
{
    json_t *data = json_object(), *names = json_array(), *groups = json_array();
    json_t *sessions = json_array();
    struct whole whole = {.common = common_fields(results), .runs = html_runs_of(results)};
    scalings_of(&whole.scalings, results);
    task_sweeps_of(&whole.sweeps, results);
    for (size_t f = 0; f < fields_size; f++)
        json_add(names, json_of_text(fields[f].name));
    for (size_t i = 0; i < results->size; i++) {
        struct group group;
        if (!begins_group(results, i))
            continue;
        group_make(&group, results, i, defaults);
        json_add(groups, group_object(&group, &whole));
        group_free(&group);
    }
    for (size_t i = 0; results->size > 0 && i < results->cases[0].cases->sessions.size; i++)
        json_add(sessions, json_of_text(results->cases[0].cases->sessions.texts[i]));
    json_put(data, "fields", names);
    json_put(data, "common", whole.common);
    json_put(data, "sessions", sessions);
    json_put(data, "groups", groups);
    scalings_free(&whole.scalings);
    task_sweeps_free(&whole.sweeps);
    return data;
}
