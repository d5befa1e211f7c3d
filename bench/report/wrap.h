/* Text folded to a width, in the columns of a terminal. */
#ifndef REPORT_WRAP_H
#define REPORT_WRAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/*
 * How many bytes of `text` go on a line of `room` columns, at least 1 of what does not begin with a
 * blank: it is broken at blanks, which belong to no line. A word that is longer than a line is broken
 * behind a comma; where it has none, anywhere if `may_cut`, else it stays whole and is longer than the
 * line. The text is fit for a terminal (text_make_visible).
 */
size_t wrap_length(const char *text, size_t room, bool may_cut);

/*
 * Print the first line of `text` after `first`, and a line end, broken so that no line exceeds `width`
 * columns (0: not broken); further lines begin with `indent` blanks. What is not fit for a terminal is
 * printed as '?'.
 */
void wrap_print(FILE *out, const char *first, const char *text, size_t width, size_t indent);

#endif
