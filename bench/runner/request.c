/* What an open asks for, looked at before and while its modules are loaded. */
#include "runner/request.h"

#include "base/lever.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

enum { LANES_MAX = 1 << 28 };

int request_check(const struct open_asked *asked, struct bench_error *err)
{
    const struct shape *shape = &asked->shape;
    if (shape->workers * shape->inflight > LANES_MAX)
        return bench_error_set(err, -EINVAL, "open: %" PRId64 " lanes in all: at most %d",
                               shape->workers * shape->inflight, LANES_MAX);
    if (shape->rate_per_s > 0 && shape->lever[0])
        return bench_error_set(err, -EINVAL, "open: rate_per_s and lever exclude each other");
    if (shape->rate_per_s > 0 && asked->arrivals_most < 1)
        return bench_error_set(
            err, -EINVAL, "open: rate_per_s: arrivals_most must say how many arrivals a run can have");
    struct lever lever;
    struct bench_error why = {0};
    int rc = lever_parse(&lever, shape->lever, &why);
    return rc < 0 ? bench_error_set(err, rc, "open: lever: %s", why.message) : 0;
}

enum bench_schedule request_schedule(const struct open_asked *asked)
{
    static const char *const words[] = {
        [BENCH_STATIC] = "static", [BENCH_DYNAMIC] = "dynamic", [BENCH_GUIDED] = "guided"};
    size_t i = 0;
    while (i + 1 < sizeof words / sizeof *words && strcmp(asked->shape.schedule, words[i]) != 0)
        i++;
    return (enum bench_schedule)i;
}

int request_params(struct params *params, const struct bench_param *table, size_t size,
                   const struct entries *values, struct bench_error *err)
{
    int rc = params_init(params, table, size, err);
    for (size_t i = 0; rc == 0 && i < values->count; i++)
        rc = params_set(params, values->list[i].name, values->list[i].value, err);
    return rc;
}
