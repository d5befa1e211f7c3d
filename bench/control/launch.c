/* The runs of one launch: verified, warmed up, measured until it is enough. */
#include "control/launch.h"

#include "runner/team.h"

#include <math.h>

/* A launch whose runs are being measured. */
struct measuring {
    struct flight flight;
    uint64_t passes; /* of the runs to come, but for verification */
};

static void progress(const struct measuring *measuring, uint64_t run, uint64_t runs)
{
    const struct launch_hooks *hooks = measuring->flight.launch->hooks;
    if (hooks->on_progress)
        hooks->on_progress(hooks->context, run, runs);
}

static int run_once(struct measuring *measuring, const char *phase, uint64_t run,
                    struct bench_error *err)
{
    const struct flight_run what = {.phase = phase,
                                    .run = run,
                                    .passes = phase[0] == 'v' ? 1 : measuring->passes,
                                    .block = RECORD_NO_COUNT};
    return flight_run(&measuring->flight, &what, err);
}

/* *warmups: how many rows of warm-up there are so far. */
static int warm_up(struct measuring *measuring, const struct enough_meter *meter, uint64_t *warmups,
                   struct bench_error *err)
{
    uint64_t wanted = measuring->flight.launch->limits->warmup;
    int rc = FLIGHT_GOES_ON;
    for (; rc == FLIGHT_GOES_ON && *warmups < wanted; ++*warmups) {
        progress(measuring, 1 + *warmups, 1 + wanted + enough_expected(meter, 0));
        rc = run_once(measuring, "warmup", *warmups + 1, err);
    }
    return rc;
}

/* As many passes as the runner can count the ranges of. */
static uint64_t passes_most(const struct measuring *measuring)
{
    json_int_t tasks = json_integer_value(json_object_get(measuring->flight.opened, "tasks"));
    json_int_t grain = json_integer_value(json_object_get(measuring->flight.opened, "grain"));
    return tasks > 0 && grain > 0 ? TEAM_RANGES_MAX / (uint64_t)((tasks - 1) / grain + 1) : 1;
}

/* More passes, until a run is long enough to be timed well. Such runs are rows of warm-up too. */
static int find_passes(struct measuring *measuring, uint64_t *warmups, struct bench_error *err)
{
    uint64_t *passes = measuring->flight.launch->passes, most = passes_most(measuring);
    json_int_t once = json_integer_value(json_object_get(measuring->flight.opened, "tasks"));
    int rc = FLIGHT_GOES_ON;
    if (!passes || *passes)
        return rc;
    if (measuring->flight.launch->limits->precision > 0 &&
        !json_is_true(json_object_get(measuring->flight.opened, "single_pass"))) {
        if (isnan(measuring->flight.wall_s))
            rc = run_once(measuring, "warmup", ++*warmups, err);
        for (int i = 0; rc == FLIGHT_GOES_ON && i < 5 && measuring->flight.wall_s < PASSES_SHORT_S;
             i++) {
            measuring->passes = passes_next(measuring->passes, measuring->flight.wall_s, most);
            rc = run_once(measuring, "warmup", ++*warmups, err);
            if (rc == FLIGHT_GOES_ON &&
                measuring->flight.tasks != once * (json_int_t)measuring->passes) {
                measuring->passes = 1; /* a runner that does not know of passes */
                break;
            }
        }
    }
    if (rc == FLIGHT_GOES_ON)
        *passes = measuring->passes;
    return rc;
}

static double seconds_since(uint64_t began_ns)
{
    return (double)(bench_now() - began_ns) * 1e-9;
}

/* Returns what stopped it in *why. */
static int measure_enough(struct measuring *measuring, struct enough_meter *meter, uint64_t before,
                          enum enough *why, struct bench_error *err)
{
    uint64_t began_ns = bench_now();
    for (;;) {
        double elapsed_s = seconds_since(began_ns);
        int asked = enough_ask(meter, elapsed_s);
        if (asked < 0)
            return bench_error_set(err, asked, "out of memory");
        *why = (enum enough)asked;
        if (*why != ENOUGH_NOT_YET)
            return FLIGHT_GOES_ON;
        progress(measuring, before + meter->walls_s.count, before + enough_expected(meter, elapsed_s));
        int rc = run_once(measuring, "measure", meter->walls_s.count + 1, err);
        if (rc != FLIGHT_GOES_ON)
            return rc;
        rc = enough_add(meter, measuring->flight.wall_s);
        if (rc < 0)
            return bench_error_set(err, rc, "out of memory");
    }
}

static int tell_end(const struct measuring *measuring, const struct enough_meter *meter, enum enough why,
                    struct bench_error *err)
{
    const struct launch_hooks *hooks = measuring->flight.launch->hooks;
    struct launch_end end = {.why = why, .runs = meter->walls_s.count, .passes = measuring->passes};
    if (!hooks->on_end)
        return FLIGHT_GOES_ON;
    int rc = enough_precision(meter, &end.precision);
    if (rc < 0)
        return bench_error_set(err, rc, "out of memory");
    hooks->on_end(hooks->context, &end);
    return FLIGHT_GOES_ON;
}

static int measure(struct measuring *measuring, struct bench_error *err)
{
    const struct launch *launch = measuring->flight.launch;
    struct enough_meter meter = {.limits = launch->limits};
    uint64_t warmups = 0;
    enum enough why = ENOUGH_NOT_YET;
    measuring->passes = launch->passes && *launch->passes ? *launch->passes : 1;
    measuring->flight.wall_s = NAN;
    progress(measuring, 0, 1 + launch->limits->warmup + enough_expected(&meter, 0));
    int rc = run_once(measuring, "verify", 1, err);
    measuring->flight.wall_s = NAN;
    if (rc == FLIGHT_GOES_ON)
        rc = warm_up(measuring, &meter, &warmups, err);
    if (rc == FLIGHT_GOES_ON)
        rc = find_passes(measuring, &warmups, err);
    if (rc == FLIGHT_GOES_ON)
        rc = measure_enough(measuring, &meter, 1 + warmups, &why, err);
    if (rc == FLIGHT_GOES_ON)
        rc = tell_end(measuring, &meter, why, err);
    enough_free(&meter);
    return rc;
}

int launch_run(const struct launch *launch, struct bench_error *err)
{
    struct measuring measuring = {0};
    int rc = flight_open(&measuring.flight, launch, err);
    if (rc == FLIGHT_GOES_ON)
        rc = measure(&measuring, err);
    if (rc == FLIGHT_GOES_ON)
        rc = flight_close(&measuring.flight, err);
    flight_end(&measuring.flight, rc);
    return rc < 0 ? rc : 0;
}
