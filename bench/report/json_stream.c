/* JSON, a value after the other. */
#include "report/json_stream.h"

#include <string.h>

enum { INDENT = 2 };

static void indent(const struct json_stream *stream)
{
    fprintf(stream->out, "\n%*s", (int)stream->depth * INDENT, "");
}

static void begin(struct json_stream *stream, const char *key)
{
    if (stream->has_printed)
        putc(',', stream->out);
    if (stream->depth > 0)
        indent(stream);
    if (key)
        fprintf(stream->out, "\"%s\": ", key);
    stream->has_printed = true;
}

void json_stream_open(struct json_stream *stream, const char *key, char bracket)
{
    begin(stream, key);
    putc(bracket, stream->out);
    stream->depth++;
    stream->has_printed = false;
}

void json_stream_close(struct json_stream *stream, char bracket)
{
    stream->depth--;
    if (stream->has_printed)
        indent(stream);
    putc(bracket, stream->out);
    stream->has_printed = true;
}

/* A part of a value as jansson prints it; within texts there are no line ends, but \n. */
static int put_part(const char *part, size_t size, void *context)
{
    const struct json_stream *stream = context;
    for (const char *end; (end = memchr(part, '\n', size)); part = end + 1) {
        fwrite(part, 1, (size_t)(end - part), stream->out);
        indent(stream);
        size -= (size_t)(end - part) + 1;
    }
    fwrite(part, 1, size, stream->out);
    return 0;
}

void json_stream_put(struct json_stream *stream, const char *key, json_t *value)
{
    begin(stream, key);
    json_dump_callback(value, put_part, stream,
                       JSON_INDENT(INDENT) | JSON_REAL_PRECISION(15) | JSON_ENCODE_ANY);
    json_decref(value);
}
