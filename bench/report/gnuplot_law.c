/* Laws of scaling for gnuplot. */
#include "report/gnuplot_law.h"

#include <math.h>

const struct scaling *gnuplot_law_of(const struct scalings *scalings, const struct case_result *first)
{
    for (size_t i = 0; i < scalings->size; i++) {
        const struct scaling *scaling = &scalings->list[i];
        if (scaling->first == first && scaling->doubt == SCALING_HOLDS &&
            !isnan(scaling_speedup(scaling, 1)))
            return scaling;
    }
    return NULL;
}

void gnuplot_law_data(FILE *out, const struct scaling *scaling, size_t plot, size_t way)
{
    double one = scaling_speedup(scaling, 1);
    fprintf(out, "$law%zu_%zu << END\n", plot, way);
    for (int i = 0; i < SCALING_BAND; i++) {
        const struct scaling_estimate *at = &scaling->law.band[i];
        fprintf(out, "%.9g %.9g %.9g %.9g\n", scaling->law.band_n[i], one * at->value,
                one * at->interval.low, one * at->interval.high);
    }
    fputs("END\n", out);
}

void gnuplot_law_draw(FILE *out, size_t plot, size_t way, size_t number)
{
    fprintf(
        out,
        "$law%zu_%zu using 1:3:4 with filledcurves lt %zu fs transparent solid 0.15 noborder notitle, "
        "\\\n    $law%zu_%zu using 1:2 with lines lt %zu dt 3 lw 1.5 notitle",
        plot, way, number, plot, way, number);
}
