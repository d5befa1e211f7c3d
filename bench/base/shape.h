/* How a case is run, whatever its work: workers, lanes, placement, schedule. A type that carries these
 * embeds a struct shape. */
#ifndef BASE_SHAPE_H
#define BASE_SHAPE_H

#include <bench/error.h>
#include <stddef.h>
#include <stdint.h>

/* Texts and words are never NULL, and those of whoever has set them. */
struct shape {
#define COUNT(name, unset, least, most) int64_t name;
#define REAL(name, unset, least, most) double name;
#define WORD(name, unset, words) const char *name;
#define TEXT(name, unset) const char *name;
#include "base/shape.def"
};

/* Arrivals of one run at most, with rate_per_s: when each comes is kept, eight bytes each. */
#define ARRIVALS_MOST (INT64_C(1) << 31)

enum knob_type { KNOB_COUNT, KNOB_REAL, KNOB_WORD, KNOB_TEXT };

/* A row of shape.def. */
struct knob {
    const char *name;
    enum knob_type type;
    size_t offset; /* in struct shape */
    int64_t least, most;
    double least_real, most_real;
    const char *words; /* of WORD, separated by blanks */
};

extern const struct knob knobs[]; /* in the order of shape.def; ended by one without a name */

/* The defaults. */
extern const struct shape shape_default;

/* A knob of a shape, by its type. */
int64_t shape_count(const struct shape *shape, const struct knob *knob);
double shape_real(const struct shape *shape, const struct knob *knob);
const char *shape_text(const struct shape *shape, const struct knob *knob); /* words too */

/* Set one. The text stays the caller's. -EINVAL with "workers=0: must be 1 to 65536" or the like. */
int shape_set_count(struct shape *shape, const struct knob *knob, int64_t count,
                    struct bench_error *err);
int shape_set_real(struct shape *shape, const struct knob *knob, double real, struct bench_error *err);
int shape_set_text(struct shape *shape, const struct knob *knob, const char *text,
                   struct bench_error *err);

#endif
