/* Laws of scaling and sizes of tasks as JSON. */
#include "report/html_laws.h"

#include "report/json_values.h"

#include <math.h>

enum { CURVE_POINTS = 48 };

/* -1: it is of another group. */
static json_int_t number_of(const struct group *group, const struct case_result *result)
{
    for (size_t i = 0; i < group->size; i++) {
        if (group->cases[i] == result)
            return (json_int_t)i;
    }
    return -1;
}

static json_t *numbers(size_t count, const double *values)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        json_add(array, json_of_real(values[i]));
    return array;
}

static json_t *law_object(const struct scaling *scaling, json_int_t first)
{
    json_t *object = json_object(), *curve = json_array(), *band = json_array();
    double least = scaling->steps[0].n, twice = 2 * scaling->steps[scaling->count - 1].n;
    double lanes = scaling->is_of_lanes ? (double)scaling->first->identity->workers : 1;
    double one = scaling_speedup(scaling, 1);
    for (int i = 0; i <= CURVE_POINTS; i++) {
        double n = least * pow(twice / least, (double)i / CURVE_POINTS);
        json_add(curve, numbers(2, (double[]){n * lanes, scaling_speedup(scaling, n)}));
    }
    for (int i = 0; i < SCALING_BAND; i++) {
        const struct interval *ends = &scaling->law.band[i].interval;
        json_add(band, numbers(3, (double[]){scaling->law.band_n[i] * lanes, one * ends->low,
                                             one * ends->high}));
    }
    const struct scaling_estimate *at = &scaling->law.twice;
    json_put(object, "case", json_integer(first));
    json_put(object, "over", json_of_text(scaling->is_of_lanes ? "lanes" : "workers"));
    json_put(object, "curve", curve);
    json_put(object, "band", band);
    json_put(object, "twice",
             numbers(4, (double[]){twice * lanes, one * at->value, one * at->interval.low,
                                   one * at->interval.high}));
    return object;
}

/* NULL: they are of another group. */
static json_t *sizes_object(const struct task_sizes *sizes, const struct group *group)
{
    if (number_of(group, sizes->first) < 0)
        return NULL;
    json_t *object = json_object(), *cases = json_array();
    for (size_t i = 0; i < sizes->size; i++) {
        json_t *one = json_array();
        json_add(one, json_integer(number_of(group, sizes->list[i].result)));
        json_add(one, json_of_real(sizes->list[i].task_s));
        json_add(cases, one);
    }
    json_put(object, "cases", cases);
    json_put(object, "metg_s", json_of_real(sizes->metg_s));
    json_put(object, "is_always", json_boolean(sizes->is_always));
    return object;
}

void html_laws_put(json_t *object, const struct group *group, const struct scalings *scalings,
                   const struct task_sweeps *sweeps)
{
    json_t *laws = json_array(), *sizes = json_array();
    for (size_t i = 0; i < scalings->size; i++) {
        const struct scaling *scaling = &scalings->list[i];
        json_int_t first = number_of(group, scaling->first);
        if (first >= 0 && scaling->doubt == SCALING_HOLDS && !isnan(scaling_speedup(scaling, 1)))
            json_add(laws, law_object(scaling, first));
    }
    for (size_t i = 0; i < sweeps->size; i++) {
        json_t *one = sizes_object(&sweeps->list[i], group);
        if (one)
            json_add(sizes, one);
    }
    json_put(object, "laws", laws);
    json_put(object, "task_sizes", sizes);
}
