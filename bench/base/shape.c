/* How a case is run: its knobs, one after the other. */
#include "base/shape.h"

#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

const struct knob knobs[] = {
#define COUNT(name, unset, least, most) \
    {#name, KNOB_COUNT, offsetof(struct shape, name), least, most, 0, 0, NULL},
#define REAL(name, unset, least, most) \
    {#name, KNOB_REAL, offsetof(struct shape, name), 0, 0, least, most, NULL},
#define WORD(name, unset, words) {#name, KNOB_WORD, offsetof(struct shape, name), 0, 0, 0, 0, words},
#define TEXT(name, unset) {#name, KNOB_TEXT, offsetof(struct shape, name), 0, 0, 0, 0, NULL},
#include "base/shape.def"
    {NULL, KNOB_COUNT, 0, 0, 0, 0, 0, NULL},
};

const struct shape shape_default = {
#define COUNT(name, unset, least, most) .name = unset,
#define REAL(name, unset, least, most) .name = unset,
#define WORD(name, unset, words) .name = unset,
#define TEXT(name, unset) .name = unset,
#include "base/shape.def"
};

static void *field(const struct shape *shape, const struct knob *knob)
{
    return (char *)(uintptr_t)shape + knob->offset;
}

int64_t shape_count(const struct shape *shape, const struct knob *knob)
{
    return *(int64_t *)field(shape, knob);
}

double shape_real(const struct shape *shape, const struct knob *knob)
{
    return *(double *)field(shape, knob);
}

const char *shape_text(const struct shape *shape, const struct knob *knob)
{
    return *(const char **)field(shape, knob);
}

int shape_set_count(struct shape *shape, const struct knob *knob, int64_t count, struct bench_error *err)
{
    if (count < knob->least)
        return bench_error_set(err, -EINVAL, "%s=%" PRId64 ": must be %" PRId64 " or more", knob->name,
                               count, knob->least);
    if (count > knob->most)
        return bench_error_set(err, -EINVAL, "%s=%" PRId64 ": must be %" PRId64 " to %" PRId64,
                               knob->name, count, knob->least, knob->most);
    *(int64_t *)field(shape, knob) = count;
    return 0;
}

int shape_set_real(struct shape *shape, const struct knob *knob, double real, struct bench_error *err)
{
    if (!(real >= knob->least_real && real <= knob->most_real))
        return bench_error_set(err, -EINVAL, "%s=%g: must be %g to %g", knob->name, real,
                               knob->least_real, knob->most_real);
    *(double *)field(shape, knob) = real;
    return 0;
}

/* The empty word is one, where it is the default. */
static bool is_word(const struct knob *knob, const char *text)
{
    return text[0] ? text_find_word(knob->words, text) >= 0
                   : shape_text(&shape_default, knob)[0] == '\0';
}

int shape_set_text(struct shape *shape, const struct knob *knob, const char *text,
                   struct bench_error *err)
{
    if (knob->type == KNOB_WORD && !is_word(knob, text)) {
        struct text allowed = {0};
        text_add_alternatives(&allowed, knob->words);
        bench_error_set(err, -EINVAL, "%s '%s' must be %s", knob->name, text,
                        allowed.text ? allowed.text : "");
        free(allowed.text);
        return -EINVAL;
    }
    *(const char **)field(shape, knob) = text;
    return 0;
}
