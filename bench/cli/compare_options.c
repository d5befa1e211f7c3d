#include "cli/compare_options.h"

#include <errno.h>

enum key {
    KEY_ACROSS = 0x20000,
    KEY_CONFIDENCE,
    KEY_STRICT,
    KEY_THRESHOLD,
};

static const struct argp_option table[] = {
    {"metric", 'm', "NAME", 0, "what to compare, see bench compare --help; default: wall", 5},
    {"threshold", KEY_THRESHOLD, "PERCENT", 0, "a change up to that is none, such as 0.5%; default: 2%",
     0},
    {"confidence", KEY_CONFIDENCE, "PERCENT", 0, "of all verdicts together; default: 95%", 0},
    {"across-machines", KEY_ACROSS, 0, 0, "also if the machines differ", 0},
    {"strict", KEY_STRICT, 0, 0, "status 4 if a case is inconclusive or on one side only", 0},
    {0},
};

static error_t parse_one(int key, char *value, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    struct compare_options *options = arguments->options;
    struct compare_request *request = &options->request;

    for (const struct argp_option *option = table; option->name != NULL; option++) {
        if (option->key == key)
            options->given = option->name;
    }
    switch (key) {
    case 'm':
        request->metric = metric_parse(value, arguments->err);
        return request->metric != NULL ? 0 : EINVAL;
    case KEY_THRESHOLD:
        return threshold_parse(value, &request->threshold)
                   ? 0
                   : arguments_refuse(arguments, "--threshold", value,
                                      "a percentage from 0, such as 2 or 0.5%");
    case KEY_CONFIDENCE:
        return confidence_parse(value, &request->confidence)
                   ? 0
                   : arguments_refuse(arguments, "--confidence", value,
                                      "a percentage from 50 and below 100, such as 95 or 99.9%");
    case KEY_ACROSS:
        request->across_machines = true;
        return 0;
    case KEY_STRICT:
        request->strict = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

struct arguments_part compare_options_part(struct compare_options *options)
{
    return (struct arguments_part){.table = table, .parse_one = parse_one, .options = options};
}
