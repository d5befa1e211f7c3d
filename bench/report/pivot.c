/* Cases as a wide table. */
#include "report/pivot.h"

#include "base/memory.h"
#include "base/quantity.h"
#include "report/case_name.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A case on its way into the table. Texts are its own. */
struct placed {
    const struct case_result *result;
    char *value, *way;
};

/* ---- values and ways ---- */

/* What a case without a number of lanes has, and what is not written where it is 1. */
static const char *value_of(const struct case_parts *parts, const char *key)
{
    for (size_t i = 0; i < parts->size; i++) {
        if (strcmp(parts->parts[i].key, key) == 0)
            return parts->parts[i].value;
    }
    return strcmp(key, "inflight") == 0 ? "1" : NULL;
}

static bool varies(const struct case_naming *naming, const struct case_part *part)
{
    const struct case_key *key = case_naming_find(naming, part->kind, part->key);
    return key && key->varies;
}

/* "blur omp inflight=64": all that tells cases apart but the key. */
static char *way_of(const struct case_result *result, const struct case_parts *parts, const char *key,
                    const struct case_naming *naming, bool has_workload)
{
    struct text way = {0};
    bool is_serial = same_text(result->identity->executor, "serial") && strcmp(key, "executor") != 0;
    if (has_workload)
        text_add(&way, "%s", result->identity->workload ? result->identity->workload : "");
    for (size_t i = 0; i < parts->size; i++) {
        const struct case_part *part = &parts->parts[i];
        bool is_executor = part->kind == PART_EXECUTOR;
        bool is_needless = is_serial && strcmp(part->key, "workers") == 0;
        if (strcmp(part->key, key) == 0 || is_needless || (!is_executor && !varies(naming, part)))
            continue;
        text_add(&way, "%s%s%s%s", way.length > 0 ? " " : "", is_executor ? "" : part->key,
                 is_executor ? "" : "=", part->value);
    }
    return text_make_visible(way.text ? way.text : mem_text("median"));
}

/* ---- order ---- */

/* "10us" and "4KiB" are numbers, too; NaN of what is none. */
static double number_of(const char *text)
{
    uint64_t whole;
    double real;
    if (quantity_real(text, &real))
        return real;
    if (quantity_duration(text, &whole))
        return (double)whole;
    return quantity_size(text, &whole) ? (double)whole : NAN;
}

static int compare_values(const void *a, const void *b)
{
    double x = number_of(*(char *const *)a), y = number_of(*(char *const *)b);
    return (x > y) - (x < y);
}

/* In their order where all have one. */
static void sort_values(struct pivot *pivot)
{
    bool all = true;
    double plain;
    pivot->is_numeric = true;
    for (size_t i = 0; i < pivot->values_size; i++) {
        all = all && !isnan(number_of(pivot->values[i]));
        pivot->is_numeric = pivot->is_numeric && quantity_real(pivot->values[i], &plain);
    }
    if (all)
        mem_sort(pivot->values, pivot->values_size, sizeof *pivot->values, compare_values);
}

/* Where the text is among those, to whose end it is added where it is new. */
static size_t find_text(char ***texts, size_t *size, const char *text)
{
    for (size_t i = 0; i < *size; i++) {
        if (strcmp((*texts)[i], text) == 0)
            return i;
    }
    *texts = mem_resize(*texts, *size + 1, sizeof **texts);
    (*texts)[*size] = mem_text(text);
    return (*size)++;
}

static void fill(struct pivot *pivot, const struct placed *placed, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        find_text(&pivot->values, &pivot->values_size, placed[i].value);
        find_text(&pivot->ways, &pivot->ways_size, placed[i].way);
    }
    sort_values(pivot);
    pivot->cells = mem_zero(pivot->values_size * pivot->ways_size, sizeof *pivot->cells);
    for (size_t i = 0; i < count; i++) {
        size_t value = find_text(&pivot->values, &pivot->values_size, placed[i].value);
        size_t way = find_text(&pivot->ways, &pivot->ways_size, placed[i].way);
        const struct case_result **cell = &pivot->cells[value * pivot->ways_size + way];
        pivot->doubled += *cell != NULL;
        *cell = *cell ? *cell : placed[i].result;
    }
}

/* ---- together ---- */

/* What else could be asked for: all that varies. */
static int refuse(const char *key, const struct case_naming *naming, struct bench_error *err)
{
    struct text known = {0};
    text_add(&known, "workers, inflight, executor");
    for (size_t i = 0; i < naming->size; i++) {
        const struct case_key *one = &naming->keys[i];
        if (one->varies && strcmp(one->key, "workers") != 0 && strcmp(one->key, "inflight") != 0 &&
            strcmp(one->key, "executor") != 0)
            text_add(&known, ", %s", one->key);
    }
    bench_error_set(err, -EINVAL, "--pivot: no case has '%s'; there are %s", key, known.text);
    free(known.text);
    return -EINVAL;
}

int pivot_make(struct pivot *pivot, const struct results *results, const char *key,
               bool (*is_asked)(const void *context, const struct case_result *result),
               const void *context, struct bench_error *err)
{
    const struct record **identities = mem_zero(results->size + 1, sizeof *identities);
    struct placed *placed = mem_zero(results->size + 1, sizeof *placed);
    struct case_naming naming;
    size_t asked = 0, count = 0;
    bool has_workload = false;
    *pivot = (struct pivot){0};
    for (size_t i = 0; i < results->size; i++) {
        const struct case_result *result = &results->cases[i];
        if (is_asked && !is_asked(context, result))
            continue;
        placed[asked].result = result;
        identities[asked++] = result->identity;
        has_workload = has_workload || !same_text(result->identity->workload, identities[0]->workload);
    }
    case_naming_make(&naming, identities, asked, NULL);
    for (size_t i = 0; i < asked; i++) {
        struct case_parts parts;
        const struct case_result *result = placed[i].result;
        case_parts_read(&parts, result->identity);
        const char *value = value_of(&parts, key);
        if (value && result_has_numbers(result))
            placed[count++] = (struct placed){result, mem_text(value),
                                              way_of(result, &parts, key, &naming, has_workload)};
        case_parts_free(&parts);
    }
    fill(pivot, placed, count);
    int rc = count > 0 ? 0 : refuse(key, &naming, err);
    for (size_t i = 0; i < count; i++) {
        free(placed[i].value);
        free(placed[i].way);
    }
    case_naming_free(&naming);
    free(placed);
    free(identities);
    return rc;
}

void pivot_free(struct pivot *pivot)
{
    for (size_t i = 0; i < pivot->values_size; i++)
        free(pivot->values[i]);
    for (size_t i = 0; i < pivot->ways_size; i++)
        free(pivot->ways[i]);
    free(pivot->values);
    free(pivot->ways);
    free(pivot->cells);
    *pivot = (struct pivot){0};
}

const struct case_result *pivot_cell(const struct pivot *pivot, size_t value, size_t way)
{
    return pivot->cells[value * pivot->ways_size + way];
}
