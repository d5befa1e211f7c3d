/* `bench advise RUNS.csv`: nothing is run; what the rows do not tell is named, with its command. */
#include "cli/advise_rows.h"

#include "base/memory.h"
#include "cli/commands.h"
#include "cli/defaults.h"
#include "cli/output.h"
#include "cli/rows_command.h"
#include "records/param_text.h"
#include "results/cases_read.h"
#include "results/rows_advice.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORKS_TOLD = 5 };

/* ---- reading ---- */

static int check_options(const struct options *options, struct bench_error *err)
{
    const struct {
        const char *name;
        bool is_given;
    } refused[] = {{"--workers", options->workers},
                   {"--inflight", options->inflight},
                   {"--plugin", options->plugins.count > 0},
                   {"--time", options->limits.time_ns > 0},
                   {"--output", options->output},
                   {"--dry-run", options->dry_run}};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        if (refused[i].is_given)
            return bench_error_set(err, -EINVAL,
                                   "%s: advise runs nothing where it is given a file; leave out %s, or "
                                   "the file",
                                   refused[i].name, options->operands.texts[0]);
    }
    for (size_t i = 0; i < options->operands.count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (output_is_same_file(options->operands.texts[i], options->operands.texts[j]))
                return bench_error_set(err, -EINVAL, "advise: %s is given twice",
                                       options->operands.texts[i]);
        }
    }
    return 0;
}

static int read_files(const struct options *options, struct cases *cases, struct bench_error *err)
{
    size_t measured = 0;
    for (size_t i = 0; i < options->operands.count; i++) {
        struct cases_file file;
        int rc = cases_read(cases, options->operands.texts[i], &file, err);
        if (rc < 0)
            return rc;
        measured += file.measured;
    }
    cases_finish(cases);
    for (size_t i = 0; i < cases->notes_size; i++) {
        if (cases->notes[i])
            fprintf(stderr, "bench: warning: %s\n", cases->notes[i]);
    }
    if (measured == 0)
        return bench_error_set(err, -EINVAL,
                               "%s: nothing to advise on: no row is a successful measured run",
                               options->operands.texts[0]);
    return 0;
}

/* ---- which work ---- */

static bool has_setting(const struct record *run, const char *setting)
{
    const char *params = run->params;
    struct param_text param;
    size_t length = strlen(setting);
    while (param_text_next(&params, &param)) {
        if (param.word_length == length && memcmp(param.word, setting, length) == 0)
            return true;
    }
    return false;
}

/* "pthread", "cpython.threading", "cpython.all" or "all". */
static bool is_executor(const struct record *run, const char *names)
{
    char **list = text_split(names), *runtime = identity_runtime_prefix(run);
    char *full = mem_format("%s%s", runtime, run->executor ? run->executor : "");
    char *all = mem_format("%sall", runtime);
    bool found = false;
    for (size_t i = 0; list[i]; i++)
        found = found || same_text(list[i], run->executor) || strcmp(list[i], full) == 0 ||
                strcmp(list[i], all) == 0;
    free(all);
    free(full);
    free(runtime);
    free(list);
    return found;
}

static bool is_chosen(const struct options *options, const struct record *run)
{
    if (options->workloads && !same_text(run->workload, options->workloads))
        return false;
    if (options->executors && !is_executor(run, options->executors))
        return false;
    if (options->label && !same_text(run->label, options->label))
        return false;
    for (size_t i = 0; i < options->settings.count; i++) {
        if (!has_setting(run, options->settings.texts[i]))
            return false;
    }
    return true;
}

/* "sleep, spin n=2, ..." */
static int refuse_several(const struct results *results, const struct rows_of_work *work,
                          struct bench_error *err)
{
    struct text names = {0};
    struct case_naming naming;
    const struct record **identities = mem_zero(work->count, sizeof *identities);
    size_t told = 0;
    for (size_t i = 0; i < work->count; i++)
        identities[i] = work->list[i]->identity;
    case_naming_make(&naming, identities, work->count, NULL);
    case_naming_keep_varying(&naming);
    for (size_t number = 0; number < results->works && told <= WORKS_TOLD; number++) {
        size_t i = 0;
        while (i < work->count && work->list[i]->work_number != number)
            i++;
        if (i == work->count)
            continue;
        char *name = case_name_work(identities[i], &naming);
        text_add(&names, "%s%s", told ? ", " : "", told < WORKS_TOLD ? name : "...");
        told++;
        free(name);
    }
    bench_error_set(
        err, -EINVAL,
        "advise: these rows are of several works (%s); choose one with -w, -x, -s NAME=VALUE "
        "or --label, or give rows of one machine",
        names.text);
    case_naming_free(&naming);
    free(identities);
    free(names.text);
    return -EINVAL;
}

/* The list is the caller's to free. */
static int choose(const struct options *options, const struct results *results,
                  const struct case_result **list, struct rows_of_work *work, struct bench_error *err)
{
    bool is_one = true;
    *work = (struct rows_of_work){list, 0};
    for (size_t i = 0; i < results->size; i++) {
        const struct case_result *result = &results->cases[i];
        if (!is_chosen(options, result->identity))
            continue;
        is_one = is_one && (work->count == 0 || result_same_work(result, list[0]));
        list[work->count++] = result;
    }
    if (work->count == 0)
        return bench_error_set(err, -EINVAL,
                               "advise: no row of %s has what -w, -x, -s and --label ask for",
                               options->operands.texts[0]);
    return is_one ? 0 : refuse_several(results, work, err);
}

