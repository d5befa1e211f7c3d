/* The runs of one launch: verified, warmed up, measured until it is enough. */
#include "control/measure.h"

#include "measure/clock.h"

#include <bench/workload.h>

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

/* A launch whose runs are being measured. */
struct measuring {
    struct launch launch;
    uint64_t passes;   /* of the runs to come, but for verification */
    uint64_t began_ns; /* the first run, which verifies */
};

static double elapsed_s(const struct measuring *measuring)
{
    return fmax(0, clock_seconds(measuring->began_ns, bench_now()));
}

static void progress(const struct measuring *measuring, uint64_t run, uint64_t runs)
{
    const struct launch_hooks *hooks = measuring->launch.request->hooks;
    if (hooks->on_progress)
        hooks->on_progress(hooks->context, run, runs);
}

static int run_once(struct measuring *measuring, enum phase phase, uint64_t run, struct bench_error *err)
{
    const struct launch_run what = {.phase = phase,
                                    .run = run,
                                    .passes = phase == PHASE_VERIFY ? 1 : measuring->passes,
                                    .block = RECORD_NO_COUNT};
    return launch_run(&measuring->launch, &what, err);
}

/* *warmups: how many rows of warm-up there are so far. */
static int warm_up(struct measuring *measuring, const struct stopping_meter *meter, uint64_t *warmups,
                   struct bench_error *err)
{
    uint64_t wanted = measuring->launch.request->limits->warmup;
    int rc = LAUNCH_GOES_ON;
    if (stopping_skips_warmup(meter->limits, elapsed_s(measuring)))
        return rc;
    for (; rc == LAUNCH_GOES_ON && *warmups < wanted && launch_passes_left(&measuring->launch) > 1;
         ++*warmups) {
        progress(measuring, 1 + *warmups, 1 + wanted + stopping_expected(meter, 0, 0));
        rc = run_once(measuring, PHASE_WARMUP, *warmups + 1, err);
    }
    return rc;
}

/* Runners may count ranges in 32 bits. */
static const uint64_t ranges_most = UINT32_MAX;

static uint64_t passes_most(const struct opened *opened)
{
    uint64_t grain = opened->grain > 0 ? (uint64_t)opened->grain : 1;
    uint64_t ranges = ((uint64_t)opened->tasks - 1) / grain + 1;
    bool requests = opened->requests > 0; /* no more of them than it takes */
    return ranges < ranges_most && !requests ? ranges_most / ranges : 1;
}

/* No run that is worth more passes takes so long, even one that verifies. */
static const double surely_long_s = 0.2;

/* More passes, until a run is long enough to be timed well. Such runs are rows of warm-up too. */
static int find_passes(struct measuring *measuring, uint64_t *warmups, struct bench_error *err)
{
    uint64_t *passes = measuring->launch.request->passes, most = passes_most(&measuring->launch.opened);
    int rc = LAUNCH_GOES_ON;
    if (!passes || *passes)
        return rc;
    bool unknown = isnan(measuring->launch.wall_s);
    if (measuring->launch.request->limits->precision > 0 && !measuring->launch.opened.single_pass &&
        most > 1 && !(unknown && elapsed_s(measuring) > surely_long_s)) {
        if (unknown)
            rc = run_once(measuring, PHASE_WARMUP, ++*warmups, err);
        for (int i = 0; rc == LAUNCH_GOES_ON && i < 5 && measuring->launch.wall_s < PASSES_SHORT_S;
             i++) {
            measuring->passes = passes_next(measuring->passes, measuring->launch.wall_s, most);
            rc = run_once(measuring, PHASE_WARMUP, ++*warmups, err);
            if (rc == LAUNCH_GOES_ON && launch_knows_one_pass(&measuring->launch, measuring->passes)) {
                measuring->passes = 1; /* a runner that does not know of passes */
                break;
            }
        }
    }
    if (rc == LAUNCH_GOES_ON)
        *passes = measuring->passes;
    return rc;
}

/* Others are not to be burdened with more. */
static enum stopping stop_asking(const struct measuring *measuring, uint64_t runs)
{
    const struct launch_hooks *hooks = measuring->launch.request->hooks;
    char text[160];
    snprintf(text, sizeof text,
             "stopped after %" PRIu64 " measured run%s: that is its share of --max-requests", runs,
             runs == 1 ? "" : "s");
    if (hooks->on_note)
        hooks->on_note(hooks->context, text);
    return STOPPING_REQUESTS;
}

/* Returns what stopped it in *why. */
static int measure_until_stopped(struct measuring *measuring, struct stopping_meter *meter,
                                 uint64_t before, enum stopping *why, struct bench_error *err)
{
    const double before_s = elapsed_s(measuring);
    for (;;) {
        double passed_s = elapsed_s(measuring);
        *why = stopping_ask(meter, passed_s);
        if (*why == STOPPING_NOT_YET && meter->walls_s.count > 0 &&
            launch_passes_left(&measuring->launch) < measuring->passes)
            *why = stop_asking(measuring, meter->walls_s.count);
        if (*why != STOPPING_NOT_YET)
            return LAUNCH_GOES_ON;
        progress(measuring, before + meter->walls_s.count,
                 before + stopping_expected(meter, before_s, passed_s));
        int rc = run_once(measuring, PHASE_MEASURE, meter->walls_s.count + 1, err);
        if (rc != LAUNCH_GOES_ON)
            return rc;
        stopping_add(meter, measuring->launch.wall_s);
    }
}

static void tell_end(const struct measuring *measuring, const struct stopping_meter *meter,
                     enum stopping why)
{
    const struct launch_hooks *hooks = measuring->launch.request->hooks;
    const struct measure_end end = {.why = why,
                                    .runs = meter->walls_s.count,
                                    .passes = measuring->passes,
                                    .precision = stopping_precision(meter)};
    if (hooks->on_end)
        hooks->on_end(hooks->context, &end);
}

static int measure(struct measuring *measuring, struct bench_error *err)
{
    const struct launch_request *request = measuring->launch.request;
    struct stopping_meter meter = {.limits = request->limits};
    uint64_t warmups = 0;
    enum stopping why = STOPPING_NOT_YET;
    measuring->passes = request->passes && *request->passes ? *request->passes : 1;
    measuring->launch.wall_s = NAN;
    measuring->began_ns = bench_now();
    progress(measuring, 0, 1 + request->limits->warmup + stopping_expected(&meter, 0, 0));
    int rc = run_once(measuring, PHASE_VERIFY, 1, err);
    measuring->launch.wall_s = NAN;
    if (rc == LAUNCH_GOES_ON)
        rc = warm_up(measuring, &meter, &warmups, err);
    if (rc == LAUNCH_GOES_ON)
        rc = find_passes(measuring, &warmups, err);
    if (rc == LAUNCH_GOES_ON)
        rc = measure_until_stopped(measuring, &meter, 1 + warmups, &why, err);
    if (rc == LAUNCH_GOES_ON)
        tell_end(measuring, &meter, why);
    stopping_free(&meter);
    return rc;
}

int measure_launch(const struct launch_request *request, struct bench_error *err)
{
    struct measuring measuring = {0};
    int rc = launch_open(&measuring.launch, request, err);
    if (rc == LAUNCH_GOES_ON)
        rc = measure(&measuring, err);
    if (rc == LAUNCH_GOES_ON)
        rc = launch_close(&measuring.launch, err);
    launch_end(&measuring.launch, rc);
    return rc < 0 ? rc : 0;
}
