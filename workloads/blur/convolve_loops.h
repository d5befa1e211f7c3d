/*
 * The loops of convolve.c for one instruction set; included once for each, so without a guard. Before
 * it stand ISA(name), TARGET, LANES (32-bit lanes of a vector), DOT(sum, pairs, weights) (a lane's sum
 * plus the products of its two 16-bit halves), and how many vectors of sums fit the registers:
 * COLUMN_VECTORS in each of ROW_GROUP rows in the vertical pass, ROW_VECTORS in the horizontal one.
 */
#define vec ISA(vec)
#define signed_vec ISA(signed_vec)

typedef uint32_t vec __attribute__((vector_size(LANES * 4), may_alias));
typedef int32_t signed_vec __attribute__((vector_size(LANES * 4), unused));

/* `rows` rows of a strip of the source from row `top` on, two in a word, edges replicated. */
TARGET static void ISA(strip_pack)(int32_t *restrict strip, const struct convolve_source *source,
                                   int top, int rows, size_t column)
{
    size_t row_bytes = (size_t)source->width * (size_t)source->channels;
    size_t columns = row_bytes - column < STRIP ? row_bytes - column : STRIP;
    for (int y = 0; y < rows; y += 2) {
        const uint8_t *upper = source_row(source, top + y) + column;
        const uint8_t *lower = source_row(source, top + y + 1) + column;
        uint8_t narrow[2][STRIP] = {{0}};
        if (columns < STRIP) {
            upper = memcpy(narrow[0], upper, columns);
            lower = memcpy(narrow[1], lower, columns);
        }
        for (int i = 0; i < STRIP; i++)
            strip[i] = upper[i] | lower[i] << 16;
        strip += STRIP;
    }
}

/* Vertical pass over COLUMN_VECTORS vectors of ROW_GROUP rows; `strip` is at the first's first tap. */
TARGET static inline void ISA(column_block)(int16_t *restrict out, size_t row,
                                            const int32_t *restrict strip, const struct gauss *gauss)
{
    vec sums[ROW_GROUP][COLUMN_VECTORS];
    int shift = gauss->vertical_bits - FRACTION_BITS;
    vec start = (vec){0} + (1u << (shift - 1)) - (128u << gauss->vertical_bits);
    for (int j = 0; j < ROW_GROUP; j++)
        for (int v = 0; v < COLUMN_VECTORS; v++)
            sums[j][v] = start;

    const int32_t *weights = gauss->vertical + ROW_GROUP - 1;
    for (int p = 0; p < gauss->radius + ROW_GROUP / 2; p++) {
        for (int j = 0; j < ROW_GROUP; j++) {
            vec weight = (vec){0} + (uint32_t)weights[2 * p - j];
            for (int v = 0; v < COLUMN_VECTORS; v++) {
                vec pairs = *(const vec *)(strip + p * STRIP + v * LANES);
                sums[j][v] = DOT(sums[j][v], pairs, weight);
            }
        }
    }
    for (int j = 0; j < ROW_GROUP; j++) {
        int32_t sum[COLUMN_VECTORS * LANES];
        memcpy(sum, sums[j], sizeof sum);
        for (int i = 0; i < COLUMN_VECTORS * LANES; i++)
            out[(size_t)j * row + (size_t)i] = (int16_t)(sum[i] >> shift);
    }
}

/* Horizontal pass: ROW_VECTORS vectors of results from `pairs` on. */
TARGET static inline void ISA(row_block)(uint8_t *restrict out, const int32_t *restrict pairs,
                                         const struct gauss *gauss, int channels)
{
    typedef vec unaligned_vec __attribute__((aligned(4)));
    vec sums[ROW_VECTORS];
    int shift = gauss->horizontal_bits + FRACTION_BITS;
    vec start = (vec){0} + (1u << (shift - 1)) + (128u << shift);
    for (int v = 0; v < ROW_VECTORS; v++)
        sums[v] = start;
    for (int t = 0; t <= gauss->radius; t++) {
        vec weight = (vec){0} + (uint32_t)gauss->horizontal[t];
        for (int v = 0; v < ROW_VECTORS; v++)
            sums[v] = DOT(sums[v], *(const unaligned_vec *)(pairs + v * LANES), weight);
        pairs += 2 * channels;
    }
    uint32_t sum[ROW_VECTORS * LANES];
    memcpy(sum, sums, sizeof sum);
    for (int i = 0; i < ROW_VECTORS * LANES; i++)
        out[i] = (uint8_t)(sum[i] >> shift);
}

/* Each pixel of a row with its right neighbour, channel by channel; the row's edges first. */
TARGET static void ISA(row_pair)(int32_t *restrict pairs, int16_t *row, size_t elements, int radius,
                                 int channels)
{
    size_t edge = (size_t)radius * (size_t)channels, step = (size_t)channels;
    for (size_t i = edge; i-- > 0;)
        row[i] = row[i + step];
    for (size_t i = edge + elements; i < elements + 2 * edge; i++)
        row[i] = row[i - step];
    const int16_t *right = row + step;
    for (size_t i = 0; i < elements + 2 * edge; i++)
        pairs[i] = (uint16_t)row[i] | (int32_t)((uint32_t)right[i] << 16);
}

