/* JSON of our kinds of values. */
#include "report/json_values.h"
#include "base/utf8.h"
#include "records/record.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* JSON is UTF-8; what is not becomes U+FFFD. */
json_t *json_of_text(const char *text)
{
    size_t size;
    char *clean;
    FILE *stream;
    json_t *value;

    if (text == NULL)
        return json_null();
    value = json_string(text);
    if (value != NULL)
        return value;
    stream = open_memstream(&clean, &size);
    if (stream == NULL)
        return NULL;
    while (*text != '\0') {
        size_t length = utf8_length(text);

        fprintf(stream, "%.*s", length != 0 ? (int)length : 3, length != 0 ? text : UTF8_REPLACEMENT);
        text += length != 0 ? length : 1;
    }
    if (fclose(stream) != 0)
        return NULL;
    value = json_string(clean);
    free(clean);
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

int json_write(FILE *out, json_t *value, struct bench_error *err)
{
    int failed = 0;

    if (value == NULL)
        return bench_error_set(err, -ENOMEM, "cannot print JSON: %s", strerror(ENOMEM));
    errno = 0;
    if (json_dumpf(value, out, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) != 0 ||
        fputc('\n', out) == EOF || fflush(out) != 0)
        failed = errno != 0 ? -errno : -EIO;
    json_decref(value);
    return failed ? bench_error_set(err, failed, "cannot print JSON: %s", strerror(-failed)) : 0;
}
