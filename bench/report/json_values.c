/* JSON of our kinds of values. */
#include "report/json_values.h"

#include "base/utf8.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The caller frees it. What is not UTF-8 becomes U+FFFD, because JSON is UTF-8. */
static char *clean(const char *text)
{
    struct text out = {0};
    text_add(&out, "%s", "");
    while (*text) {
        size_t length = utf8_length(text);
        text_add(&out, "%.*s", length ? (int)length : 3, length ? text : UTF8_REPLACEMENT);
        text += length ? length : 1;
    }
    return out.text;
}

json_t *json_of_text(const char *text)
{
    if (!text)
        return json_null();
    char *cleaned = utf8_is_valid(text) ? NULL : clean(text);
    json_t *value = json_string(cleaned ? cleaned : text);
    free(cleaned);
    return value;
}

json_t *json_of_count(int64_t count)
{
    return count == RECORD_NO_COUNT ? json_null() : json_integer(count);
}

json_t *json_of_real(double real)
{
    if (!isfinite(real))
        return json_null();
    bool whole = rint(real) == real && fabs(real) < 0x1p53; /* 135 tasks, not 135.0 */
    return whole ? json_integer((json_int_t)real) : json_real(real);
}

json_t *json_of_short_real(double real)
{
    if (!isfinite(real) || real == 0)
        return json_of_real(real);
    double scale = pow(10, 6 - floor(log10(fabs(real))));
    return json_of_real(rint(real * scale) / scale);
}

json_t *json_of_column(const struct record *record, enum column column)
{
    enum column_type type = column_type(column);
    if (type == COLUMN_COUNT)
        return json_of_count(record_count(record, column));
    return type == COLUMN_REAL ? json_of_real(record_real(record, column))
                               : json_of_text(record_text(record, column));
}

void json_put(json_t *object, const char *key, json_t *value)
{
    char *cleaned = utf8_is_valid(key) ? NULL : clean(key);
    json_object_set_new(object, cleaned ? cleaned : key, value);
    free(cleaned);
}

void json_add(json_t *array, json_t *value)
{
    json_array_append_new(array, value);
}

int json_write(struct page *page, json_t *value, struct bench_error *err)
{
    errno = 0;
    if (json_dumpf(value, page->out, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) != 0 && errno == 0)
        errno = EIO;
    fputc('\n', page->out);
    json_decref(value);
    return page_end(page, "JSON", err);
}
