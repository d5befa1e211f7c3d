/* How many requests may go to other machines. See request_limit.h. */
#include "control/request_limit.h"

#include <errno.h>
#include <inttypes.h>

uint64_t request_limit_left(const struct request_limit *limit)
{
    return limit->most > limit->made ? limit->most - limit->made : 0;
}

void request_limit_until(struct request_limit *limit, double part)
{
    limit->until = (uint64_t)(part * (double)limit->most);
}

bool request_limit_has_room(const struct request_limit *limit, uint64_t passes)
{
    return request_limit_passes(limit, (int64_t)limit->a_pass) >= passes;
}

void request_limit_share(struct request_limit *limit, uint64_t launches)
{
    limit->until = limit->made + request_limit_left(limit) / (launches ? launches : 1);
}

uint64_t request_limit_passes(const struct request_limit *limit, int64_t a_pass)
{
    uint64_t until = limit->until ? limit->until : limit->most;
    uint64_t left = until > limit->made ? until - limit->made : 0;
    return a_pass > 0 ? left / (uint64_t)a_pass : UINT64_MAX;
}

int request_limit_take(struct request_limit *limit, int64_t a_pass, uint64_t passes,
                       struct bench_error *err)
{
    uint64_t wanted = a_pass > 0 ? (uint64_t)a_pass * passes : 0;
    if (wanted > 0 && wanted > request_limit_left(limit))
        return bench_error_set(err, -EDQUOT,
                               "a run would make %" PRIu64
                               " requests to other machines, of which there may be %" PRIu64
                               " more (--max-requests=%" PRIu64 ")",
                               wanted, request_limit_left(limit), limit->most);
    limit->made += wanted;
    limit->a_pass = a_pass > 0 ? (uint64_t)a_pass : 0;
    return 0;
}

void request_limit_settle(struct request_limit *limit, int64_t a_pass, uint64_t passes, int64_t made)
{
    uint64_t taken = a_pass > 0 ? (uint64_t)a_pass * passes : 0;
    if (made >= 0 && passes > 0)
        limit->a_pass = (uint64_t)made / passes;
    if (made >= 0)
        limit->made = limit->made - taken + (uint64_t)made;
}
