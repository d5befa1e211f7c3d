/*
 * Completion of a command line, for the shell to ask for: `bench --complete WORD...` prints what the
 * last WORD may become, one a line. What is printed takes the place of that word. Two lines mean
 * something else: ":files" and ":commands" are for the shell to find. What ends in "=" wants no blank
 * behind it.
 */
#ifndef BASE_COMPLETION_H
#define BASE_COMPLETION_H

#include "base/command_line.h"

struct completion;

/* Words of modules and the like, for rows that complete them: calls completion_offer() or _list(). */
typedef void completion_hook(struct completion *completion, const struct option_row *row);

struct completion {
    char **words; /* of the command, joined where the shell parts them at "=" and ":"; owned */
    size_t count;
    char *word;            /* what is to be completed: the end of the last one */
    size_t strip;          /* how much of the last one the shell has parted off */
    completion_hook *hook; /* NULL: none */
    FILE *out;
};

/* The words of argv, argc of them, as the shell's COMP_WORDS has them behind the command. */
void completion_open(struct completion *completion, int argc, char **argv, FILE *out);
void completion_close(struct completion *completion);

/* Complete the last word as one of this command, whose own words begin at `first`. */
void completion_of_line(struct completion *completion, const struct command_line *line, size_t first);

/* Print `candidate` if the word may become it; or, where words are a list, the list with it added. */
void completion_offer(const struct completion *completion, const char *candidate);
void completion_offer_list(const struct completion *completion, const char *candidate);
void completion_offer_files(const struct completion *completion);

/*
 * The value of an option among the words before the last, from *at on, which is moved behind it; NULL:
 * no further one. For what the words chosen so far have to do with it.
 */
const char *completion_value(const struct completion *completion, const struct option_row *row,
                             size_t *at);

#endif
