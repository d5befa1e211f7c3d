/* What makes results mean less than they seem to. */
#include "report/warnings.h"

#include "base/memory.h"
#include "base/text.h"
#include "machine/siblings.h"
#include "report/case_name.h"
#include "report/units.h"
#include "stats/autocorrelation.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double steal_most = 0.01, others_most = 0.05, short_s = 0.001, first_most = 1.5,
                    correlation_most = 0.5;
enum { CORRELATION_RUNS = 20, FIRST_RUNS = 3 };

/* The kernel counts steal in ticks of 10 ms: less than a few of them is no share to speak of. */
static const double steal_least_s = 0.03;

struct told {
    void (*say)(void *context, const char *text);
    void *context;
    struct case_naming naming;
    struct text text;
};

/* The case of which something is most, and how many cases have too much of it. */
struct worst {
    const struct case_result *result;
    double value;
    size_t cases;
};

static void worst_add(struct worst *worst, const struct case_result *result, double value)
{
    if (worst->cases++ == 0 || value > worst->value) {
        worst->result = result;
        worst->value = value;
    }
}

/* " (blur under omp, 2 workers; 3 cases)" */
static void add_where(struct told *told, const struct worst *worst)
{
    char *name = case_name(worst->result->identity, &told->naming);
    text_add(&told->text, " (%s", name);
    if (worst->cases > 1)
        text_add(&told->text, "; %zu cases", worst->cases);
    text_add(&told->text, ")");
    free(name);
}

static void finish(struct told *told)
{
    told->say(told->context, told->text.text);
    free(told->text.text);
    told->text = (struct text){0};
}

/* ---- the machine ---- */

static int64_t most_workers(const struct results *results)
{
    int64_t most = 0;
    for (size_t i = 0; i < results->size; i++)
        most = results->cases[i].identity->workers > most ? results->cases[i].identity->workers : most;
    return most;
}

static void warn_quota(struct told *told, const struct results *results,
                       const struct warning_facts *facts)
{
    int64_t most = most_workers(results);
    bool throttled = facts->throttled_s > 0, few = (double)most > facts->quota_cpus;
    if (!throttled && !few)
        return;
    text_add(&told->text, "quota: ");
    if (isnan(facts->quota_cpus))
        text_add(&told->text, "this control group's CPUs are limited");
    else
        text_add(&told->text,
                 "this control group has a quota of %.3g CPUs, and there were up to %" PRId64 " workers",
                 facts->quota_cpus, most);
    if (throttled)
        text_add(&told->text, "; it was throttled for %.3g s", facts->throttled_s);
    text_add(&told->text, ": raise the quota%s",
             few && facts->quota_cpus >= 1 ? ", or take fewer workers (-j)" : "");
    finish(told);
}

static void warn_governor(struct told *told, const struct warning_facts *facts)
{
    if (!facts->governor || !facts->governor[0] || strcmp(facts->governor, "performance") == 0)
        return;
    text_add(&told->text,
             "frequency: the governor is '%s', which changes the clock with the load: cpupower "
             "frequency-set -g performance",
             facts->governor);
    finish(told);
}

static void warn_others(struct told *told, const struct warning_facts *facts)
{
    double share = facts->others_cpus / facts->cpus;
    if (facts->cpus == 0 || !(share > others_most))
        return;
    text_add(&told->text,
             "other load: other programs kept %.2g of %" PRIu32 " CPUs busy: end them, or see that they "
             "run elsewhere",
             facts->others_cpus, facts->cpus);
    finish(told);
}

static void warn_siblings(struct told *told, const struct results *results,
                          const struct warning_facts *facts)
{
    struct worst worst = {0};
    for (size_t i = 0; facts->topology && i < results->size; i++) {
        const struct case_result *result = &results->cases[i];
        const char *cpus = result->source->cpus;
        size_t sharing = cpus ? siblings_sharing(facts->topology, cpus) : 0;
        if (sharing > 0)
            worst_add(&worst, result, (double)sharing);
    }
    if (!worst.cases)
        return;
    text_add(&told->text, "cores: %.0f workers share cores with others, as hardware threads",
             worst.value);
    add_where(told, &worst);
    text_add(&told->text, ": --places cores, or fewer workers (-j), gives each its own");
    finish(told);
}