/* ---- commands ---- */

/* Do ways differ in parameters of their executor alone? */
static bool has_other_params(const struct rows_of_work *work, const struct record *run)
{
    for (size_t i = 0; i < work->count; i++) {
        const struct record *other = work->list[i]->identity;
        if (same_text(other->executor, run->executor) &&
            !same_text(other->executor_params, run->executor_params))
            return true;
    }
    return false;
}

/* Of the recommended executor there is a sweep whose law holds. */
static bool has_law(const struct advice *advice, const struct record *run)
{
    for (size_t i = 0; i < advice->scalings->size; i++) {
        const struct scaling *scaling = &advice->scalings->list[i];
        if (same_text(scaling->first->identity->executor, run->executor) &&
            (scaling->doubt == SCALING_HOLDS || scaling->doubt == SCALING_MISFIT))
            return true;
    }
    return false;
}

static void wish_for_scaling(struct advice *advice, const struct record *run, bool has_params,
                             const struct case_defaults *defaults)
{
    struct text command = {0};
    bool is_of_lanes = run->inflight > 1;
    text_add(&command, "bench");
    rows_command_work(&command, run, defaults);
    rows_command_way(&command, run, has_params, is_of_lanes ? "inflight" : "workers");
    text_add(&command, " %s --launches 5 -o FILE",
             is_of_lanes        ? "-i 1,2,4,8,16,32,64"
             : run->workers > 8 ? "-j 1,2,4,8,16,32,64"
                                : "-j 1-8");
    advice_wish(advice, "scaling", command.text);
}

static size_t count_executors(const struct advice *advice)
{
    size_t count = 0;
    for (size_t i = 0; i < advice->ways_count; i++) {
        size_t j = 0;
        while (!same_text(advice->ways[j].executor, advice->ways[i].executor))
            j++;
        count += j == i;
    }
    return count;
}

static void add_commands(struct advice *advice, const struct rows_of_work *work,
                         const struct case_defaults *defaults)
{
    const struct case_result *best = rows_recommended(advice, work);
    const struct record *first = work->list[0]->identity;
    struct text advise = {0};
    bool by_levers = advice->bound.reason == BOUND_PLAIN || advice->bound.reason == BOUND_PROGRAMS;
    text_add(&advise, "bench advise");
    rows_command_work(&advise, first, defaults);
    char *runtime = identity_runtime_prefix(first);
    if (*runtime)
        text_add(&advise, " -x %sall", runtime);
    free(runtime);
    if (best) {
        struct text command = {0};
        const struct record *run = best->identity;
        bool has_params = has_other_params(work, run);
        text_add(&command, "bench");
        rows_command_work(&command, run, defaults);
        rows_command_way(&command, run, has_params, "");
        advice->command = command.text;
        if (!same_text(run->executor, "serial") && !has_law(advice, run))
            wish_for_scaling(advice, run, has_params, defaults);
    }
    if (!by_levers)
        advice_wish(advice, "class", mem_text(advise.text));
    if (count_executors(advice) < 2)
        advice_wish(advice, "ways", mem_text(advise.text));
    free(advise.text);
}

/* ---- all of it ---- */

int advise_rows(const struct options *options,
                int (*tell)(void *context, const struct advice *advice, struct bench_error *err),
                void *context, struct bench_error *err)
{
    struct cases cases = {0};
    struct results results = {0};
    struct scalings scalings = {0};
    struct rows_of_work work = {0};
    struct advice advice;
    struct defaults defaults;
    const struct case_result **list = NULL;
    int rc = check_options(options, err);
    advice_init(&advice);
    cases_init(&cases, IDENTITY_ALL);
    cases.is_with_rows = cases.is_of_levers = cases.is_for_people = true;
    results_ask(&cases);
    cases_ask(&cases, COLUMN_run_delay_s);
    cases_ask(&cases, COLUMN_pressure_cpu_s);
    if (rc == 0)
        rc = read_files(options, &cases, err);
    if (rc == 0) {
        results_make(&results, &cases);
        list = mem_zero(results.size, sizeof *list);
        rc = choose(options, &results, list, &work, err);
    }
    if (rc == 0) {
        rows_advice(&advice, &work, &cases);
        scalings_of(&scalings, &results);
        scalings_keep(&scalings, list[0],
                      advice.recommended == SIZE_MAX ? NULL : advice.ways[advice.recommended].executor);
        advice.scalings = &scalings;
        defaults_open(&defaults, NULL);
        add_commands(&advice, &work, &defaults.known);
        defaults_close(&defaults);
        rc = tell(context, &advice, err);
        if (rc == 0)
            rc = advice.bound.class == BOUND_UNKNOWN ? EXIT_INCONCLUSIVE : EXIT_OK;
    }
    advice_free(&advice);
    scalings_free(&scalings);
    free(list);
    results_free(&results);
    cases_free(&cases);
    return rc;
}
