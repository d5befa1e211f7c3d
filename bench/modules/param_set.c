/* Values of a module's parameters as canonical texts. */
#include "modules/param_set.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* A default that its own table does not allow was refused when the table came. */
static char *canonical(const struct bench_param *entry, const char *text)
{
    union param_value value;
    return text && param_read(entry, text, &value, NULL) == 0 ? param_write(entry, &value) : NULL;
}

void param_set_init(struct param_set *set, const struct bench_param *table)
{
    size_t count = param_count(table);
    *set = (struct param_set){.table = table, .texts = mem_zero(count, sizeof *set->texts)};
    for (size_t i = 0; i < count; i++)
        set->texts[i] = canonical(&table[i], table[i].initial);
}

void param_set_copy(struct param_set *to, const struct param_set *from)
{
    size_t count = param_count(from->table);
    *to = (struct param_set){.table = from->table, .texts = mem_zero(count, sizeof *to->texts)};
    for (size_t i = 0; i < count; i++)
        to->texts[i] = mem_text(from->texts[i]);
}

void param_set_free(struct param_set *set)
{
    for (size_t i = 0; i < param_count(set->table); i++)
        free(set->texts[i]);
    free(set->texts);
    *set = (struct param_set){0};
}

int param_set_value(struct param_set *set, const char *name, const char *text, struct bench_error *err)
{
    const struct bench_param *entry;
    union param_value value;
    int rc = param_read_named(set->table, name, text, &entry, &value, err);
    if (rc < 0)
        return rc;
    char **at = &set->texts[entry - set->table], *before = *at;
    *at = param_write(entry, &value);
    free(before);
    return 0;
}

const char *param_set_get(const struct param_set *set, const char *name)
{
    const struct bench_param *entry = param_find(set->table, name);
    return entry ? set->texts[entry - set->table] : NULL;
}

bool param_set_is_default(const struct param_set *set, const struct bench_param *entry)
{
    const char *is = set->texts[entry - set->table];
    char *was = canonical(entry, entry->initial);
    bool same = is && was ? strcmp(is, was) == 0 : is == was;
    free(was);
    return same;
}

const struct bench_param *param_set_lacking(const struct param_set *set)
{
    for (size_t i = 0; i < param_count(set->table); i++) {
        if (!set->texts[i])
            return &set->table[i];
    }
    return NULL;
}

char *param_set_format(const struct param_set *set, const char *prefix)
{
    struct text text = {0};
    text_add(&text, "%s", "");
    for (size_t i = 0; i < param_count(set->table); i++) {
        const char *value = set->texts[i] ? set->texts[i] : "", *was = set->table[i].was;
        if (was && strcmp(was, BENCH_ADDED) == 0 && param_set_is_default(set, &set->table[i]))
            continue;
        text_add(&text, "%s%s%s%s=", text.length ? " " : "", prefix ? prefix : "", prefix ? "." : "",
                 set->table[i].name);
        if (value[0])
            text_add_word(&text, value);
    }
    return text.text;
}
