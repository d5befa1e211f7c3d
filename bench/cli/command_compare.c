/* `bench compare OLD.csv NEW.csv`: did it get slower? */
#include "base/text.h"
#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/verdicts.h"
#include "compare/metric.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct compare_options {
    struct compare_request request;
    const char *files[2];
    size_t files_count;
};

enum key {
    KEY_ACROSS = 256,
    KEY_CONFIDENCE,
    KEY_FORMAT,
    KEY_STRICT,
    KEY_THRESHOLD,
};

static const struct argp_option table[] = {
    {"metric", 'm', "NAME", 0, "what to compare, see below; default: wall", 0},
    {"threshold", KEY_THRESHOLD, "PERCENT", 0, "a change up to that is none, such as 0.5%; default: 2%",
     0},
    {"confidence", KEY_CONFIDENCE, "PERCENT", 0, "of all verdicts together; default: 95%", 0},
    {"across-machines", KEY_ACROSS, 0, 0, "also if the machines differ", 0},
    {"format", KEY_FORMAT, "FORMAT", 0, "of stdout: " COMPARISON_FORMATS "; default: table", 0},
    {"strict", KEY_STRICT, 0, 0, "status 4 if a case is inconclusive or in one file only", 0},
    {0},
};

static error_t refuse(struct arguments *arguments, const char *option, const char *value,
                      const char *allowed)
{
    bench_error_set(arguments->err, -EINVAL, "%s: '%s' must be %s", option, value, allowed);
    return EINVAL;
}

static error_t take_file(struct arguments *arguments, const char *path)
{
    struct compare_options *options = arguments->options;

    if (options->files_count == 2) {
        bench_error_set(arguments->err, -EINVAL, "compare: '%s' is one file too many: OLD.csv NEW.csv",
                        path);
        return EINVAL;
    }
    options->files[options->files_count++] = path;
    return 0;
}

static error_t parse_one(int key, char *value, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    struct compare_options *options = arguments->options;
    struct compare_request *request = &options->request;

    switch (key) {
    case 'm':
        request->metric = metric_parse(value, arguments->err);
        return request->metric != NULL ? 0 : EINVAL;
    case KEY_THRESHOLD:
        return threshold_parse(value, &request->threshold)
                   ? 0
                   : refuse(arguments, "--threshold", value, "a percentage from 0, such as 2 or 0.5%");
    case KEY_CONFIDENCE:
        return confidence_parse(value, &request->confidence)
                   ? 0
                   : refuse(arguments, "--confidence", value,
                            "a percentage from 50 and below 100, such as 95 or 99.9%");
    case KEY_ACROSS:
        request->across_machines = true;
        return 0;
    case KEY_FORMAT:
        return comparison_format_parse(value, &request->format)
                   ? 0
                   : refuse(arguments, "--format", value, COMPARISON_FORMATS);
    case KEY_STRICT:
        request->strict = true;
        return 0;
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
    struct compare_options options = {.request = COMPARE_REQUEST_DEFAULT};
    struct arguments arguments = {.options = &options, .err = err};
    char *doc = make_doc();
    int rc;

    if (doc == NULL)
        return bench_error_set(err, -ENOMEM, "%s", strerror(ENOMEM));
    rc = arguments_parse("bench compare", table, parse_one, "OLD.csv NEW.csv", doc, argc, argv,
                         &arguments);
    free(doc);
    if (rc != 0)
        return rc < 0 ? rc : EXIT_OK;
    if (options.files_count < 2)
        return bench_error_set(err, -EINVAL,
                               "compare: give two results files: bench compare OLD.csv NEW.csv "
                               "(bench -o FILE writes them)");
    return compare_files(&options.request, options.files[0], options.files[1], err);
}
