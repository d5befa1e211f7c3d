/* A case as options, and a side for either tree. */
#include "cli/duel_words.h"

#include "base/memory.h"
#include "base/text.h"
#include "records/param_text.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <wordexp.h>

void word_list_add(struct word_list *list, const char *word)
{
    list->words = mem_resize(list->words, list->size + 2, sizeof *list->words);
    list->words[list->size++] = mem_text(word);
    list->words[list->size] = NULL;
}

void word_list_free(struct word_list *list)
{
    text_free_all(list->words);
    *list = (struct word_list){0};
}

char *word_list_join(const struct word_list *list)
{
    struct text text = {0};
    for (size_t i = 0; i < list->size; i++) {
        text_add(&text, "%s", i > 0 ? " " : "");
        text_add_word(&text, list->words[i]);
    }
    return text.text;
}

char *duel_expand(const char *text, const char *tree)
{
    struct text expanded = {0};
    for (const char *mark; (mark = strstr(text, "{tree}")); text = mark + strlen("{tree}"))
        text_add(&expanded, "%.*s%s", (int)(mark - text), text, tree);
    text_add(&expanded, "%s", text);
    return expanded.text;
}

/* Does a -s of the side set that parameter? */
static bool side_sets(const wordexp_t *side, const struct param_text *param)
{
    for (size_t i = 0; i < side->we_wordc; i++) {
        const char *equals = strchr(side->we_wordv[i], '=');
        size_t length = equals ? (size_t)(equals - side->we_wordv[i]) : 0;
        if (length < param->name_length)
            continue;
        const char *name = equals - param->name_length;
        bool is_whole =
            name == side->we_wordv[i] || !(isalnum((unsigned char)name[-1]) || name[-1] == '_');
        if (is_whole && strncmp(name, param->name, param->name_length) == 0)
            return true;
    }
    return false;
}

/* The value without its quotes, its commas as parts of one value. */
static void add_value(struct text *text, const struct param_text *param)
{
    bool is_quoted = false;
    for (size_t i = 0; i < param->value_length; i++) {
        char c = param->value[i];
        if (c == '\'')
            is_quoted = !is_quoted;
        else if (c == '\\' && !is_quoted && i + 1 < param->value_length)
            text_add(text, "%c", param->value[++i]);
        else
            text_add(text, c == ',' ? "\\%c" : "%c", c);
    }
}

static void add_params(struct word_list *list, const char *params, const char *module,
                       const wordexp_t *side)
{
    struct param_text param;
    while (param_text_next(&params, &param)) {
        struct text text = {0};
        if (param.value_length == 0 || side_sets(side, &param))
            continue;
        text_add(&text, "%s.%.*s=", module, (int)param.name_length, param.name);
        add_value(&text, &param);
        word_list_add(list, "-s");
        word_list_add(list, text.text);
        free(text.text);
    }
}

/* "omp", or "cpython.threading" of another runtime. */
static char *module_name(const struct record *identity, const char *module)
{
    const char *runtime = identity->runtime ? identity->runtime : "bench";
    size_t length = strcspn(runtime, " ");
    if (strncmp(runtime, "bench", length) == 0)
        return mem_text(module ? module : "");
    char *name = mem_format("%.*s.%s", (int)length, runtime, module ? module : "");
    for (size_t i = 0; i < length; i++)
        name[i] = (char)tolower((unsigned char)name[i]);
    return name;
}

static void add_option(struct word_list *list, const char *option, const char *value)
{
    if (!value || !*value)
        return;
    word_list_add(list, option);
    word_list_add(list, value);
}

static void add_count(struct word_list *list, const char *option, int64_t count)
{
    if (count == RECORD_NO_COUNT)
        return;
    char *number = mem_format("%" PRId64, count);
    add_option(list, option, number);
    free(number);
}

static void add_case(struct word_list *list, const struct record *identity, const wordexp_t *side)
{
    char *executor = module_name(identity, identity->executor);
    add_option(list, "-w", identity->workload);
    add_option(list, "-x", executor);
    add_count(list, "-j", identity->workers);
    if (identity->inflight > 1)
        add_count(list, "-i", identity->inflight);
    if (identity->pin && strcmp(identity->pin, shape_default.pin) != 0)
        add_option(list, "--pin", identity->pin);
    if (identity->places && strcmp(identity->places, shape_default.places) != 0)
        add_option(list, "--places", identity->places);
    if (identity->schedule && strcmp(identity->schedule, shape_default.schedule) != 0)
        add_option(list, "--schedule", identity->schedule);
    add_params(list, identity->params, identity->workload ? identity->workload : "", side);
    add_params(list, identity->executor_params, executor, side);
    free(executor);
}

int duel_split(const char *side, const char *tree, wordexp_t *words)
{
    struct text quoted = {0};
    text_add_word(&quoted, tree);
    char *text = duel_expand(side, quoted.text);
    int rc = wordexp(text, words, WRDE_NOCMD);
    free(quoted.text);
    free(text);
    return rc;
}

void duel_words(struct word_list *list, const struct record *identity, const char *side,
                const char *const trees[2])
{
    static const char *const programs[] = {"--bench-a", "--bench-b"};
    word_list_add(list, "ab");
    for (int i = 0; i < 2; i++) {
        wordexp_t words;
        if (duel_split(side, trees[i], &words) != 0)
            return;
        if (i == 0)
            add_case(list, identity, &words);
        bool is_bench = words.we_wordc == 2 && strcmp(words.we_wordv[0], "--bench") == 0;
        word_list_add(list, is_bench ? programs[i] : "--");
        for (size_t j = is_bench ? 1 : 0; j < words.we_wordc; j++)
            word_list_add(list, words.we_wordv[j]);
        wordfree(&words);
    }
}
