/* What the address of a request asks for. */
#include "serve/query.h"

#include "base/quantity.h"
#include "serve/limits.h"

#include <errno.h>
#include <string.h>

struct parse {
    struct query *query;
    struct bench_error *err;
};

static void refuse(struct parse *parse, const char *key, const char *value, const char *allowed)
{
    bench_error_set(parse->err, -EINVAL, "%s: '%s' must be %s", key, value, allowed);
}

static enum MHD_Result parse_one(void *context, enum MHD_ValueKind kind, const char *key,
                                 const char *value)
{
    struct parse *parse = context;
    struct query *query = parse->query;
    uint64_t status;
    (void)kind;
    if (!value)
        value = "";
    if (strcmp(key, "delay") == 0) {
        query->has_delay = quantity_duration(value, &query->delay_ns) && query->delay_ns <= DELAY_MAX_NS;
        if (!query->has_delay)
            refuse(parse, key, value, DELAY_ALLOWED);
    } else if (strcmp(key, "body") == 0) {
        query->has_body =
            quantity_size(value, &query->body_bytes) && query->body_bytes <= BODY_MAX_BYTES;
        if (!query->has_body)
            refuse(parse, key, value, BODY_ALLOWED);
    } else if (strcmp(key, "status") == 0) {
        query->has_status = quantity_count(value, &status) && status >= 200 && status <= 599;
        if (query->has_status)
            query->status = (unsigned)status;
        else
            refuse(parse, key, value, "200 to 599");
    } else {
        bench_error_set(parse->err, -EINVAL,
                        "no parameter '%s'; the parameters are delay, body and status", key);
    }
    return parse->err->code ? MHD_NO : MHD_YES;
}

int query_parse(struct MHD_Connection *connection, struct query *query, struct bench_error *err)
{
    struct parse parse = {query, err};
    *query = (struct query){0};
    MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, parse_one, &parse);
    return err->code;
}
