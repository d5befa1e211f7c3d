/* Answers of a runner, and what is said where none comes. */
#include "control/launch_answer.h"

#include "control/fate.h"
#include "control/launch_record.h"
#include "control/request_limit.h"
#include "measure/clock.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

const uint64_t launch_opening_most_ns = 1200000000000;

/* A runner's word for what went wrong, if it is one. */
static enum status refusal_status(const char *said)
{
    enum status status = status_find(said);
    return status > STATUS_OK ? status : STATUS_FAILED;
}

static struct fate fate_of(const struct launch *launch, const struct launch_run *what, enum talk talk)
{
    const struct module_info *executor = launch->request->one->executor;
    return (struct fate){.stage = launch->closing_ns ? STAGE_CLOSE
                                  : launch->is_open  ? STAGE_RUN
                                                     : STAGE_OPEN,
                         .phase = what->phase,
                         .run = what->run,
                         .signal = talk == TALK_DIED ? child_killed_by(&launch->child) : 0,
                         .small_stacks = !executor->runtime && executor->flags & MODULE_LANES};
}

/* All has been measured: that the runner takes its time to end does not make any of it less true. */
static int note_slow_end(struct launch *launch)
{
    char text[200];
    snprintf(text, sizeof text,
             "everything was measured, but the runner did not exit within %g s of being told to, and "
             "was killed",
             round((double)(bench_now() - launch->closing_ns) * 1e-8) / 10);
    launch->slow_end = true;
    launch_note(launch, text);
    return LAUNCH_GOES_ON;
}

static void describe_timeout(const struct launch *launch, struct bench_error *why)
{
    uint64_t timeout_ns = launch->request->timeout_ns;
    *why = (struct bench_error){0};
    if (timeout_ns)
        bench_error_set(why, -ETIMEDOUT, "the launch took longer than %g s (--timeout) and was killed",
                        (double)timeout_ns * 1e-9);
    else
        bench_error_set(why, -ETIMEDOUT,
                        "opening the case took longer than %g s, so its runner was killed; --timeout "
                        "SECONDS allows more",
                        (double)launch_opening_most_ns * 1e-9);
}

int launch_fail(struct launch *launch, enum talk talk, const struct launch_run *what,
                struct bench_error *why, struct bench_error *err)
{
    if (talk == TALK_STOPPED)
        return bench_error_set(err, -EINTR, "interrupted");
    if (talk == TALK_TIMEOUT && launch->closing_ns)
        return note_slow_end(launch);
    if (talk == TALK_TIMEOUT)
        describe_timeout(launch, why);
    if (talk == TALK_DIED || (talk == TALK_TIMEOUT && launch->request->timeout_ns)) {
        const struct fate fate = fate_of(launch, what, talk);
        fate_tell(&fate, why);
    }
    int rc = launch_give_up(launch, what, talk_status(talk), why->message, err);
    return rc < 0 ? rc : LAUNCH_OVER;
}

int launch_take(struct launch *launch, const struct launch_run *what, struct reply *reply,
                struct bench_error *err)
{
    if (reply->ok) {
        launch_note(launch, reply->note);
        return LAUNCH_GOES_ON;
    }
    if (launch->request->setup->requests) /* what it was reckoned with stays counted, too */
        request_limit_settle(launch->request->setup->requests, 0, 0, reply->requested);
    struct bench_error why = {0};
    enum status status = refusal_status(reply->status);
    struct bench_error timeout = {0};
    if (status == STATUS_TIMEOUT)
        describe_timeout(launch, &timeout);
    bench_error_set(&why, -EIO, "%s%s%s", timeout.message, timeout.message[0] ? ": " : "",
                    reply->error ? reply->error : "the runner reported a failure without a reason");
    if (status == STATUS_CRASHED ||
        status ==
            STATUS_TIMEOUT) { /* one of its workers, or the runner itself, which has left a last word */
        const struct fate fate = fate_of(launch, what, TALK_ANSWERED);
        fate_tell(&fate, &why);
    }
    int rc = launch_give_up(launch, what, status, why.message, err);
    reply_free(reply);
    return rc < 0 ? rc : LAUNCH_OVER;
}
