/* `bench ab`: two cases that can run now, compared in pairs, one pair of cases after the other. */
#include "base/memory.h"
#include "base/standard_output.h"
#include "base/text.h"
#include "cli/ab_doubt.h"
#include "cli/commands.h"
#include "cli/comparison_output.h"
#include "cli/context.h"
#include "cli/defaults.h"
#include "cli/plan_name.h"
#include "cli/progress.h"
#include "control/alternate.h"
#include "control/preflight.h"
#include "control/stop.h"
#include "machine/load.h"
#include "machine/placement.h"
#include "records/csv.h"
#include "results/pair.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { A, B, SIDES };

struct ab {
    struct ab_options options;
    struct context contexts[SIDES];
    struct preflight_verdict *verdicts[SIDES]; /* of preflight, one a case */
    char *duet[SIDES];                         /* the two places of a duet */
    struct progress progress;
    struct said notes;
    struct csv csv;
    bool has_csv;
    char *failure;        /* what the last record said that was not ok */
    int64_t tasks[SIDES]; /* of a pass, in this case; 0: not known yet */
    struct comparison comparison;
    struct doubt *doubts; /* of its cases */
};

/* ---- before anything runs ---- */

static int check_cases(const struct ab *ab, struct bench_error *err)
{
    const struct plan *a = &ab->contexts[A].plan, *b = &ab->contexts[B].plan;
    if (a->count != b->count)
        return bench_error_set(err, -EINVAL,
                               "ab: A has %zu case%s and B has %zu; cases are paired in order, so both "
                               "sides need the same number",
                               a->count, a->count == 1 ? "" : "s", b->count);
    for (size_t i = 0; ab->options.duet && i < a->count; i++) {
        const struct plan_case *one = a->cases[i].shape.workers > 1   ? &a->cases[i]
                                      : b->cases[i].shape.workers > 1 ? &b->cases[i]
                                                                      : NULL;
        if (!one)
            continue;
        char *name = plan_name(one, NULL);
        bench_error_set(err, -EINVAL, "--duet: needs cases with one worker (-j 1), not '%s'", name);
        free(name);
        return -EINVAL;
    }
    return 0;
}

/* The first CPU of each of two places. */
static int find_duet(struct ab *ab, struct bench_error *err)
{
    const struct options *options = &ab->options.sides[A];
    struct placement_policy policy;
    struct placement placement;
    if (!ab->options.duet)
        return 0;
    int rc = placement_policy_parse(strcmp(options->shape.pin, "none") ? options->shape.pin : "close",
                                    options->shape.places, &policy, err);
    if (rc < 0)
        return rc;
    rc = placement_make(ab->contexts[A].topology, &policy, SIDES, &placement, err);
    if (rc == 0 && placement.per_place > 1)
        rc = bench_error_set(err, -EINVAL,
                             "--duet: needs two cores, and only one is allowed here; without --duet, "
                             "both sides take turns");
    for (int side = A; rc == 0 && side < SIDES; side++)
        ab->duet[side] = mem_format("%d", hwloc_bitmap_first(placement.sets[side]));
    if (rc == 0 || placement.sets)
        placement_free(&placement);
    placement_policy_free(&policy);
    return rc;
}

static int prepare(struct ab *ab, struct bench_error *err)
{
    for (int side = A; side < SIDES; side++) {
        int rc = context_open(&ab->contexts[side], &ab->options.sides[side], err);
        if (rc < 0)
            return rc;
        ab->contexts[side].setup.program = ab->options.programs[side];
    }
    /* One call of bench is one session, and others are burdened by both sides together. */
    ab->contexts[B].setup.requests = &ab->contexts[A].requests;
    record_set_text(&ab->contexts[B].session, COLUMN_session, ab->contexts[A].session.session);
    int rc = check_cases(ab, err);
    if (rc == 0)
        rc = comparison_check_page(ab->options.page, err);
    return rc == 0 ? find_duet(ab, err) : rc;
}

static int check_parameters(struct ab *ab, struct bench_error *err)
{
    int rc = 0;
    for (int side = A; rc == 0 && side < SIDES; side++)
        rc = preflight(&ab->verdicts[side], &ab->contexts[side].plan, &ab->contexts[side].setup,
                       ab->options.sides[side].timeout_ns, err);
    return rc;
}

/* ---- hooks ---- */

static int on_record(void *context, const struct record *record, struct bench_error *err)
{
    struct ab *ab = context;
    if (record->status != STATUS_OK) {
        free(ab->failure);
        ab->failure =
            mem_format("%s: %s%s%s", record->side ? record->side : "", status_word(record->status),
                       record->error ? ": " : "", record->error ? record->error : "");
    }
    if (record->status == STATUS_OK && record->phase == PHASE_VERIFY && record->side)
        ab->tasks[strcmp(record->side, "A") == 0 ? A : B] = record->tasks;
    return ab->has_csv ? csv_write_record(&ab->csv, record, err) : 0;
}

