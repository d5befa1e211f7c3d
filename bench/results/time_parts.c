/* Shares of time from means over runs. */
#include "results/time_parts.h"

#include "results/results.h"

#include <math.h>

static double known(double share)
{
    return isnan(share) ? 0 : share;
}

static double share_of(const struct case_result *result, enum column column, double had_s)
{
    return result_mean(result, column) / had_s;
}

bool time_parts_of(struct time_parts *parts, const struct case_result *result)
{
    const struct record *run = result->identity;
    const struct case_runs *source = result->source;
    double lanes = run->workers > 0 ? (double)run->workers : 1;
    *parts = (struct time_parts){.has_waits = source->waits_runs > 0, .block_delay = NAN};
    if (!result_has_numbers(result))
        return false;
    if (parts->has_waits && run->inflight > 0)
        lanes *= (double)run->inflight;
    parts->had_s = result->wall_s.mean * lanes;
    parts->cpu = share_of(result, COLUMN_cpu_s, parts->had_s);
    parts->user = share_of(result, COLUMN_user_s, parts->had_s);
    parts->sys = share_of(result, COLUMN_sys_s, parts->had_s);
    parts->run_delay = share_of(result, COLUMN_run_delay_s, parts->had_s);
    if (!parts->has_waits)
        parts->block_delay = share_of(result, COLUMN_block_delay_s, parts->had_s);
    double sum = known(parts->cpu) + known(parts->block_delay);
    for (int kind = 0; parts->has_waits && kind < WAIT_KINDS; kind++) {
        parts->waits[kind] = source->waits_s[kind] / (double)source->waits_runs / parts->had_s;
        sum += parts->waits[kind];
    }
    if (!isnan(parts->run_delay))
        parts->run_delay = fmin(parts->run_delay, fmax(0, 1 - sum));
    parts->rest = fmax(0, 1 - sum - known(parts->run_delay));
    return parts->had_s > 0 && !isnan(parts->cpu);
}
