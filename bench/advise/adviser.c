/* Launches of the adviser: what they tell, and to whom. */
#include "advise/adviser.h"

#include "base/memory.h"
#include "control/request_limit.h"
#include "measure/clock.h"

#include <bench/workload.h>

#include <inttypes.h>

double adviser_spent(const struct adviser *adviser)
{
    return clock_seconds(adviser->began_ns, bench_now()) * 1e9 / (double)adviser->request->time_ns;
}

static struct request_limit *limit_of(const struct adviser *adviser)
{
    return adviser->request->setup->requests;
}

void adviser_share_requests(struct adviser *adviser, double until)
{
    if (limit_of(adviser))
        request_limit_until(limit_of(adviser), until);
}

bool adviser_makes_requests(const struct adviser *adviser)
{
    return limit_of(adviser) && limit_of(adviser)->a_pass > 0;
}

bool adviser_may_ask(struct adviser *adviser, uint64_t passes)
{
    const struct request_limit *limit = limit_of(adviser);
    if (!limit || request_limit_has_room(limit, passes))
        return true;
    advice_warn(adviser->advice,
                mem_format("it was cut short by --max-requests=%" PRIu64
                           ": a pass over the work makes %" PRIu64
                           " requests to other machines; a larger limit, or fewer requests in a pass, "
                           "would show more",
                           limit->most, limit->a_pass));
    return false;
}

bool adviser_can_run(const struct advise_request *request, size_t number)
{
    return !request->plan->cases[number].unsupported &&
           request->verdicts[number].status == STATUS_UNKNOWN;
}

static int on_record(void *context, const struct record *record, struct bench_error *err)
{
    const struct adviser *adviser = context;
    const struct advise_hooks *hooks = adviser->request->hooks;
    bool is_heard = adviser->hear(adviser->context, record);
    return is_heard && hooks->on_record ? hooks->on_record(hooks->context, record, err) : 0;
}

static void on_note(void *context, const char *note)
{
    struct adviser *adviser = context;
    const struct advise_hooks *hooks = adviser->request->hooks;
    if (limit_of(adviser) && limit_of(adviser)->told && !adviser->has_announced) {
        adviser->has_announced = true;
        if (hooks->on_announce)
            hooks->on_announce(hooks->context, note);
        return;
    }
    if (adviser->keeps_notes)
        advice_warn(adviser->advice, mem_text(note));
    else if (hooks->on_note)
        hooks->on_note(hooks->context, adviser->now, note);
}

static void on_progress(void *context, uint64_t run, uint64_t runs)
{
    const struct adviser *adviser = context;
    const struct advise_hooks *hooks = adviser->request->hooks;
    (void)run;
    (void)runs;
    if (hooks->on_progress)
        hooks->on_progress(hooks->context, adviser->now, adviser->doing, adviser_spent(adviser));
}

struct launch_hooks adviser_hooks(struct adviser *adviser)
{
    return (struct launch_hooks){
        .context = adviser, .on_record = on_record, .on_note = on_note, .on_progress = on_progress};
}

struct launch_request adviser_launch(const struct adviser *adviser, const struct launch_hooks *hooks,
                                     int64_t number)
{
    const struct advise_request *request = adviser->request;
    return (struct launch_request){.one = adviser->now,
                                   .setup = request->setup,
                                   .hooks = hooks,
                                   .session = request->session,
                                   .timeout_ns = request->timeout_ns,
                                   .number = number};
}

char *adviser_failure(const struct record *record)
{
    return mem_format("%s: %s", status_word(record->status),
                      record->error ? record->error : "it does not say why");
}
