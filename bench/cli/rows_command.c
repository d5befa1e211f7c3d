/* The command line that runs again what rows are of. */
#include "cli/rows_command.h"

#include "base/memory.h"
#include "base/shape.h"
#include "records/identity.h"
#include "records/param_text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- the work ---- */

static bool has_word(const char *words, const struct param_text *param)
{
    struct param_text other;
    while (param_text_next(&words, &other)) {
        if (other.word_length == param->word_length &&
            memcmp(other.word, param->word, param->word_length) == 0)
            return true;
    }
    return false;
}

static void add_params(struct text *command, const char *prefix, const char *params,
                       const char *defaults)
{
    struct param_text param;
    while (param_text_next(&params, &param)) {
        if (!has_word(defaults, &param))
            text_add(command, " -s %s%.*s", prefix, (int)param.word_length, param.word);
    }
}

/* Those that the rows' own command had: which plug-in a workload is of, no other column tells. */
static void add_plugins(struct text *command, const char *words)
{
    static const char option[] = "--plugin";
    const size_t length = sizeof option - 1;
    while (words && *words) {
        size_t word = text_word_length(words);
        if (word >= length && strncmp(words, option, length) == 0) {
            text_add(command, " %.*s", (int)word, words);
            const char *next = words + word;
            if (word == length && *next == ' ')
                text_add(command, " %.*s", (int)text_word_length(next + 1), next + 1);
        }
        words += word;
        words += strspn(words, " ");
    }
}

void rows_command_work(struct text *command, const struct record *run,
                       const struct case_defaults *defaults)
{
    const char *workload = run->workload ? run->workload : "";
    text_add(command, " -w ");
    text_add_word(command, workload);
    add_plugins(command, run->command);
    add_params(command, "", run->params,
               defaults && defaults->of ? defaults->of(defaults->context, workload) : NULL);
}

/* ---- how it is run ---- */

static void add_knobs(struct text *command, const struct record *run)
{
    static const char *const names[] = {"pin", "places", "schedule"};
    for (const struct knob *knob = knobs; knob->name; knob++) {
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            const char *text =
                strcmp(knob->name, names[i]) == 0 ? record_text(run, column_find(knob->name)) : NULL;
            if (text && strcmp(text, shape_text(&shape_default, knob)) != 0)
                text_add(command, " --%s %s", knob->name, text);
        }
    }
}

void rows_command_way(struct text *command, const struct record *run, bool has_params,
                      const char *sweeps)
{
    char *prefix = identity_runtime_prefix(run), *executor = mem_format("%s.", run->executor);
    text_add(command, " -x %s%s", prefix, run->executor);
    if (has_params)
        add_params(command, executor, run->executor_params, NULL);
    if (strcmp(run->executor, "serial") != 0 && strcmp(sweeps, "workers") != 0)
        text_add(command, " -j %" PRId64, run->workers);
    if (run->inflight > 1 && strcmp(sweeps, "inflight") != 0)
        text_add(command, " -i %" PRId64, run->inflight);
    add_knobs(command, run);
    free(executor);
    free(prefix);
}
