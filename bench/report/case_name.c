/* What a case is called, for people and for programs. */
#include "report/case_name.h"

#include "base/memory.h"
#include "records/identity.h"

#include <string.h>

static const char *words(const char *text)
{
    return text ? text : "";
}

static bool is_knob(const struct case_part *part, const char *name)
{
    return part->kind == PART_SHAPE && strcmp(part->key, name) == 0;
}

/* The caller frees it. */
static char *finish(struct text *text)
{
    return text_make_visible(text->text ? text->text : mem_text(""));
}

/* ---- for people ---- */

static bool is_told(const struct case_naming *naming, const struct case_part *part)
{
    if (part->kind == PART_EXECUTOR || is_knob(part, "workers") || is_knob(part, "inflight"))
        return true;
    return naming && (naming->has_all || case_naming_find(naming, part->kind, part->key));
}

static void add_part(struct text *text, const struct case_part *part)
{
    if (is_knob(part, "workers"))
        text_add(text, "%s worker%s", part->value, strcmp(part->value, "1") == 0 ? "" : "s");
    else if (is_knob(part, "inflight"))
        text_add(text, "%s in flight", part->value);
    else if (part->kind == PART_EXECUTOR)
        text_add(text, "%s", part->value);
    else if (part->kind == PART_PARAM || part->kind == PART_EXECUTOR_PARAM)
        text_add(text, "%s=%s", part->key, part->value);
    else
        text_add(text, "%s %s", part->key, part->value);
}

static void add_work(struct text *text, const struct record *identity, const struct case_parts *parts,
                     const struct case_naming *naming)
{
    text_add(text, "%s", words(identity->workload));
    for (size_t i = 0; i < parts->size; i++) {
        if (parts->parts[i].kind != PART_PARAM || !is_told(naming, &parts->parts[i]))
            continue;
        text_add(text, " ");
        add_part(text, &parts->parts[i]);
    }
}

/* The executor's parameters stand behind it, all else behind commas. */
static void add_way(struct text *text, const struct case_parts *parts, const struct case_naming *naming)
{
    const char *separator = "";
    for (int of_rest = 0; of_rest < 2; of_rest++) {
        for (size_t i = 0; i < parts->size; i++) {
            const struct case_part *part = &parts->parts[i];
            bool is_first = part->kind == PART_EXECUTOR || part->kind == PART_EXECUTOR_PARAM;
            if (part->kind == PART_PARAM || is_first != !of_rest || !is_told(naming, part))
                continue;
            text_add(text, "%s", is_first && *separator ? " " : separator);
            add_part(text, part);
            separator = ", ";
        }
    }
}

char *case_name(const struct record *identity, const struct case_naming *naming)
{
    struct case_parts parts;
    struct text text = {0};
    case_parts_read(&parts, identity);
    add_work(&text, identity, &parts, naming);
    text_add(&text, " under ");
    add_way(&text, &parts, naming);
    case_parts_free(&parts);
    return finish(&text);
}

char *case_name_work(const struct record *identity, const struct case_naming *naming)
{
    struct case_parts parts;
    struct text text = {0};
    case_parts_read(&parts, identity);
    add_work(&text, identity, &parts, naming);
    case_parts_free(&parts);
    return finish(&text);
}

char *case_name_way(const struct record *identity, const struct case_naming *naming)
{
    struct case_parts parts;
    struct text text = {0};
    case_parts_read(&parts, identity);
    add_way(&text, &parts, naming);
    case_parts_free(&parts);
    return finish(&text);
}

/* Is it what tells this case from others, the executor standing for one worker? */
static bool is_told_in_row(const struct case_naming *naming, const struct case_part *part,
                           bool has_executor, const char *executor)
{
    const struct case_key *key = case_naming_find(naming, part->kind, part->key);
    if (part->kind == PART_EXECUTOR)
        return has_executor;
    if (is_knob(part, "workers") && has_executor)
        return strcmp(executor, "serial") != 0 &&
               ((key && key->varies) || strcmp(part->value, "1") != 0);
    return is_knob(part, "inflight") || (key && key->varies);
}

char *case_name_row(const struct record *identity, const struct case_naming *naming)
{
    struct case_parts parts;
    struct text text = {0};
    const struct case_key *executor = case_naming_find(naming, PART_EXECUTOR, "executor");
    bool has_executor = executor && executor->varies, is_apart = false;
    for (size_t i = 0; naming && i < naming->size; i++)
        is_apart = is_apart || naming->keys[i].varies;
    const char *separator = "";
    case_parts_read(&parts, identity);
    for (size_t i = 0; i < parts.size; i++) {
        const struct case_part *part = &parts.parts[i];
        if (!is_told_in_row(naming, part, has_executor || !is_apart, words(identity->executor)))
            continue;
        text_add(&text, "%s", separator);
        add_part(&text, part);
        separator = part->kind == PART_EXECUTOR ? " with " : ", ";
    }
    case_parts_free(&parts);
    return finish(&text);
}

/* ---- for programs ---- */

bool case_part_is_named(const struct case_part *part, unsigned parts)
{
    return (part->kind != PART_LABEL || parts & IDENTITY_LABEL) &&
           (part->kind != PART_MACHINE || parts & IDENTITY_MACHINE);
}

void case_name_encode(struct text *text, const char *word)
{
    for (; *word; word++) {
        unsigned char byte = (unsigned char)*word;
        text_add(text, byte > ' ' && byte <= '~' && byte != '/' && byte != '%' ? "%c" : "%%%02X", byte);
    }
}

static void add_encoded(struct text *text, const char *word, bool is_encoded)
{
    if (is_encoded)
        case_name_encode(text, word);
    else
        text_add(text, "%s", word);
}

static char *name_all(const struct record *identity, unsigned parts, const char *separator,
                      bool is_encoded)
{
    struct case_parts all;
    struct text text = {0};
    text_add(&text, "%s", "");
    add_encoded(&text, words(identity->workload), is_encoded);
    case_parts_read(&all, identity);
    for (size_t i = 0; i < all.size; i++) {
        const struct case_part *part = &all.parts[i];
        if (!case_part_is_named(part, parts))
            continue;
        text_add(&text, "%s", separator);
        if (part->kind == PART_EXECUTOR_PARAM) {
            add_encoded(&text, words(identity->executor), is_encoded);
            text_add(&text, ".");
        }
        add_encoded(&text, part->key, is_encoded);
        text_add(&text, "=");
        add_encoded(&text, part->value, is_encoded);
    }
    case_parts_free(&all);
    return text.text;
}

char *case_name_words(const struct record *identity, unsigned parts)
{
    return name_all(identity, parts, " ", false);
}

char *case_name_path(const struct record *identity, unsigned parts)
{
    return name_all(identity, parts, "/", true);
}
