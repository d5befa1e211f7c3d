/* Runs as JSON, as many as a page has room for. */
#include "report/html_runs.h"

#include "base/memory.h"
#include "report/json_values.h"

#include <math.h>
#include <stdlib.h>

/* ---- which ---- */

static size_t count_kept(const struct results *results, size_t most)
{
    size_t kept = 0;
    for (size_t i = 0; i < results->size; i++) {
        size_t runs = result_runs(&results->cases[i]);
        kept += runs < most ? runs : most;
    }
    return kept;
}

/* The most of each case with which all of them fit: cases with few runs keep them all. */
static size_t find_most(const struct results *results)
{
    size_t low = 2, high = HTML_RUNS_MOST;
    while (low < high) {
        size_t middle = low + (high - low + 1) / 2;
        if (count_kept(results, middle) <= HTML_RUNS_MOST)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

static double begin_of(const struct case_result *result, const struct case_launch *launch)
{
    return launch->size > 0 ? cases_value(result->cases, result->source, launch->first, COLUMN_time_utc)
                            : NAN;
}

struct html_runs html_runs_of(const struct results *results)
{
    struct html_runs runs = {NAN, find_most(results)};
    for (size_t i = 0; i < results->size; i++) {
        const struct case_runs *source = results->cases[i].source;
        for (size_t l = 0; l < source->launches_size; l++)
            runs.began_s = fmin(runs.began_s, begin_of(&results->cases[i], &source->launches[l]));
    }
    return runs;
}

/* Evenly spread ones; the fastest and the slowest are always among them, in place of a neighbour. */
static bool *choose(const struct case_result *result, size_t most)
{
    size_t size = result_runs(result), least = 0, largest = 0;
    bool *chosen = mem_zero(size, sizeof *chosen);
    for (size_t i = 0; i < size; i++) {
        if (!result_is_measured(result, i))
            continue;
        double wall_s = result_value(result, i, COLUMN_wall_s);
        if (!result_is_measured(result, least) || wall_s < result_value(result, least, COLUMN_wall_s))
            least = i;
        if (!result_is_measured(result, largest) ||
            wall_s > result_value(result, largest, COLUMN_wall_s))
            largest = i;
    }
    for (size_t i = 0; i < size && size <= most; i++)
        chosen[i] = true;
    for (size_t i = 0; i < most && size > most; i++) {
        size_t first = i * size / most, end = (i + 1) * size / most;
        size_t taken = largest >= first && largest < end ? largest
                       : least >= first && least < end   ? least
                                                         : first;
        chosen[taken] = true;
    }
    return chosen;
}

/* ---- as JSON ---- */

struct put {
    const struct case_result *result;
    json_t *wall, *outliers, *steal;
    struct text phases;
    size_t kept;
};

static void put_run(struct put *put, size_t run)
{
    static const char letters[] = {[PHASE_UNKNOWN] = '-', [PHASE_VERIFY] = 'v', 'w', 'm'};
    const struct case_result *result = put->result;
    double steal_s = result_value(result, run, COLUMN_steal_s);
    text_add(&put->phases, "%c", letters[result->source->runs[run].phase]);
    json_add(put->wall, json_of_short_real(result_value(result, run, COLUMN_wall_s)));
    if (result_is_outlier(result, run))
        json_add(put->outliers, json_integer((json_int_t)put->kept));
    if (steal_s > 0) {
        char key[24];
        snprintf(key, sizeof key, "%zu", put->kept);
        json_put(put->steal, key, json_of_short_real(steal_s));
    }
    put->kept++;
}

static json_t *launch_array(const struct html_runs *runs, const struct case_result *result,
                            const struct case_launch *launch, size_t kept)
{
    const struct variety *sessions = &result->cases->sessions;
    size_t session = 0;
    while (session + 1 < sessions->size && !same_text(sessions->texts[session], launch->session))
        session++;
    json_t *array = json_array();
    json_add(array, json_integer((json_int_t)session));
    json_add(array, json_of_count(launch->number));
    json_add(array, json_of_text(launch->side));
    json_add(array, json_of_real(rint((begin_of(result, launch) - runs->began_s) * 1000) / 1000));
    json_add(array, json_integer((json_int_t)kept));
    return array;
}

void html_runs_put(json_t *object, const struct html_runs *runs, const struct case_result *result)
{
    const struct case_runs *source = result->source;
    struct put put = {result, json_array(), json_array(), json_object(), {0}, 0};
    json_t *launches = json_array();
    bool *chosen = choose(result, runs->most);
    for (size_t l = 0; l < source->launches_size; l++) {
        const struct case_launch *launch = &source->launches[l];
        size_t before = put.kept;
        for (size_t i = launch->first; i < launch->first + launch->size; i++) {
            if (chosen[i])
                put_run(&put, i);
        }
        if (put.kept > before)
            json_add(launches, launch_array(runs, result, launch, put.kept - before));
    }
    json_put(object, "launches", launches);
    json_put(object, "phases", json_of_text(put.phases.text ? put.phases.text : ""));
    json_put(object, "wall", put.wall);
    json_put(object, "outliers", put.outliers);
    json_put(object, "steal", put.steal);
    json_put(object, "kept", json_integer((json_int_t)put.kept));
    json_put(object, "of", json_integer((json_int_t)result_runs(result)));
    free(put.phases.text);
    free(chosen);
}
