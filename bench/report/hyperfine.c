/*
 * Results as hyperfine's JSON, for the many scripts that read it.
 *
 * What `hyperfine --export-json` writes (1.15): in "results", for each case, command, mean, stddev (null
 * of one run), median, user, system, min, max, times, exit_codes and parameters. Seconds, of one pass
 * over the tasks; user and system are means. The command is the case's name in words, and the parameters
 * are its parts, as strings. All exit codes are 0: failed cases, and those without a measured run, are
 * left out.
 */
#include "base/memory.h"
#include "report/formats.h"
#include "report/json_values.h"

#include <stdlib.h>

static json_t *parameters_object(const struct case_result *result, unsigned parts)
{
    json_t *object = json_object();
    struct case_parts all;
    case_parts_read(&all, result->identity);
    for (size_t i = 0; i < all.size; i++) {
        const struct case_part *part = &all.parts[i];
        bool is_of_executor = part->kind == PART_EXECUTOR_PARAM;
        char *key = mem_format("%s%s%s", is_of_executor ? result->identity->executor : "",
                               is_of_executor ? "." : "", part->key);
        if (case_part_is_named(part, parts))
            json_put(object, key, json_of_text(part->value));
        free(key);
    }
    case_parts_free(&all);
    return object;
}

/* The means over the runs that were measured, and the arrays of a value for each. */
static void put_runs(json_t *object, const struct case_result *result)
{
    json_t *times = json_array(), *exit_codes = json_array();
    double n = 0, user_s = 0, system_s = 0;
    for (size_t i = 0; i < result_runs(result); i++) {
        if (!result_is_measured(result, i))
            continue;
        json_add(times, json_of_real(result_value(result, i, COLUMN_wall_s)));
        json_add(exit_codes, json_integer(0));
        user_s += result_value(result, i, COLUMN_user_s);
        system_s += result_value(result, i, COLUMN_sys_s);
        n++;
    }
    json_put(object, "user", json_of_real(user_s / n));
    json_put(object, "system", json_of_real(system_s / n));
    json_put(object, "min", json_of_real(result->wall_s.min));
    json_put(object, "max", json_of_real(result->wall_s.max));
    json_put(object, "times", times);
    json_put(object, "exit_codes", exit_codes);
}

static json_t *case_object(const struct case_result *result, unsigned parts)
{
    json_t *object = json_object();
    char *name = case_name_words(result->identity, parts);
    json_put(object, "command", json_of_text(name));
    json_put(object, "mean", json_of_real(result->wall_s.mean));
    json_put(object, "stddev", json_of_real(result->wall_s.stddev));
    json_put(object, "median", json_of_real(result->wall_s.median));
    put_runs(object, result);
    json_put(object, "parameters", parameters_object(result, parts));
    free(name);
    return object;
}

int hyperfine_results(struct page *page, const struct results *results, struct bench_error *err)
{
    json_t *object = json_object(), *list = json_array();
    unsigned parts = results_parts(results);
    for (size_t i = 0; i < results->size; i++) {
        if (result_has_numbers(&results->cases[i]))
            json_add(list, case_object(&results->cases[i], parts));
    }
    json_put(object, "results", list);
    return json_write(page, object, err);
}
