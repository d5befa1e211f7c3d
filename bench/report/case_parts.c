/* What a case consists of, and which of that tells cases apart. */
#include "report/case_name.h"

#include "base/memory.h"
#include "base/shape.h"
#include "records/identity.h"
#include "records/param_text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- parts ---- */

static void add(struct case_parts *parts, enum case_part_kind kind, const char *key, char *value)
{
    if (!value || !*value) {
        free(value);
        return;
    }
    parts->parts = mem_grow(parts->parts, parts->size, &parts->capacity, sizeof *parts->parts);
    parts->parts[parts->size++] = (struct case_part){kind, mem_text(key), value};
}

static void add_params(struct case_parts *parts, enum case_part_kind kind, const char *params)
{
    const char *at = params;
    struct param_text param;
    while (param_text_next(&at, &param)) {
        char *key = mem_text_part(param.word, param.name_length);
        add(parts, kind, key, mem_text_part(param.value, param.value_length));
        free(key);
    }
}

/* These stand in every name; the others only if they are not at their defaults. */
static bool is_always_told(const char *knob)
{
    static const char *const names[] = {"workers", "pin", "schedule", "grain"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i], knob) == 0)
            return true;
    }
    return false;
}

static void add_knob(struct case_parts *parts, const struct record *identity, const struct knob *knob)
{
    enum column column = column_find(knob->name);
    char *value = NULL;
    if (column == COLUMNS || record_columns[column].role == ROLE_PLAIN) /* the seed */
        return;
    bool always = is_always_told(knob->name);
    if (column_type(column) == COLUMN_TEXT) {
        const char *text = record_text(identity, column);
        if (text && (always || strcmp(text, shape_text(&shape_default, knob)) != 0))
            value = mem_text(text);
    } else if (column_type(column) == COLUMN_COUNT) {
        int64_t count = record_count(identity, column);
        if (count != RECORD_NO_COUNT && (always || count != shape_count(&shape_default, knob)))
            value = mem_format("%" PRId64, count);
    } else if (record_real(identity, column) > 0) {
        value = mem_format("%.15g", record_real(identity, column));
    }
    add(parts, PART_SHAPE, knob->name, value);
}

/* The name as a user writes it: the serial one, which every runtime has, behind its runtime's name where
 * that is not bench's own, "cpython.serial"; all others by their bare names. */
static char *executor_name(const struct record *identity)
{
    if (!same_text(identity->executor, "serial"))
        return mem_text(identity->executor);
    char *prefix = identity_runtime_prefix(identity);
    char *name = mem_format("%s%s", prefix, identity->executor);
    free(prefix);
    return name;
}

void case_parts_read(struct case_parts *parts, const struct record *identity)
{
    const struct knob *knob = knobs;
    *parts = (struct case_parts){0};
    add(parts, PART_EXECUTOR, "executor", executor_name(identity));
    for (; knob->name && (strcmp(knob->name, "workers") == 0 || strcmp(knob->name, "inflight") == 0);
         knob++)
        add_knob(parts, identity, knob);
    add_params(parts, PART_PARAM, identity->params);
    add_params(parts, PART_EXECUTOR_PARAM, identity->executor_params);
    for (; knob->name; knob++)
        add_knob(parts, identity, knob);
    add(parts, PART_SIDE, "side", mem_text(identity->side));
    add(parts, PART_LABEL, "label", mem_text(identity->label));
    add(parts, PART_MACHINE, "machine", mem_text(identity->machine));
}

void case_parts_free(struct case_parts *parts)
{
    for (size_t i = 0; i < parts->size; i++) {
        free(parts->parts[i].key);
        free(parts->parts[i].value);
    }
    free(parts->parts);
    *parts = (struct case_parts){0};
}

const char *case_parts_find(const struct case_parts *parts, enum case_part_kind kind, const char *key)
{
    for (size_t i = 0; i < parts->size; i++) {
        if (parts->parts[i].kind == kind && strcmp(parts->parts[i].key, key) == 0)
            return parts->parts[i].value;
    }
    return NULL;
}

/* ---- which are told ---- */

const struct case_key *case_naming_find(const struct case_naming *naming, enum case_part_kind kind,
                                        const char *key)
{
    for (size_t i = 0; naming && i < naming->size; i++) {
        if (naming->keys[i].kind == kind && strcmp(naming->keys[i].key, key) == 0)
            return &naming->keys[i];
    }
    return NULL;
}

static void tell(struct case_naming *naming, const struct case_part *part, bool varies)
{
    struct case_key *found = (struct case_key *)case_naming_find(naming, part->kind, part->key);
    if (found) {
        found->varies = found->varies || varies;
        return;
    }
    naming->keys = mem_grow(naming->keys, naming->size, &naming->capacity, sizeof *naming->keys);
    naming->keys[naming->size++] = (struct case_key){part->kind, mem_text(part->key), varies};
}

/* A case that later ones are held against. */
struct model {
    const struct record *identity;
    struct case_parts parts;
};

/* Those that have had the first case of a workload under an executor. */
struct models {
    struct model *models;
    size_t size, capacity;
};

/* NULL: there is none yet. `executor` NULL: any. */
static const struct model *find_model(const struct models *models, const char *workload,
                                      const char *executor)
{
    for (size_t i = 0; i < models->size; i++) {
        const struct model *model = &models->models[i];
        if (same_text(model->identity->workload, workload) &&
            (!executor || same_text(model->identity->executor, executor)))
            return model;
    }
    return NULL;
}

