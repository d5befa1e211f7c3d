/* What a lane's hooks may ask of the harness beside waiting: to fail, to leave a note, a larger stack.
 */
#include "runner/team.h"
#include "runner/trace.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

struct saying {
    struct bench_error *error;
    const char *format;
    va_list args;
};

/* printf needs more stack than a lane may have. */
static void write_failure(void *argument)
{
    struct saying *saying = argument;
    vsnprintf(saying->error->message, sizeof saying->error->message, saying->format, saying->args);
}

/* Unless it has been said already, by whichever of the worker's lanes. */
static void write_note(void *argument)
{
    struct saying *saying = argument;
    char note[BENCH_ERROR_TEXT];
    vsnprintf(note, sizeof note, saying->format, saying->args);
    if (!strstr(saying->error->message, note))
        bench_error_note(saying->error, "%s", note);
}

int bench_fail(struct bench_lane *lane, int code, const char *format, ...)
{
    struct saying saying = {.error = &lane->worker->error, .format = format};
    code = code < 0 ? code : -EIO;
    if (saying.error->code == 0) {
        saying.error->code = code;
        va_start(saying.args, format);
        bench_call(lane, write_failure, &saying);
        va_end(saying.args);
    }
    return code;
}

void bench_note(struct bench_lane *lane, const char *format, ...)
{
    struct saying saying = {.error = &lane->worker->note, .format = format};
    va_start(saying.args, format);
    bench_call(lane, write_note, &saying);
    va_end(saying.args);
}

void bench_call(struct bench_lane *lane, void (*function)(void *argument), void *argument)
{
    const struct bench_executor *executor = lane->worker->team->executor;
    if (executor->call)
        executor->call(lane, function, argument);
    else
        function(argument);
}

void bench_charge(struct bench_lane *lane, const struct rusage *used)
{
    struct worker_tally *tally = &lane->worker->tally;
    int64_t peak_bytes = used->ru_maxrss * INT64_C(1024);
    usage_charge(&tally->charged, used);
    tally->charged_peak_bytes =
        peak_bytes > tally->charged_peak_bytes ? peak_bytes : tally->charged_peak_bytes;
}

void bench_latency(struct bench_lane *lane, uint64_t latency_ns)
{
    const struct team *team = lane->worker->team;
    if (team->has_latency && !team->arriving)
        histogram_add(&lane->worker->tally.latency, latency_ns);
}

void bench_waited(struct bench_lane *lane, uint64_t since_ns)
{
    const struct team *team = lane->worker->team;
    uint64_t waited_ns = bench_now() - since_ns, now = tick_clock_read(&team->clock);
    if (team->is_traced)
        trace_wait(lane, TRACE_GLOBAL_LOCK, now - trace_ticks(team, waited_ns), now);
}

void bench_handed_over(struct bench_lane *lane, const struct bench_lane *from)
{
    if (lane->worker->team->is_traced)
        trace_mark(lane, TRACE_HANDED_OVER, from->worker->index);
}

/* What bench_now is where the module's <time.h> has no clock_gettime. */
uint64_t bench_clock_ns(void);
uint64_t bench_clock_ns(void)
{
    return bench_now();
}
