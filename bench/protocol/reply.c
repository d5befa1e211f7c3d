/* Replies, written and read. */
#include "protocol/reply.h"

#include "base/memory.h"
#include "protocol/message.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char key_ok[] = "ok", key_measured[] = "measured", key_cpus[] = "cpus", key_env[] = "env",
                  key_ranks[] = "ranks",

                  key_latency_counts[] = "latency_counts";

#define REPLY(key, type)                           \
    {                                              \
#key, type, offsetof(struct reply, key), 0 \
    }
static const struct field reply_fields[] = {
    REPLY(id, FIELD_COUNT),
    {"protocol", FIELD_COUNT, offsetof(struct reply, version), 1},
    REPLY(note, FIELD_TEXT),
    REPLY(requested, FIELD_COUNT),
    {0}};
static const struct field refusal_fields[] = {REPLY(status, FIELD_TEXT), REPLY(error, FIELD_TEXT), {0}};

#define OPENED(key, type, least)                        \
    {                                                   \
#key, type, offsetof(struct opened, key), least \
    }
static const struct field opened_fields[] = {OPENED(tasks, FIELD_COUNT, 1),
                                             OPENED(grain, FIELD_COUNT, 1),
                                             OPENED(work, FIELD_REAL, 0),
                                             OPENED(work_unit, FIELD_TEXT, 0),
                                             OPENED(single_pass, FIELD_FLAG, 0),
                                             OPENED(workers, FIELD_COUNT, 1),
                                             OPENED(inflight, FIELD_COUNT, 1),
                                             OPENED(schedule, FIELD_TEXT, 0),
                                             OPENED(clock, FIELD_TEXT, 0),
                                             OPENED(count, FIELD_TEXT, 0),
                                             OPENED(requests, FIELD_COUNT, 0),
                                             OPENED(runtime, FIELD_TEXT, 0),
                                             {0}};

bool told_column(enum column column)
{
    return record_columns[column].group == GROUP_MEASURED;
}

/* ---- reading ---- */

int reply_decode(struct reply *reply, const char *line, size_t length, struct bench_error *err)
{
    *reply = (struct reply){.requested = RECORD_NO_COUNT,
                            .document = line_decode(line, length, "the runner's answer", err)};
    if (!reply->document)
        return -EPROTO;
    const json_t *ok = json_object_get(reply->document, key_ok);
    if (!json_is_boolean(ok))
        return value_wrong("the runner's reply: \"ok\"", ok, "true or false", err);
    reply->ok = json_is_true(ok);
    int rc = fields_decode(reply->document, reply_fields, reply, err);
    struct bench_error ignored = {0}; /* a refusal is one, however badly it is put */
    if (rc == 0 && !reply->ok)
        fields_decode(reply->document, refusal_fields, reply, &ignored);
    return rc;
}

void reply_free(struct reply *reply)
{
    json_decref(reply->document);
    *reply = (struct reply){0};
}

void opened_init(struct opened *opened)
{
    *opened = (struct opened){.tasks = RECORD_NO_COUNT,
                              .grain = RECORD_NO_COUNT,
                              .work = NAN,
                              .workers = RECORD_NO_COUNT,
                              .inflight = RECORD_NO_COUNT,
                              .requests = RECORD_NO_COUNT};
}

/* Version 1 had one, as a text: "rate=713.4". */
static int decode_measured(struct opened *opened, struct bench_error *err)
{
    json_t *value = json_object_get(opened->document, key_measured);
    const char *text = json_string_value(value), *equals = text ? strchr(text, '=') : NULL;
    if (!equals)
        return entries_decode(&opened->measured, key_measured, value, opened->document, err);
    json_t *object = json_object();
    char *name = mem_text_part(text, (size_t)(equals - text));
    json_object_set_new(object, name, json_string(equals + 1));
    free(name);
    json_object_set_new(opened->document, key_measured, object);
    return entries_decode(&opened->measured, key_measured, object, opened->document, err);
}

int opened_decode(struct opened *opened, const struct reply *reply, struct bench_error *err)
{
    opened_init(opened);
    opened->document = json_incref(reply->document);
    int rc = fields_decode(reply->document, opened_fields, opened, err);
    if (rc == 0)
        rc = names_decode(&opened->cpus, key_cpus, json_object_get(reply->document, key_cpus),
                          "a list of CPU sets, a text a worker", err);
    return rc == 0 ? decode_measured(opened, err) : rc;
}

void opened_free(struct opened *opened)
{
    entries_free(&opened->measured);
    names_free(&opened->cpus);
    json_decref(opened->document);
    opened_init(opened);
}

int checked_decode(struct entries *environment, bool *has, const struct reply *reply,
                   struct bench_error *err)
{
    const json_t *object = json_object_get(reply->document, key_env);
    *environment = (struct entries){0};
    *has = json_is_object(object);
    return entries_decode(environment, key_env, object, reply->document, err);
}

static int decode_columns(struct record *record, const json_t *object, struct bench_error *err)
{
    int rc = 0;
    for (enum column column = 0; rc == 0 && column < COLUMNS; column++) {
        const char *key = column_name(column), *text = NULL;
        const json_t *value = told_column(column) ? json_object_get(object, key) : NULL;
        int64_t count = 0;
        double real = 0;
        if (!value || json_is_null(value))
            continue;
        switch (column_type(column)) {
        case COLUMN_TEXT:
            rc = value_text(key, value, &text, err);
            record_set_text(record, column, text);
            break;
        case COLUMN_COUNT:
            rc = value_count(key, value, 0, &count, err);
            record_set_count(record, column, count);
            break;
        case COLUMN_REAL:
            rc = value_real(key, value, 0, &real, err);
            record_set_real(record, column, real);
            break;
        default: /* phase and status are not a runner's to tell */
            break;
        }
    }
    return rc;
}

