/* Reads the manifest of a runtime. */
#include "protocol/manifest.h"

#include "base/memory.h"
#include "base/text.h"
#include "modules/module_info.h"
#include "protocol/module_list.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int wrong(const char *path, const char *what, struct bench_error *err)
{
    return bench_error_set(err, -EINVAL, "%s: %s", path, what);
}

/* A word with each "{folder}" of it replaced, as a text that the document owns. */
static const char *word_in_folder(json_t *document, const char *word, const char *folder)
{
    static const char mark[] = "{folder}";
    struct text text = {0};
    text_add(&text, "%s", "");
    for (const char *at; (at = strstr(word, mark)); word = at + sizeof mark - 1)
        text_add(&text, "%.*s%s", (int)(at - word), word, folder);
    text_add(&text, "%s", word);
    json_t *owned = json_string(text.text);
    free(text.text);
    json_array_append_new(json_object_get(document, "{words}"), owned);
    return json_string_value(owned);
}

/* NULL-terminated, for free(); NULL where it is not a list of texts. */
static char **read_words(json_t *document, const char *key, const char *folder)
{
    const json_t *array = json_object_get(document, key);
    size_t count = json_array_size(array);
    char **words = mem_zero(count + 1, sizeof *words);
    for (size_t i = 0; i < count; i++) {
        const char *word = json_string_value(json_array_get(array, i));
        if (!word) {
            free(words);
            return NULL;
        }
        words[i] = (char *)(uintptr_t)word_in_folder(document, word, folder);
    }
    return words;
}

static int read_placement(struct runtime *runtime, const char *path, struct bench_error *err)
{
    const json_t *value = json_object_get(runtime->document, "placement");
    const char *word = value ? json_string_value(value) : "runner";
    if (!word || (strcmp(word, "runner") != 0 && strcmp(word, "controller") != 0))
        return wrong(path, "\"placement\" must be \"controller\" or \"runner\"", err);
    runtime->placed = strcmp(word, "controller") == 0;
    return 0;
}

static int read_document(struct runtime *runtime, const char *path, struct bench_error *err)
{
    json_t *document = runtime->document;
    const char *slash = strrchr(path, '/');
    char *folder = slash ? mem_text_part(path, (size_t)(slash - path)) : mem_text(".");
    json_object_set_new(document, "{words}", json_array());
    json_object_set_new(document, "{file}", json_string(path));
    runtime->file = json_string_value(json_object_get(document, "{file}"));
    runtime->name = json_string_value(json_object_get(document, "name"));
    runtime->summary = json_string_value(json_object_get(document, "summary"));
    runtime->command = read_words(document, "command", folder);
    runtime->files = read_words(document, "files", folder);
    free(folder);
    if (!runtime->command || !runtime->command[0] || !runtime->files)
        return wrong(path,
                     "\"command\" must be a list of words that start a runner, and \"files\" one "
                     "of paths",
                     err);
    int rc = read_placement(runtime, path, err);
    if (rc < 0)
        return rc;
    runtime->params = module_params_decode(json_object_get(document, "params"), path, err);
    if (!runtime->params)
        return -EINVAL;
    /* It is named as modules are, and has parameters as they have. */
    const struct module_info as_module = {.kind = MODULE_EXECUTOR,
                                          .name = runtime->name,
                                          .summary = runtime->summary,
                                          .params = runtime->params};
    return module_check(&as_module, path, NULL, err) < 0 ? -EINVAL : 0;
}

/* NULL, with the reason, where it cannot be opened or is not JSON. */
static json_t *load(const char *path, json_error_t *why)
{
    FILE *file = mem_open(path);
    if (!file) {
        snprintf(why->text, sizeof why->text, "it cannot be opened: %s", strerror(errno));
        return NULL;
    }
    json_t *document = json_loadf(file, JSON_REJECT_DUPLICATES, why);
    fclose(file);
    return document;
}

int manifest_read(struct runtime *runtime, const char *path, struct bench_error *err)
{
    json_error_t why;
    *runtime = (struct runtime){.document = load(path, &why)};
    if (!json_is_object((json_t *)runtime->document)) {
        bench_error_set(err, -EINVAL, "%s: not the manifest of a runner: %s", path,
                        runtime->document ? "not a JSON object" : why.text);
        runtime_free(runtime);
        return -EINVAL;
    }
    int rc = read_document(runtime, path, err);
    if (rc < 0)
        runtime_free(runtime);
    return rc;
}
