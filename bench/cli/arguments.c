#include "cli/arguments.h"

#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_HELP = 'h', KEY_VERSION = 0x10000, OPTIONS_MAX = 64 };

static const struct argp_option common[] = {
    {"help", KEY_HELP, 0, 0, "show this", -1},
    {"version", KEY_VERSION, 0, 0, "show the version", -1},
    {0},
};

/* The state of one parse: argp calls both parsers with their own input. */
struct parse {
    struct arguments *arguments;
    const struct argp_option *table;
    bool wants_help, wants_version;
};

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
    for (const struct argp_option *option = parse->table; option->name || option->doc; option++) {
        if (option->name &&
            (strcmp(option->name, bare) == 0 || (word[1] != '-' && word[1] == option->key)))
            return true;
    }
    return strcmp(bare, "help") == 0 || strcmp(bare, "version") == 0;
}

/* getopt refused a word: an option that does not exist, lacks its value, or takes none. */
static void refuse_word(struct parse *parse, const struct argp_state *state)
{
    const char *names[OPTIONS_MAX];
    size_t count = names_of(parse->table, names, OPTIONS_MAX - 2);
    count += names_of(common, names + count, 2);
    const char *word = state->argv[state->next > 1 ? state->next - 1 : 1];
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(word, "="), word);
    const char *bare = name + strspn(name, "-");
    const char *nearest = text_nearest(bare, names, count);
    struct bench_error *err = parse->arguments->err;
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
        state->child_inputs[0] = parse->arguments;
        return 0;
    case KEY_HELP:
        parse->wants_help = true;
        return 0;
    case KEY_VERSION:
        parse->wants_version = true;
        return 0;
    case ARGP_KEY_ERROR:
        if (!parse->arguments->err->code)
            refuse_word(parse, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int arguments_parse(const char *command, const struct argp_option *table, argp_parser_t parse_one,
                    const char *operands, const char *doc, int argc, char **argv,
                    struct arguments *arguments)
{
    const struct argp own = {.options = table, .parser = parse_one, .args_doc = operands, .doc = doc};
    const struct argp_child children[] = {{&own, 0, NULL, 0}, {0}};
    const struct argp whole = {.options = common, .parser = parse_common, .children = children};
    struct parse parse = {.arguments = arguments, .table = table};
    char name[64];
    snprintf(name, sizeof name, "%s", command);
    int rc = argp_parse(&whole, argc, argv, ARGP_NO_ERRS | ARGP_NO_HELP | ARGP_NO_EXIT, NULL, &parse);
    if (arguments->err->code)
        return arguments->err->code;
    if (rc != 0)
        return bench_error_set(arguments->err, -EINVAL, "the command line: %s (bench --help)",
                               strerror(rc));
    if (parse.wants_help)
        argp_help(&whole, stdout, ARGP_HELP_SHORT_USAGE | ARGP_HELP_LONG | ARGP_HELP_DOC, name);
    else if (parse.wants_version)
        printf("bench %s\n", BENCH_VERSION);
    else
        return 0;
    if (fflush(stdout) != 0)
        return bench_error_set(arguments->err, -EIO, "stdout: %s", strerror(errno));
    return ARGUMENTS_ANSWERED;
}
