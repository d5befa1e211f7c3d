/* What tells cases apart, as columns. */
#include "report/case_columns.h"

#include <stdlib.h>
#include <string.h>

/* The columns' order. */
static const enum case_part_kind kinds[] = {PART_LABEL,    PART_MACHINE,        PART_SIDE, PART_PARAM,
                                            PART_EXECUTOR, PART_EXECUTOR_PARAM, PART_SHAPE};
enum { KINDS = sizeof kinds / sizeof *kinds };

static bool is_varying(const struct case_naming *naming, enum case_part_kind kind, const char *key)
{
    const struct case_key *found = case_naming_find(naming, kind, key);
    return found && found->varies;
}

static bool is_knob(const struct case_key *key, const char *name)
{
    return key->kind == PART_SHAPE && strcmp(key->key, name) == 0;
}

/* Is every value that the column may have a number of the shape's? */
static bool is_number(const struct case_key *key)
{
    return is_knob(key, "workers") || is_knob(key, "inflight") || is_knob(key, "grain");
}

static bool has_with(const struct case_naming *naming)
{
    for (size_t i = 0; i < naming->size; i++) {
        if (naming->keys[i].kind == PART_EXECUTOR_PARAM && naming->keys[i].varies)
            return true;
    }
    return false;
}

/* Give each column to `take`, "with" as PART_EXECUTOR_PARAM without a key. */
static void for_each(const struct case_naming *naming,
                     void (*take)(void *context, const struct case_key *key), void *context)
{
    static const struct case_key executor = {PART_EXECUTOR, (char *)"executor", true},
                                 with = {PART_EXECUTOR_PARAM, (char *)"with", true},
                                 workers = {PART_SHAPE, (char *)"workers", true};
    for (size_t k = 0; k < KINDS; k++) {
        if (kinds[k] == PART_EXECUTOR)
            take(context, &executor);
        else if (kinds[k] == PART_EXECUTOR_PARAM && has_with(naming))
            take(context, &with);
        else if (kinds[k] == PART_SHAPE)
            take(context, &workers);
        for (size_t i = 0; i < naming->size; i++) {
            const struct case_key *key = &naming->keys[i];
            if (key->kind != kinds[k] || key->kind == PART_EXECUTOR ||
                key->kind == PART_EXECUTOR_PARAM || is_knob(key, "workers") ||
                (!key->varies && !is_knob(key, "inflight")))
                continue;
            take(context, key);
        }
    }
}

static void add_column(void *context, const struct case_key *key)
{
    grid_column(context, key->key, GRID_KEY | (is_number(key) ? GRID_NUMBER : GRID_TEXT));
}

void case_columns_add(struct grid *grid, const struct case_naming *naming)
{
    for_each(naming, add_column, grid);
}

struct row {
    struct grid *grid;
    const struct case_naming *naming;
    struct case_parts parts;
};

/* One parameter needs no name: "spawn". */
static void fill_with(const struct row *row)
{
    struct text text = {0};
    const char *only = NULL;
    size_t count = 0;
    for (size_t i = 0; i < row->parts.size; i++) {
        const struct case_part *part = &row->parts.parts[i];
        if (part->kind != PART_EXECUTOR_PARAM || !is_varying(row->naming, part->kind, part->key))
            continue;
        text_add(&text, "%s%s=%s", count > 0 ? " " : "", part->key, part->value);
        only = part->value;
        count++;
    }
    grid_cell(row->grid, "%s", count == 1 ? only : count > 1 ? text.text : "");
    free(text.text);
}

static void fill_cell(void *context, const struct case_key *key)
{
    const struct row *row = context;
    if (key->kind == PART_EXECUTOR_PARAM) {
        fill_with(row);
        return;
    }
    const char *value = case_parts_find(&row->parts, key->kind, key->key);
    grid_cell(row->grid, "%s", value ? value : is_knob(key, "inflight") ? "1" : "");
}

void case_columns_fill(struct grid *grid, const struct case_naming *naming,
                       const struct record *identity)
{
    struct row row = {.grid = grid, .naming = naming};
    case_parts_read(&row.parts, identity);
    for_each(naming, fill_cell, &row);
    case_parts_free(&row.parts);
}