static bool is_grain(const struct case_part *part)
{
    return part->kind == PART_SHAPE && strcmp(part->key, "grain") == 0;
}

/* All parts of `a` that `b` does not have so. A grain that is not known is any. */
static void tell_missing(struct case_naming *naming, const struct case_parts *a,
                         const struct case_parts *b, bool (*is_asked)(enum case_part_kind kind))
{
    for (size_t i = 0; i < a->size; i++) {
        const struct case_part *part = &a->parts[i];
        const char *other = case_parts_find(b, part->kind, part->key);
        if (is_asked(part->kind) && !is_grain(part) && !(other && strcmp(other, part->value) == 0))
            tell(naming, part, true);
    }
}

static void tell_both(struct case_naming *naming, const struct case_parts *a, const struct case_parts *b,
                      bool (*is_asked)(enum case_part_kind kind))
{
    tell_missing(naming, b, a, is_asked);
    tell_missing(naming, a, b, is_asked);
}

static bool is_of_workload(enum case_part_kind kind)
{
    return kind == PART_PARAM || kind == PART_EXECUTOR;
}

static bool is_of_executor(enum case_part_kind kind)
{
    return kind == PART_SHAPE || kind == PART_EXECUTOR_PARAM;
}

static bool is_of_all(enum case_part_kind kind)
{
    return kind == PART_SIDE || kind == PART_LABEL || kind == PART_MACHINE;
}

static void tell_grain(struct case_naming *naming, const struct case_parts *own,
                       const struct case_parts *other)
{
    const struct case_part *grain = NULL;
    for (size_t i = 0; i < own->size; i++) {
        const struct case_part *part = &own->parts[i];
        const char *value = case_parts_find(other, part->kind, part->key);
        if (is_grain(part))
            grain = value && strcmp(value, part->value) != 0 ? part : NULL;
        else if (!is_of_all(part->kind) && !(value && strcmp(value, part->value) == 0))
            return;
    }
    if (grain)
        tell(naming, grain, true);
}

/* "radius=4" in "tile=64 radius=4"? */
static bool is_among(const char *words, const struct case_part *part)
{
    size_t key = strlen(part->key), value = strlen(part->value);
    while (words && *words) {
        size_t length = text_word_length(words);
        if (length == key + 1 + value && strncmp(words, part->key, key) == 0 && words[key] == '=' &&
            strncmp(words + key + 1, part->value, value) == 0)
            return true;
        words += length + (words[length] == ' ');
    }
    return false;
}

/* Settings that are not at their defaults: the number of workers and the grain depend on
 * machine and work. */
static bool is_set(const struct case_part *part)
{
    for (const struct knob *knob = knobs; knob->name; knob++) {
        if (strcmp(knob->name, part->key) == 0)
            return !is_grain(part) && strcmp(part->key, "workers") != 0 &&
                   (knob->type == KNOB_COUNT || knob->type == KNOB_REAL ||
                    strcmp(part->value, shape_text(&shape_default, knob)) != 0);
    }
    return false;
}

static void tell_set(struct case_naming *naming, const struct record *identity,
                     const struct case_parts *parts, const struct case_defaults *defaults)
{
    const char *words = defaults && defaults->of && identity->workload
                            ? defaults->of(defaults->context, identity->workload)
                            : NULL;
    for (size_t i = 0; i < parts->size; i++) {
        const struct case_part *part = &parts->parts[i];
        if ((part->kind == PART_PARAM && !is_among(words, part)) ||
            (part->kind == PART_SHAPE && is_set(part)))
            tell(naming, part, false);
    }
}

void case_naming_make(struct case_naming *naming, const struct record *const *identities, size_t count,
                      const struct case_defaults *defaults)
{
    struct models models = {0};
    *naming = (struct case_naming){0};
    for (size_t i = 0; i < count; i++) {
        const struct record *one = identities[i];
        const struct model *first = i > 0 ? &models.models[0] : NULL;
        const struct model *work = find_model(&models, one->workload, NULL);
        const struct model *way = find_model(&models, one->workload, one->executor ? one->executor : "");
        struct case_parts parts;
        case_parts_read(&parts, one);
        tell_set(naming, one, &parts, defaults);
        if (first)
            tell_both(naming, &first->parts, &parts, is_of_all);
        if (work)
            tell_both(naming, &work->parts, &parts, is_of_workload);
        if (way) {
            tell_both(naming, &way->parts, &parts, is_of_executor);
            tell_grain(naming, &parts, &way->parts);
            case_parts_free(&parts);
            continue;
        }
        models.models = mem_grow(models.models, models.size, &models.capacity, sizeof *models.models);
        models.models[models.size++] = (struct model){one, parts};
    }
    for (size_t i = 0; i < models.size; i++)
        case_parts_free(&models.models[i].parts);
    free(models.models);
}

void case_naming_keep_varying(struct case_naming *naming)
{
    size_t kept = 0;
    for (size_t i = 0; i < naming->size; i++) {
        if (naming->keys[i].varies)
            naming->keys[kept++] = naming->keys[i];
        else
            free(naming->keys[i].key);
    }
    naming->size = kept;
}

void case_naming_free(struct case_naming *naming)
{
    for (size_t i = 0; i < naming->size; i++)
        free(naming->keys[i].key);
    free(naming->keys);
    *naming = (struct case_naming){0};
}
