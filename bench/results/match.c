/* What is to be known of the two sides before their numbers mean anything. */
#include "results/match.h"

#include "records/csv_read.h"

#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { RUNS_FEW = 10 };

/* Bytes of the part of a machine's description that begins here: "Intel Xeon, 1 socket, 2 cores". */
static size_t part_length(const char *part)
{
    const char *end = strstr(part, ", ");

    return end != NULL ? (size_t)(end - part) : strlen(part);
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

static const char *first_of(const struct variety *variety)
{
    return variety->first != NULL ? variety->first : "";
}

/* How the machines differ; empty where they do not. */
static void describe_machines(struct text *text, const struct samples *old, const struct samples *new)
{
    const char *a = first_of(&old->machines), *b = first_of(&new->machines);

    if (old->machines.texts.size > 1)
        text_add(text, "%s has results of %zu machines", old->name, old->machines.texts.size);
    if (new->machines.texts.size > 1)
        text_add(text, "%s%s has results of %zu machines", text->length > 0 ? ", " : "", new->name,
                 new->machines.texts.size);
    if (text->length > 0 || strcmp(a, b) == 0)
        return;
    text_add(text, "the machines differ: %s: ", old->name);
    add_difference(text, a, b);
    text_add(text, "; %s: ", new->name);
    add_difference(text, b, a);
}

static int check_sides(const struct samples *samples, struct bench_error *err)
{
    if (samples->sides.texts.size < 2)
        return 0;
    return bench_error_set(err, -EINVAL,
                           "%s: has two sides in it, '%s' and '%s' (column side, bench ab); give one of "
                           "them in a file of its own",
                           samples->name, samples->sides.first, samples->sides.second);
}

int comparison_check(const struct samples *old, const struct samples *new, bool across_machines,
                     struct bench_error *err)
{
    struct text text = {0};
    int failed = check_sides(old, err);

    if (!failed)
        failed = check_sides(new, err);
    if (failed || across_machines)
        return failed;
    describe_machines(&text, old, new);
    if (text.failed)
        failed = bench_error_set(err, -ENOMEM, "%s", strerror(ENOMEM));
    else if (text.length > 0)
        failed =
            bench_error_set(err, -EINVAL, "%s; --across-machines compares them all the same", text.text);
    free(text.text);
    return failed;
}

static int note_machines(struct comparison *comparison, const struct samples *old,
                         const struct samples *new)
{
    struct text text = {0};
    int failed = 0;

    describe_machines(&text, old, new);
    if (text.length > 0 && !text.failed)
        failed = comparison_note(comparison, "%s", text.text);
    free(text.text);
    return text.failed ? -ENOMEM : failed;
}

static int note_left_out(struct comparison *comparison, const struct samples *side)
{
    const char *note = side->reader ? csv_read_note(side->reader) : NULL;
    return note ? comparison_note(comparison, "%s", note) : 0;
}

/* Taken together, so that it makes one sample. */
static int note_pooled(struct comparison *comparison, const struct samples *side)
{
    int failed = 0;

    if (side->labels.texts.size > 1)
        failed = comparison_note(comparison,
                                 "%s: %zu labels ('%s', '%s'%s) are taken together, as if they were of "
                                 "the same program",
                                 side->name, side->labels.texts.size, side->labels.first,
                                 side->labels.second, side->labels.texts.size > 2 ? ", ..." : "");
    if (!failed && side->sessions.texts.size > 1)
        failed = comparison_note(comparison, "%s: %zu sessions are taken together", side->name,
                                 side->sessions.texts.size);
    return failed;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Of the cases that were compared. */
static int note_runs(struct comparison *comparison)
{
    size_t launches = SIZE_MAX, runs = SIZE_MAX;
    int failed = 0;

    for (size_t i = 0; i < comparison->size; i++) {
        const struct compared_case *one = &comparison->cases[i];

        if (one->verdict == VERDICT_FAILED)
            continue;
        launches = least(launches, least(one->old_launches, one->new_launches));
        runs = least(runs, least(one->old_runs, one->new_runs));
    }
    if (launches == 1)
        failed = comparison_note(comparison,
                                 "one launch only: how much the luck of a launch changes is not known; "
                                 "run both with --launches 5");
    if (!failed && runs < RUNS_FEW && !comparison->metric->is_of_launch)
        failed = comparison_note(comparison, "as few as %zu %s a case: run both with --runs 10 or more",
                                 runs, runs == 1 ? "run" : "runs");
    return failed;
}

int sides_note(struct comparison *comparison, const struct samples *old, const struct samples *new)
{
    int failed = note_machines(comparison, old, new);

    if (!failed)
        failed = note_pooled(comparison, old);
    if (!failed)
        failed = note_pooled(comparison, new);
    if (!failed)
        failed = note_left_out(comparison, old);
    if (!failed)
        failed = note_left_out(comparison, new);
    if (!failed && strcmp(first_of(&old->sessions), first_of(&new->sessions)) == 0 &&
        first_of(&old->sessions)[0] != '\0')
        failed = comparison_note(comparison, "both sides have the session %s: they are the same results",
                                 first_of(&old->sessions));
    return failed ? failed : note_runs(comparison);
}
