/* Records in few bytes: a column's number and its value, for each that is known. */
#include "records/packed.h"

#include "base/memory.h"

#include <math.h>
#include <string.h>

enum { VALUE_BYTES = 8, NO_COLUMN = 255 };
_Static_assert((int)COLUMNS < (int)NO_COLUMN, "a column's number must fit into a byte");

static bool is_kept(enum column column)
{
    enum column_group group = record_columns[column].group;
    return column == COLUMN_session || group == GROUP_RUN || group == GROUP_MEASURED;
}

/* The value's bytes. False: it is not known. */
static bool value_of(const struct record *record, enum column column, struct text_pool *pool,
                     unsigned char *value)
{
    const void *field = (const char *)record + record_columns[column].offset;
    switch (column_type(column)) {
    case COLUMN_TEXT: {
        char *text = text_pool_text(pool, record_text(record, column));
        memcpy(value, &text, sizeof text);
        return text;
    }
    case COLUMN_COUNT:
        memcpy(value, field, sizeof(int64_t));
        return record_count(record, column) != RECORD_NO_COUNT;
    case COLUMN_REAL:
        memcpy(value, field, sizeof(double));
        return !isnan(record_real(record, column));
    default: /* the words */
        memset(value, 0, VALUE_BYTES);
        memcpy(value, field, sizeof(int));
        return true;
    }
}

unsigned char *record_pack(const struct record *record, struct text_pool *pool)
{
    unsigned char bytes[COLUMNS * (1 + VALUE_BYTES) + 1];
    size_t size = 0;
    for (enum column column = 0; column < COLUMNS; column++) {
        if (!is_kept(column) || !value_of(record, column, pool, bytes + size + 1))
            continue;
        bytes[size] = (unsigned char)column;
        size += 1 + VALUE_BYTES;
    }
    bytes[size++] = NO_COLUMN;
    return memcpy(mem_alloc(size), bytes, size);
}

void record_unpack(struct record *record, const unsigned char *packed)
{
    record_init(record);
    for (; *packed != NO_COLUMN; packed += 1 + VALUE_BYTES) {
        const struct column_info *column = &record_columns[*packed];
        bool is_word = column->type == COLUMN_PHASE || column->type == COLUMN_STATUS;
        memcpy((char *)record + column->offset, packed + 1, is_word ? sizeof(int) : VALUE_BYTES);
    }
}
