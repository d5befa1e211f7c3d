/* Small text: names that are near, quoting, growing texts, and what is told to a terminal. */
#include "base/text.h"

#include "base/memory.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORD_MAX = 63 };

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Optimal string alignment distance, three rows of the table at a time. */
static unsigned distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    unsigned rows[3][WORD_MAX + 1];
    unsigned *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b_length; j++)
        above[j] = (unsigned)j;
    for (size_t i = 1; i <= a_length; i++) {
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b_length; j++) {
            unsigned cost = a[i - 1] != b[j - 1];
            row[j] = least(least(above[j] + 1, row[j - 1] + 1), above[j - 1] + cost);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], before[j - 2] + 1);
        }
        unsigned *free_row = before;
        before = above;
        above = row;
        row = free_row;
    }
    return above[b_length];
}

const char *text_nearest(const char *word, const char *const *names, size_t count)
{
    size_t length = strlen(word);
    if (length == 0 || length > WORD_MAX)
        return NULL;
    unsigned best = (unsigned)(length / 3 > 1 ? length / 3 : 1) + 1;
    const char *nearest = NULL;
    for (size_t i = 0; i < count; i++) {
        size_t name_length = strlen(names[i]);
        if (name_length > WORD_MAX)
            continue;
        unsigned d = distance(word, length, names[i], name_length);
        if (d < best && d < name_length) {
            best = d;
            nearest = names[i];
        }
    }
    return nearest;
}

void text_add(struct text *text, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int needed = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (needed < 0) /* longer than any text can be */
        memory_exhausted();
    size_t end = text->length + (size_t)needed + 1;
    if (end > text->size) {
        size_t size = end < 64 ? 64 : end * 2;
        text->text = mem_resize(text->text, size, 1);
        text->size = size;
    }
    va_start(args, format);
    vsnprintf(text->text + text->length, (size_t)needed + 1, format, args);
    va_end(args);
    text->length += (size_t)needed;
}

void text_add_word(struct text *text, const char *word)
{
    if (word[0] && !strpbrk(word, " \t\n\r'\"\\")) {
        text_add(text, "%s", word);
        return;
    }
    text_add(text, "'");
    for (const char *quote; (quote = strchr(word, '\'')); word = quote + 1)
        text_add(text, "%.*s'\\''", (int)(quote - word), word);
    text_add(text, "%s'", word);
}

void text_add_alternatives(struct text *text, const char *words)
{
    for (const char *word = words; *word;) {
        size_t length = strcspn(word, " ");
        const char *next = word + length + strspn(word + length, " ");
        text_add(text, "%s%.*s", word == words ? "" : *next ? ", " : " or ", (int)length, word);
        word = next;
    }
}

int text_find_word(const char *words, const char *word)
{
    size_t length = strlen(word);
    int index = 0;
    for (; *words; index++) {
        size_t here = strcspn(words, " ");
        if (here == length && memcmp(words, word, length) == 0)
            return index;
        words += here + strspn(words + here, " ");
    }
    return -1;
}

size_t text_word_length(const char *words)
{
    bool quoted = false;
    const char *at = words;
    for (; *at && (quoted || *at != ' '); at++) {
        if (*at == '\\' && !quoted && at[1])
            at++;
        else if (*at == '\'')
            quoted = !quoted;
    }
    return (size_t)(at - words);
}

char *text_make_visible(char *text)
{
    text_mask_secrets(text);
    for (char *at = text; *at;) {
        size_t length = utf8_length(at);
        if (length == 0 || utf8_is_control(at))
            memset(at, '?', length ? length : 1);
        at += length ? length : 1;
    }
    return text;
}

/* Where the user name and password of the address end whose "://" is before `at`; NULL: it has none. */
static char *userinfo_end(char *at)
{
    size_t length = strcspn(at, "/?# \t\n\"'<>");
    char *end = NULL;
    for (size_t i = 0; i < length; i++)
        end = at[i] == '@' ? at + i : end;
    return end;
}

char *text_mask_secrets(char *text)
{
    for (char *at = text; (at = strstr(at, "://"));) {
        at += 3;
        char *end = userinfo_end(at);
        char *colon = end ? memchr(at, ':', (size_t)(end - at)) : NULL;
        size_t length = colon ? (size_t)(end - colon) - 1 : 0, stars = length < 3 ? length : 3;
        if (length == 0)
            continue;
        memset(colon + 1, '*', stars);
        memmove(colon + 1 + stars, end, strlen(end) + 1);
    }
    return text;
}

void text_free_all(char **texts)
{
    for (size_t i = 0; texts && texts[i]; i++)
        free(texts[i]);
    free(texts);
}

char **text_split(const char *list)
{
    size_t words = 1;
    for (const char *at = list; *at; at++)
        words += *at == ',';
    char **split = mem_alloc((words + 1) * sizeof *split + strlen(list) + 1);
    char *out = (char *)(split + words + 1);
    size_t n = 0;
    split[n++] = out;
    if (*list == '{' || *list == '[') {
        memcpy(out, list, strlen(list) + 1);
        split[n] = NULL;
        return split;
    }
    for (const char *at = list; *at; at++) {
        if (at[0] == '\\' && at[1] == ',') {
            *out++ = *++at;
        } else if (*at == ',') {
            *out++ = '\0';
            split[n++] = out;
        } else {
            *out++ = *at;
        }
    }
    *out = '\0';
    split[n] = NULL;
    return split;
}
