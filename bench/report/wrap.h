/* Text folded to a width. */
#ifndef REPORT_WRAP_H
#define REPORT_WRAP_H

#include <stddef.h>
#include <stdio.h>

/*
 * Print `text` and a line end, broken at blanks so that no line exceeds `width` characters (0: not
 * broken), lines after the first indented by `indent`. A longer word gets a line of its own. Control
 * characters, which could upset a terminal, and bytes that are not UTF-8 are printed as '?'. NULL is "".
 */
void wrap_print(FILE *out, const char *text, size_t width, size_t indent);

#endif
