/* `bench compare OLD.csv NEW.csv`: did it get slower? */
#include "cli/commands.h"
#include "cli/compare_options.h"
#include "cli/comparison_output.h"
#include "cli/defaults.h"
#include "report/formats.h"
#include "results/sides.h"

#include <errno.h>

struct command {
    struct compare_options compare;
    struct option_texts files;
};

static const struct option_row rows[] = {
    {OPERANDS(struct command, files), .completes = COMPLETES_FILES},
    HEADING(COMPARISON),
    {"format", 0, "FORMAT", CHOICE_OPTION(struct command, compare.request.format),
     .word = format_word_of_comparisons, .initial = "table", .help = "what stdout gets"},
    {0},
};

static void print_more(FILE *out)
{
    fprintf(out, "\nMetrics:\n");
    for (size_t i = 0; i < metrics_size; i++)
        fprintf(out, "  %-16s %s\n", metrics[i].name, metrics[i].summary);
    format_print_of_comparisons(out);
}

const struct command_line compare_line = {
    .name = "bench compare",
    .operands = "OLD.csv NEW.csv",
    .summary = "Compare two files of results (bench -o FILE): did it get slower?",
    .print_more = print_more,
    .notes =
        "A case is slower or faster when the whole confidence interval of the change lies beyond the "
        "threshold, the same when it lies within, and inconclusive otherwise.\n"
        "\n"
        "Exit status: 0 nothing got slower; 1 a case got slower; 2 the command line or a file is "
        "wrong, or no case is in both files; 3 a case failed; 4 with --strict, a case is "
        "inconclusive or in one file only.\n"
        "\n"
        "Example: bench compare --threshold 1% main.csv branch.csv",
    .parts = {{compare_rows, offsetof(struct command, compare)}, {rows, 0}},
};

static int check(const struct command *command, struct bench_error *err)
{
    if (command->files.count > 2)
        return bench_error_set(err, -EINVAL,
                               "compare: '%s' is one file too many; give two: OLD.csv NEW.csv",
                               command->files.texts[2]);
    if (command->files.count < 2)
        return bench_error_set(err, -EINVAL,
                               "compare: give two results files: bench compare OLD.csv NEW.csv "
                               "(bench -o FILE writes them)");
    return comparison_check_page(command->compare.request.page, err);
}

static int compare(struct compare_request *request, const char *const *files, struct bench_error *err)
{
    struct side old, new;
    struct defaults defaults;
    int rc = sides_read(&old, files[0], &new, files[1], request->metric, err);
    if (rc == 0) {
        defaults_open(&defaults, NULL);
        request->defaults = &defaults.known;
        rc = compare_sides(request, &old, &new, err);
        defaults_close(&defaults);
    }
    side_free(&old);
    side_free(&new);
    return rc;
}

int command_compare(int argc, char **argv, struct bench_error *err)
{
    struct command command = {.compare = COMPARE_OPTIONS_DEFAULT};
    int rc = command_line_parse(&compare_line, &command, argc, argv, err);
    if (rc == 0)
        rc = check(&command, err);
    if (rc == 0)
        rc = compare(&command.compare.request, command.files.texts, err);
    else if (rc == COMMAND_LINE_ANSWERED)
        rc = EXIT_OK;
    option_texts_free(&command.files);
    return rc;
}