static void on_note(void *context, const char *note)
{
    struct ab *ab = context;
    const struct plan_case *one = ab->progress.now;
    if (ab->options.sides[A].quiet || said_before(&ab->notes, one->workload->name, note))
        return;
    progress_clear(&ab->progress);
    say_case(&ab->contexts[A], one, "note", note);
}

/* "45 % of the time, 12 launches, +1.02 % +- 0.31 %" */
static void on_round(void *context, double spent, const struct paired *paired)
{
    struct ab *ab = context;
    struct paired_result result = paired_result(paired);
    char text[128];
    if (isnan(result.difference))
        snprintf(text, sizeof text, "%.0f %% of the time", spent * 100);
    else
        snprintf(text, sizeof text, "%.0f %% of the time, %zu launches%s, %+.2f %% +- %.2f %%",
                 spent * 100, paired->rounds.count,
                 paired->state == PAIRED_CONFIRMING ? " (confirming)" : "",
                 expm1(result.difference) * 100, (result.interval.high - result.difference) * 100);
    progress_tell(&ab->progress, text);
}

/* ---- comparing ---- */

static void describe(struct record *record, const struct plan_case *one)
{
    record_init(record);
    record_set_text(record, COLUMN_workload, one->workload->name);
    record->params = mem_text(one->params); /* not masked yet: two passwords are not the same */
    record_set_text(record, COLUMN_executor, one->executor->name);
    record_set_shape(record, &one->shape);
}

static void note_tasks(struct ab *ab, const struct plan_case *a)
{
    const int64_t *tasks = ab->tasks;
    if (tasks[A] <= 0 || tasks[B] <= 0 || tasks[A] == tasks[B] ||
        ab->options.metric->column == COLUMN_work_per_s)
        return;
    char *name = plan_name(a, NULL);
    comparison_note(&ab->comparison,
                    "%s: a run of A has %" PRId64 " tasks, one of B %" PRId64
                    ": the two do not do as much; --metric rate compares work per second",
                    name, tasks[A], tasks[B]);
    free(name);
}

/* As the next case of the comparison. */
static void keep_outcome(struct ab *ab, const struct plan_case *a, const struct plan_case *b,
                         const struct alternate_outcome *outcome)
{
    struct compared_case *one = &ab->comparison.cases[ab->comparison.size];
    struct record sides[SIDES];
    describe(&sides[A], a);
    describe(&sides[B], b);
    pair_describe(&one->identity, &sides[A], &sides[B]);
    pair_judge(one, &outcome->paired, outcome->values, outcome->runs, ab->options.metric);
    if (outcome->failed) {
        one->verdict = VERDICT_FAILED;
        one->why = mem_text(outcome->why ? outcome->why : ab->failure ? ab->failure : "a run failed");
    } else if (one->verdict == VERDICT_INCONCLUSIVE)
        ab->doubts[ab->comparison.size] = doubt_of(&outcome->paired, outcome->round_s);
    ab->comparison.size++;
    note_tasks(ab, a);
    for (int side = A; side < SIDES; side++)
        record_free(&sides[side]);
}

static int compare_case(struct ab *ab, size_t which, struct bench_error *err)
{
    const struct options *options = &ab->options.sides[A];
    const struct launch_hooks hooks = {.context = ab, .on_record = on_record, .on_note = on_note};
    const struct alternate_limits limits = {.time_ns = ab->options.time_ns,
                                            .rounds_max = ab->options.launches,
                                            .seed = (uint64_t)options->shape.seed + which,
                                            .warmup = options->limits.warmup};
    struct launch_request launches[SIDES];
    for (int side = A; side < SIDES; side++)
        launches[side] = (struct launch_request){.one = &ab->contexts[side].plan.cases[which],
                                                 .setup = &ab->contexts[side].setup,
                                                 .hooks = &hooks,
                                                 .session = &ab->contexts[side].session,
                                                 .timeout_ns = options->timeout_ns};
    const struct alternate_request request = {
        .sides = {&launches[A], &launches[B]},
        .limits = &limits,
        .rules = {.false_alarm = (1 - ab->options.confidence) / (double)ab->contexts[A].plan.count,
                  .threshold = log1p(ab->options.threshold),
                  .level = 0.95},
        .column = ab->options.metric->column,
        .duet = {ab->duet[A], ab->duet[B]},
        .on_round = on_round};
    struct alternate_outcome outcome = {.values = {NAN, NAN}};
    int rc = 0;
    ab->tasks[A] = ab->tasks[B] = 0;
    for (int side = A; !outcome.failed && side < SIDES; side++) {
        const struct preflight_verdict *verdict = &ab->verdicts[side][which];
        outcome.failed = verdict->status != STATUS_UNKNOWN;
        launches[side].side = side == A ? "A" : "B";
        if (outcome.failed)
            rc = launch_refuse(&launches[side], verdict->status, verdict->error, err);
    }
    if (!outcome.failed)
        rc = alternate_run(&request, &outcome, err);
    if (rc == 0)
        keep_outcome(ab, launches[A].one, launches[B].one, &outcome);
    alternate_free(&outcome);
    return rc;
}

