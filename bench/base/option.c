/* Options as rows: a value from the command line is checked and put where its row says. */
#include "base/option.h"

#include "base/memory.h"
#include "base/quantity.h"
#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void option_texts_add(struct option_texts *list, const char *text)
{
    list->texts = mem_grow(list->texts, list->count, &list->capacity, sizeof *list->texts);
    list->texts[list->count++] = text;
}

void option_texts_free(struct option_texts *list)
{
    free(list->texts);
}

bool option_is_end(const struct option_row *row)
{
    return !row->name && !row->help && row->type == OPTION_HEADING;
}

static int must_be(const struct option_row *row, const char *value, const char *allowed,
                   struct bench_error *err)
{
    return bench_error_set(err, -EINVAL, "--%s: '%s' must be %s", row->name, value, allowed);
}

static const struct knob *find_knob(const char *name)
{
    const struct knob *knob = knobs;
    while (strcmp(knob->name, name) != 0)
        knob++;
    return knob;
}

char *option_words(const struct option_row *row)
{
    const char *words = row->words;
    if (row->type == OPTION_KNOB && !words)
        words = find_knob(row->knob)->words;
    struct text all = {0};
    text_add(&all, "%s", words ? words : "");
    for (size_t i = 0; row->word && row->word(i); i++)
        text_add(&all, "%s%s", i ? " " : "", row->word(i));
    return all.text;
}

/* What may be given, where the row does not say it in words of its own. */
static int refuse(const struct option_row *row, const char *value, struct bench_error *err)
{
    const struct knob *knob = row->type == OPTION_KNOB ? find_knob(row->knob) : NULL;
    double least = row->least, most = row->most;
    struct text allowed = {0};
    char *words = option_words(row);
    if (row->allowed)
        text_add(&allowed, "%s", row->allowed);
    else if (knob && knob->type == KNOB_COUNT)
        text_add(&allowed, "a whole number from %" PRId64 " to %" PRId64, knob->least, knob->most);
    else if (row->type == OPTION_COUNT && most > 0)
        text_add(&allowed, "a whole number from %.0f to %.0f", least, most);
    else if (row->type == OPTION_COUNT)
        text_add(&allowed, "a whole number");
    else if (row->type == OPTION_REAL || (knob && knob->type == KNOB_REAL))
        text_add(&allowed, "a number from %g to %g", knob ? knob->least_real : least,
                 knob ? knob->most_real : most);
    else if (row->type == OPTION_PERCENT)
        text_add(&allowed, "a percentage from %g to %g%s", least, most,
                 least <= 0.5 ? ", such as 0.5" : "");
    else if (row->type == OPTION_SECONDS)
        text_add(&allowed, "a time over 0 in seconds, such as 2.5 or 500ms");
    else
        text_add_alternatives(&allowed, words);
    int rc = must_be(row, value, allowed.text, err);
    free(words);
    free(allowed.text);
    return rc;
}

/* "2", "2%" and "2 %" into 0.02. Where less than 1 % makes no sense, "0.95" is 95 %. */
static bool parse_percent(const struct option_row *row, const char *value, double *part)
{
    char number[32];
    double percent;
    size_t length = strlen(value);
    bool has_sign = length > 0 && value[length - 1] == '%';
    length -= has_sign;
    while (length > 0 && value[length - 1] == ' ')
        length--;
    if (length == 0 || length >= sizeof number)
        return false;
    memcpy(number, value, length);
    number[length] = '\0';
    if (!quantity_real(number, &percent))
        return false;
    if (!has_sign && percent < 1 && row->least >= 1)
        percent *= 100;
    if (!(percent >= row->least && percent <= row->most))
        return false;
    *part = percent / 100;
    return true;
}

