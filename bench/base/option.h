/*
 * Options as rows of a table: what an option is called, what its value is, where it goes, and what the
 * help says. A new option is one row, and its use. Parsing, help, messages and completion
 * (base/command_line.h) are made from the rows.
 */
#ifndef BASE_OPTION_H
#define BASE_OPTION_H

#include "base/shape.h"

#include <bench/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the value is, and the type of the field that receives it. */
enum option_type {
    OPTION_HEADING,  /* not an option: `help` stands above the rows that follow */
    OPTION_OPERANDS, /* not an option: struct option_texts, the words that are none */
    OPTION_GIVEN,    /* not an option: const char *, the name of the last one given of this table */
    OPTION_FLAG,     /* bool: takes no value */
    OPTION_TEXT,     /* const char *: any text, the caller's */
    OPTION_TEXTS,    /* struct option_texts: every one that is given, in order */
    OPTION_COUNT,    /* uint64_t: a whole number from `least` to `most` */
    OPTION_REAL,     /* double, from `least` to `most` */
    OPTION_PERCENT,  /* double, a part of one; `least` and `most` are in percent */
    OPTION_SECONDS,  /* uint64_t, nanoseconds: over 0; a bare number is seconds */
    OPTION_DURATION, /* uint64_t, nanoseconds: with a unit; at most `most` */
    OPTION_SIZE,     /* uint64_t, bytes; at most `most` */
    OPTION_CHOICE,   /* an enum: 1 for the first of its words, 0 where it is not given */
    OPTION_KNOB,     /* struct shape: the knob called `knob`, with its range or words and its default */
    OPTION_PARSED,   /* whatever `parse` fills */
};

/* What completion offers beside the words. The kinds of modules are for the caller to know. */
enum option_completes {
    COMPLETES_WORDS,
    COMPLETES_FILES,
    COMPLETES_COMMANDS,
    COMPLETES_WORKLOADS,
    COMPLETES_EXECUTORS,
    COMPLETES_MODULES,
    COMPLETES_SETTINGS,
};

struct option_row {
    const char *name;     /* without its dashes */
    char letter;          /* 0: none */
    const char *argument; /* what the help calls its value; NULL: takes none */
    enum option_type type;
    size_t offset; /* of the field in the table's struct */
    double least, most;
    const char *words;                 /* separated by blanks: the allowed ones, or to be offered */
    const char *(*word)(size_t index); /* the same, where they are another table's; NULL at the end */
    bool is_list;                      /* completion: several of them, separated by commas */
    const char *allowed;               /* behind "must be", where type and range do not say it all */
    const char *knob;
    int (*parse)(void *field, const char *value, struct bench_error *err);
    enum option_completes completes;
    const char *initial; /* the default, for the help; a knob has its own */
    const char *help;
};

/* Texts given one by one. Zero-initialised; the texts are the caller's, the array is freed by
 * option_texts_free. */
struct option_texts {
    const char **texts;
    size_t count, capacity;
};
void option_texts_add(struct option_texts *list, const char *text);
void option_texts_free(struct option_texts *list);

/*
 * Parts of a row: its type and its field F of T, whose type is checked at compile time.
 *
 *     {"runs", 'r', "N", COUNT_OPTION(struct options, limits.runs, 1, 1e9), .help = "measured runs"},
 *
 * A table ends with an empty row.
 */
#define OPTION_FIELD_(T, F, type) \
    (offsetof(T, F) + 0 * sizeof(char[_Generic(((T *)0)->F, type : 1, default : -1)]))
#define HEADING(text)                           \
    {                                           \
        .type = OPTION_HEADING, .help = (text), \
    }
#define OPERANDS(T, F) .type = OPTION_OPERANDS, .offset = OPTION_FIELD_(T, F, struct option_texts)
#define GIVEN_OPTION(T, F) .type = OPTION_GIVEN, .offset = OPTION_FIELD_(T, F, const char *)
#define FLAG_OPTION(T, F) .type = OPTION_FLAG, .offset = OPTION_FIELD_(T, F, bool)
#define TEXT_OPTION(T, F) .type = OPTION_TEXT, .offset = OPTION_FIELD_(T, F, const char *)
#define TEXTS_OPTION(T, F) .type = OPTION_TEXTS, .offset = OPTION_FIELD_(T, F, struct option_texts)
#define COUNT_OPTION(T, F, min, max) \
    .type = OPTION_COUNT, .offset = OPTION_FIELD_(T, F, uint64_t), .least = (min), .most = (max)
#define REAL_OPTION(T, F, min, max) \
    .type = OPTION_REAL, .offset = OPTION_FIELD_(T, F, double), .least = (min), .most = (max)
#define PERCENT_OPTION(T, F, min, max) \
    .type = OPTION_PERCENT, .offset = OPTION_FIELD_(T, F, double), .least = (min), .most = (max)
#define SECONDS_OPTION(T, F) .type = OPTION_SECONDS, .offset = OPTION_FIELD_(T, F, uint64_t)
#define DURATION_OPTION(T, F, max) \
    .type = OPTION_DURATION, .offset = OPTION_FIELD_(T, F, uint64_t), .most = (max)
#define SIZE_OPTION(T, F, max) \
    .type = OPTION_SIZE, .offset = OPTION_FIELD_(T, F, uint64_t), .most = (max)
#define CHOICE_OPTION(T, F) \
    .type = OPTION_CHOICE,  \
    .offset = offsetof(T, F) + 0 * sizeof(char[sizeof((T *)0)->F == sizeof(int) ? 1 : -1])
#define KNOB_OPTION(T, F, called) \
    .type = OPTION_KNOB, .offset = OPTION_FIELD_(T, F, struct shape), .knob = (called)
#define PARSED_OPTION(T, F, how) .type = OPTION_PARSED, .offset = offsetof(T, F), .parse = (how)

/* A percentage to compare a change with, or how sure an answer must be. */
#define THRESHOLD_OPTION(T, F)            \
    PERCENT_OPTION(T, F, 0, 99.99999999), \
        .allowed = "a percentage from 0 and below 100, such as 2 or 0.5%"
#define CONFIDENCE_OPTION(T, F)            \
    PERCENT_OPTION(T, F, 50, 99.99999999), \
        .allowed = "a percentage from 50 and below 100, such as 95 or 99.9%"

/* Is it the empty row that ends a table? */
bool option_is_end(const struct option_row *row);

/*
 * Put `value` (NULL for a flag) where the row says in `target`, its table's struct. -EINVAL with
 * "--NAME: 'VALUE' must be ...", or the message of the row's own parser, for what is not allowed.
 */
int option_take(const struct option_row *row, void *target, const char *value, struct bench_error *err);

/* The row's words, separated by blanks, for free(); "" where it has none. */
char *option_words(const struct option_row *row);

/* What the help says of it, its words and its default included; for free(). */
char *option_help(const struct option_row *row);

#endif