/* Of the CPU time that the case's workers could have had. */
static double steal_share(const struct case_result *result)
{
    double steal_s = 0, had_s = 0;
    double workers = (double)result->identity->workers;
    for (size_t i = 0; workers >= 1 && i < result_runs(result); i++) {
        double run_steal_s = result_value(result, i, COLUMN_steal_s), passes = result_passes(result, i);
        if (!result_is_measured(result, i) || isnan(run_steal_s))
            continue;
        steal_s += run_steal_s * passes;
        had_s += result_value(result, i, COLUMN_wall_s) * passes * workers;
    }
    return steal_s >= steal_least_s && had_s > 0 ? steal_s / had_s : 0;
}

static void warn_steal(struct told *told, const struct results *results)
{
    struct worst worst = {0};
    char share[UNITS_TEXT];
    for (size_t i = 0; i < results->size; i++) {
        double value = steal_share(&results->cases[i]);
        if (value > steal_most)
            worst_add(&worst, &results->cases[i], value);
    }
    if (!worst.cases)
        return;
    text_add(&told->text, "steal: the hypervisor gave up to %s of the CPU time to other machines",
             units_percent(share, worst.value));
    add_where(told, &worst);
    text_add(&told->text, ": measure when they are quieter, or with --launches 5, and compare medians");
    finish(told);
}

/* ---- the runs ---- */

/* A launch's measured runs: `walls_s` from `first` on. */
struct stretch {
    size_t first, runs;
};

/* The measured runs' wall_s, all passes, and the launches they are of, into arrays with room for all of
 * the case's runs. Returns how many launches. */
static size_t read_walls(const struct case_result *result, double *walls_s, struct stretch *launches)
{
    size_t n = 0, count = 0, before = SIZE_MAX;
    for (size_t i = 0; i < result_runs(result); i++) {
        if (!result_is_measured(result, i))
            continue;
        if (result->source->runs[i].launch != before)
            launches[count++] = (struct stretch){.first = n};
        launches[count - 1].runs++;
        walls_s[n++] = result_value(result, i, COLUMN_wall_s) * result_passes(result, i);
        before = result->source->runs[i].launch;
    }
    return count;
}

/* What is looked for in one case. NaN: not known. */
struct symptoms {
    double median_s;    /* of a run */
    double first;       /* median over launches: the first run / the launch's median */
    double correlation; /* median over launches: of a run with the next */
};

static double median_of(const double *values, size_t n)
{
    double median;
    if (summary_median(values, n, &median) < 0)
        memory_exhausted();
    return median;
}

static struct symptoms find_symptoms(const struct case_result *result)
{
    size_t room = result_runs(result);
    double *numbers = mem_zero(3 * room, sizeof *numbers);
    double *walls_s = numbers, *firsts = numbers + room, *correlations = numbers + 2 * room;
    struct stretch *launches = mem_zero(room, sizeof *launches);
    size_t count = read_walls(result, walls_s, launches), runs = 0;
    for (size_t i = 0; i < count; runs += launches[i++].runs) {
        const double *walls = walls_s + launches[i].first;
        size_t n = launches[i].runs;
        firsts[i] = n >= FIRST_RUNS ? walls[0] / median_of(walls, n) : NAN;
        correlations[i] = n >= CORRELATION_RUNS ? series_autocorrelation(walls, n) : NAN;
    }
    struct symptoms symptoms = {.median_s = median_of(walls_s, runs),
                                .first = median_of(firsts, count),
                                .correlation = median_of(correlations, count)};
    free(launches);
    free(numbers);
    return symptoms;
}

static void warn_short(struct told *told, const struct worst *worst, const struct warning_facts *facts)
{
    char took[UNITS_TEXT];
    if (!worst->cases)
        return;
    text_add(&told->text, "short runs: of %s", units_seconds(took, -worst->value));
    add_where(told, worst);
    text_add(&told->text, ", of which the clock and the start of the workers are a large part: %s",
             facts->precision > 0
                 ? "give a run more tasks"
                 : "give a run more tasks, or ask for --precision, which makes such runs "
                   "longer");
    finish(told);
}

static void warn_first(struct told *told, const struct worst *worst)
{
    if (!worst->cases)
        return;
    text_add(&told->text, "first run: took %.3g times the median", worst->value);
    add_where(told, worst);
    text_add(&told->text, ": it was still warming up; --warmup 3");
    finish(told);
}

static void warn_correlation(struct told *told, const struct worst *worst)
{
    if (!worst->cases)
        return;
    text_add(&told->text, "drift: runs are like those just before them, autocorrelation %.2f",
             worst->value);
    add_where(told, worst);
    text_add(&told->text, ", so that many of them say little more than one: --launches 5");
    finish(told);
}

