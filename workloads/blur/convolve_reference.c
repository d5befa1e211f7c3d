/* Separable convolution in double precision, without a thought for speed. */
#include "convolve_reference.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

int reference_gauss(struct convolve_reference *reference, double sigma)
{
    int code = reference_box(reference, (int)ceil(6 * sigma)), taps = 2 * reference->reach + 1;
    if (code < 0)
        return code;
    double sum = 0;
    for (int t = 0; t < taps; t++) {
        double distance = (t - reference->reach) / sigma;
        reference->weights[t] = exp(-distance * distance / 2);
        sum += reference->weights[t];
    }
    for (int t = 0; t < taps; t++)
        reference->weights[t] /= sum;
    return 0;
}

int reference_box(struct convolve_reference *reference, int radius)
{
    int taps = 2 * radius + 1;
    reference->reach = radius;
    reference->weights = malloc((size_t)taps * sizeof *reference->weights);
    if (!reference->weights)
        return -ENOMEM;
    for (int t = 0; t < taps; t++)
        reference->weights[t] = 1.0 / taps;
    return 0;
}

void reference_free(struct convolve_reference *reference)
{
    free(reference->weights);
    reference->weights = NULL;
}

void reference_row(const struct convolve_reference *reference, const struct convolve_source *source,
                   int y, double *expected, double *columns)
{
    int reach = reference->reach;
    size_t step = (size_t)source->channels, row = (size_t)source->width * step;
    size_t edge = (size_t)reach * step;
    memset(columns, 0, (row + 2 * edge) * sizeof *columns);
    memset(expected, 0, row * sizeof *expected);
    for (int k = -reach; k <= reach; k++) {
        int from = y + k < 0 ? 0 : y + k < source->height ? y + k : source->height - 1;
        const uint8_t *pixels = source->pixels + (size_t)from * row;
        for (size_t i = 0; i < row; i++)
            columns[edge + i] += reference->weights[k + reach] * pixels[i];
    }
    for (size_t i = edge; i-- > 0;)
        columns[i] = columns[i + step];
    for (size_t i = edge + row; i < row + 2 * edge; i++)
        columns[i] = columns[i - step];
    for (int t = 0; t <= 2 * reach; t++)
        for (size_t i = 0; i < row; i++)
            expected[i] += reference->weights[t] * columns[i + (size_t)t * step];
}
