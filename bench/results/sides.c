/* What is to be known of the two sides before their numbers mean anything. */
#include "results/sides.h"

#include "base/text.h"
#include "results/cases_read.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { RUNS_FEW = 10 };

/* ---- reading ---- */

void side_init(struct side *side, const struct metric *metric, const char *name)
{
    side->name = name;
    cases_init(&side->cases, IDENTITY_WORK);
    side->cases.is_compared = true;
    cases_ask(&side->cases, metric->column);
    cases_ask(&side->cases, COLUMN_time_utc);
    cases_ask(&side->cases, COLUMN_tasks);
    cases_ask(&side->cases, COLUMN_passes);
    cases_ask(&side->cases, COLUMN_cpu_s);
    cases_ask(&side->cases, COLUMN_wall_s);
    cases_ask(&side->cases, COLUMN_run_delay_s);
    cases_ask(&side->cases, COLUMN_steal_s);
}

void side_free(struct side *side)
{
    cases_free(&side->cases);
}

int side_read(struct side *side, const char *path, const struct metric *metric, struct bench_error *err)
{
    side_init(side, metric, path);
    int rc = cases_read(&side->cases, path, NULL, err);
    if (rc == 0 && side->cases.rows == 0)
        rc = bench_error_set(err, -EINVAL, "%s: no rows, only a header line", path);
    if (rc == 0)
        cases_finish(&side->cases);
    return rc;
}

struct reading {
    struct side *side;
    const char *path;
    const struct metric *metric;
    struct bench_error err;
    int rc;
};

static void *read_side(void *argument)
{
    struct reading *reading = argument;
    reading->rc = side_read(reading->side, reading->path, reading->metric, &reading->err);
    return NULL;
}

int sides_read(struct side *old, const char *old_path, struct side *new, const char *new_path,
               const struct metric *metric, struct bench_error *err)
{
    struct reading readings[] = {{.side = old, .path = old_path, .metric = metric},
                                 {.side = new, .path = new_path, .metric = metric}};
    pthread_t thread;
    bool is_alone = pthread_create(&thread, NULL, read_side, &readings[0]) != 0;
    if (is_alone)
        read_side(&readings[0]);
    read_side(&readings[1]);
    if (!is_alone)
        pthread_join(thread, NULL);
    const struct reading *failed = readings[0].rc < 0 ? &readings[0] : &readings[1];
    return failed->rc < 0 ? bench_error_set(err, failed->rc, "%s", failed->err.message) : 0;
}

/* ---- what may not be compared ---- */

/* Bytes of the part of a machine's description that begins here: "Intel Xeon, 1 socket, 2 cores". */
static size_t part_length(const char *part)
{
    const char *end = strstr(part, ", ");
    return end ? (size_t)(end - part) : strlen(part);
}

static bool has_part(const char *machine, const char *part, size_t length)
{
    for (;;) {
        size_t own = part_length(machine);
        if (own == length && memcmp(machine, part, length) == 0)
            return true;
        if (machine[own] == '\0')
            return false;
        machine += own + 2;
    }
}

/* The parts of `machine` that `other` has not. */
static void add_difference(struct text *text, const char *machine, const char *other)
{
    const char *separator = "";
    if (machine[0] == '\0')
        text_add(text, "not known");
    for (const char *part = machine; *part != '\0';) {
        size_t length = part_length(part);
        if (!has_part(other, part, length)) {
            text_add(text, "%s%.*s", separator, (int)length, part);
            separator = ", ";
        }
        part += length + (part[length] != '\0' ? 2 : 0);
    }
    if (machine[0] != '\0' && separator[0] == '\0')
        text_add(text, "nothing more");
}

/* How the machines differ; empty where they do not. */
static void describe_machines(struct text *text, const struct side *old, const struct side *new)
{
    const struct variety *a = &old->cases.machines, *b = &new->cases.machines;
    if (a->size > 1)
        text_add(text, "%s has results of %zu machines", old->name, a->size);
    if (b->size > 1)
        text_add(text, "%s%s has results of %zu machines", text->length > 0 ? ", " : "", new->name,
                 b->size);
    if (text->length > 0 || strcmp(variety_first(a), variety_first(b)) == 0)
        return;
    text_add(text, "the machines differ: %s: ", old->name);
    add_difference(text, variety_first(a), variety_first(b));
    text_add(text, "; %s: ", new->name);
    add_difference(text, variety_first(b), variety_first(a));
}

static int check_side(const struct side *side, struct bench_error *err)
{
    const struct variety *sides = &side->cases.sides;
    if (sides->size < 2)
        return 0;
    return bench_error_set(err, -EINVAL,
                           "%s: has two sides, '%s' and '%s' (column side, bench ab); put one of them "
                           "into a file of its own",
                           side->name, variety_first(sides), variety_second(sides));
}