TARGET static void ISA(band_row)(uint8_t *out, int16_t *row, const struct gauss_scratch *scratch,
                                 const struct gauss *gauss, const struct convolve_source *source)
{
    enum { BLOCK = ROW_VECTORS * LANES };
    size_t elements = (size_t)source->width * (size_t)source->channels, i;
    ISA(row_pair)(scratch->pairs, row, elements, gauss->radius, source->channels);
    for (i = 0; i + BLOCK <= elements; i += BLOCK)
        ISA(row_block)(out + i, scratch->pairs + i, gauss, source->channels);
    if (i < elements) {
        uint8_t last[BLOCK];
        ISA(row_block)(last, scratch->pairs + i, gauss, source->channels);
        memcpy(out + i, last, elements - i);
    }
}

TARGET static void ISA(gauss_rows)(const struct gauss *gauss, const struct convolve_source *source,
                                   uint8_t *result, int first, int end, void *memory)
{
    struct gauss_scratch scratch = gauss_scratch_at(memory, gauss, source);
    size_t elements = (size_t)source->width * (size_t)source->channels;
    size_t edge = (size_t)gauss->radius * (size_t)source->channels;
    for (int top = first; top < end; top += GAUSS_BAND) {
        int rows = end - top < GAUSS_BAND ? end - top : GAUSS_BAND;
        int packed_rows = (int)round_up((size_t)rows, ROW_GROUP) + 2 * gauss->radius;
        for (size_t column = 0; column < elements; column += STRIP) {
            ISA(strip_pack)(scratch.strip, source, top - gauss->radius, packed_rows, column);
            for (int y = 0; y < rows; y += ROW_GROUP) {
                const int32_t *taps = scratch.strip + y / 2 * STRIP;
                int16_t *out = scratch.band + (size_t)y * scratch.row + edge + column;
                for (size_t i = 0; i < STRIP; i += COLUMN_VECTORS * LANES) {
                    ISA(column_block)(out + i, scratch.row, taps + i, gauss);
                }
            }
        }
        for (int y = 0; y < rows; y++) {
            uint8_t *out = result + (size_t)(top + y) * elements;
            int16_t *row = scratch.band + (size_t)y * scratch.row;
            ISA(band_row)(out, row, &scratch, gauss, source);
        }
    }
}

TARGET static void ISA(columns_slide)(uint32_t *restrict sums, const uint8_t *restrict enters,
                                      const uint8_t *restrict leaves, size_t elements)
{
    for (size_t i = 0; i < elements; i++)
        sums[i] += (uint32_t)enters[i] - leaves[i];
}

/* Column sums of the rows around row `y`, edges replicated: an edge row is added once, times as often
 * as it stands there. */
TARGET static void ISA(columns_sum)(uint32_t *restrict sums, const struct convolve_source *source, int y,
                                    int radius, size_t elements)
{
    memset(sums, 0, elements * sizeof *sums);
    for (int at = y - radius; at <= y + radius;) {
        int row = row_clamp(source, at), next = at + 1;
        if (at < 0)
            next = y + radius < 0 ? y + radius + 1 : 0;
        else if (at >= source->height)
            next = y + radius + 1;
        const uint8_t *restrict pixels = source_row(source, row);
        uint32_t times = (uint32_t)(next - at);
        for (size_t i = 0; i < elements; i++)
            sums[i] += times * pixels[i];
        at = next;
    }
}

/* One row of a box from the sums of its columns, which have radius + 1 pixels of room on either side. */
TARGET static inline __attribute__((always_inline)) void ISA(box_row)(uint8_t *restrict out,
                                                                      const uint32_t *restrict columns,
                                                                      const struct box *box, int width,
                                                                      const int channels)
{
    const uint32_t *leaves = columns, *enters = columns + (2 * box->radius + 1) * channels;
    uint32_t sums[4] = {0};
    for (int i = 0; i < (2 * box->radius + 1) * channels; i += channels)
        for (int c = 0; c < channels; c++)
            sums[c] += columns[i + c];
    for (int x = 0; x < width; x++)
        for (int c = 0; c < channels; c++) {
            sums[c] += *enters++ - *leaves++;
            *out++ = (uint8_t)((sums[c] + box->area / 2) * box->reciprocal >> 56);
        }
}

TARGET static void ISA(box_rows)(const struct box *box, const struct convolve_source *source,
                                 uint8_t *result, int first, int end, void *memory)
{
    size_t elements = (size_t)source->width * (size_t)source->channels;
    size_t step = (size_t)source->channels, edge = (size_t)(box->radius + 1) * step;
    struct box_scratch *scratch = memory;
    uint32_t *sums = scratch->sums, *columns = sums + edge;
    if (scratch->next_row == 0 || scratch->next_row != first)
        ISA(columns_sum)(columns, source, first - 1, box->radius, elements);

    for (int y = first; y < end; y++) {
        ISA(columns_slide)
        (columns, source_row(source, y + box->radius), source_row(source, y - box->radius - 1),
         elements);
        for (size_t i = edge; i-- > 0;)
            sums[i] = sums[i + step];
        for (size_t i = 0; i < edge; i++)
            columns[elements + i] = columns[elements + i - step];
        uint8_t *out = result + (size_t)y * elements;
        if (source->channels == 1)
            ISA(box_row)(out, sums, box, source->width, 1);
        else if (source->channels == 3)
            ISA(box_row)(out, sums, box, source->width, 3);
        else
            ISA(box_row)(out, sums, box, source->width, 4);
    }
    scratch->next_row = end;
}

#undef vec
#undef signed_vec
#undef ISA
#undef TARGET
#undef LANES
#undef ROW_VECTORS
#undef COLUMN_VECTORS
#undef DOT
