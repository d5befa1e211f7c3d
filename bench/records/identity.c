/* Which records are of one case. */
#include "records/identity.h"

#include "base/memory.h"
#include "records/text_pool.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Columns that take part only on request. */
static const struct {
    unsigned part;
    enum column column;
} optional[] = {
    {IDENTITY_LABEL, COLUMN_label}, {IDENTITY_MACHINE, COLUMN_machine}, {IDENTITY_SIDE, COLUMN_side}};
enum { OPTIONAL = sizeof optional / sizeof *optional };

/* The columns that always take part. */
#define TAKE_PLAIN(name)
#define TAKE_PER_PASS(name)
#define TAKE_IDENTITY(name) COLUMN_##name,
#define TAKE_ALIKE(name) COLUMN_##name,
#define TAKE_NAME(name) COLUMN_##name,
static const enum column always[] = {
#define COLUMN(name, type, group, role) TAKE_##role(name)
#include "records/columns.def"
};
enum { ALWAYS = sizeof always / sizeof *always };

static bool is_unknown(const struct record *record, enum column column)
{
    return column_type(column) == COLUMN_TEXT ? !record_text(record, column)
                                              : isnan(record_number(record, column));
}

static bool same_value(const struct record *a, const struct record *b, enum column column)
{
    if (column_type(column) == COLUMN_TEXT)
        return same_text(record_text(a, column), record_text(b, column));
    if (column_type(column) == COLUMN_COUNT)
        return record_count(a, column) == record_count(b, column);
    double x = record_real(a, column), y = record_real(b, column);
    return x == y || (isnan(x) && isnan(y));
}

/* Length of a name without its version: of all but the last word. */
static size_t name_length(const char *text)
{
    const char *blank = text ? strrchr(text, ' ') : NULL;
    return !text ? 0 : blank ? (size_t)(blank - text) : strlen(text);
}

static bool same_name(const char *a, const char *b)
{
    size_t length = name_length(a);
    return a == b || (length == name_length(b) && (length == 0 || memcmp(a, b, length) == 0));
}

bool identity_same_runtime(const struct record *a, const struct record *b)
{
    return same_name(a->runtime, b->runtime);
}

bool identity_is_own(const struct record *record)
{
    return !record->runtime || same_name(record->runtime, "bench");
}

char *identity_runtime_prefix(const struct record *record)
{
    if (identity_is_own(record))
        return mem_text("");
    const char *version = strrchr(record->runtime, ' ');
    size_t length = version ? (size_t)(version - record->runtime) : strlen(record->runtime);
    char *prefix = mem_format("%.*s.", (int)length, record->runtime);
    for (size_t i = 0; i < length; i++)
        prefix[i] = (char)tolower((unsigned char)prefix[i]);
    return prefix;
}

static bool same_in(const struct record *a, const struct record *b, enum column column, unsigned parts)
{
    switch (record_columns[column].role) {
    case ROLE_IDENTITY:
        return same_value(a, b, column);
    case ROLE_ALIKE:
        return same_value(a, b, column) ||
               (!(parts & IDENTITY_EXACT) && (is_unknown(a, column) || is_unknown(b, column)));
    case ROLE_NAME:
        return same_name(record_text(a, column), record_text(b, column));
    default:
        return true;
    }
}

bool identity_equal(const struct record *a, const struct record *b, unsigned parts)
{
    for (size_t i = 0; i < OPTIONAL; i++) {
        if (parts & optional[i].part && !same_value(a, b, optional[i].column))
            return false;
    }
    for (size_t i = 0; i < ALWAYS; i++) {
        if (!same_in(a, b, always[i], parts))
            return false;
    }
    return true;
}

int identity_unknown(const struct record *record)
{
    int count = 0;
    for (size_t i = 0; i < ALWAYS; i++)
        count += record_columns[always[i]].role == ROLE_ALIKE && is_unknown(record, always[i]);
    return count;
}

static int order_in(const struct record *a, const struct record *b, enum column column)
{
    if (column_type(column) == COLUMN_TEXT) {
        const char *x = record_text(a, column), *y = record_text(b, column);
        return strcmp(x ? x : "", y ? y : "");
    }
    double x = record_number(a, column), y = record_number(b, column);
    return isnan(x) || isnan(y) ? (int)isnan(x) - (int)isnan(y) : (x > y) - (x < y);
}

