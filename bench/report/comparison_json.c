/* A comparison as JSON. */
#include "base/text.h"
#include "report/comparison_print.h"
#include "report/comparison_text.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* JSON is UTF-8; what is not becomes '?'. */
static json_t *of_text(const char *text)
{
    char *clean;
    json_t *value;

    if (text == NULL)
        return json_null();
    value = json_string(text);
    if (value != NULL || (clean = strdup(text)) == NULL)
        return value;
    value = json_string(text_make_visible(clean));
    free(clean);
    return value;
}

static json_t *of_real(double real)
{
    return isfinite(real) ? json_real(real) : json_null();
}

static json_t *of_count(int64_t count)
{
    return count == RECORD_NO_COUNT ? json_null() : json_integer(count);
}

/* Of an object that is complete; NULL when something of it could not be made. */
static json_t *identity_object(const struct record *identity)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "workload", of_text(identity->workload),
                     "params", of_text(identity->params), "executor", of_text(identity->executor),
                     "workers", of_count(identity->workers), "inflight", of_count(identity->inflight),
                     "pin", of_text(identity->pin), "schedule", of_text(identity->schedule), "grain",
                     of_count(identity->grain));
}

static json_t *side_object(double value, size_t runs, size_t launches)
{
    return json_pack("{s:o, s:I, s:I}", "median", of_real(value), "runs", (json_int_t)runs, "launches",
                     (json_int_t)launches);
}

static json_t *case_object(const struct comparison *comparison, const struct compared_case *one)
{
    static const char *const verdicts[VERDICTS] = {"same", "better", "worse", "inconclusive", "failed"};
    json_t *object = identity_object(&one->identity), *found;

    found = json_pack("{s:o, s:o, s:o, s:[o, o], s:o, s:o, s:o, s:s, s:s, s:o, s:o}", "old",
                      side_object(one->old_value, one->old_runs, one->old_launches), "new",
                      side_object(one->new_value, one->new_runs, one->new_launches), "ratio",
                      of_real(one->ratio), "interval", of_real(one->interval.low),
                      of_real(one->interval.high), "p", of_real(one->p), "rank_p", of_real(one->rank_p),
                      "detectable", of_real(one->detectable), "verdict", verdicts[one->verdict], "word",
                      verdict_word(one->verdict, comparison->metric), "why", of_text(one->why), "note",
                      of_text(one->note));
    if (object == NULL || found == NULL || json_object_update(object, found) != 0) {
        json_decref(object);
        object = NULL;
    }
    json_decref(found);
    return object;
}

static json_t *cases_array(const struct comparison *comparison)
{
    json_t *array = json_array();

    for (size_t i = 0; array != NULL && i < comparison->size; i++) {
        if (json_array_append_new(array, case_object(comparison, &comparison->cases[i])) != 0) {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}

static json_t *identities_array(const struct record *list, size_t size)
{
    json_t *array = json_array();

    for (size_t i = 0; array != NULL && i < size; i++) {
        if (json_array_append_new(array, identity_object(&list[i])) != 0) {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}

static json_t *notes_array(const struct comparison *comparison)
{
    json_t *array = json_array();

    for (size_t i = 0; array != NULL && i < comparison->notes_size; i++) {
        if (json_array_append_new(array, of_text(comparison->notes[i])) != 0) {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}

static json_t *counts_object(const struct comparison *comparison)
{
    return json_pack("{s:I, s:I, s:I, s:I, s:I}", "same",
                     (json_int_t)comparison_count(comparison, VERDICT_SAME), "better",
                     (json_int_t)comparison_count(comparison, VERDICT_BETTER), "worse",
                     (json_int_t)comparison_count(comparison, VERDICT_WORSE), "inconclusive",
                     (json_int_t)comparison_count(comparison, VERDICT_INCONCLUSIVE), "failed",
                     (json_int_t)comparison_count(comparison, VERDICT_FAILED));
}

int comparison_print_json(FILE *out, const struct comparison *comparison, struct bench_error *err)
{
    const struct metric *metric = comparison->metric;
    json_t *object;
    int failed;

    object = json_pack("{s:s, s:s, s:b, s:o, s:o, s:f, s:f, s:o, s:o, s:o, s:o, s:o}", "metric",
                       metric->name, "unit", metric->unit, "more_is_better", (int)metric->more_is_better,
                       "old", of_text(comparison->old_name), "new", of_text(comparison->new_name),
                       "threshold", comparison->threshold, "confidence", comparison->confidence,
                       "counts", counts_object(comparison), "cases", cases_array(comparison), "only_old",
                       identities_array(comparison->only_old, comparison->only_old_size), "only_new",
                       identities_array(comparison->only_new, comparison->only_new_size), "notes",
                       notes_array(comparison));
    if (object == NULL)
        return comparison_no_memory(err);
    errno = 0;
    failed = json_dumpf(object, out, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) != 0 ||
             fputc('\n', out) == EOF;
    json_decref(object);
    if (failed && errno == 0)
        errno = EIO;
    return failed ? bench_error_set(err, -errno, "cannot print the comparison: %s", strerror(errno))
                  : comparison_flush(out, err);
}
