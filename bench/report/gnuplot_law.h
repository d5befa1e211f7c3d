/* A law of scaling in a script for gnuplot: its curve and its 95 % band. */
#ifndef REPORT_GNUPLOT_LAW_H
#define REPORT_GNUPLOT_LAW_H

#include "results/scaling.h"

#include <stdio.h>

/* The law that holds for the sweep that a case begins; NULL: there is none, or its speed-up is not
 * known. */
const struct scaling *gnuplot_law_of(const struct scalings *scalings, const struct case_result *first);

/* Its data, as $lawPLOT_WAY: n, speed-up, and the ends of the band, from the least n to twice the
 * largest. */
void gnuplot_law_data(FILE *out, const struct scaling *scaling, size_t plot, size_t way);

/* Its part of a `plot` command, in the colour of line `number`. */
void gnuplot_law_draw(FILE *out, size_t plot, size_t way, size_t number);

#endif
