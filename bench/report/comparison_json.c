/* A comparison as JSON: one object, in which numbers that are not known are null. */
#include "report/comparison_json.h"

#include "report/formats.h"
#include "report/json_values.h"

static json_t *identity_object(const struct record *identity)
{
    json_t *object = json_object();
    for (enum column column = 0; column < COLUMNS; column++) {
        if (record_columns[column].group == GROUP_CASE && column != COLUMN_seed)
            json_put(object, column_name(column), json_of_column(identity, column));
    }
    return object;
}

static json_t *side_object(double value, size_t runs, size_t launches)
{
    json_t *object = json_object();
    json_put(object, "median", json_of_real(value));
    json_put(object, "runs", json_of_count((int64_t)runs));
    json_put(object, "launches", json_of_count((int64_t)launches));
    return object;
}

static const char *const verdicts[VERDICTS] = {"same", "better", "worse", "inconclusive", "failed"};

static json_t *case_object(const struct comparison *comparison, const struct compared_case *one)
{
    json_t *object = identity_object(&one->identity), *interval = json_array();
    json_put(object, "old", side_object(one->old_value, one->old_runs, one->old_launches));
    json_put(object, "new", side_object(one->new_value, one->new_runs, one->new_launches));
    json_put(object, "ratio", json_of_real(one->ratio));
    json_add(interval, json_of_real(one->interval.low));
    json_add(interval, json_of_real(one->interval.high));
    json_put(object, "interval", interval);
    json_put(object, "p", json_of_real(one->p));
    json_put(object, "rank_p", json_of_real(one->rank_p));
    json_put(object, "detectable", json_of_real(one->detectable));
    json_put(object, "verdict", json_of_text(verdicts[one->verdict]));
    json_put(object, "word", json_of_text(verdict_word(one->verdict, comparison->metric)));
    json_put(object, "why", json_of_text(one->why));
    json_put(object, "note", json_of_text(one->note));
    return object;
}

static json_t *identities_array(const struct record *list, size_t size)
{
    json_t *array = json_array();
    for (size_t i = 0; i < size; i++)
        json_add(array, identity_object(&list[i]));
    return array;
}

static json_t *counts_object(const struct comparison *comparison)
{
    json_t *object = json_object();
    for (int i = 0; i < VERDICTS; i++)
        json_put(object, verdicts[i],
                 json_of_count((int64_t)comparison_count(comparison, (enum verdict)i)));
    return object;
}

json_t *json_of_comparison(const struct comparison *comparison)
{
    const struct metric *metric = comparison->metric;
    json_t *object = json_object(), *cases = json_array(), *notes = json_array();
    for (size_t i = 0; i < comparison->size; i++)
        json_add(cases, case_object(comparison, &comparison->cases[i]));
    for (size_t i = 0; i < comparison->notes_size; i++)
        json_add(notes, json_of_text(comparison->notes[i]));
    json_put(object, "metric", json_of_text(metric->name));
    json_put(object, "unit", json_of_text(metric->unit));
    json_put(object, "more_is_better", json_boolean(metric->more_is_better));
    json_put(object, "old", json_of_text(comparison->old_name));
    json_put(object, "new", json_of_text(comparison->new_name));
    json_put(object, "threshold", json_real(comparison->threshold));
    json_put(object, "confidence", json_real(comparison->confidence));
    json_put(object, "counts", counts_object(comparison));
    json_put(object, "cases", cases);
    json_put(object, "only_old", identities_array(comparison->only_old, comparison->only_old_size));
    json_put(object, "only_new", identities_array(comparison->only_new, comparison->only_new_size));
    json_put(object, "notes", notes);
    return object;
}

int json_comparison(struct page *page, const struct comparison *comparison, struct bench_error *err)
{
    return json_write(page, json_of_comparison(comparison), err);
}
