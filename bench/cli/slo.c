/* `bench --slo`: from options to a search, and from what it found to the page. */
#include "cli/slo.h"

#include "advise/capacity.h"
#include "cli/commands.h"
#include "cli/progress.h"
#include "report/capacity_page.h"

#include <stdio.h>
#include <string.h>

struct slo_command {
    struct context *context;
    struct output *output;
    struct progress progress;
    struct said notes;
};

static int on_record(void *context, const struct record *record, struct bench_error *err)
{
    struct slo_command *command = context;
    return output_record(command->output, record, err);
}

static void on_latencies(void *context, const struct record *record, const struct latencies *latencies)
{
    struct slo_command *command = context;
    output_latencies(command->output, record, latencies);
}

static void on_note(void *context, const char *note)
{
    struct slo_command *command = context;
    const struct plan_case *one = command->progress.now;
    if (command->context->options->quiet || said_before(&command->notes, one->workload->name, note))
        return;
    progress_clear(&command->progress);
    say_case(command->context, one, "note", note);
}

static void on_step(void *context, size_t place, size_t step, size_t steps, double left_s)
{
    struct slo_command *command = context;
    char text[96];
    snprintf(text, sizeof text, ": step %zu of about %zu, some %.0f s left in all", step, steps, left_s);
    command->progress.now = &command->context->plan.cases[place];
    command->output->place = place;
    progress_tell(&command->progress, text);
}

static int tell(const struct slo_command *command, const struct capacities *found,
                struct bench_error *err)
{
    const struct options *options = command->context->options;
    struct page page = {.out = stdout,
                        .width = output_width(),
                        .defaults = command->output->defaults ? &command->output->defaults->known : NULL,
                        .with_details = options->verbose};
    const char *format = options->format_word ? options->format_word : "table";
    if (strcmp(format, "json") == 0)
        return capacity_json(&page, found, err);
    page.style = strcmp(format, "markdown") == 0 ? PAGE_MARKDOWN : PAGE_TEXT;
    return capacity_page(&page, found, err);
}

/* 3: a way could not be run; 4: there is no answer for one; else 0. */
static int status_of(const struct capacities *found)
{
    int status = EXIT_OK;
    for (size_t i = 0; i < found->count; i++) {
        const struct capacity *one = &found->list[i];
        if (one->status == STATUS_UNSUPPORTED)
            continue;
        if (one->failed && !one->was_late)
            return EXIT_CASE;
        if (one->failed || one->answer.verdict == LIMIT_UNCLEAR)
            status = EXIT_INCONCLUSIVE;
    }
    return status;
}

int slo_run(struct context *context, const struct preflight_verdict *verdicts, struct output *output,
            struct bench_error *err)
{
    const struct options *options = context->options;
    struct slo_command command = {.context = context, .output = output};
    struct capacities found;
    const struct launch_hooks hooks = {
        .context = &command, .on_record = on_record, .on_latencies = on_latencies, .on_note = on_note};
    const struct capacity_request request = {.plan = &context->plan,
                                             .verdicts = verdicts,
                                             .setup = &context->setup,
                                             .session = &context->session,
                                             .slo = options->slo,
                                             .time_ns = options->slo_time_ns,
                                             .timeout_ns = options->timeout_ns,
                                             .arrivals = options->shape.arrivals,
                                             .hooks = &hooks,
                                             .on_step = on_step};
    progress_init(&command.progress, &context->naming, context->plan.count, options->quiet);
    int rc = capacities_find(&found, &request, err);
    progress_clear(&command.progress);
    if (rc == 0)
        rc = tell(&command, &found, err);
    if (rc == 0)
        rc = status_of(&found);
    capacities_free(&found);
    said_free(&command.notes);
    return rc;
}
