/* Modules to JSON and back. */
#include "protocol/module_list.h"

#include "base/memory.h"

#include <errno.h>
#include <math.h>
#include <string.h>

/* ---- to JSON ---- */

/* Written as a whole number if it is one: 1000000, not 1000000.0. */
static json_t *encode_number(double number)
{
    return fabs(number) < 0x1p53 && number == floor(number) ? json_integer((json_int_t)number)
                                                            : json_real(number);
}

static json_t *encode_words(const struct module_word *words, unsigned bits)
{
    json_t *array = json_array();
    for (; words->word; words++) {
        if (bits & words->bit)
            json_array_append_new(array, json_string(words->word));
    }
    return array;
}

static json_t *encode_param(const struct bench_param *entry)
{
    json_t *object = json_pack("{s:s, s:s, s:s*, s:s*, s:s, s:s*}", "name", entry->name, "type",
                               module_type_word(entry->type), "default", entry->initial, "unit",
                               entry->unit, "help", entry->help, "was", entry->was);
    if (entry->type <= BENCH_PARAM_REAL) {
        json_object_set_new(object, "min", encode_number(entry->min));
        json_object_set_new(object, "max", encode_number(entry->max));
    }
    if (entry->type == BENCH_PARAM_CHOICE) {
        json_t *choices = json_array();
        for (size_t i = 0; entry->choices[i]; i++)
            json_array_append_new(choices, json_string(entry->choices[i]));
        json_object_set_new(object, "choices", choices);
    }
    return object;
}

static json_t *encode_module(const struct module_info *module)
{
    json_t *params = json_array();
    for (const struct bench_param *entry = module->params; entry && entry->name; entry++)
        json_array_append_new(params, encode_param(entry));
    return json_pack("{s:s, s:s, s:s*, s:o, s:o, s:o, s:o, s:s*}", "kind",
                     module_kind_word(module->kind), "name", module->name, "summary", module->summary,
                     "params", params, "flags", encode_words(module_flag_words, module->flags), "needs",
                     encode_words(module_need_words, module->needs), "offers",
                     encode_words(module_need_words, module->offers), "missing", module->missing);
}

json_t *module_list_encode(const struct module_info *modules, size_t count, const char *version)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, encode_module(&modules[i]));
    return json_pack("{s:o, s:s}", "modules", array, "version", version);
}

/* ---- from JSON ---- */

static int wrong(const char *from, const char *what, struct bench_error *err)
{
    return bench_error_set(err, -ENOEXEC, "%s: its list of modules is wrong: %s", from, what);
}

/* Words that are not known are passed over: a later runner may have more. */
static unsigned decode_words(const struct module_word *words, const json_t *array)
{
    unsigned bits = 0;
    size_t i;
    json_t *value;
    json_array_foreach((json_t *)(uintptr_t)array, i, value)
    {
        for (const struct module_word *word = words; word->word; word++) {
            if (json_is_string(value) && strcmp(word->word, json_string_value(value)) == 0)
                bits |= word->bit;
        }
    }
    return bits;
}

/* Its type; no word of a type leaves one that module_check refuses. */
static enum bench_param_type decode_type(const char *word)
{
    int type = 0;
    while (word && module_type_word((enum bench_param_type)type) &&
           strcmp(word, module_type_word((enum bench_param_type)type)) != 0)
        type++;
    return word ? (enum bench_param_type)type : (enum bench_param_type) - 1;
}

static size_t choices_count(const json_t *object)
{
    return json_array_size(json_object_get(object, "choices"));
}

/* `words` has room for the choices and the NULL after them. */
static void decode_param(struct bench_param *entry, const json_t *object, const char **words)
{
    const json_t *choices = json_object_get(object, "choices");
    for (size_t i = 0; i < json_array_size(choices); i++) {
        const char *word = json_string_value(json_array_get(choices, i));
        words[i] = word ? word : "";
    }
    *entry = (struct bench_param){
        .name = json_string_value(json_object_get(object, "name")),
        .type = decode_type(json_string_value(json_object_get(object, "type"))),
        .initial = json_string_value(json_object_get(object, "default")),
        .min = json_number_value(json_object_get(object, "min")),
        .max = json_number_value(json_object_get(object, "max")),
        .choices = words,
        .unit = json_string_value(json_object_get(object, "unit")),
        .help = json_string_value(json_object_get(object, "help")),
        .was = json_string_value(json_object_get(object, "was")),
    };
    if (json_is_true(json_object_get(object, "required")))
        entry->initial = NULL;
    if (!entry->name)
        entry->name = ""; /* which is refused; NULL would end the table */
}

