/* A command's line parsed by getopt_long, whose long options are made from the rows. */
#include "base/command_line.h"

#include "base/memory.h"
#include "base/standard_output.h"
#include "base/text.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

/* Rows that every command has; their fields are not used. */
static const struct option_row common[] = {
    {"help", 'h', .type = OPTION_FLAG, .help = "show this"},
    {"version", .type = OPTION_FLAG, .help = "show the version"},
    {0},
};
enum { HELP, VERSION };

/* ---- the rows of all parts, one after the other ---- */

struct cursor {
    const struct command_line *line;
    size_t part, index;
};

/* The next row, the common ones last; NULL at the end. *part is what it belongs to, NULL of the common
 * ones. */
static const struct option_row *next_row(struct cursor *at, const struct option_part **part)
{
    while (at->part < COMMAND_LINE_PARTS && at->line->parts[at->part].rows) {
        const struct option_row *row = &at->line->parts[at->part].rows[at->index];
        if (!option_is_end(row)) {
            at->index++;
            *part = &at->line->parts[at->part];
            return row;
        }
        at->part++;
        at->index = 0;
    }
    *part = NULL;
    const struct option_row *row = &common[at->index++];
    at->part = COMMAND_LINE_PARTS;
    return option_is_end(row) ? NULL : row;
}

#define FOR_EACH_ROW(of, row, part)        \
    const struct option_part *part;        \
    struct cursor cursor = {.line = (of)}; \
    for (const struct option_row *row; (row = next_row(&cursor, &part)) != NULL;)

const struct option_row *command_line_find(const struct command_line *line, const char *name,
                                           size_t length)
{
    FOR_EACH_ROW(line, row, part)
    {
        if (row->name && strlen(row->name) == length && memcmp(row->name, name, length) == 0)
            return row;
    }
    return NULL;
}

const struct option_row *command_line_letter(const struct command_line *line, char letter)
{
    FOR_EACH_ROW(line, row, part)
    {
        if (row->name && row->letter == letter)
            return row;
    }
    return NULL;
}

const struct option_row *command_line_operands(const struct command_line *line)
{
    FOR_EACH_ROW(line, row, part)
    {
        if (row->type == OPTION_OPERANDS)
            return row;
    }
    return NULL;
}

/* ---- help ---- */

enum { HELP_COLUMN = 29, HELP_WIDTH = 79 };

/* One paragraph, from `column` on; lines that follow begin at `indent`. */
static void print_paragraph(FILE *out, const char *text, size_t length, size_t column, size_t indent)
{
    for (size_t at = 0; at < length;) {
        size_t word = strcspn(text + at, " \n");
        bool is_first = column <= indent;
        if (!is_first && column + 1 + word > HELP_WIDTH) {
            fprintf(out, "\n%*s", (int)indent, "");
            column = indent;
            is_first = true;
        }
        fprintf(out, "%s%.*s", is_first ? "" : " ", (int)word, text + at);
        column += word + !is_first;
        at += word;
        at += at < length;
    }
    fputc('\n', out);
}

/* Lines are paragraphs; one that begins with blanks keeps them. */
static void print_text(FILE *out, const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "\n"), indent = strspn(text, " ");
        fprintf(out, "%*s", (int)indent, "");
        if (indent > length)
            indent = length;
        print_paragraph(out, text + indent, length - indent, indent, indent);
        text += length + (text[length] == '\n');
    }
}

void command_line_print_item(FILE *out, const char *name, const char *text)
{
    enum { COLUMN = 12 };
    print_paragraph(out, text, strlen(text), (size_t)fprintf(out, "  %-*s", COLUMN - 2, name), COLUMN);
}

/* "  -r, --runs=N               measured runs per launch" */
static void print_row(FILE *out, const struct option_row *row)
{
    char *help = option_help(row);
    int column = row->letter ? fprintf(out, "  -%c, --%s", row->letter, row->name)
                             : fprintf(out, "      --%s", row->name);
    if (row->argument)
        column += fprintf(out, "=%s", row->argument);
    if (column > HELP_COLUMN - 2) {
        fputc('\n', out);
        column = 0;
    }
    fprintf(out, "%*s", HELP_COLUMN - column, "");
    print_paragraph(out, help, strlen(help), HELP_COLUMN, HELP_COLUMN);
    free(help);
}

/* All rows under that heading, in whatever part they are. */
static void print_group(FILE *out, const struct command_line *line, const char *heading)
{
    const struct option_part *last = NULL;
    bool is_in = heading[0] == '\0', is_begun = false;
    FOR_EACH_ROW(line, row, part)
    {
        if (part != last)
            is_in = heading[0] == '\0';
        last = part;
        if (row->type == OPTION_HEADING)
            is_in = strcmp(row->help, heading) == 0;
        if (!is_in || !row->name)
            continue;
        if (!is_begun)
            fprintf(out, "\n%s%s", heading, heading[0] ? "\n" : "");
        is_begun = true;
        print_row(out, row);
    }
}

/* Has an earlier row this heading? */
static bool is_heading_known(const struct command_line *line, const struct option_row *heading)
{
    FOR_EACH_ROW(line, row, part)
    {
        if (row == heading)
            return false;
        if (row->type == OPTION_HEADING && strcmp(row->help, heading->help) == 0)
            return true;
    }
    return false;
}

void command_line_help(FILE *out, const struct command_line *line)
{
    fprintf(out, "Usage: %s [OPTION...]%s%s\n", line->name, line->operands ? " " : "",
            line->operands ? line->operands : "");
    print_text(out, line->summary);
    FOR_EACH_ROW(line, row, part)
    {
        if (row->type == OPTION_HEADING && !is_heading_known(line, row))
            print_group(out, line, row->help);
    }
    print_group(out, line, "");
    if (line->print_more)
        line->print_more(out);
    if (line->notes) {
        fputc('\n', out);
        print_text(out, line->notes);
    }
}

