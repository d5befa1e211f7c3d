/* The command line of `bench ab`, cut at its "--". */
#include "cli/ab_options.h"

#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    KEY_THRESHOLD = 0x20000,
    KEY_CONFIDENCE,
    KEY_FORMAT,
    KEY_STRICT,
    KEY_LAUNCHES,
    KEY_DUET,
    KEY_BENCH_A,
    KEY_BENCH_B
};

static const struct argp_option table[] = {
    {0, 0, 0, 0, "The comparison:", 5},
    {"threshold", KEY_THRESHOLD, "PERCENT", 0, "a change up to that is none; default: 0.5%", 0},
    {"confidence", KEY_CONFIDENCE, "PERCENT", 0,
     "that nothing is found where there is nothing, in all cases together; default: 99.9%", 0},
    {"time", 't', "SECONDS", 0, "of each case, at most; it stops when it knows; default: 8", 0},
    {"launches", KEY_LAUNCHES, "N", 0, "of each side, at most; default: as many as it takes", 0},
    {"duet", KEY_DUET, 0, 0, "both at the same instant, on a core each; cases of one worker", 0},
    {"bench-a", KEY_BENCH_A, "PROGRAM", 0, "the bench that runs A, another build of it", 0},
    {"bench-b", KEY_BENCH_B, "PROGRAM", 0, "the bench that runs B", 0},
    {"strict", KEY_STRICT, 0, 0, "status 4 if a case is inconclusive", 0},
    {"format", KEY_FORMAT, "FORMAT", 0, "of stdout: " COMPARISON_FORMATS "; default: table", 0},
    {0},
};

static const char doc[] =
    "Is B slower than A? Both can run now, take turns, and are compared in pairs.\v"
    "What stands before the first -- is common; then comes what A adds, then what B adds. Options are "
    "those that say what to run and how, and these. -o FILE gets every run.\n\n"
    "Exit status: 0 B is not slower; 1 B is slower; 2 the command line is wrong; 3 a case failed; "
    "4 with --strict, if a case is inconclusive; 130 interrupted.\n\n"
    "Examples: bench ab -w exec -- -s command=./old -- -s command=./new\n"
    "bench ab -w blur -j 2 -- -x pthread -- -x omp\n"
    "bench ab -w spin -x serial --bench-a ./old/bench --bench-b ./new/bench";

static error_t parse_one(int key, char *value, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    struct ab_options *options = arguments->options;
    switch (key) {
    case KEY_THRESHOLD:
        return threshold_parse(value, &options->threshold)
                   ? 0
                   : arguments_refuse(arguments, "--threshold", value,
                                      "a percentage from 0, such as 2 or 0.5%");
    case KEY_CONFIDENCE:
        return confidence_parse(value, &options->confidence)
                   ? 0
                   : arguments_refuse(arguments, "--confidence", value,
                                      "a percentage from 50 and below 100, such as 99 or 99.9%");
    case KEY_FORMAT:
        return comparison_format_parse(value, &options->format)
                   ? 0
                   : arguments_refuse(arguments, "--format", value, COMPARISON_FORMATS);
    case 't':
        return arguments_seconds(arguments, "--time", value, &options->time_ns);
    case KEY_LAUNCHES:
        return arguments_count(arguments, "--launches", value, 1, 1000000, &options->launches);
    case KEY_STRICT:
        options->strict = true;
        return 0;
    case KEY_DUET:
        options->duet = true;
        return 0;
    case KEY_BENCH_A:
        options->programs[0] = value;
        return 0;
    case KEY_BENCH_B:
        options->programs[1] = value;
        return 0;
    case ARGP_KEY_ARG:
        return arguments_refuse(arguments, "bench ab", value,
                                "an option, or behind the -- that begins what A or B adds");
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

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
            return bench_error_set(err, -EINVAL,
                                   "bench ab: a third --: what is common, --, what A adds, --, what B "
                                   "adds");
        *(seen == 1 ? &parts->common_end : &parts->a_end) = i;
    }
    if (seen == 1)
        return bench_error_set(
            err, -EINVAL,
            "bench ab: one -- only: say what B adds, behind a second one: bench ab -w "
            "blur -- -x pthread -- -x omp");
    return 0;
}

static char *join(char **words, int count)
{
    struct text text = {0};
    for (int i = 0; i < count; i++) {
        text_add(&text, "%s", i ? " " : "");
        text_add_word(&text, words[i]);
    }
    if (count <= 0)
        text_add(&text, "%s", "");
    return text.failed || text.text ? text.text : strdup("");
}

/* The common words and a side's own, parsed as one command line. */
static int parse_side(struct ab_options *options, int side, const struct parts *parts, int argc,
                      char **argv, struct bench_error *err)
{
    int first = side == 0 ? parts->common_end + 1 : parts->a_end + 1;
    int end = side == 0 ? parts->a_end : argc;
    int own = end > first ? end - first : 0;
    const struct arguments_part tables[] = {{table, parse_one, options},
                                            options_part(&options->sides[side])};
    char **words = calloc((size_t)(parts->common_end + own + 1), sizeof *words);
    if (!words)
        return bench_error_set(err, -ENOMEM, "out of memory");
    memcpy(words, argv, (size_t)parts->common_end * sizeof *words);
    memcpy(words + parts->common_end, argv + first, (size_t)own * sizeof *words);
    options_begin(&options->sides[side]);
    int rc = arguments_parse_parts("bench ab", tables, 2, "-- A... -- B...", doc,
                                   parts->common_end + own, words, err);
    options->names[side] = join(words + parts->common_end, own);
    free(words);
    if (rc == 0 && !options->names[side])
        rc = bench_error_set(err, -ENOMEM, "out of memory");
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
    *options = (struct ab_options){.threshold = 0.005, .confidence = 0.999, .time_ns = 8000000000};
    int rc = cut(&parts, argc, argv, err);
    for (int side = 0; rc == 0 && side < 2; side++)
        rc = parse_side(options, side, &parts, argc, argv, err);
    if (rc == 0 && parts.common_end == argc && !options->programs[0] && !options->programs[1])
        rc = bench_error_set(
            err, -EINVAL,
            "bench ab: say what A adds and what B adds: bench ab -w blur -- -x pthread -- "
            "-x omp; or --bench-a and --bench-b");
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
