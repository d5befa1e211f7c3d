/* `bench compare OLD.csv NEW.csv`: did it get slower? */
#include "base/text.h"
#include "cli/commands.h"
#include "cli/compare_options.h"
#include "results/metric.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct command {
    struct compare_options compare;
    const char *files[2];
    size_t files_count;
};

enum { KEY_FORMAT = 256 };

static const struct argp_option table[] = {
    {"format", KEY_FORMAT, "FORMAT", 0, "of stdout: " COMPARISON_FORMATS "; default: table", 5},
    {0},
};

static error_t take_file(struct arguments *arguments, const char *path)
{
    struct command *command = arguments->options;

    if (command->files_count == 2) {
        bench_error_set(arguments->err, -EINVAL, "compare: '%s' is one file too many: OLD.csv NEW.csv",
                        path);
        return EINVAL;
    }
    command->files[command->files_count++] = path;
    return 0;
}

static error_t parse_one(int key, char *value, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    struct command *command = arguments->options;

    switch (key) {
    case KEY_FORMAT:
        if (comparison_format_parse(value, &command->compare.request.format))
            return 0;
        bench_error_set(arguments->err, -EINVAL, "--format: '%s' must be " COMPARISON_FORMATS, value);
        return EINVAL;
    case ARGP_KEY_ARG:
        return take_file(arguments, value);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* Newly allocated; NULL out of memory. */
static char *make_doc(void)
{
    struct text doc = {0};

    text_add(&doc, "Compare two results files (bench -o FILE): did it get slower?\vMetrics:\n");
    for (size_t i = 0; i < metrics_size; i++)
        text_add(&doc, "  %-16s %s\n", metrics[i].name, metrics[i].summary);
    text_add(
        &doc,
        "\nA case is slower or faster when the whole confidence interval of the change lies beyond "
        "the threshold, the same when it lies within, else inconclusive.\n\n"
        "Exit status: 0 nothing got slower; 1 something did; 2 the command line or a file is wrong, "
        "or no case is in both; 3 a case failed; 4 with --strict, if a case is inconclusive or in "
        "one file only.\n\n"
        "Example: bench compare --threshold 1%% main.csv branch.csv");
    if (!doc.failed)
        return doc.text;
    free(doc.text);
    return NULL;
}

int command_compare(int argc, char **argv, struct bench_error *err)
{
    struct command command = {.compare = COMPARE_OPTIONS_DEFAULT};
    const struct arguments_part parts[] = {compare_options_part(&command.compare),
                                           {table, parse_one, &command}};
    char *doc = make_doc();
    int rc;

    if (doc == NULL)
        return bench_error_set(err, -ENOMEM, "%s", strerror(ENOMEM));
    rc = arguments_parse_parts("bench compare", parts, 2, "OLD.csv NEW.csv", doc, argc, argv, err);
    free(doc);
    if (rc != 0)
        return rc < 0 ? rc : EXIT_OK;
    if (command.files_count < 2)
        return bench_error_set(err, -EINVAL,
                               "compare: give two results files: bench compare OLD.csv NEW.csv "
                               "(bench -o FILE writes them)");
    return compare_files(&command.compare.request, command.files[0], command.files[1], err);
}
