/* The command line of `bench ab` that runs one case of two builds. */
#ifndef CLI_DUEL_WORDS_H
#define CLI_DUEL_WORDS_H

#include "records/record.h"

#include <stddef.h>
#include <wordexp.h>

struct word_list {
    char **words; /* ended by NULL, for execvp */
    size_t size, capacity;
};

void word_list_add(struct word_list *list, const char *word);
void word_list_free(struct word_list *list);

/*
 * Behind the program's name: ab, the options of the case, and what each side adds: `side` with {tree}
 * replaced by either of `trees`. Parameters that `side` sets are its own. A side that begins with
 * --bench names the tree's own bench. `side` has passed duel_plan_check.
 */
void duel_words(struct word_list *list, const struct record *identity, const char *side,
                const char *const trees[2]);

/* The words of a side, for wordfree(); what wordexp() returns. */
int duel_split(const char *side, const char *tree, wordexp_t *words);

/* Its words, those that need it in quotes, for free(). */
char *word_list_join(const struct word_list *list);

/* `text` with each {tree} replaced, for free(). */
char *duel_expand(const char *text, const char *tree);

#endif