int identity_order(const struct record *a, const struct record *b)
{
    int order = 0;
    for (size_t i = 0; order == 0 && i < ALWAYS; i++) {
        if (record_columns[always[i]].role == ROLE_ALIKE)
            order = order_in(a, b, always[i]);
    }
    return order;
}

static uint64_t mix(uint64_t hash, uint64_t next)
{
    hash = (hash ^ next) * 0x9e3779b97f4a7c15u; /* 2^64 / the golden ratio: Knuth, TAOCP 3, 6.4 */
    return hash ^ hash >> 32;
}

static uint64_t mix_value(uint64_t hash, const struct record *record, enum column column)
{
    if (column_type(column) == COLUMN_COUNT)
        return mix(hash, (uint64_t)record_count(record, column));
    if (column_type(column) == COLUMN_REAL) {
        double real = record_real(record, column);
        uint64_t bits = 0;
        if (!isnan(real)) {
            real += 0.0; /* no -0 */
            memcpy(&bits, &real, sizeof bits);
        }
        return mix(hash, bits);
    }
    const char *text = record_text(record, column);
    size_t length = record_columns[column].role == ROLE_NAME ? name_length(text)
                    : text                                   ? strlen(text)
                                                             : 0;
    return mix(hash, length ? text_pool_hash(text, length) : 0);
}

uint64_t identity_hash(const struct record *record, unsigned parts)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < ALWAYS; i++) {
        if (record_columns[always[i]].role != ROLE_ALIKE)
            hash = mix_value(hash, record, always[i]);
    }
    for (size_t i = 0; i < OPTIONAL; i++) {
        if (parts & optional[i].part)
            hash = mix_value(hash, record, optional[i].column);
    }
    return hash;
}

static size_t find(const struct identity_index *index, const struct record *record, uint64_t hash)
{
    size_t next = index->capacity > 0 ? index->buckets[hash & (index->capacity - 1)] : 0;
    while (next > 0) {
        const struct identity_entry *entry = &index->entries[next - 1];
        if (entry->hash == hash && identity_equal(entry->record, record, index->parts))
            return next - 1;
        next = entry->older;
    }
    return IDENTITY_NONE;
}

size_t identity_index_find(const struct identity_index *index, const struct record *record)
{
    return find(index, record, identity_hash(record, index->parts));
}

static void enter(struct identity_index *index, size_t number)
{
    struct identity_entry *entry = &index->entries[number];
    size_t *bucket = &index->buckets[entry->hash & (index->capacity - 1)];
    entry->older = *bucket;
    *bucket = number + 1;
}

static void grow(struct identity_index *index)
{
    index->capacity = index->capacity > 0 ? 2 * index->capacity : 64;
    index->entries = mem_resize(index->entries, index->capacity, sizeof *index->entries);
    free(index->buckets);
    index->buckets = mem_zero(index->capacity, sizeof *index->buckets);
    for (size_t i = 0; i < index->size; i++)
        enter(index, i);
}

/* Is it of the case that was found last? What leaves a choice is the hash's, which knows the newest. */
static bool is_as_last(const struct identity_index *index, const struct record *record)
{
    if (index->size == 0)
        return false;
    const struct record *last = index->entries[index->last].record;
    return last->grain == record->grain && identity_equal(last, record, index->parts);
}

size_t identity_index_add(struct identity_index *index, const struct record *record)
{
    if (is_as_last(index, record))
        return index->last;
    uint64_t hash = identity_hash(record, index->parts);
    size_t number = find(index, record, hash);
    if (number == IDENTITY_NONE) {
        if (index->size == index->capacity)
            grow(index);
        number = index->size++;
        index->entries[number] = (struct identity_entry){.record = record, .hash = hash};
        enter(index, number);
    }
    if (identity_unknown(index->entries[number].record) > identity_unknown(record))
        index->entries[number].record = record;
    index->last = number;
    return number;
}

void identity_index_free(struct identity_index *index)
{
    free(index->entries);
    free(index->buckets);
    *index = (struct identity_index){.parts = index->parts};
}
