/* Which cases need not be run again. */
#include "cli/resume.h"

#include "base/memory.h"
#include "control/launch.h"
#include "records/csv_read.h"
#include "results/cases_read.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const unsigned parts = IDENTITY_LABEL | IDENTITY_MACHINE;

/* A case of the plan, as rows have it. */
struct place {
    struct record identity;
};

static struct place *make_places(const struct context *context)
{
    struct place *places = mem_zero(context->plan.count, sizeof *places);
    for (size_t i = 0; i < context->plan.count; i++)
        launch_describe(&places[i].identity, &context->plan.cases[i], &context->session);
    return places;
}

static void free_places(struct place *places, size_t count)
{
    for (size_t i = 0; i < count; i++)
        record_free(&places[i].identity);
    free(places);
}

static const struct case_runs *find(const struct cases *cases, const struct record *identity)
{
    for (size_t i = 0; i < cases->size; i++) {
        if (identity_equal(cases->list[i].identity, identity, parts))
            return &cases->list[i];
    }
    return NULL;
}

/* As many runs as asked for, or fewer because its time was over: rows do not tell when it ended, but
 * what the verification took, which is not timed, is about a run's time or more. */
static bool is_launch_complete(const struct cases *cases, const struct case_runs *one, size_t launch,
                               const struct stopping_limits *limits)
{
    const struct case_launch *of = &one->launches[launch];
    uint64_t measured = 0, most = limits->runs ? limits->runs : limits->usual_runs;
    double measured_s = 0;
    bool is_verified = false;
    for (size_t i = of->first; i < of->first + of->size; i++) {
        is_verified |= one->runs[i].phase == PHASE_VERIFY;
        if (!cases_is_measured(cases, one, i))
            continue;
        measured++;
        measured_s += cases_value(cases, one, i, COLUMN_wall_s);
    }
    if (measured == 0 || !is_verified)
        return false;
    double spent_s = measured_s + measured_s / (double)measured;
    bool late = limits->runs == 0 && spent_s * 1e9 >= (double)limits->time_ns;
    return measured >= most || (late && measured >= limits->min_runs);
}

static bool is_complete(const struct cases *cases, const struct case_runs *one,
                        const struct options *options)
{
    uint64_t complete = 0;
    if (!one || one->failed > 0 || one->unsupported > 0)
        return false;
    for (size_t i = 0; i < one->launches_size; i++)
        complete += is_launch_complete(cases, one, i, &options->limits);
    return complete >= options->launches;
}

/* Tell the rows of those cases with the others. */
static int take_rows(struct output *output, const struct place *places, const bool *done, size_t count,
                     struct bench_error *err)
{
    struct csv_reader *reader;
    const struct record *row;
    int rc = csv_read_open(&reader, output->options->output, err);
    while (rc >= 0 && (rc = csv_read_next(reader, &row, err)) == 1) {
        for (size_t i = 0; i < count; i++) {
            if (done[i] && identity_equal(row, &places[i].identity, parts)) {
                output->place = i;
                output_keep(output, row);
                break;
            }
        }
    }
    csv_read_close(reader);
    return rc;
}

int resume_open(bool **done, struct output *output, const struct context *context,
                struct bench_error *err)
{
    const struct options *options = output->options;
    size_t count = context->plan.count, complete = 0;
    *done = mem_zero(count, sizeof **done);
    if (!options->resume)
        return 0;
    struct cases held;
    struct place *places = make_places(context);
    cases_init(&held, parts);
    cases_ask(&held, COLUMN_wall_s);
    int rc = cases_read(&held, options->output, NULL, err);
    cases_finish(&held);
    for (size_t i = 0; rc == 0 && i < count; i++) {
        (*done)[i] = is_complete(&held, find(&held, &places[i].identity), options);
        complete += (*done)[i];
    }
    if (rc == 0 && complete > 0)
        rc = take_rows(output, places, *done, count, err);
    if (rc == 0 && complete > 0 && !options->quiet)
        fprintf(stderr, "bench: %s holds %zu of %zu cases complete; skipping them\n", options->output,
                complete, count);
    cases_free(&held);
    free_places(places, count);
    return rc;
}
