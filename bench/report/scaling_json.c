/* How cases scale, as JSON. */
#include "report/scaling_json.h"

#include "report/json_values.h"

#include <math.h>

static json_t *json_of_estimate(double value, struct interval interval)
{
    json_t *object = json_object();
    json_put(object, "value", json_of_real(value));
    json_put(object, "low", json_of_real(interval.low));
    json_put(object, "high", json_of_real(interval.high));
    return object;
}

static json_t *json_of_step(const struct scaling_step *step)
{
    json_t *object = json_object();
    json_put(object, "n", json_of_real(step->n));
    json_put(object, "wall_s", json_of_real(step->result->wall_s.median));
    json_put(object, "launches", json_of_count((int64_t)step->result->launches));
    json_put(object, "speedup", json_of_real(step->speedup));
    json_put(object, "karp_flatt",
             isnan(step->serial_share)
                 ? json_null()
                 : json_of_estimate(step->serial_share, step->serial_share_interval));
    return object;
}

static const char *doubt_word(enum scaling_doubt doubt)
{
    static const char *const words[] = {[SCALING_HOLDS] = "holds",
                                        [SCALING_FEW_POINTS] = "few_points",
                                        [SCALING_FEW_LAUNCHES] = "few_launches",
                                        [SCALING_NO_FIT] = "no_fit",
                                        [SCALING_MISFIT] = "misfit"};
    return words[doubt];
}

static json_t *json_of_law(const struct scaling *scaling)
{
    const struct scaling_law *law = &scaling->law;
    if (scaling->doubt != SCALING_HOLDS)
        return json_null();
    json_t *object = json_object();
    json_put(object, "contention", json_of_estimate(law->sigma.value, law->sigma.interval));
    json_put(object, "coherency", json_of_estimate(law->kappa.value, law->kappa.interval));
    json_put(object, "peak", json_of_estimate(law->peak.value, law->peak.interval));
    json_put(object, "peak_is_far", json_boolean(scaling_is_far(scaling, law->peak.value)));
    json_put(object, "speedup_at_twice", json_of_estimate(law->twice.value, law->twice.interval));
    return object;
}

static json_t *json_of_scaling(const struct scaling *scaling)
{
    json_t *object = json_object(), *steps = json_array();
    const struct record *first = scaling->first->identity;
    bool is_fitted = scaling->doubt == SCALING_HOLDS || scaling->doubt == SCALING_MISFIT;
    for (enum column column = 0; column < COLUMNS; column++) {
        if (record_columns[column].role == ROLE_IDENTITY || column == COLUMN_label ||
            column == COLUMN_machine || column == COLUMN_side)
            json_put(object, column_name(column), json_of_column(first, column));
    }
    const char *swept = scaling->is_of_lanes ? "inflight" : "workers";
    json_put(object, swept, json_null());
    json_put(object, "swept", json_of_text(swept));
    for (size_t i = 0; i < scaling->count; i++)
        json_add(steps, json_of_step(&scaling->steps[i]));
    json_put(object, "steps", steps);
    json_put(object, "amdahl_serial_share", json_of_real(scaling->serial_share));
    json_put(object, "usl", json_of_law(scaling));
    json_put(object, "because", json_of_text(doubt_word(scaling->doubt)));
    json_put(object, "misfit_p", json_of_real(is_fitted ? scaling->law.misfit_p : NAN));
    json_put(object, "launch_spread", json_of_real(is_fitted ? scaling->law.spread : NAN));
    return object;
}

json_t *json_of_scalings(const struct scalings *scalings)
{
    json_t *array = json_array();
    for (size_t i = 0; i < scalings->size; i++)
        json_add(array, json_of_scaling(&scalings->list[i]));
    return array;
}
