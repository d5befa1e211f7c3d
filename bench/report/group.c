/* What is said of the cases of one table, above it and below. */
#include "report/group.h"

#include "base/memory.h"
#include "machine/facts.h"
#include "records/identity.h"
#include "report/units.h"
#include "results/speedup.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static size_t count_works(const struct group *group, size_t all)
{
    bool *seen = mem_zero(all, sizeof *seen);
    size_t count = 0;
    for (size_t i = 0; i < group->size; i++) {
        count += !seen[group->cases[i]->work_number];
        seen[group->cases[i]->work_number] = true;
    }
    free(seen);
    return count;
}

void group_make(struct group *group, const struct results *results, size_t first,
                const struct case_defaults *defaults)
{
    const char *workload = results->cases[first].identity->workload;
    *group = (struct group){.cases = mem_zero(results->size, sizeof *group->cases),
                            .identities = mem_zero(results->size, sizeof *group->identities)};
    for (size_t i = first; i < results->size; i++) {
        if (!same_text(results->cases[i].identity->workload, workload))
            continue;
        group->cases[group->size] = &results->cases[i];
        group->identities[group->size++] = results->cases[i].identity;
    }
    group->works = count_works(group, results->works);
    case_naming_make(&group->naming, group->identities, group->size, defaults);
}

void group_free(struct group *group)
{
    case_naming_free(&group->naming);
    free(group->cases);
    free(group->identities);
}

/* ---- above the table ---- */

/* Those that were set and are the same everywhere; what varies has a column. */
static void add_params(struct text *text, const struct group *group)
{
    struct case_parts parts;
    case_parts_read(&parts, group->identities[0]);
    for (size_t i = 0; i < parts.size; i++) {
        const struct case_part *part = &parts.parts[i];
        const struct case_key *key = case_naming_find(&group->naming, part->kind, part->key);
        bool is_inflight = part->kind == PART_SHAPE && strcmp(part->key, "inflight") == 0; /* a column */
        if ((part->kind == PART_PARAM || part->kind == PART_SHAPE) && key && !key->varies &&
            !is_inflight)
            text_add(text, " %s=%s", part->key, part->value);
    }
    case_parts_free(&parts);
}

static void add_size(struct text *text, const struct group *group)
{
    const struct case_result *first = group->cases[0];
    char amount[UNITS_TEXT];
    for (size_t i = 0; i < group->size; i++) {
        const struct case_result *one = group->cases[i];
        if (isnan(first->tasks)) /* it never ran */
            first = one;
        if (result_is_open_loop(one))
            return;
        if (!isnan(one->tasks) && (one->tasks != first->tasks || one->work != first->work))
            return;
    }
    if (isnan(first->tasks))
        return;
    text_add(text, " (%.0f %s", first->tasks, first->tasks == 1 ? "task" : "tasks");
    if (strcmp(first->work_unit, "task") != 0)
        text_add(text, ", %s", units_amount(amount, first->work, first->work_unit));
    text_add(text, ")");
}

char *group_heading(const struct group *group, unsigned parts)
{
    const struct record *first = group->identities[0];
    struct text text = {0};
    text_add(&text, "%s", first->workload ? first->workload : "");
    add_params(&text, group);
    add_size(&text, group);
    if (first->label && !case_naming_find(&group->naming, PART_LABEL, "label"))
        text_add(&text, " [%s]", first->label);
    if (first->machine && parts & IDENTITY_MACHINE &&
        !case_naming_find(&group->naming, PART_MACHINE, "machine"))
        text_add(&text, " on %s", first->machine);
    return text.text;
}

/* ---- below it ---- */

static bool is_plain(const struct case_result *one)
{
    return !one->identity->lever || !one->identity->lever[0];
}

/* With some cases slowed on purpose and some not, the sentence is about those that are not. */
static bool is_slowed_beside_others(const struct group *group, const struct case_result *one)
{
    for (size_t i = 0; !is_plain(one) && i < group->size; i++) {
        if (is_plain(group->cases[i]))
            return true;
    }
    return false;
}

/* Which of these to show? All of the group where each is a work of its own. */
static bool is_asked(const struct group *group, const struct case_result *one, size_t work_number)
{
    return result_has_numbers(one) && !result_is_open_loop(one) &&
           !is_slowed_beside_others(group, one) &&
           (one->work_number == work_number || group->works == group->size);
}

static const struct case_result *fastest_of(const struct group *group, size_t work_number,
                                            const struct case_result *besides)
{
    const struct case_result *fastest = NULL;
    for (size_t i = 0; i < group->size; i++) {
        const struct case_result *one = group->cases[i];
        if (is_asked(group, one, work_number) && one != besides &&
            (!fastest || one->wall_s.median < fastest->wall_s.median))
            fastest = one;
    }
    return fastest;
}

/* What the fastest is held against: as in the column of speedups, else the first row. */
static const struct case_result *reference_of(const struct group *group, size_t work_number,
                                              const struct case_result *fastest)
{
    const struct case_result *first = NULL;
    for (size_t i = 0; i < group->size; i++) {
        const struct case_result *one = group->cases[i];
        if (!is_asked(group, one, work_number))
            continue;
        if (fastest && one->identity == fastest->reference_run && group->works < group->size)
            return one;
        first = first ? first : one;
    }
    return first;
}

char *group_sentence(const struct group *group, size_t work_number)
{
    const struct case_result *fastest = fastest_of(group, work_number, NULL);
    const struct case_result *reference = reference_of(group, work_number, fastest);
    if (fastest && fastest == reference)
        reference = fastest_of(group, work_number, fastest);
    if (!fastest || !reference)
        return NULL;
    struct interval interval = speedup_interval(fastest, reference);
    bool is_chance = interval_known(interval) && interval.low <= 1;
    char *name = case_name_row(fastest->identity, &group->naming);
    char *other = case_name_row(reference->identity, &group->naming), times[UNITS_TEXT];
    units_times(times, reference->wall_s.median / fastest->wall_s.median, &interval);
    char *sentence = mem_format("%s was %s times as fast as %s%s", name, times, other,
                                is_chance ? ", which may be due to chance" : "");
    free(name);
    free(other);
    return sentence;
}

bool result_is_too_busy(const struct case_result *result)
{
    const char *machine = result->identity->machine;
    long threads = machine ? facts_count_threads(machine) : 0;
    return threads > 0 && result->cpu_use > 1.05 * (double)threads;
}
