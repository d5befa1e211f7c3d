/* Small text: lists of names, the nearest name, quoting. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The one of `names` (count of them) that `word` most likely meant, or NULL when none is near: the least
 * edit distance with transpositions (Damerau 1964), at most a third of the word's length and 1 at least.
 */
const char *text_nearest(const char *word, const char *const *names, size_t count);

/* Frees a NULL-terminated array of texts, and them. NULL may be freed. */
void text_free_all(char **texts);

/* Growing text. Zero-initialise; `text` is NULL while empty; the owner frees it. */
struct text {
    char *text;
    size_t length, size;
};
void text_add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Add `word` as it is, or in single quotes when it has a blank, a quote or nothing in it. */
void text_add_word(struct text *text, const char *word);

/* Words separated by blanks: add "a, b or c" of "a b c"; which of them `word` is, from 0, or -1. */
void text_add_alternatives(struct text *text, const char *words);
int text_find_word(const char *words, const char *word);

/* Bytes of the first of such words, joined by blanks: as far as the blank outside of quotes, or the end.
 */
size_t text_word_length(const char *words);

/*
 * Passwords in addresses become `***`, in place: http://user:***@host/ (RFC 3986, 3.2.1). Whatever is
 * told or written passes through here: records, and by text_make_visible all messages. Returns `text`.
 */
char *text_mask_secrets(char *text);

/*
 * Text from elsewhere, fit for a terminal: what is not UTF-8 and control characters become '?', in
 * place, and secrets are masked. Returns `text`.
 */
char *text_make_visible(char *text);

/*
 * Split at commas into newly allocated words; "\," is a comma within a word. A text that begins
 * with { or [ is JSON and one word, as it is. Returns a NULL-terminated array in one block for free().
 * "" is one empty word.
 */
char **text_split(const char *list);

#endif
