/*
 * libFuzzer target: whatever a runner answers, or a controller asks, decoding ends in a value or in a
 * message, and what was decoded can be encoded again.
 */
#include "protocol/message.h"
#include "protocol/module_list.h"
#include "protocol/reply.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition)
{
    if (!condition)
        abort();
}

static void try_message(const char *line, size_t length)
{
    struct message message;
    struct bench_error err = {0};
    int rc = message_decode(&message, line, length, &err);
    require(rc == 0 || err.message[0]);
    if (rc == 0)
        free(message_encode(&message));
    message_free(&message);
}

static void try_opened(const struct reply *reply)
{
    struct opened opened;
    struct bench_error err = {0};
    int rc = opened_decode(&opened, reply, &err);
    require(rc == 0 || err.message[0]);
    if (rc == 0)
        free(opened_encode(&(struct reply_head){.id = 1, .introduces = true}, &opened));
    opened_free(&opened);
}

static void try_told(const struct reply *reply)
{
    struct record record;
    struct bench_error err = {0};
    record_init(&record);
    int rc = told_decode(&record, reply, &err);
    require(rc == 0 || err.message[0]);
    if (rc == 0)
        free(told_encode(&(struct reply_head){.id = 1}, &(struct told){.record = &record}));
    record_free(&record);
}

static void try_listed(const struct reply *reply)
{
    struct module_list list = {0};
    struct bench_error err = {0};
    int rc = module_list_decode(&list, reply->document, "a runner", "other", &err);
    require(rc == 0 || err.message[0]);
    module_list_free(&list);
}

static void try_reply(const char *line, size_t length)
{
    struct reply reply;
    struct bench_error err = {0};
    int rc = reply_decode(&reply, line, length, &err);
    require(rc == 0 || err.message[0]);
    if (rc == 0 && reply.ok) {
        struct entries environment = {0};
        bool has;
        try_opened(&reply);
        try_told(&reply);
        checked_decode(&environment, &has, &reply, &err);
        entries_free(&environment);
        try_listed(&reply);
    }
    reply_free(&reply);
}

/* The first byte chooses the side. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    if (data[0] == '>')
        try_message((const char *)data + 1, size - 1);
    else
        try_reply((const char *)data + 1, size - 1);
    return 0;
}
