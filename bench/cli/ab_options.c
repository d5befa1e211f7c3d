/* The command line of `bench ab`, cut at its "--". */
#include "cli/ab_options.h"

#include "base/memory.h"
#include "base/text.h"
#include "cli/commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct option_row rows[] = {
    HEADING(COMPARISON),
    {"metric", 'm', "NAME", METRIC_OPTION(struct ab_options, metric),
     .help = "what to compare; bench compare --help lists the metrics"},
    {"threshold", 0, "PERCENT", THRESHOLD_OPTION(struct ab_options, threshold), .initial = "0.25%",
     .help = "ignore changes up to this size"},
    {"confidence", 0, "PERCENT", CONFIDENCE_OPTION(struct ab_options, confidence), .initial = "99.9%",
     .help = "confidence that no difference is reported where there is none, in all cases together"},
    {"time", 't', "SECONDS", SECONDS_OPTION(struct ab_options, time_ns), .initial = "8",
     .help = "at most this long per case; it stops as soon as the answer is known"},
    {"launches", 0, "N", COUNT_OPTION(struct ab_options, launches, 1, 1e6),
     .initial = "as many as it takes", .help = "at most this many launches of each side"},
    {"duet", 0, NULL, FLAG_OPTION(struct ab_options, duet),
     .help = "run both sides at the same instant, each on a core of its own; for cases with one worker"},
    {"bench-a", 0, "PROGRAM", TEXT_OPTION(struct ab_options, programs[0]), .completes = COMPLETES_FILES,
     .help = "the bench program that runs A, such as another build"},
    {"bench-b", 0, "PROGRAM", TEXT_OPTION(struct ab_options, programs[1]), .completes = COMPLETES_FILES,
     .help = "the bench program that runs B"},
    {"strict", 0, NULL, FLAG_OPTION(struct ab_options, strict),
     .help = "exit with status 4 if a case is inconclusive"},
    {"format", 0, "FORMAT", CHOICE_OPTION(struct ab_options, format), .word = format_word_of_comparisons,
     .initial = "table", .help = "what stdout gets"},
    {"page", 0, "FILE", PAGE_OPTION(struct ab_options, page)},
    {0},
};

/* Each side is parsed as the first, and then put in its place. */
const struct command_line ab_line = {
    .name = "bench ab",
    .operands = "-- A... -- B...",
    .summary = "Is B slower than A? Both run now, in turns, and are compared in pairs.",
    .notes =
        "What stands before the first -- is common to both; then comes what A adds, then what B adds. "
        "-o "
        "FILE gets a row for every run.\n"
        "\n"
        "Exit status: 0 B is not slower; 1 B is slower; 2 the command line is wrong; 3 a case failed; 4 "
        "with --strict, a case is inconclusive; 130 interrupted.\n"
        "\n"
        "Examples:\n"
        "  bench ab -w exec -- -s command=./old -- -s command=./new\n"
        "  bench ab -w blur -j 2 -- -x pthread -- -x omp\n"
        "  bench ab -w spin -x serial --bench-a ./old/bench --bench-b ./new/bench",
    .parts = {{options_rows, offsetof(struct ab_options, sides[0])}, {rows, 0}},
};

/* Where the words of the command line belong. */
struct parts {
    int common_end, a_end; /* indexes of the two "--"; argc where there is none */
};

static int cut(struct parts *parts, int argc, char **argv, struct bench_error *err)
{
    int seen = 0;
    *parts = (struct parts){argc, argc};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--") != 0)
            continue;
        if (++seen > 2)
            return bench_error_set(
                err, -EINVAL,
                "ab: a third --; write what both have in common, --, what A adds, --, what B adds");
        *(seen == 1 ? &parts->common_end : &parts->a_end) = i;
    }
    if (seen == 1)
        return bench_error_set(err, -EINVAL,
                               "ab: only one --; add a second one and what B adds: bench ab -w blur -- "
                               "-x pthread -- -x omp");
    return 0;
}

static char *join(char **words, int count)
{
    struct text text = {0};
    for (int i = 0; i < count; i++) {
        text_add(&text, "%s", i ? " " : "");
        text_add_word(&text, words[i]);
    }
    return count > 0 ? text.text : mem_text("");
}

/* The common words and a side's own, parsed as one command line. */
static int parse_side(struct ab_options *options, int side, const struct parts *parts, int argc,
                      char **argv, struct bench_error *err)
{
    int first = side == 0 ? parts->common_end + 1 : parts->a_end + 1;
    int end = side == 0 ? parts->a_end : argc;
    int own = end > first ? end - first : 0;
    struct ab_options parsed = *options;
    char **words = mem_zero((size_t)(parts->common_end + own + 1), sizeof *words);
    memcpy(words, argv, (size_t)parts->common_end * sizeof *words);
    memcpy(words + parts->common_end, argv + first, (size_t)own * sizeof *words);
    options_begin(&parsed.sides[0]);
    int rc = command_line_parse(&ab_line, &parsed, parts->common_end + own, words, err);
    struct options other = options->sides[0];
    *options = parsed;
    options->sides[side] = parsed.sides[0];
    if (side > 0)
        options->sides[0] = other;
    options->names[side] = join(words + parts->common_end, own);
    free(words);
    return rc;
}

static int check_program(const char *option, const char *program, struct bench_error *err)
{
    if (!program || !strchr(program, '/') || access(program, X_OK) == 0)
        return 0;
    return bench_error_set(err, -EINVAL, "%s: %s: %s", option, program, strerror(errno));
}

int ab_options_parse(struct ab_options *options, int argc, char **argv, struct bench_error *err)
{
    struct parts parts;
    *options = (struct ab_options){
        .metric = &metrics[0], .threshold = AB_THRESHOLD, .confidence = 0.999, .time_ns = 8000000000};
    int rc = cut(&parts, argc, argv, err);
    for (int side = 0; rc == 0 && side < 2; side++)
        rc = parse_side(options, side, &parts, argc, argv, err);
    if (rc == 0 && parts.common_end == argc && !options->programs[0] && !options->programs[1])
        rc = bench_error_set(err, -EINVAL,
                             "ab: say what A adds and what B adds: bench ab -w blur -- -x pthread -- "
                             "-x omp; or --bench-a and --bench-b");
    if (rc == 0 && options->metric->column == COLUMN_startup_s)
        rc = bench_error_set(err, -EINVAL,
                             "--metric: startup is of a launch, and runs are paired here; bench compare "
                             "compares it");
    if (rc == 0)
        rc = check_program("--bench-a", options->programs[0], err);
    if (rc == 0)
        rc = check_program("--bench-b", options->programs[1], err);
    return rc;
}

void ab_options_free(struct ab_options *options)
{
    for (int side = 0; side < 2; side++) {
        options_free(&options->sides[side]);
        free(options->names[side]);
    }
}
