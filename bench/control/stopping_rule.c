/* When a case has been run often enough. */
#include "control/stopping_rule.h"

#include "stats/sample.h"

#include <math.h>

static const double level = 0.95; /* of the interval */

const char *stopping_name(enum stopping why)
{
    static const char *const names[] = {[STOPPING_NOT_YET] = "",  [STOPPING_PRECISION] = "precision",
                                        [STOPPING_RUNS] = "runs", [STOPPING_MAX_RUNS] = "max-runs",
                                        [STOPPING_TIME] = "time", [STOPPING_REQUESTS] = "max-requests"};
    return names[why];
}

void stopping_add(struct stopping_meter *meter, double wall_s)
{
    if (meter->walls_s.count == 0)
        meter->precision = NAN;
    values_add(&meter->walls_s, wall_s);
}

double stopping_precision(const struct stopping_meter *meter)
{
    struct sample sample = {
        .values = meter->walls_s.list, .launch_sizes = &meter->walls_s.count, .launches = 1};
    struct interval interval;
    double median;
    for (size_t i = 0; i < meter->walls_s.count; i++) {
        if (!(meter->walls_s.list[i] > 0))
            return NAN; /* too short for the clock: nothing can be said */
    }
    if (meter->walls_s.count == 0)
        return NAN;
    median = sample_median(&sample, level, &interval);
    return (interval.high - interval.low) / 2 / median;
}

static double limit_s(const struct stopping_limits *limits)
{
    return (double)limits->time_ns * 1e-9;
}

bool stopping_skips_warmup(const struct stopping_limits *limits, double verified_s)
{
    double runs = 1 + (double)limits->warmup + (double)limits->min_runs;
    return limits->warmup_may_go && limits->runs == 0 && verified_s * runs > limit_s(limits);
}

/* Look, when it is time to or the last time to. */
static void look(struct stopping_meter *meter, bool last)
{
    if (!(meter->limits->precision > 0) || (meter->walls_s.count < meter->next_look && !last))
        return;
    meter->next_look =
        meter->walls_s.count + (meter->walls_s.count < 10 ? 1 : meter->walls_s.count / 10);
    meter->precision = stopping_precision(meter);
}

enum stopping stopping_ask(struct stopping_meter *meter, double elapsed_s)
{
    const struct stopping_limits *limits = meter->limits;
    if (limits->runs)
        return meter->walls_s.count >= limits->runs ? STOPPING_RUNS : STOPPING_NOT_YET;
    const size_t runs = meter->walls_s.count;
    bool most = runs >= limits->max_runs, late = elapsed_s >= limit_s(limits);
    if (runs < limits->min_runs || (runs < limits->usual_runs && !late))
        return STOPPING_NOT_YET;
    look(meter, most || late);
    if (limits->precision > 0 && meter->precision <= limits->precision)
        return STOPPING_PRECISION;
    return most ? STOPPING_MAX_RUNS : late ? STOPPING_TIME : STOPPING_NOT_YET;
}

uint64_t stopping_expected(const struct stopping_meter *meter, double before_s, double elapsed_s)
{
    const struct stopping_limits *limits = meter->limits;
    const double least = (double)limits->min_runs, usual = fmax(least, (double)limits->usual_runs);
    double runs = (double)meter->walls_s.count, passed_s = elapsed_s - before_s;
    if (limits->runs)
        return limits->runs;
    if (meter->walls_s.count == 0 || passed_s <= 0)
        return (uint64_t)usual;
    double fit = fmax(ceil((limit_s(limits) - before_s) / (passed_s / runs)), least), expected = fit;
    /* an interval narrows with the root of the runs */
    if (limits->precision > 0 && isfinite(meter->precision)) {
        double ratio = meter->precision / limits->precision;
        expected = fmin(fit, fmax(ceil(fmax(runs, runs * ratio * ratio)), usual));
    }
    return expected > (double)limits->max_runs ? limits->max_runs : (uint64_t)expected;
}

void stopping_free(struct stopping_meter *meter)
{
    values_free(&meter->walls_s);
}

uint64_t passes_next(uint64_t passes, double wall_s, uint64_t most)
{
    double factor = wall_s > 0 ? fmin(PASSES_LONG_S / wall_s, 100) : 100;
    double next = ceil((double)passes * fmax(factor, 1));
    return next < (double)most ? (uint64_t)next : most > 0 ? most : 1;
}