int told_decode(struct record *record, const struct reply *reply, struct bench_error *err)
{
    return decode_columns(record, reply->document, err);
}

size_t told_ranks(const struct reply *reply)
{
    return json_array_size(json_object_get(reply->document, key_ranks));
}

int told_rank_decode(struct record *record, const struct reply *reply, size_t rank,
                     struct bench_error *err)
{
    const json_t *object = json_array_get(json_object_get(reply->document, key_ranks), rank);
    return json_is_object(object)
               ? decode_columns(record, object, err)
               : value_wrong(key_ranks, object, "a list of objects, each of what a rank has done", err);
}

int told_latencies(struct latencies *latencies, const struct reply *reply, struct bench_error *err)
{
    const json_t *array = json_object_get(reply->document, key_latency_counts);
    *latencies = (struct latencies){0};
    return array && !json_is_null(array) ? latencies_decode(latencies, key_latency_counts, array, err)
                                         : 0;
}

/* ---- writing ---- */

static json_t *begin(const struct reply_head *head)
{
    json_t *object = json_object();
    const struct reply told = {.id = head->id ? head->id : -1,
                               .version = head->introduces ? PROTOCOL_VERSION : -1,
                               .requested = RECORD_NO_COUNT,
                               .note = head->note && head->note[0] ? head->note : NULL};
    json_object_set_new(object, key_ok, json_true());
    fields_encode(object, reply_fields, &told);
    return object;
}

char *reply_encode(const struct reply_head *head)
{
    return line_encode(begin(head));
}

char *checked_encode(const struct reply_head *head, const struct entries *environment)
{
    json_t *object = begin(head);
    json_object_set_new(object, key_env, entries_encode(environment, false));
    return line_encode(object);
}

char *listed_encode(const struct reply_head *head, json_t *list)
{
    json_t *object = begin(head);
    json_object_update(object, list);
    json_decref(list);
    return line_encode(object);
}

char *opened_encode(const struct reply_head *head, const struct opened *opened)
{
    json_t *object = begin(head);
    fields_encode(object, opened_fields, opened);
    if (opened->measured.count)
        json_object_set_new(object, key_measured, entries_encode(&opened->measured, false));
    json_object_set_new(object, key_cpus, names_encode(&opened->cpus));
    return line_encode(object);
}

static json_t *encode_column(const struct record *record, enum column column)
{
    switch (column_type(column)) {
    case COLUMN_TEXT:
        return record_text(record, column) ? json_string_nocheck(record_text(record, column)) : NULL;
    case COLUMN_COUNT:
        return record_count(record, column) >= 0 ? json_integer(record_count(record, column)) : NULL;
    case COLUMN_REAL:
        return isfinite(record_real(record, column)) ? json_real(record_real(record, column)) : NULL;
    default:
        return NULL;
    }
}

static void encode_columns(json_t *object, const struct record *record)
{
    for (enum column column = 0; column < COLUMNS; column++) {
        json_t *value = told_column(column) ? encode_column(record, column) : NULL;
        if (value)
            json_object_set_new(object, column_name(column), value);
    }
}

char *told_encode(const struct reply_head *head, const struct told *told)
{
    json_t *object = begin(head), *list = told->ranks_count ? json_array() : NULL;
    encode_columns(object, told->record);
    for (size_t r = 0; r < told->ranks_count; r++) {
        json_t *one = json_object();
        encode_columns(one, &told->ranks[r]);
        json_array_append_new(list, one);
    }
    if (list)
        json_object_set_new(object, key_ranks, list);
    if (told->latencies)
        json_object_set_new(object, key_latency_counts, latencies_encode(told->latencies));
    return line_encode(object);
}

char *refusal_encode(int64_t id, enum status status, const char *error)
{
    json_t *object = json_object();
    const struct reply told = {.id = id ? id : -1,
                               .version = -1,
                               .requested = RECORD_NO_COUNT,
                               .status = status_word(status),
                               .error = error};
    json_object_set_new(object, key_ok, json_false());
    fields_encode(object, reply_fields, &told);
    fields_encode(object, refusal_fields, &told);
    return line_encode(object);
}

static void add_bytes(char *line, size_t *length, const char *bytes)
{
    size_t more = strlen(bytes);
    memcpy(line + *length, bytes, more);
    *length += more;
}

size_t refusal_write(char *line, size_t size, int64_t id, enum status status, const char *error)
{
    static const char end[] = "\"}\n";
    char digits[24] = "";
    size_t length = 0, at = sizeof digits - 1;
    if (size < 128)
        return 0;
    uint64_t rest = id > 0 ? (uint64_t)id : 0;
    do
        digits[--at] = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    add_bytes(line, &length, "{\"ok\":false,\"status\":\"");
    add_bytes(line, &length, status_word(status));
    add_bytes(line, &length, "\",\"id\":");
    add_bytes(line, &length, digits + at);
    add_bytes(line, &length, ",\"error\":\"");
    for (const char *c = error; *c && length < size - sizeof end; c++) {
        if ((unsigned char)*c >= ' ' && (unsigned char)*c < 127 && *c != '"' && *c != '\\')
            line[length++] = *c;
    }
    add_bytes(line, &length, end);
    return length;
}
