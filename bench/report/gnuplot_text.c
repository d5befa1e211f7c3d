/* Texts and numbers as gnuplot reads them. */
#include "report/gnuplot_text.h"

#include "base/memory.h"
#include "base/utf8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Characters. */
enum { LABEL_MOST = 44 };

void gnuplot_put_text(FILE *out, const char *text)
{
    fputc('\'', out);
    for (; *text; text++)
        fprintf(out, *text == '\'' ? "''" : "%c", *text);
    fputc('\'', out);
}

void gnuplot_put_label(FILE *out, const char *text)
{
    size_t end = 0;
    if (utf8_columns(text, strlen(text)) <= LABEL_MOST) {
        gnuplot_put_text(out, text);
        return;
    }
    while (utf8_length(text + end) > 0 &&
           utf8_columns(text, end + utf8_length(text + end)) <= LABEL_MOST - 3)
        end += utf8_length(text + end);
    char *label = mem_format("%.*s...", (int)end, text);
    gnuplot_put_text(out, label);
    free(label);
}

void gnuplot_put_title(FILE *out, char *text, size_t most)
{
    if (strlen(text) > most) {
        char *end = text + most;
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