static void warn_runs(struct told *told, const struct results *results,
                      const struct warning_facts *facts)
{
    struct worst shortest = {0}, first = {0}, drifting = {0};
    for (size_t i = 0; i < results->size; i++) {
        const struct case_result *result = &results->cases[i];
        if (result->wall_s.n == 0)
            continue;
        struct symptoms found = find_symptoms(result);
        if (found.median_s < short_s)
            worst_add(&shortest, result, -found.median_s);
        if (found.first > first_most)
            worst_add(&first, result, found.first);
        if (found.correlation > correlation_most)
            worst_add(&drifting, result, found.correlation);
    }
    warn_short(told, &shortest, facts);
    warn_first(told, &first);
    warn_correlation(told, &drifting);
}

/* So long would have been enough, were the rest like what was measured: intervals narrow with the root
 * of the runs. The least runs may have taken longer than there was time. */
static double time_needed_s(const struct case_result *result, const struct warning_facts *facts)
{
    double spent_s = 0, ratio = result->precision / facts->precision;
    for (size_t i = 0; i < result_runs(result); i++)
        spent_s += result_is_measured(result, i)
                       ? result_value(result, i, COLUMN_wall_s) * result_passes(result, i)
                       : 0;
    return ceil(fmax(spent_s, facts->time_s) * ratio * ratio * 1.2);
}

/* "--time 2366 (40 min a case) may be needed, or accept --precision 20" */
static void add_time_needed(struct text *text, double needed_s, double reached)
{
    double percent = reached * 100, step = percent < 10 ? 0.1 : 1;
    text_add(text, ": --time %.0f", needed_s);
    if (needed_s >= 120)
        text_add(text, " (%.0f min a case)", ceil(needed_s / 60));
    text_add(text, " may be needed, or accept --precision %g", ceil(percent / step - 1e-6) * step);
}

static void warn_precision(struct told *told, const struct results *results,
                           const struct warning_facts *facts)
{
    struct worst worst = {0};
    char asked[UNITS_TEXT], reached[UNITS_TEXT];
    for (size_t i = 0; facts->precision > 0 && i < results->size; i++) {
        const struct case_result *result = &results->cases[i];
        if (result->stopped_by && strcmp(result->stopped_by, "precision") != 0)
            worst_add(&worst, result, isnan(result->precision) ? INFINITY : result->precision);
    }
    if (!worst.cases)
        return;
    text_add(&told->text, "precision: the median is not known within %s",
             units_percent(asked, facts->precision));
    if (isinf(worst.value))
        text_add(&told->text, ", nor at all after %zu runs", worst.result->wall_s.n);
    else
        text_add(&told->text, ", but within %s after %zu runs", units_percent(reached, worst.value),
                 worst.result->wall_s.n);
    add_where(told, &worst);
    double needed_s = time_needed_s(worst.result, facts);
    if (strcmp(worst.result->stopped_by, "max-runs") == 0)
        text_add(&told->text, ": a larger --max-runs, or accept a larger --precision");
    else if (worst.result->launches > 1) /* which differ, however long each is */
        text_add(&told->text, ": more --launches, more --time, or accept a larger --precision");
    else if (needed_s > facts->time_s && needed_s <= 3600)
        add_time_needed(&told->text, needed_s, worst.value);
    else
        text_add(&told->text, ": more --time, or accept a larger --precision");
    finish(told);
}

/* What tells the cases apart. */
static void name_cases(struct case_naming *naming, const struct results *results)
{
    const struct record **identities = mem_zero(results->size + 1, sizeof *identities);
    for (size_t i = 0; i < results->size; i++)
        identities[i] = results->cases[i].identity;
    case_naming_make(naming, identities, results->size, NULL);
    case_naming_keep_varying(naming);
    free(identities);
}

void warnings_tell(const struct results *results, const struct warning_facts *facts,
                   void (*say)(void *context, const char *text), void *context)
{
    struct told told = {.say = say, .context = context};
    name_cases(&told.naming, results);
    warn_quota(&told, results, facts);
    warn_steal(&told, results);
    warn_governor(&told, facts);
    warn_others(&told, facts);
    warn_siblings(&told, results, facts);
    warn_runs(&told, results, facts);
    warn_precision(&told, results, facts);
    case_naming_free(&told.naming);
}
