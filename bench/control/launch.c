/* The runs of one launch: verified, warmed up, measured as often as was asked. */
#include "control/launch.h"

#include <math.h>

static int run_once(struct flight *flight, const char *phase, uint64_t run, double *wall_s,
                    struct bench_error *err)
{
    const struct flight_run what = {.phase = phase, .run = run, .passes = 1, .block = RECORD_NO_COUNT};
    return flight_run(flight, &what, wall_s, err);
}

static bool has_enough(const struct launch_limits *limits, uint64_t runs, double measured_s)
{
    if (limits->runs)
        return runs >= limits->runs;
    return runs >= limits->max_runs ||
           (runs >= limits->min_runs && measured_s >= (double)limits->time_ns * 1e-9);
}

/* How many measured runs there will be, as far as can be told after some. */
static uint64_t runs_expected(const struct launch_limits *limits, uint64_t runs, double measured_s)
{
    if (limits->runs)
        return limits->runs;
    if (runs == 0 || measured_s <= 0)
        return limits->min_runs;
    double fit = ceil((double)limits->time_ns * 1e-9 / (measured_s / (double)runs));
    fit = fit < (double)limits->min_runs ? (double)limits->min_runs : fit;
    return fit > (double)limits->max_runs ? limits->max_runs : (uint64_t)fit;
}

static void progress(const struct flight *flight, uint64_t run, uint64_t runs)
{
    const struct launch_hooks *hooks = flight->launch->hooks;
    if (hooks->on_progress)
        hooks->on_progress(hooks->context, run, runs);
}

static int measure(struct flight *flight, struct bench_error *err)
{
    const struct launch_limits *limits = flight->launch->limits;
    uint64_t before = 1 + limits->warmup;
    double wall_s, measured_s = 0;
    progress(flight, 0, before + runs_expected(limits, 0, 0));
    int rc = run_once(flight, "verify", 1, &wall_s, err);
    for (uint64_t i = 0; rc == FLIGHT_GOES_ON && i < limits->warmup; i++) {
        progress(flight, 1 + i, before + runs_expected(limits, 0, 0));
        rc = run_once(flight, "warmup", i + 1, &wall_s, err);
    }
    for (uint64_t i = 0; rc == FLIGHT_GOES_ON && !has_enough(limits, i, measured_s); i++) {
        progress(flight, before + i, before + runs_expected(limits, i, measured_s));
        rc = run_once(flight, "measure", i + 1, &wall_s, err);
        measured_s += isfinite(wall_s) ? wall_s : 0;
    }
    return rc;
}

int launch_run(const struct launch *launch, struct bench_error *err)
{
    struct flight flight;
    int rc = flight_open(&flight, launch, err);
    if (rc == FLIGHT_GOES_ON)
        rc = measure(&flight, err);
    if (rc == FLIGHT_GOES_ON)
        rc = flight_close(&flight, err);
    flight_end(&flight, rc);
    return rc < 0 ? rc : 0;
}
