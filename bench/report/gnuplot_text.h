/* Texts and numbers as gnuplot reads them. */
#ifndef REPORT_GNUPLOT_TEXT_H
#define REPORT_GNUPLOT_TEXT_H

#include <stddef.h>
#include <stdio.h>

/* In single quotes, in which gnuplot takes nothing for a command or for markup. */
void gnuplot_put_text(FILE *out, const char *text);

/* What stands beside a row: as much of it as leaves room for the plot. */
void gnuplot_put_label(FILE *out, const char *text);

/* Whole words of it, `most` bytes; shortens it. */
void gnuplot_put_title(FILE *out, char *text, size_t most);

/* Behind a blank; NaN is what is not known. */
void gnuplot_put_number(FILE *out, double value);

#endif
