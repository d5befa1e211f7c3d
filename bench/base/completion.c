/* Completion of a command line from its tables of options. */
#include "base/completion.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* ---- words ---- */

static bool is_break(const char *word)
{
    return word[0] && word[strspn(word, "=:")] == '\0';
}

/* bash takes "--pin=close" for three words, and so with ':'. */
void completion_open(struct completion *completion, int argc, char **argv, FILE *out)
{
    *completion = (struct completion){.out = out};
    completion->words = mem_zero((size_t)argc + 1, sizeof *completion->words);
    for (int i = 0; i < argc; i++) {
        bool is_joined = completion->count > 0 && (is_break(argv[i]) || is_break(argv[i - 1]));
        if (!is_joined) {
            completion->words[completion->count++] = mem_text(argv[i]);
            completion->strip = 0;
            continue;
        }
        char **last = &completion->words[completion->count - 1];
        completion->strip = strlen(*last) + (is_break(argv[i]) ? strlen(argv[i]) : 0);
        char *joined = mem_format("%s%s", *last, argv[i]);
        free(*last);
        *last = joined;
    }
    if (completion->count == 0)
        completion->words[completion->count++] = mem_text("");
    completion->word = completion->words[completion->count - 1];
}

void completion_close(struct completion *completion)
{
    for (size_t i = 0; i < completion->count; i++)
        free(completion->words[i]);
    free(completion->words);
}

/* ---- offers ---- */

void completion_offer(const struct completion *completion, const char *candidate)
{
    if (strncmp(candidate, completion->word, strlen(completion->word)) != 0)
        return;
    const char *begin = completion->words[completion->count - 1];
    size_t before = (size_t)(completion->word - begin);
    char *whole = mem_format("%.*s%s", (int)before, begin, candidate);
    fprintf(completion->out, "%s\n", whole + completion->strip);
    free(whole);
}

/* Is it one of the list's words, of which `length` bytes count? */
static bool is_listed(const char *list, size_t length, const char *word)
{
    size_t word_length = strlen(word);
    for (size_t at = 0; at < length; at += strcspn(list + at, ",") + 1) {
        if (strcspn(list + at, ",") == word_length && memcmp(list + at, word, word_length) == 0)
            return true;
    }
    return false;
}

void completion_offer_list(const struct completion *completion, const char *candidate)
{
    const char *comma = strrchr(completion->word, ',');
    size_t done = comma ? (size_t)(comma - completion->word) + 1 : 0;
    if (is_listed(completion->word, done, candidate) || is_listed(completion->word, done, "all"))
        return;
    char *whole = mem_format("%.*s%s", (int)done, completion->word, candidate);
    completion_offer(completion, whole);
    free(whole);
}

void completion_offer_files(const struct completion *completion)
{
    fputs(":files\n", completion->out);
}

static void offer_words(const struct completion *completion, const struct option_row *row)
{
    char *words = option_words(row), *rest = words;
    for (char *word; (word = strsep(&rest, " ")) != NULL;) {
        if (word[0] && row->is_list)
            completion_offer_list(completion, word);
        else if (word[0])
            completion_offer(completion, word);
    }
    free(words);
}

/* What the value of an option may be, or an operand. */
static void offer_values(struct completion *completion, const struct option_row *row)
{
    switch (row->completes) {
    case COMPLETES_WORDS:
        offer_words(completion, row);
        break;
    case COMPLETES_FILES:
        completion_offer_files(completion);
        break;
    case COMPLETES_COMMANDS:
        fputs(":commands\n", completion->out);
        break;
    default:
        if (completion->hook)
            completion->hook(completion, row);
    }
}

static void offer_options(const struct completion *completion, const struct command_line *line)
{
    for (size_t i = 0; i < COMMAND_LINE_PARTS && line->parts[i].rows; i++) {
        for (const struct option_row *row = line->parts[i].rows; !option_is_end(row); row++) {
            char *word = row->name ? mem_format("--%s", row->name) : NULL;
            if (word)
                completion_offer(completion, word);
            free(word);
        }
    }
    completion_offer(completion, "--help");
    completion_offer(completion, "--version");
}

/* ---- where the last word stands ---- */

/* The option that takes the word behind this one: "-w", "-nw", "--workload". */
static const struct option_row *option_before(const struct command_line *line, const char *word)
{
    const struct option_row *row = NULL;
    if (word[0] != '-' || strchr(word, '='))
        return NULL;
    if (word[1] == '-')
        row = command_line_find(line, word + 2, strlen(word + 2));
    for (size_t i = 1; word[1] != '-' && word[i] && (!row || !row->argument); i++) {
        row = command_line_letter(line, word[i]);
        if (!row || (row->argument && word[i + 1]))
            return NULL; /* its value is part of the word */
    }
    return row && row->argument ? row : NULL;
}

void completion_of_line(struct completion *completion, const struct command_line *line, size_t first)
{
    size_t last = completion->count - 1;
    char *word = completion->word, *equals = strchr(word, '=');
    const struct option_row *row =
        last > first ? option_before(line, completion->words[last - 1]) : NULL;
    if (!row && strncmp(word, "--", 2) == 0 && equals) {
        row = command_line_find(line, word + 2, (size_t)(equals - word) - 2);
        completion->word = row ? equals + 1 : word;
    }
    if (row && row->argument)
        offer_values(completion, row);
    else if (word[0] == '-')
        offer_options(completion, line);
    else if ((row = command_line_operands(line)) != NULL)
        offer_values(completion, row);
}

const char *completion_value(const struct completion *completion, const struct option_row *row,
                             size_t *at)
{
    size_t length = strlen(row->name);
    for (; *at + 1 < completion->count; (*at)++) {
        const char *word = completion->words[*at], *next = completion->words[*at + 1];
        bool is_long = strncmp(word, "--", 2) == 0 && strncmp(word + 2, row->name, length) == 0;
        if (is_long && word[2 + length] == '=') {
            (*at)++;
            return word + 2 + length + 1;
        }
        bool is_short = row->letter && word[0] == '-' && word[1] == row->letter;
        if (is_short && word[2]) {
            (*at)++;
            return word + 2;
        }
        if (((is_long && !word[2 + length]) || is_short) && *at + 2 < completion->count) {
            *at += 2;
            return next;
        }
    }
    return NULL;
}