static bool parse_knob(const struct option_row *row, struct shape *shape, const char *value)
{
    const struct knob *knob = find_knob(row->knob);
    uint64_t count;
    double real;
    switch (knob->type) {
    case KNOB_COUNT:
        return quantity_count(value, &count) && count <= INT64_MAX &&
               shape_set_count(shape, knob, (int64_t)count, NULL) == 0;
    case KNOB_REAL:
        return quantity_real(value, &real) && shape_set_real(shape, knob, real, NULL) == 0;
    case KNOB_WORD:
    case KNOB_TEXT:
        return shape_set_text(shape, knob, value, NULL) == 0;
    }
    return false;
}

static bool parse_choice(const struct option_row *row, void *field, const char *value)
{
    char *words = option_words(row);
    int index = text_find_word(words, value);
    free(words);
    if (index >= 0)
        *(int *)field = index + 1;
    return index >= 0;
}

/* A number of a type that is whole: what is stored only if it is in range. */
static bool parse_whole(const struct option_row *row, uint64_t *field, const char *value)
{
    uint64_t number;
    bool is_number = row->type == OPTION_COUNT      ? quantity_count(value, &number)
                     : row->type == OPTION_SECONDS  ? quantity_seconds(value, &number) && number > 0
                     : row->type == OPTION_DURATION ? quantity_duration(value, &number)
                                                    : quantity_size(value, &number);
    if (!is_number || (double)number < row->least || (row->most > 0 && (double)number > row->most))
        return false;
    *field = number;
    return true;
}

static bool parse_real(const struct option_row *row, double *field, const char *value)
{
    double real;
    if (!quantity_real(value, &real) || !(real >= row->least && real <= row->most))
        return false;
    *field = real;
    return true;
}

int option_take(const struct option_row *row, void *target, const char *value, struct bench_error *err)
{
    void *field = (char *)target + row->offset;
    bool is_allowed = true;
    switch (row->type) {
    case OPTION_HEADING:
        break;
    case OPTION_FLAG:
        *(bool *)field = true;
        break;
    case OPTION_TEXT:
    case OPTION_GIVEN:
        *(const char **)field = value;
        break;
    case OPTION_TEXTS:
    case OPTION_OPERANDS:
        option_texts_add(field, value);
        break;
    case OPTION_COUNT:
    case OPTION_SECONDS:
    case OPTION_DURATION:
    case OPTION_SIZE:
        is_allowed = parse_whole(row, field, value);
        break;
    case OPTION_REAL:
        is_allowed = parse_real(row, field, value);
        break;
    case OPTION_PERCENT:
        is_allowed = parse_percent(row, value, field);
        break;
    case OPTION_CHOICE:
        is_allowed = parse_choice(row, field, value);
        break;
    case OPTION_KNOB:
        is_allowed = parse_knob(row, field, value);
        break;
    case OPTION_PARSED:
        return row->parse(field, value, err);
    }
    return is_allowed ? 0 : refuse(row, value, err);
}

/* The default of a knob, as the user would give it. */
static void add_initial(struct text *help, const struct option_row *row)
{
    const struct knob *knob = row->type == OPTION_KNOB ? find_knob(row->knob) : NULL;
    if (row->initial)
        text_add(help, "; default: %s", row->initial);
    else if (knob && knob->type == KNOB_COUNT)
        text_add(help, "; default: %" PRId64, shape_count(&shape_default, knob));
    else if (knob && knob->type != KNOB_REAL && shape_text(&shape_default, knob)[0])
        text_add(help, "; default: %s", shape_text(&shape_default, knob));
}

char *option_help(const struct option_row *row)
{
    struct text help = {0};
    text_add(&help, "%s", row->help);
    bool is_of_words = row->type == OPTION_CHOICE ||
                       (row->type == OPTION_KNOB && find_knob(row->knob)->type == KNOB_WORD);
    if (is_of_words) {
        char *words = option_words(row);
        text_add(&help, ": ");
        text_add_alternatives(&help, words);
        free(words);
    }
    add_initial(&help, row);
    return help.text;
}