/* In one block: the entries, then the words of all choices. */
struct bench_param *module_params_decode(const json_t *array, const char *from, struct bench_error *err)
{
    size_t count = json_array_size(array), words = 0;
    if (array && !json_is_array(array)) {
        wrong(from, "params must be a list", err);
        return NULL;
    }
    for (size_t i = 0; i < count; i++)
        words += choices_count(json_array_get(array, i)) + 1;
    struct bench_param *table = mem_zero(1, (count + 1) * sizeof *table + words * sizeof(const char *));
    const char **next = (const char **)(table + count + 1);
    for (size_t i = 0; i < count; i++) {
        const json_t *object = json_array_get(array, i);
        decode_param(&table[i], object, next);
        next += choices_count(object) + 1;
    }
    return table;
}

static int decode_module(struct module_info *module, struct bench_param **table, const json_t *object,
                         const char *from, struct bench_error *err)
{
    const char *kind = json_string_value(json_object_get(object, "kind"));
    if (!kind || (strcmp(kind, "workload") != 0 && strcmp(kind, "executor") != 0))
        return wrong(from, "a module's kind must be workload or executor", err);
    *table = module_params_decode(json_object_get(object, "params"), from, err);
    if (!*table)
        return -ENOEXEC;
    *module = (struct module_info){
        .kind = strcmp(kind, "workload") == 0 ? MODULE_WORKLOAD : MODULE_EXECUTOR,
        .name = json_string_value(json_object_get(object, "name")),
        .summary = json_string_value(json_object_get(object, "summary")),
        .params = *table,
        .flags = decode_words(module_flag_words, json_object_get(object, "flags")),
        .needs = decode_words(module_need_words, json_object_get(object, "needs")),
        .offers = decode_words(module_need_words, json_object_get(object, "offers")),
        .missing = json_string_value(json_object_get(object, "missing")),
    };
    return module_check(module, from, NULL, err);
}

static int check_distinct(const struct module_list *list, const char *from, struct bench_error *err)
{
    const struct module_info *last = &list->modules[list->count - 1];
    for (const struct module_info *other = list->modules; other < last; other++) {
        if (other->kind == last->kind && strcmp(other->name, last->name) == 0)
            return bench_error_set(err, -ENOEXEC, "%s: %s '%s' is in its list twice", from,
                                   module_kind_word(last->kind), last->name);
    }
    return 0;
}

int module_list_decode(struct module_list *list, json_t *reply, const char *from, const char *runtime,
                       struct bench_error *err)
{
    const json_t *array = json_object_get(reply, "modules");
    size_t count = json_array_size(array);
    int rc = 0;
    if (!json_is_array(array))
        return wrong(from, "\"modules\" must be a list", err);
    *list = (struct module_list){.modules = mem_zero(count, sizeof *list->modules),
                                 .tables = mem_zero(count, sizeof *list->tables),
                                 .version = json_string_value(json_object_get(reply, "version")),
                                 .document = json_incref(reply)};
    for (size_t i = 0; rc == 0 && i < count; i++) {
        rc = decode_module(&list->modules[i], &list->tables[i], json_array_get(array, i), from, err);
        list->modules[i].runtime = runtime;
        list->count++;
        if (rc == 0)
            rc = check_distinct(list, from, err);
    }
    if (rc < 0)
        module_list_free(list);
    return rc;
}

void module_list_forget(json_t *reply)
{
    size_t i;
    json_t *module;
    json_object_del(reply, "version");
    json_array_foreach(json_object_get(reply, "modules"), i, module)
    {
        if (json_object_get(module, "summary"))
            json_object_del(module, "missing");
    }
}
