/* Reasons to trust results less, as far as their runs show them. */
#include "results/findings.h"

#include "base/memory.h"
#include "stats/autocorrelation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double steal_most = 0.01, short_s = 0.001, first_most = 1.5, correlation_most = 0.5;
enum { CORRELATION_RUNS = 20, FIRST_RUNS = 3, OUTLIER_RUNS = 10 };

/* A run is far from the rest when it takes so many times the median, and is so many deviations from it.
 * Where more than this part of them do, they are no exceptions. */
static const double outlier_times = 3, outlier_deviations = 10, outlier_share = 0.05;

/* The kernel counts steal in ticks of 10 ms: less than a few of them is no share to speak of. */
static const double steal_least_s = 0.03;

static void add(struct finding *finding, const struct case_result *result, double value, bool is_worse)
{
    if (finding->cases++ > 0 && !is_worse)
        return;
    finding->worst = result;
    finding->value = value;
}

static double wall_of_all_passes(const struct case_result *result, size_t run)
{
    return cases_value(result->cases, result->source, run, COLUMN_wall_s);
}

/* The share of the CPU time that the case's workers could have had. */
static double steal_share(const struct case_result *result)
{
    double stolen_s = 0, had_s = 0, workers = (double)result->identity->workers;
    for (size_t i = 0; workers >= 1 && i < result_runs(result); i++) {
        double run_s = cases_value(result->cases, result->source, i, COLUMN_steal_s);
        if (!result_is_measured(result, i) || isnan(run_s))
            continue;
        stolen_s += run_s;
        had_s += wall_of_all_passes(result, i) * workers;
    }
    return stolen_s >= steal_least_s && had_s > 0 ? stolen_s / had_s : 0;
}

/* What is looked for in a case's runs. NaN: not known. */
struct symptoms {
    double median_s;    /* of a run */
    double first;       /* median over launches: the first run / the launch's median */
    double correlation; /* median over launches: of a run with the next */
    double outlier;     /* the longest of a few runs far from the rest / the median; 0: there are none */
};

/* Of n runs, first ones of launches left out. */
static double outlier_of(const double *walls_s, size_t n)
{
    const struct summary all = summary_of(walls_s, n);
    double far_s = all.median + outlier_deviations * SUMMARY_MAD_SCALE * all.mad;
    size_t outliers = 0;
    for (size_t i = 0; i < n; i++)
        outliers += walls_s[i] >= outlier_times * all.median && walls_s[i] > far_s;
    bool are_few = outliers == 1 || (double)outliers <= outlier_share * (double)n;
    return n >= OUTLIER_RUNS && outliers && are_few ? all.max / all.median : 0;
}

static struct symptoms symptoms_of(const struct case_result *result)
{
    const struct case_runs *one = result->source;
    double *walls_s = mem_alloc(one->size * sizeof *walls_s);
    double *later_s = mem_alloc(one->size * sizeof *later_s);
    double *firsts = mem_alloc(one->launches_size * sizeof *firsts);
    double *correlations = mem_alloc(one->launches_size * sizeof *correlations);
    size_t runs = 0, later = 0;
    for (size_t launch = 0; launch < one->launches_size; launch++) {
        const struct case_launch *from = &one->launches[launch];
        double *walls = walls_s + runs;
        size_t n = 0;
        for (size_t i = from->first; i < from->first + from->size; i++) {
            if (result_is_measured(result, i))
                walls[n++] = wall_of_all_passes(result, i);
        }
        firsts[launch] = n >= FIRST_RUNS ? walls[0] / summary_median(walls, n) : NAN;
        correlations[launch] = n >= CORRELATION_RUNS ? autocorrelation_first(walls, n) : NAN;
        for (size_t i = 1; i < n; i++)
            later_s[later++] = walls[i];
        runs += n;
    }
    struct symptoms symptoms = {
        summary_median(walls_s, runs), summary_median(firsts, one->launches_size),
        summary_median(correlations, one->launches_size), outlier_of(later_s, later)};
    free(walls_s);
    free(later_s);
    free(firsts);
    free(correlations);
    return symptoms;
}

static void look_at_case(const struct case_result *result, double precision,
                         struct finding findings[FINDINGS])
{
    double steal = steal_share(result);
    if (steal > steal_most)
        add(&findings[FINDING_STEAL], result, steal, steal > findings[FINDING_STEAL].value);
    if (precision > 0 && result->stopped_by && strcmp(result->stopped_by, "precision") != 0) {
        double reached = isnan(result->precision) ? INFINITY : result->precision;
        add(&findings[FINDING_PRECISION], result, reached, reached > findings[FINDING_PRECISION].value);
    }
    if (result->wall_s.n == 0 || result_is_open_loop(result))
        return;
    struct symptoms found = symptoms_of(result);
    if (found.median_s < short_s)
        add(&findings[FINDING_SHORT], result, found.median_s,
            found.median_s < findings[FINDING_SHORT].value);
    if (found.first > first_most)
        add(&findings[FINDING_FIRST], result, found.first, found.first > findings[FINDING_FIRST].value);
    if (found.outlier > 0)
        add(&findings[FINDING_OUTLIER], result, found.outlier,
            found.outlier > findings[FINDING_OUTLIER].value);
    if (found.correlation > correlation_most)
        add(&findings[FINDING_DRIFT], result, found.correlation,
            found.correlation > findings[FINDING_DRIFT].value);
}

void findings_of(const struct results *results, double precision, struct finding findings[FINDINGS])
{
    memset(findings, 0, FINDINGS * sizeof *findings);
    for (size_t i = 0; i < results->size; i++)
        look_at_case(&results->cases[i], precision, findings);
}

/* Intervals narrow with the root of the runs. The least runs may have taken longer than there was time.
 */
double time_needed_s(const struct case_result *result, double precision, double time_s)
{
    double spent_s = 0, ratio = result->precision / precision;
    for (size_t i = 0; i < result_runs(result); i++)
        spent_s += result_is_measured(result, i) ? wall_of_all_passes(result, i) : 0;
    return ceil(fmax(spent_s, time_s) * ratio * ratio * 1.2);
}