/* ---- parsing ---- */

struct parse {
    const struct command_line *line;
    void *target;
    size_t count; /* of the options */
    struct option *longs;
    const struct option_row **rows; /* of each */
    const struct option_part **parts;
    char *letters; /* for getopt */
    bool wants_help, wants_version;
    struct bench_error *err;
};

enum { KEY_FIRST = 256 }; /* keys of options: their index from here on */

static void parse_open(struct parse *parse)
{
    struct text letters = {0};
    text_add(&letters, "-:"); /* operands in their place, and ':' for a value that is missing */
    FOR_EACH_ROW(parse->line, row, part)
    {
        if (!row->name)
            continue;
        parse->longs = mem_resize(parse->longs, parse->count + 2, sizeof *parse->longs);
        parse->rows = mem_resize(parse->rows, parse->count + 1, sizeof *parse->rows);
        parse->parts = mem_resize(parse->parts, parse->count + 1, sizeof *parse->parts);
        parse->longs[parse->count] =
            (struct option){row->name, row->argument ? required_argument : no_argument, NULL,
                            KEY_FIRST + (int)parse->count};
        parse->rows[parse->count] = row;
        parse->parts[parse->count++] = part;
        if (row->letter)
            text_add(&letters, "%c%s", row->letter, row->argument ? ":" : "");
    }
    parse->longs[parse->count] = (struct option){0};
    parse->letters = letters.text;
}

static void parse_close(struct parse *parse)
{
    free(parse->longs);
    free(parse->rows);
    free(parse->parts);
    free(parse->letters);
}

/* Which option a key of getopt's means; parse->count: none. */
static size_t find_key(const struct parse *parse, int key)
{
    if (key >= KEY_FIRST)
        return (size_t)(key - KEY_FIRST);
    size_t i = 0;
    while (i < parse->count && parse->rows[i]->letter != key)
        i++;
    return i;
}

/* getopt has refused a word: an option that does not exist, lacks its value, or takes none. */
static int refuse_word(const struct parse *parse, int key, const char *word)
{
    const char *line = parse->line->name;
    size_t index = optopt ? find_key(parse, optopt) : parse->count;
    if (index < parse->count)
        return bench_error_set(parse->err, -EINVAL, "--%s: %s (%s --help)", parse->rows[index]->name,
                               key == ':' ? "needs a value" : "takes no value", line);
    if (optopt)
        return bench_error_set(parse->err, -EINVAL, "no option '-%c' (%s --help shows them)", optopt,
                               line);
    const char *names[parse->count + 1];
    for (size_t i = 0; i < parse->count; i++)
        names[i] = parse->rows[i]->name;
    char *name = mem_text_part(word, strcspn(word, "="));
    const char *nearest = text_nearest(name + strspn(name, "-"), names, parse->count);
    int rc =
        nearest
            ? bench_error_set(parse->err, -EINVAL, "no option '%s'; did you mean '--%s'? (%s --help)",
                              name, nearest, line)
            : bench_error_set(parse->err, -EINVAL, "no option '%s' (%s --help shows them)", name, line);
    free(name);
    return rc;
}

static int take_operand(const struct parse *parse, const char *word)
{
    FOR_EACH_ROW(parse->line, row, part)
    {
        if (row->type == OPTION_OPERANDS)
            return option_take(row, (char *)parse->target + part->offset, word, parse->err);
    }
    return bench_error_set(parse->err, -EINVAL, "'%s' is not an option (%s --help)", word,
                           parse->line->name);
}

static int take_option(struct parse *parse, size_t index, const char *value)
{
    const struct option_row *row = parse->rows[index];
    const struct option_part *part = parse->parts[index];
    parse->wants_help |= row == &common[HELP];
    parse->wants_version |= row == &common[VERSION];
    if (!part)
        return 0;
    char *target = (char *)parse->target + part->offset;
    for (const struct option_row *other = part->rows; !option_is_end(other); other++) {
        if (other->type == OPTION_GIVEN)
            option_take(other, target, row->name, NULL);
    }
    return option_take(row, target, value, parse->err);
}

/* Parses until the end, or until help is wanted. */
static int parse_words(struct parse *parse, int argc, char **argv)
{
    int rc = 0, key;
    optind = 0; /* from the start, and with its state made anew */
    opterr = 0;
    while (rc == 0 && !parse->wants_help && !parse->wants_version &&
           (key = getopt_long(argc, argv, parse->letters, parse->longs, NULL)) != -1) {
        if (key == 1)
            rc = take_operand(parse, optarg);
        else if (key == '?' || key == ':')
            rc = refuse_word(parse, key, argv[optind - 1]);
        else
            rc = take_option(parse, find_key(parse, key), optarg);
    }
    for (; rc == 0 && !parse->wants_help && !parse->wants_version && optind < argc; optind++)
        rc = take_operand(parse, argv[optind]);
    return rc;
}

int command_line_parse(const struct command_line *line, void *target, int argc, char **argv,
                       struct bench_error *err)
{
    struct parse parse = {.line = line, .target = target, .err = err};
    parse_open(&parse);
    int rc = parse_words(&parse, argc, argv);
    parse_close(&parse);
    if (rc < 0 || (!parse.wants_help && !parse.wants_version))
        return rc;
    if (parse.wants_help)
        command_line_help(stdout, line);
    else
        printf("bench %s\n", BENCH_VERSION);
    int written = standard_output_end(err);
    if (written < 0)
        return written;
    return COMMAND_LINE_ANSWERED;
}
