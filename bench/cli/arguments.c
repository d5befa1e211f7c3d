#include "cli/arguments.h"

#include "base/quantity.h"
#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_HELP = 'h', KEY_VERSION = 0x10000, OPTIONS_MAX = 128 };

static const struct argp_option common[] = {
    {"help", KEY_HELP, 0, 0, "show this", -1},
    {"version", KEY_VERSION, 0, 0, "show the version", -1},
    {0},
};

/* The state of one parse: argp calls all parsers with their own input. */
struct parse {
    const struct arguments_part *parts;
    struct arguments inputs[ARGUMENTS_PARTS_MAX];
    size_t count;
    struct bench_error *err;
    bool wants_help, wants_version;
};

error_t arguments_refuse(struct arguments *arguments, const char *option, const char *value,
                         const char *allowed)
{
    bench_error_set(arguments->err, -EINVAL, "%s: '%s' must be %s", option, value, allowed);
    return EINVAL;
}

error_t arguments_count(struct arguments *arguments, const char *option, const char *value,
                        uint64_t least, uint64_t most, uint64_t *count)
{
    char allowed[80];
    uint64_t value_given;
    if (quantity_count(value, &value_given) && value_given >= least && value_given <= most) {
        *count = value_given;
        return 0;
    }
    snprintf(allowed, sizeof allowed, "a whole number from %" PRIu64 " to %" PRIu64, least, most);
    return arguments_refuse(arguments, option, value, allowed);
}

error_t arguments_seconds(struct arguments *arguments, const char *option, const char *value,
                          uint64_t *duration_ns)
{
    uint64_t given_ns;
    if (!quantity_seconds(value, &given_ns) || given_ns == 0)
        return arguments_refuse(arguments, option, value,
                                "a time over 0 in seconds, such as 2.5 or 500ms");
    *duration_ns = given_ns;
    return 0;
}

static size_t names_of(const struct argp_option *table, const char **names, size_t room)
{
    size_t count = 0;
    for (; (table->name || table->doc) && count < room; table++) {
        if (table->name)
            names[count++] = table->name;
    }
    return count;
}

static bool is_known(const struct parse *parse, const char *word, const char *bare)
{
    for (size_t i = 0; i < parse->count; i++) {
        const struct argp_option *option = parse->parts[i].table;
        for (; option->name || option->doc; option++) {
            if (option->name &&
                (strcmp(option->name, bare) == 0 || (word[1] != '-' && word[1] == option->key)))
                return true;
        }
    }
    return strcmp(bare, "help") == 0 || strcmp(bare, "version") == 0;
}

/* getopt refused a word: an option that does not exist, lacks its value, or takes none. */
static void refuse_word(struct parse *parse, const struct argp_state *state)
{
    const char *names[OPTIONS_MAX];
    size_t count = names_of(common, names, OPTIONS_MAX);
    for (size_t i = 0; i < parse->count; i++)
        count += names_of(parse->parts[i].table, names + count, OPTIONS_MAX - count);
    const char *word = state->argv[state->next > 1 ? state->next - 1 : 1];
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(word, "="), word);
    const char *bare = name + strspn(name, "-");
    const char *nearest = text_nearest(bare, names, count);
    struct bench_error *err = parse->err;
    if (is_known(parse, word, bare))
        bench_error_set(err, -EINVAL, "%s: %s (bench --help)", name,
                        strchr(word, '=') ? "takes no value" : "needs a value");
    else if (nearest)
        bench_error_set(err, -EINVAL, "no option '%s'; did you mean '--%s'? (bench --help)", name,
                        nearest);
    else
        bench_error_set(err, -EINVAL, "no option '%s' (bench --help shows them)", name);
}

static error_t parse_common(int key, char *value, struct argp_state *state)
{
    struct parse *parse = state->input;
    (void)value;
    switch (key) {
    case ARGP_KEY_INIT:
        for (size_t i = 0; i < parse->count; i++)
            state->child_inputs[i] = &parse->inputs[i];
        return 0;
    case KEY_HELP:
        parse->wants_help = true;
        return 0;
    case KEY_VERSION:
        parse->wants_version = true;
        return 0;
    case ARGP_KEY_ERROR:
        if (!parse->err->code)
            refuse_word(parse, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int arguments_parse_parts(const char *command, const struct arguments_part *parts, size_t count,
                          const char *operands, const char *doc, int argc, char **argv,
                          struct bench_error *err)
{
    struct argp own[ARGUMENTS_PARTS_MAX] = {0};
    struct argp_child children[ARGUMENTS_PARTS_MAX + 1] = {0};
    struct parse parse = {.parts = parts, .count = count, .err = err};
    const struct argp whole = {.options = common,
                               .parser = parse_common,
                               .args_doc = operands,
                               .doc = doc,
                               .children = children};
    char name[64];
    for (size_t i = 0; i < count; i++) {
        own[i] = (struct argp){.options = parts[i].table, .parser = parts[i].parse_one};
        children[i] = (struct argp_child){.argp = &own[i]};
        parse.inputs[i] = (struct arguments){.options = parts[i].options, .err = err};
    }
    snprintf(name, sizeof name, "%s", command);
    int rc = argp_parse(&whole, argc, argv, ARGP_NO_ERRS | ARGP_NO_HELP | ARGP_NO_EXIT, NULL, &parse);
    if (err->code)
        return err->code;
    if (rc != 0)
        return bench_error_set(err, -EINVAL, "the command line: %s (bench --help)", strerror(rc));
    if (parse.wants_help)
        argp_help(&whole, stdout, ARGP_HELP_SHORT_USAGE | ARGP_HELP_LONG | ARGP_HELP_DOC, name);
    else if (parse.wants_version)
        printf("bench %s\n", BENCH_VERSION);
    else
        return 0;
    if (fflush(stdout) != 0)
        return bench_error_set(err, -EIO, "stdout: %s", strerror(errno));
    return ARGUMENTS_ANSWERED;
}

int arguments_parse(const char *command, const struct argp_option *table, argp_parser_t parse_one,
                    const char *operands, const char *doc, int argc, char **argv,
                    struct arguments *arguments)
{
    const struct arguments_part part = {table, parse_one, arguments->options};
    return arguments_parse_parts(command, &part, 1, operands, doc, argc, argv, arguments->err);
}
