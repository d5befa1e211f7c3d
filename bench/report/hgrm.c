/*
 * A percentile distribution as HdrHistogram's outputPercentileDistribution writes it (Gil Tene,
 * hdrhistogram.org): for each percentile the latency that so many do not exceed, and how many these are.
 * The distance from 100 % is halved every five lines, until there is no latency left.
 */
#include "report/hgrm.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>

enum { STEPS_PER_HALF = 5 };

/* The next percentile: a step, of which there are so many from 0 to 100 as the nearness to 100 asks for.
 */
static double next_level(double level)
{
    double halves = floor(log2(100 / (100 - level))) + 1;
    return level + 100 / (STEPS_PER_HALF * pow(2, halves));
}

static void print_footer(FILE *out, const struct latencies *latencies, double count)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < latencies->size; i++)
        sum += (double)latencies->list[i].ns * 1e-6 * (double)latencies->list[i].count;
    double mean = sum / count;
    for (size_t i = 0; i < latencies->size; i++) {
        double off = (double)latencies->list[i].ns * 1e-6 - mean;
        squares += off * off * (double)latencies->list[i].count;
    }
    fprintf(out, "#[Mean    = %12.3f, StdDeviation   = %12.3f]\n", mean, sqrt(squares / count));
    fprintf(out, "#[Max     = %12.3f, Total count    = %12.0f]\n",
            (double)latencies->list[latencies->size - 1].ns * 1e-6, count);
    fprintf(out, "#[Buckets = %12d, SubBuckets     = %12d]\n", 58, 128); /* of 64-bit nanoseconds */
}

static void print_level(FILE *out, double ms, double level, int64_t below)
{
    fprintf(out, "%12.6f %2.12f %10" PRId64 " %14.2f\n", ms, level / 100, below, 100 / (100 - level));
}

void hgrm_print(FILE *out, const struct latencies *latencies)
{
    int64_t all = latencies_count(latencies), below = 0;
    double level = 0;
    fprintf(out, "%12s %14s %10s %14s\n\n", "Value", "Percentile", "TotalCount", "1/(1-Percentile)");
    for (size_t i = 0; i < latencies->size; i++) {
        double ms = (double)latencies->list[i].ns * 1e-6;
        below += latencies->list[i].count;
        for (bool is_last = false; !is_last && 100 * (double)below / (double)all >= level;
             level = next_level(level)) {
            print_level(out, ms, level, below);
            is_last = below == all; /* once, where others would be the same */
        }
    }
    fprintf(out, "%12.6f %2.12f %10" PRId64 "\n", (double)latencies->list[latencies->size - 1].ns * 1e-6,
            1.0, all);
    print_footer(out, latencies, (double)all);
}
