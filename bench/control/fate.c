/* When did a runner crash or hang, and what may be the cause? See fate.h. */
#include "control/fate.h"

#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void add(struct bench_error *why, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct bench_error *why, const char *format, ...)
{
    size_t used = strlen(why->message);
    va_list args;
    va_start(args, format);
    vsnprintf(why->message + used, sizeof why->message - used, format, args);
    va_end(args);
}

static void tell_run(const struct fate *fate, struct bench_error *why)
{
    if (fate->phase == PHASE_VERIFY)
        add(why, ", in the verification run (prepare, lane_init, run, check or finish)");
    else
        add(why, ", in run %" PRIu64 " of phase %s (prepare, run or finish)", fate->run,
            phase_word(fate->phase));
}

void fate_tell(const struct fate *fate, struct bench_error *why)
{
    switch (fate->stage) {
    case STAGE_OPEN:
        add(why, ", while the case was opened (setup, or the start of the workers)");
        break;
    case STAGE_RUN:
        tell_run(fate, why);
        break;
    case STAGE_CLOSE:
        add(why, ", while the case was closed (lane_fini or teardown)");
        break;
    }
    bool stray = fate->signal == SIGSEGV || fate->signal == SIGBUS || fate->signal == SIGILL;
    if (stray && fate->small_stacks && fate->stage == STAGE_RUN)
        add(why,
            "; perhaps a lane's stack, which is small, was overrun: -fstack-clash-protection when the "
            "workload is compiled shows that, the executor's parameter stack gives it more");
}
