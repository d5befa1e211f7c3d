/*
 * Results of many sessions as the CSV that Apache Otava (once Hunter) reads, test type `csv`.
 *
 * Otava's docs/CSV.md, and what its importer asks for: a row for each session, in the order of time; the
 * columns `time`, and `label` and `session` as attributes; then for each case its medians, of all of
 * which less is better (`direction: -1`), each in a column CASE/METRIC, as
 * "spin/executor=serial/workers=1/.../wall_s". Otava refuses a file with an empty cell. What a session
 * does not have therefore gets the value before it, at the beginning the one behind it, which is what
 * Otava itself does with gaps of its other sources (fill_missing).
 *
 * Failed cases are left out. Sessions of several machines are refused: their values are no series.
 */
#include "base/memory.h"
#include "records/csv.h"
#include "report/formats.h"
#include "results/fingerprint.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct {
    const char *name;
    enum column column;
    bool is_of_closed; /* says nothing where tasks arrive by themselves */
} measures[] = {
    {"wall_s", COLUMN_wall_s, true},
    {"cpu_s", COLUMN_cpu_s, false},
    {"latency_p50_s", COLUMN_latency_p50_s, false},
    {"latency_p99_s", COLUMN_latency_p99_s, false},
    {"peak_rss_bytes", COLUMN_peak_rss_bytes, false},
};
enum { METRICS = sizeof measures / sizeof *measures };

struct session {
    const char *name, *label, *machine;
    double begin_s; /* of its first run, since the epoch; NaN: not known */
};

/* A case, whatever its label: its values are told apart by session. */
struct series {
    char *name;
    double *medians[METRICS]; /* of each session, in their order; NaN where there is none */
    bool is_known[METRICS];   /* one of them at least */
};

struct table {
    const struct variety *names; /* of the sessions */
    struct session *sessions;    /* in the order of the names */
    size_t *order;               /* in that of time: their numbers there */
    size_t sessions_size;
    struct series *series;
    size_t series_size, series_capacity;
};

/* ---- sessions ---- */

static int compare_names(const void *a, const void *b)
{
    return strcmp(a, *(const char *const *)b);
}

static size_t session_number(const struct table *table, const char *name)
{
    const char **found = bsearch(name, table->names->texts, table->names->size,
                                 sizeof *table->names->texts, compare_names);
    return (size_t)(found - table->names->texts);
}

static void look_at_launch(struct table *table, const struct case_result *result,
                           const struct case_launch *launch)
{
    struct session *session = &table->sessions[session_number(table, launch->session)];
    session->name = launch->session;
    session->label = result->identity->label;
    session->machine = result->identity->machine;
    for (size_t i = launch->first; i < launch->first + launch->size; i++)
        session->begin_s = fmin(session->begin_s, result_value(result, i, COLUMN_time_utc));
}

static int compare_sessions(const void *a, const void *b, void *context)
{
    const struct session *sessions = context;
    const struct session *one = &sessions[*(const size_t *)a], *other = &sessions[*(const size_t *)b];
    int order = (one->begin_s > other->begin_s) - (one->begin_s < other->begin_s);
    return order ? order : strcmp(one->name, other->name);
}

/* All sessions that have a run, in the order of time. */
static void find_sessions(struct table *table, const struct results *results)
{
    size_t count = table->names->size;
    table->sessions = mem_zero(count, sizeof *table->sessions);
    table->order = mem_zero(count, sizeof *table->order);
    for (size_t i = 0; i < count; i++)
        table->sessions[i].begin_s = NAN;
    for (size_t i = 0; i < results->size; i++) {
        const struct case_result *result = &results->cases[i];
        for (size_t j = 0; result_has_numbers(result) && j < result->source->launches_size; j++)
            look_at_launch(table, result, &result->source->launches[j]);
    }
    for (size_t i = 0; i < count; i++) {
        if (table->sessions[i].name)
            table->order[table->sessions_size++] = i;
    }
    qsort_r(table->order, table->sessions_size, sizeof *table->order, compare_sessions, table->sessions);
}

static int check_sessions(const struct table *table, struct bench_error *err)
{
    const struct session *first = NULL;
    char *fingerprint = NULL;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < table->sessions_size; i++) {
        const struct session *session = &table->sessions[table->order[i]];
        char *own = fingerprint_make(session->machine, NULL);
        if (isnan(session->begin_s))
            rc = bench_error_set(err, -EINVAL,
                                 "--format otava: session %s has no time_utc, and nobody knows where it "
                                 "belongs; leave it out",
                                 session->name);
        else if (first && strcmp(own, fingerprint) != 0)
            rc = bench_error_set(err, -EINVAL,
                                 "--format otava: session %s is of %s and session %s of %s: values of "
                                 "different machines are no series; name the files of one",
                                 first->name, fingerprint, session->name, own);
        if (!first) {
            first = session;
            fingerprint = mem_text(own);
        }
        free(own);
    }
    free(fingerprint);
    return rc;
}

/* ---- series ---- */

