/*
 * JSON that is printed as it is made, so that of a million runs only one is in memory. It looks as
 * json_write (report/json_values.h) would print all of it at once.
 */
#ifndef REPORT_JSON_STREAM_H
#define REPORT_JSON_STREAM_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* Begins as all zeros but for `out`. */
struct json_stream {
    FILE *out;
    unsigned depth;
    bool has_printed; /* something in the object or array that is open: the next needs a comma */
};

/* Open an object ('{') or an array ('['), under a key where it is in an object, and close it. */
void json_stream_open(struct json_stream *stream, const char *key, char bracket);
void json_stream_close(struct json_stream *stream, char bracket);

/* A value, under a key where it is in an object; takes the reference. */
void json_stream_put(struct json_stream *stream, const char *key, json_t *value);

#endif
