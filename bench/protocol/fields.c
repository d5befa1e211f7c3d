/* Values of JSON objects in and out of structs, by tables. */
#include "protocol/fields.h"

#include "base/memory.h"
#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- one value ---- */

/* What JSON has there, for a message: "fast", a text */
static void describe(const json_t *value, char *text, size_t size)
{
    char *said = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(15));
    const char *type = json_is_string(value)    ? ", a text"
                       : json_is_boolean(value) ? ", a truth value"
                       : json_is_array(value)   ? ", a list"
                       : json_is_object(value)  ? ", an object"
                                                : "";
    snprintf(text, size, "%.40s%s%s", said ? said : "?", said && strlen(said) > 40 ? "..." : "", type);
    text_make_visible(text);
    free(said);
}

int value_wrong(const char *key, const json_t *value, const char *what, struct bench_error *err)
{
    char said[80];
    if (!value)
        return bench_error_set(err, -EINVAL, "%s is missing; it must be %s", key, what);
    describe(value, said, sizeof said);
    return bench_error_set(err, -EINVAL, "%s is %s; it must be %s", key, said, what);
}

int value_count(const char *key, const json_t *value, int64_t least, int64_t *count,
                struct bench_error *err)
{
    double real = json_number_value(value);
    bool whole = json_is_integer(value) ||
                 (json_is_real(value) && real == floor(real) && real >= -0x1p63 && real < 0x1p63);
    int64_t got = json_is_integer(value) ? json_integer_value(value) : whole ? (int64_t)real : 0;
    if (!whole || got < least) {
        char what[64];
        snprintf(what, sizeof what, "a whole number of %" PRId64 " or more", least);
        return value_wrong(key, value, what, err);
    }
    *count = got;
    return 0;
}

int value_real(const char *key, const json_t *value, double least, double *real, struct bench_error *err)
{
    double got = json_number_value(value);
    if (!json_is_number(value) || !isfinite(got) || got < least) {
        char what[64];
        snprintf(what, sizeof what, "a number of %g or more", least);
        return value_wrong(key, value, what, err);
    }
    *real = got;
    return 0;
}

int value_text(const char *key, const json_t *value, const char **text, struct bench_error *err)
{
    if (!json_is_string(value))
        return value_wrong(key, value, "a text", err);
    *text = json_string_value(value);
    return 0;
}

/* ---- tables ---- */

static json_t *encode_one(const struct field *field, const void *from)
{
    const void *at = (const char *)from + field->offset;
    int64_t count = field->type == FIELD_COUNT ? *(const int64_t *)at : 0;
    double real = field->type == FIELD_REAL ? *(const double *)at : 0;
    const char *text = field->type == FIELD_TEXT ? *(const char *const *)at : NULL;
    switch (field->type) {
    case FIELD_COUNT:
        return count < 0 ? NULL : json_integer(count);
    case FIELD_REAL:
        return isfinite(real) ? json_real(real) : NULL;
    case FIELD_FLAG:
        return json_boolean(*(const bool *)at);
    case FIELD_TEXT:
        return text ? json_string_nocheck(text) : NULL;
    }
    return NULL;
}

void fields_encode(json_t *object, const struct field *fields, const void *from)
{
    for (; fields->key; fields++) {
        json_t *value = encode_one(fields, from);
        if (value)
            json_object_set_new(object, fields->key, value);
    }
}

int fields_decode(const json_t *object, const struct field *fields, void *into, struct bench_error *err)
{
    int rc = 0;
    for (; rc == 0 && fields->key; fields++) {
        const json_t *value = json_object_get(object, fields->key);
        void *at = (char *)into + fields->offset;
        if (!value || json_is_null(value))
            continue;
        switch (fields->type) {
        case FIELD_COUNT:
            rc = value_count(fields->key, value, fields->least, at, err);
            break;
        case FIELD_REAL:
            rc = value_real(fields->key, value, (double)fields->least, at, err);
            break;
        case FIELD_FLAG:
            rc = json_is_boolean(value) ? 0 : value_wrong(fields->key, value, "true or false", err);
            *(bool *)at = json_is_true(value);
            break;
        case FIELD_TEXT:
            rc = value_text(fields->key, value, at, err);
            break;
        }
    }
    return rc;
}