int sides_check(const struct side *old, const struct side *new, bool across_machines,
                struct bench_error *err)
{
    struct text text = {0};
    int rc = check_side(old, err);
    if (rc == 0)
        rc = check_side(new, err);
    if (rc < 0 || across_machines)
        return rc;
    describe_machines(&text, old, new);
    if (text.length > 0)
        rc = bench_error_set(err, -EINVAL, "%s; --across-machines compares them anyway", text.text);
    free(text.text);
    return rc;
}

/* ---- what is worth a warning ---- */

static void note_machines(struct comparison *comparison, const struct side *old, const struct side *new)
{
    struct text text = {0};
    describe_machines(&text, old, new);
    if (text.length > 0)
        comparison_note(comparison, "%s", text.text);
    free(text.text);
}

/* Taken together, so that it makes one sample. */
static void note_pooled(struct comparison *comparison, const struct side *side)
{
    const struct variety *labels = &side->cases.labels;
    if (labels->size > 1)
        comparison_note(
            comparison,
            "%s: %zu labels ('%s', '%s'%s) are combined, as if they were of the same program",
            side->name, labels->size, variety_first(labels), variety_second(labels),
            labels->size > 2 ? ", ..." : "");
    if (side->cases.sessions.size > 1)
        comparison_note(comparison, "%s: %zu sessions are combined", side->name,
                        side->cases.sessions.size);
}

static void note_file(struct comparison *comparison, const struct side *side)
{
    for (size_t i = 0; i < side->cases.notes_size; i++)
        comparison_note(comparison, "%s", side->cases.notes[i]);
    if (side->cases.repeated > 0)
        comparison_note(
            comparison, "%s: %zu %s present more than once: the same session, launch, phase and run",
            side->name, side->cases.repeated, side->cases.repeated == 1 ? "row is" : "rows are");
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Over the cases that were compared. */
static void note_runs(struct comparison *comparison)
{
    size_t launches = SIZE_MAX, runs = SIZE_MAX;
    for (size_t i = 0; i < comparison->size; i++) {
        const struct compared_case *one = &comparison->cases[i];
        if (one->verdict == VERDICT_FAILED)
            continue;
        launches = least(launches, least(one->old_launches, one->new_launches));
        runs = least(runs, least(one->old_runs, one->new_runs));
    }
    if (launches == 1)
        comparison_note(comparison, "only one launch: how much launches differ by chance is unknown; "
                                    "run both with --launches 5");
    if (runs < RUNS_FEW && comparison->metric->column != COLUMN_startup_s)
        comparison_note(comparison, "as few as %zu %s per case: run both with --runs 10 or more", runs,
                        runs == 1 ? "run" : "runs");
}

/* What part of its workers' time, over all measured runs, went this way; NaN where no row tells. */
static double share_of(const struct side *side, enum column column)
{
    double lost_s = 0, had_s = 0;
    for (size_t i = 0; i < side->cases.size; i++) {
        const struct case_runs *one = &side->cases.list[i];
        for (size_t run = 0; run < one->size; run++) {
            double lost = cases_value(&side->cases, one, run, column);
            if (!cases_is_measured(&side->cases, one, run) || isnan(lost))
                continue;
            lost_s += lost;
            had_s += cases_value(&side->cases, one, run, COLUMN_wall_s) * (double)one->identity->workers;
        }
    }
    return lost_s / had_s;
}

/*
 * Was the machine as busy for one as for the other? The interval knows how much launches of a side vary,
 * but not that all of them were made while something else ran.
 */
static void note_load(struct comparison *comparison, const struct side *old, const struct side *new)
{
    static const double unlike = 0.02; /* of the time */
    static const struct {
        enum column column;
        const char *what;
    } losses[] = {{COLUMN_run_delay_s, "its workers waited for a CPU that others had"},
                  {COLUMN_steal_s, "the host gave its CPUs to others"}};
    for (size_t i = 0; i < sizeof losses / sizeof *losses; i++) {
        double a = share_of(old, losses[i].column), b = share_of(new, losses[i].column);
        if (fabs(a - b) > unlike)
            comparison_note(
                comparison,
                "the machine was not as busy for both: for %.1f %% of the time of %s, and %.1f %% of "
                "that of %s, %s; such a verdict may be about that and not about the program: measure "
                "both again on a quiet machine, or in turns (bench ab)",
                a * 100, old->name, b * 100, new->name, losses[i].what);
    }
}

void sides_note(struct comparison *comparison, const struct side *old, const struct side *new)
{
    const char *session = variety_first(&old->cases.sessions);
    note_machines(comparison, old, new);
    note_pooled(comparison, old);
    note_pooled(comparison, new);
    note_file(comparison, old);
    note_file(comparison, new);
    note_load(comparison, old, new);
    if (session[0] && strcmp(session, variety_first(&new->cases.sessions)) == 0)
        comparison_note(comparison, "both sides have session %s: they are the same results", session);
    note_runs(comparison);
}
