/* Texts and numbers as gnuplot reads them. */
#include "report/gnuplot_text.h"

#include <math.h>
#include <string.h>

enum { TITLE_MOST = 100 };

void gnuplot_put_text(FILE *out, const char *text)
{
    fputc('\'', out);
    for (; *text; text++)
        fprintf(out, *text == '\'' ? "''" : "%c", *text);
    fputc('\'', out);
}

void gnuplot_put_title(FILE *out, char *text)
{
    if (strlen(text) > TITLE_MOST) {
        char *end = text + TITLE_MOST;
        while (end > text && *end != ' ')
            end--;
        *end = '\0';
    }
    gnuplot_put_text(out, text);
}

void gnuplot_put_number(FILE *out, double value)
{
    if (isnan(value))
        fputs(" NaN", out);
    else
        fprintf(out, " %.9g", value);
}