/* ---- entries and lists ---- */

void entries_add(struct entries *entries, const char *name, const char *value)
{
    entries->list = mem_resize(entries->list, entries->count + 1, sizeof *entries->list);
    entries->list[entries->count++] = (struct entry){.name = name, .value = value};
}

void entries_free(struct entries *entries)
{
    free(entries->list);
    *entries = (struct entries){0};
}

json_t *entries_encode(const struct entries *entries, bool old_names)
{
    json_t *object = json_object();
    for (size_t i = 0; i < entries->count; i++) {
        const struct entry *entry = &entries->list[i];
        json_object_set_new_nocheck(object, old_names && entry->was ? entry->was : entry->name,
                                    json_string_nocheck(entry->value));
    }
    return object;
}

/* Under a key that no message has: a list of the texts that were made for it. */
static const char *keep_text(json_t *document, char *text)
{
    static const char key[] = "\x01 texts";
    json_t *kept = json_object_get(document, key), *copy = json_string(text);
    if (!kept) {
        kept = json_array();
        json_object_set_new(document, key, kept);
    }
    json_array_append_new(kept, copy);
    free(text);
    return json_string_value(copy);
}

static const char *as_option(const json_t *value, json_t *document)
{
    if (json_is_string(value))
        return json_string_value(value);
    if (json_is_boolean(value))
        return json_is_true(value) ? "yes" : "no";
    if (!json_is_number(value))
        return NULL;
    return keep_text(document, json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15)));
}

int entries_decode(struct entries *entries, const char *key, const json_t *object, json_t *document,
                   struct bench_error *err)
{
    const char *name;
    json_t *value;
    if (!object || json_is_null(object))
        return 0;
    if (!json_is_object(object))
        return value_wrong(key, object, "an object of names and their values", err);
    json_object_foreach((json_t *)object, name, value)
    {
        const char *text = as_option(value, document);
        if (!text)
            return bench_error_set(err, -EINVAL, "%s: '%s' must be a text, a number or a truth value",
                                   key, name);
        entries_add(entries, name, text);
    }
    return 0;
}

void names_add(struct names *names, const char *name)
{
    names->list = mem_resize(names->list, names->count + 1, sizeof *names->list);
    names->list[names->count++] = name;
}

void names_free(struct names *names)
{
    free(names->list);
    *names = (struct names){0};
}

json_t *names_encode(const struct names *names)
{
    json_t *array = json_array();
    for (size_t i = 0; i < names->count; i++)
        json_array_append_new(array, json_string_nocheck(names->list[i]));
    return array;
}

int names_decode(struct names *names, const char *key, const json_t *array, const char *what,
                 struct bench_error *err)
{
    size_t i;
    json_t *name;
    if (!array || json_is_null(array))
        return 0;
    if (!json_is_array(array))
        return value_wrong(key, array, what, err);
    json_array_foreach((json_t *)array, i, name)
    {
        if (!json_is_string(name))
            return value_wrong(key, array, what, err);
        names_add(names, json_string_value(name));
    }
    return 0;
}

/* ---- lines ---- */

char *line_encode(json_t *object)
{
    char *text = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(15));
    json_decref(object);
    if (!text)
        return NULL;
    size_t length = strlen(text);
    text = mem_resize(text, length + 2, 1);
    memcpy(text + length, "\n", 2);
    return text;
}

json_t *line_decode(const char *line, size_t length, const char *what, struct bench_error *err)
{
    json_error_t why;
    json_t *object = json_loadb(line, length, JSON_REJECT_DUPLICATES, &why);
    if (json_is_object(object))
        return object;
    char start[61];
    snprintf(start, sizeof start, "%.*s", (int)(length < 60 ? length : 60), line);
    start[strcspn(start, "\r\n")] = '\0';
    bool number = !object && (strstr(why.text, "NaN") || strstr(why.text, "Infinity"));
    bench_error_set(err, -EPROTO, "%s must be a JSON object on one line: %s%s: '%s'", what,
                    object ? "this is not one" : why.text,
                    number ? " (JSON has no such number: leave out what is unknown)" : "",
                    text_make_visible(start));
    json_decref(object);
    return NULL;
}