static int compare_all(struct ab *ab, struct bench_error *err)
{
    const struct plan *plan = &ab->contexts[A].plan;
    int rc = 0;
    struct load before, after;
    load_read("", &before);
    ab->comparison.cases = mem_zero(plan->count, sizeof *ab->comparison.cases);
    ab->doubts = mem_zero(plan->count, sizeof *ab->doubts);
    progress_init(&ab->progress, &ab->contexts[A].naming, plan->count, ab->options.sides[A].quiet);
    for (size_t i = 0; rc == 0 && i < plan->count; i++) {
        ab->progress.now = &plan->cases[i];
        rc = compare_case(ab, i, err);
        ab->progress.done++;
    }
    progress_clear(&ab->progress);
    load_read("", &after);
    doubts_tell(&ab->comparison, ab->doubts, &ab->options, load_others_cpus(&before, &after),
                ab->contexts[A].facts.threads);
    return rc;
}

static void name_sides(struct ab *ab, char *names[SIDES])
{
    for (int side = A; side < SIDES; side++) {
        const char *program = ab->options.programs[side], *own = ab->options.names[side];
        const char *none = program || *own ? "" : "as it is";
        names[side] = text_mask_secrets(
            mem_format("%s%s%s%s", program ? program : "", program && *own ? " " : "", own, none));
    }
    ab->comparison.old_name = names[A];
    ab->comparison.new_name = names[B];
}

/* Only what there is. */
static void say_interrupted(const struct ab *ab)
{
    fprintf(stderr, "bench: interrupted%s%s%s\n",
            ab->comparison.size > 0 ? "; what was finished is shown" : " before a case was finished",
            ab->has_csv ? "; the runs until then are in " : "",
            ab->has_csv ? ab->options.sides[A].output : "");
}

/* Compare, and tell what came of it; of what was compared before an end that the user wished for too. */
static int compare_and_tell(struct ab *ab, struct bench_error *err)
{
    struct bench_error closing = {0};
    char *names[SIDES] = {NULL, NULL};
    ab->comparison = (struct comparison){.metric = ab->options.metric,
                                         .old_word = "A",
                                         .new_word = "B",
                                         .threshold = ab->options.threshold,
                                         .confidence = 0.95,
                                         .false_alarm = 1 - ab->options.confidence,
                                         .is_paired = true};
    int rc = 0;
    name_sides(ab, names);
    if (ab->options.sides[A].output) {
        rc = csv_open(&ab->csv, ab->options.sides[A].output, record_header, err);
        ab->has_csv = rc == 0;
        if (rc < 0)
            goto out;
    }
    rc = compare_all(ab, err);
    stop_release();
    if (ab->has_csv && csv_close(&ab->csv, &closing) < 0 && rc == 0)
        rc = bench_error_set(err, closing.code, "%s", closing.message);
    if (rc == 0 || (rc == -EINTR && ab->comparison.size > 0)) {
        struct defaults defaults;
        defaults_open(&defaults, ab->contexts[A].registry);
        int told = comparison_report(&ab->comparison, ab->options.format, ab->options.page,
                                     &defaults.known, err);
        defaults_close(&defaults);
        rc = rc == 0 ? told : rc;
    }
    if (rc == -EINTR && stop_signal) {
        say_interrupted(ab);
        rc = EXIT_SIGNAL + stop_signal;
    } else if (rc == 0)
        rc = comparison_exit_status(&ab->comparison, ab->options.strict);
    else if (rc < 0) {
        fprintf(stderr, "bench: %s\n", err->message);
        rc = EXIT_CASE;
    }
out:
    comparison_free(&ab->comparison);
    free(names[A]);
    free(names[B]);
    return rc;
}

static int show(const struct ab *ab, struct bench_error *err)
{
    for (size_t i = 0; i < ab->contexts[A].plan.count; i++) {
        for (int side = A; side < SIDES; side++)
            plan_show(side == A ? "A: " : "B: ", &ab->contexts[side].plan.cases[i]);
    }
    int written = standard_output_end(err);
    if (written < 0)
        return written;
    return EXIT_OK;
}

int command_ab(int argc, char **argv, struct bench_error *err)
{
    struct ab ab = {0};
    int rc = ab_options_parse(&ab.options, argc, argv, err);
    if (rc != 0) {
        ab_options_free(&ab.options);
        return rc < 0 ? rc : EXIT_OK;
    }
    for (int side = A; side < SIDES; side++)
        ab.contexts[side].topology_fd = -1;
    rc = prepare(&ab, err);
    if (rc == 0) {
        stop_watch();
        rc = check_parameters(&ab, err);
    }
    if (rc == 0)
        rc = ab.options.sides[A].dry_run ? show(&ab, err) : compare_and_tell(&ab, err);
    if (rc == -EINTR && stop_signal)
        rc = EXIT_SIGNAL + stop_signal;
    for (int side = A; side < SIDES; side++) {
        if (ab.verdicts[side])
            preflight_free(ab.verdicts[side]);
        if (ab.contexts[side].registry)
            context_close(&ab.contexts[side]);
        free(ab.duet[side]);
    }
    free(ab.doubts);
    free(ab.failure);
    said_free(&ab.notes);
    ab_options_free(&ab.options);
    return rc;
}
