/* Reasons to trust results less. */
#include "report/warnings.h"

#include "base/memory.h"
#include "base/text.h"
#include "machine/load.h"
#include "machine/siblings.h"
#include "report/case_name.h"
#include "report/units.h"
#include "results/findings.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct told {
    void (*say)(void *context, const char *text);
    void *context;
    struct case_naming naming;
    struct text text;
};

/* " (blur under omp, 2 workers; 3 cases)" */
static void add_where(struct told *told, const struct finding *worst)
{
    char *name = case_name(worst->worst->identity, &told->naming);
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
             few && facts->quota_cpus >= 1 ? ", or use fewer workers (-j)" : "");
    finish(told);
}

static void warn_governor(struct told *told, const struct warning_facts *facts)
{
    if (!facts->governor || !facts->governor[0] || strcmp(facts->governor, "performance") == 0)
        return;
    text_add(&told->text,
             "frequency: the governor '%s' changes the clock with the load: cpupower frequency-set -g "
             "performance",
             facts->governor);
    finish(told);
}

static void warn_others(struct told *told, const struct warning_facts *facts)
{
    if (!load_is_much(facts->others_cpus, facts->cpus))
        return;
    text_add(&told->text,
             "other load: other programs kept %.2g of %" PRIu32
             " CPUs busy: stop them, or move them to other CPUs",
             facts->others_cpus, facts->cpus);
    finish(told);
}

/* The case whose workers' places have the most of something, if at least `least`. */
static struct finding find_places(const struct results *results, const struct warning_facts *facts,
                                  size_t (*count)(hwloc_topology_t topology, const char *cpus),
                                  size_t least)
{
    struct finding worst = {0};
    for (size_t i = 0; facts->topology && i < results->size; i++) {
        const struct case_result *result = &results->cases[i];
        const char *cpus = result->source->cpus;
        size_t counted = cpus ? count(facts->topology, cpus) : 0;
        if (counted < least)
            continue;
        worst.cases++;
        if ((double)counted > worst.value) {
            worst.worst = result;
            worst.value = (double)counted;
        }
    }
    return worst;
}

static void warn_kinds(struct told *told, const struct results *results,
                       const struct warning_facts *facts)
{
    struct finding worst = find_places(results, facts, siblings_kinds, 2);
    if (!worst.cases)
        return;
    text_add(&told->text, "cores: workers are on cores of %.0f kinds, faster and slower ones",
             worst.value);
    add_where(told, &worst);
    text_add(&told->text,
             ", so that speed-up is no matter of their number alone: fewer workers (-j) are "
             "put on the faster ones, and bench topo shows which these are");
    finish(told);
}

static void warn_siblings(struct told *told, const struct results *results,
                          const struct warning_facts *facts)
{
    struct finding worst = find_places(results, facts, siblings_sharing, 1);
    if (!worst.cases)
        return;
    text_add(&told->text, "cores: %.0f workers share cores with others, as hardware threads",
             worst.value);
    add_where(told, &worst);
    text_add(&told->text, ": --places cores, or fewer workers (-j), gives each its own");
    finish(told);
}

static void warn_steal(struct told *told, const struct finding *worst)
{
    char share[UNITS_TEXT];
    if (!worst->cases)
        return;
    text_add(&told->text, "steal: the hypervisor gave up to %s of the CPU time to other machines",
             units_percent(share, worst->value));
    add_where(told, worst);
    text_add(&told->text, ": measure at a quieter time, or with --launches 5, and compare medians");
    finish(told);
}

/* ---- the runs ---- */

static void warn_short(struct told *told, const struct finding *worst, const struct warning_facts *facts)
{
    char took[UNITS_TEXT];
    if (!worst->cases)
        return;
    text_add(&told->text, "short runs: of %s", units_seconds(took, worst->value));
    add_where(told, worst);
    text_add(&told->text, ", much of it reading the clock and starting the workers: %s",
             facts->precision > 0
                 ? "give a run more tasks"
                 : "give a run more tasks, or use --precision, which makes such runs longer");
    finish(told);
}

static void warn_first(struct told *told, const struct finding *worst)
{
    if (!worst->cases)
        return;
    text_add(&told->text, "first run: took %.3g times as long as the median", worst->value);
    add_where(told, worst);
    text_add(&told->text, ": it was still warming up; --warmup 3");
    finish(told);
}

static void warn_outlier(struct told *told, const struct finding *worst)
{
    if (!worst->cases)
        return;
    text_add(&told->text,
             "outliers: one or a few runs are far from all others, up to %.3g times the "
             "median",
             worst->value);
    add_where(told, worst);
    text_add(&told->text, ": something else ran then, or the work itself takes long now and then; the "
                          "median hardly minds, and in the file of -o one sees which they are");
    finish(told);
}

static void warn_correlation(struct told *told, const struct finding *worst)
{
    if (!worst->cases)
        return;
    text_add(&told->text, "drift: runs resemble those just before them, autocorrelation %.2f",
             worst->value);
    add_where(told, worst);
    text_add(&told->text, ", so many of them say little more than one: --launches 5");
    finish(told);
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

static void warn_precision(struct told *told, const struct finding *worst,
                           const struct warning_facts *facts)
{
    char asked[UNITS_TEXT], reached[UNITS_TEXT];
    if (!worst->cases)
        return;
    text_add(&told->text, "precision: the median is not known within %s",
             units_percent(asked, facts->precision));
    if (isinf(worst->value))
        text_add(&told->text, ", nor at all after %zu runs", worst->worst->wall_s.n);
    else
        text_add(&told->text, ", but within %s after %zu runs", units_percent(reached, worst->value),
                 worst->worst->wall_s.n);
    add_where(told, worst);
    double needed_s = time_needed_s(worst->worst, facts->precision, facts->time_s);
    if (strcmp(worst->worst->stopped_by, "max-runs") == 0)
        text_add(&told->text, ": use a larger --max-runs, or accept a larger --precision");
    else if (worst->worst->launches > 1) /* which differ, however long each is */
        text_add(&told->text, ": use more --launches or --time, or accept a larger --precision");
    else if (needed_s > facts->time_s && needed_s <= 3600)
        add_time_needed(&told->text, needed_s, worst->value);
    else
        text_add(&told->text, ": use more --time, or accept a larger --precision");
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
    struct finding findings[FINDINGS];
    findings_of(results, facts->precision, findings);
    name_cases(&told.naming, results);
    warn_quota(&told, results, facts);
    warn_steal(&told, &findings[FINDING_STEAL]);
    warn_governor(&told, facts);
    warn_others(&told, facts);
    warn_siblings(&told, results, facts);
    warn_kinds(&told, results, facts);
    warn_short(&told, &findings[FINDING_SHORT], facts);
    warn_first(&told, &findings[FINDING_FIRST]);
    warn_outlier(&told, &findings[FINDING_OUTLIER]);
    warn_correlation(&told, &findings[FINDING_DRIFT]);
    warn_precision(&told, &findings[FINDING_PRECISION], facts);
    case_naming_free(&told.naming);
}
