/* Texts and numbers as gnuplot reads them. */
#ifndef REPORT_GNUPLOT_TEXT_H
#define REPORT_GNUPLOT_TEXT_H

#include <stdio.h>

/* In single quotes, in which gnuplot takes nothing for a command or for markup. */
void gnuplot_put_text(FILE *out, const char *text);

/* As much of it as stands above a plot, whole words; shortens it. */
void gnuplot_put_title(FILE *out, char *text);

/* Behind a blank; NaN is what is not known. */
void gnuplot_put_number(FILE *out, double value);

#endif