/* Takes the name. */
static struct series *find_series(struct table *table, char *name)
{
    for (size_t i = 0; i < table->series_size; i++) {
        if (strcmp(table->series[i].name, name) == 0) {
            free(name);
            return &table->series[i];
        }
    }
    table->series =
        mem_grow(table->series, table->series_size, &table->series_capacity, sizeof *table->series);
    struct series *series = &table->series[table->series_size++];
    *series = (struct series){.name = name};
    for (size_t m = 0; m < METRICS; m++) {
        series->medians[m] = mem_zero(table->names->size, sizeof *series->medians[m]);
        for (size_t i = 0; i < table->names->size; i++)
            series->medians[m][i] = NAN;
    }
    return series;
}

/* The launches of one session, from `first` on, which stand together; returns how many. */
static size_t add_session(struct table *table, struct series *series, const struct case_result *result,
                          size_t first)
{
    const struct case_launch *launches = result->source->launches;
    double *values = mem_alloc(result_runs(result) * sizeof *values);
    size_t count = 1, number = session_number(table, launches[first].session);
    while (first + count < result->source->launches_size &&
           strcmp(launches[first + count].session, launches[first].session) == 0)
        count++;
    for (size_t m = 0; m < METRICS; m++) {
        size_t n = 0;
        for (size_t j = first; j < first + count; j++) {
            for (size_t run = launches[j].first; run < launches[j].first + launches[j].size; run++) {
                if (result_is_measured(result, run))
                    values[n++] = result_value(result, run, measures[m].column);
            }
        }
        double median = summary_median(values, n);
        if (isnan(median) || (measures[m].is_of_closed && result_is_open_loop(result)))
            continue;
        series->medians[m][number] = median;
        series->is_known[m] = true;
    }
    free(values);
    return count;
}

static void find_all_series(struct table *table, const struct results *results)
{
    for (size_t i = 0; i < results->size; i++) {
        const struct case_result *result = &results->cases[i];
        if (!result_has_numbers(result))
            continue;
        struct series *series = find_series(table, case_name_path(result->identity, IDENTITY_WORK));
        for (size_t j = 0; j < result->source->launches_size;)
            j += add_session(table, series, result, j);
    }
}

/* The value before it; at the beginning the one behind it. */
static void fill_gaps(const struct table *table, double *medians)
{
    size_t known = 0;
    while (known < table->sessions_size && isnan(medians[table->order[known]]))
        known++;
    for (size_t i = 0; i < known; i++)
        medians[table->order[i]] = medians[table->order[known]];
    for (size_t i = known; i < table->sessions_size; i++) {
        if (isnan(medians[table->order[i]]))
            medians[table->order[i]] = medians[table->order[i - 1]];
    }
}

/* ---- writing ---- */

static int write_header(struct csv *csv, const struct table *table, struct bench_error *err)
{
    csv_text(csv, "time");
    csv_text(csv, "label");
    csv_text(csv, "session");
    for (size_t i = 0; i < table->series_size; i++) {
        for (size_t m = 0; m < METRICS; m++) {
            if (!table->series[i].is_known[m])
                continue;
            char *name = mem_format("%s/%s", table->series[i].name, measures[m].name);
            csv_text(csv, name);
            free(name);
        }
    }
    return csv_end_row(csv, err);
}

static int write_session(struct csv *csv, const struct table *table, size_t number,
                         struct bench_error *err)
{
    const struct session *session = &table->sessions[number];
    time_t begin = (time_t)session->begin_s;
    char text[32];
    struct tm utc;
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&begin, &utc));
    csv_text(csv, text);
    csv_text(csv, session->label);
    csv_text(csv, session->name);
    for (size_t i = 0; i < table->series_size; i++) {
        for (size_t m = 0; m < METRICS; m++) {
            if (table->series[i].is_known[m])
                csv_real(csv, table->series[i].medians[m][number]);
        }
    }
    return csv_end_row(csv, err);
}

static int write_table(struct page *page, struct table *table, struct bench_error *err)
{
    struct csv csv;
    for (size_t i = 0; i < table->series_size; i++) {
        for (size_t m = 0; m < METRICS; m++) {
            if (table->series[i].is_known[m])
                fill_gaps(table, table->series[i].medians[m]);
        }
    }
    int rc = csv_open_fd(&csv, fileno(page->out), "Otava's table", NULL, err);
    if (rc < 0)
        return rc;
    rc = write_header(&csv, table, err);
    for (size_t i = 0; rc == 0 && i < table->sessions_size; i++)
        rc = write_session(&csv, table, table->order[i], err);
    int closed = csv_close(&csv, err);
    return rc < 0 ? rc : closed;
}

static void free_table(struct table *table)
{
    for (size_t i = 0; i < table->series_size; i++) {
        for (size_t m = 0; m < METRICS; m++)
            free(table->series[i].medians[m]);
        free(table->series[i].name);
    }
    free(table->series);
    free(table->sessions);
    free(table->order);
}

int otava_results(struct page *page, const struct results *results, struct bench_error *err)
{
    if (results->size == 0)
        return bench_error_set(err, -ENODATA, "--format otava: there are no results");
    struct table table = {.names = &results->cases[0].cases->sessions};
    find_sessions(&table, results);
    int rc = check_sessions(&table, err);
    if (rc == 0) {
        find_all_series(&table, results);
        rc = write_table(page, &table, err);
    }
    free_table(&table);
    return rc;
}
