/* `bench history RUNS.csv...`: many sessions of one suite; where did it get slower? */
#include "cli/commands.h"
#include "cli/compare_options.h"
#include "cli/context.h"
#include "cli/defaults.h"
#include "cli/duel.h"
#include "cli/output.h"
#include "report/formats.h"
#include "results/history_make.h"

#include <errno.h>

struct command {
    struct option_texts files;
    const struct metric *metric;
    unsigned format;
    uint64_t last, fresh;
    const char *build, *side;
    bool verbose, quiet;
};

static const struct option_row rows[] = {
    {OPERANDS(struct command, files), .completes = COMPLETES_FILES},
    {"metric", 'm', "NAME", METRIC_OPTION(struct command, metric),
     .help = "what to look at; bench compare --help lists the metrics"},
    {"last", 0, "N", COUNT_OPTION(struct command, last, 1, 1e9), .initial = "200",
     .help = "look at the newest N sessions"},
    {"fresh", 0, "N", COUNT_OPTION(struct command, fresh, 1, 1e9), .initial = "15",
     .help = "exit with status 1 if it got slower within the newest N sessions"},
    {"confirm", 0, "BUILD", TEXT_OPTION(struct command, build),
     .help = "try each fresh change: make a git work tree of the commits (labels) before and behind it, "
             "build both with this shell command, in which {tree} is the folder, and compare them by "
             "bench ab"},
    {"side", 0, "OPTIONS", TEXT_OPTION(struct command, side),
     .help = "what a build adds to the command line of bench ab: '-s command={tree}/prog', '--plugin "
             "{tree}/mine.so', or '--bench {tree}/bin/bench' for its own bench"},
    {"format", 0, "FORMAT", CHOICE_OPTION(struct command, format), .word = format_word_of_history,
     .initial = "table", .help = "what stdout gets"},
    {"quiet", 'q', NULL, FLAG_OPTION(struct command, quiet), .help = "builds say nothing"},
    {"verbose", 'v', NULL, FLAG_OPTION(struct command, verbose),
     .help = "more in table and markdown: each series, and the step that would be found in it"},
    {0},
};

const struct command_line history_line = {
    .name = "bench history",
    .operands = "RUNS.csv...",
    .summary = "Many sessions of a suite: when did it get slower? Files of bench run -o FILE, to which "
               "each session was appended, in any order; - is stdin. A session's --label is its commit.",
    .print_more = format_print_of_history,
    .notes =
        "A case is a series with one value a session. A new machine or a new minor version of a runtime "
        "begins a new series. A change takes five sessions before and behind it to be told.\n"
        "\n"
        "Exit status: 0 nothing got slower within the --fresh sessions, or --confirm has acquitted it; "
        "1 "
        "something did; 2 the command line or a file is wrong; 130 interrupted.\n"
        "\n"
        "Examples:\n"
        "  bench history nightly.csv\n"
        "  bench history nightly.csv --confirm 'make -C {tree}' --side '-s command={tree}/prog'",
    .parts = {{rows, 0}},
};

static int check(const struct command *command, const struct duel_plan *plan, struct bench_error *err)
{
    const struct option_texts *files = &command->files;
    if (files->count == 0)
        return bench_error_set(err, -EINVAL,
                               "history: name a results file, for example: bench history nightly.csv "
                               "(- is stdin; bench history --help)");
    for (size_t i = 0; i < files->count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (output_is_same_file(files->texts[i], files->texts[j]))
                return bench_error_set(err, -EINVAL, "history: %s is given twice", files->texts[i]);
        }
    }
    return duel_plan_check(plan, err);
}

static int tell(const struct command *command, const struct history *history, struct bench_error *err)
{
    struct defaults defaults;
    defaults_open(&defaults, NULL);
    struct page page = {.out = stdout,
                        .width = output_width(),
                        .with_details = command->verbose,
                        .defaults = &defaults.known};
    int rc = format_chosen(FORMAT_OF_HISTORY, command->format)->history(&page, history, err);
    defaults_close(&defaults);
    for (size_t i = 0; rc == 0 && i < history->points_size; i++) {
        if (history_point_is_regression(&history->points[i]))
            return EXIT_REGRESSION;
    }
    return rc;
}

static int make(struct history *history, const struct command *command, const struct duel_plan *plan,
                struct bench_error *err)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < command->files.count; i++)
        rc = history_rows_read(&history->rows, command->files.texts[i], err);
    if (rc == 0)
        rc = history_make(history, err);
    if (rc == 0)
        duel_name(history, plan);
    if (rc == 0 && plan->build) {
        stop_watch();
        rc = duel_fight(history, plan, err);
    }
    return rc;
}

int command_history(int argc, char **argv, struct bench_error *err)
{
    struct command command = {.metric = &metrics[0], .last = 200, .fresh = 15};
    struct history history;
    int rc = command_line_parse(&history_line, &command, argc, argv, err);
    const struct duel_plan plan = {
        .build = command.build, .side = command.side, .is_quiet = command.quiet};
    history_init(&history, command.metric);
    history.last = command.last;
    history.fresh = command.fresh;
    if (rc == 0)
        rc = check(&command, &plan, err);
    if (rc == 0)
        rc = make(&history, &command, &plan, err);
    if (rc == 0)
        rc = tell(&command, &history, err);
    else if (rc == COMMAND_LINE_ANSWERED)
        rc = EXIT_OK;
    if (rc == -EINTR && stop_signal)
        rc = EXIT_SIGNAL + stop_signal;
    history_free(&history);
    option_texts_free(&command.files);
    return rc;
}
