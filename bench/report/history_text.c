/* The words of a history. */
#include "report/history_text.h"

#include "base/memory.h"
#include "report/units.h"

#include <stdlib.h>
#include <string.h>

void history_naming(struct case_naming *naming, const struct history *history,
                    const struct case_defaults *defaults)
{
    const struct record **identities = mem_zero(history->series_size + 1, sizeof *identities);
    size_t n = 0;
    for (size_t i = 0; i < history->series_size; i++) {
        if (!history->series[i].is_reference)
            identities[n++] = history->series[i].identity;
    }
    case_naming_make(naming, identities, n, defaults);
    free(identities);
}

static const char *direction(const struct history *history, const struct history_point *point)
{
    return point->is_worse ? history->metric->worse : history->metric->better;
}

char *history_point_word(const struct history *history, const struct history_point *point)
{
    const char *word = direction(history, point), *verdict = history_verdict_word(point->verdict);
    if (point->is_weak)
        return mem_format("%s? too young", word);
    if (point->is_machines)
        return mem_format("%s: the machine", word);
    return mem_format("%s%s%s", word, verdict ? ", " : "", verdict ? verdict : "");
}

char *history_session_word(const struct history_session *session)
{
    struct text text = {0};
    bool has_time = strlen(session->time_utc) >= 10;
    if (has_time)
        text_add(&text, "%.10s", session->time_utc);
    else if (!session->label)
        text_add(&text, "session %s", session->session);
    if (session->label)
        text_add(&text, "%s%.40s", has_time ? " " : "", session->label);
    return text_make_visible(text.text);
}

char *history_finding(const struct history *history, const struct history_point *point)
{
    char before[UNITS_TEXT], after[UNITS_TEXT], change[UNITS_TEXT];
    const struct history_series *series = point->series;
    const char *unit = history->metric->unit, *work_unit = series->identity->work_unit;
    char *word = history_point_word(history, point);
    char *since = history_session_word(history_session_at(history, series, point->at));
    char *last = history_session_word(history_session_at(history, series, point->at - 1));
    struct text text = {0};
    text_add(&text, "%s: %s %s -> %s, %s, since %s, last before %s", word, history->metric->name,
             units_metric(before, point->before, unit, work_unit),
             units_metric(after, point->after, unit, work_unit), units_change(change, point->ratio),
             since, last);
    if (point->kernel_before)
        text_add(&text, "; %s became %s there", point->kernel_before, point->kernel_after);
    if (point->why)
        text_add(&text, "; %s", point->why);
    free(word);
    free(since);
    free(last);
    return text_make_visible(text.text);
}

/* The part number `part` of a machine: from where to where; its end is its beginning where it has none.
 */
static const char *part_of(const char *machine, size_t part, size_t *length)
{
    for (; part > 0; part--) {
        const char *comma = strstr(machine, ", ");
        if (!comma) {
            *length = 0;
            return machine;
        }
        machine = comma + 2;
    }
    const char *end = strstr(machine, ", ");
    *length = end ? (size_t)(end - machine) : strlen(machine);
    return machine;
}

/* Do machines that differ all differ in that part? */
static bool tells_apart(const struct history *history, size_t part)
{
    for (size_t i = 0; i < history->series_size; i++) {
        for (size_t j = 0; j < i; j++) {
            const char *one = history->series[i].fingerprint, *other = history->series[j].fingerprint;
            size_t one_length, other_length;
            if (strcmp(one, other) == 0)
                continue;
            const char *own = part_of(one, part, &one_length);
            const char *its = part_of(other, part, &other_length);
            if (one_length == other_length && memcmp(own, its, one_length) == 0)
                return false;
        }
    }
    return true;
}

char *history_machine_word(const struct history *history, const struct history_series *series)
{
    size_t length;
    for (size_t part = 0; *part_of(series->fingerprint, part, &length) && length > 0; part++) {
        if (tells_apart(history, part))
            return mem_format("%.*s", (int)length, part_of(series->fingerprint, part, &length));
    }
    return mem_text(series->fingerprint);
}

static void add_count(struct text *text, size_t count, const char *word)
{
    if (count > 0)
        text_add(text, "%s%zu %s", text->length ? ", " : "", count, word);
}

char *history_summary(const struct history *history)
{
    size_t worse = 0, better = 0, machines = 0, weak = 0;
    struct text text = {0};
    for (size_t i = 0; i < history->points_size; i++) {
        const struct history_point *point = &history->points[i];
        if (point->is_weak)
            weak++;
        else if (point->is_machines)
            machines++;
        else if (point->is_worse)
            worse++;
        else
            better++;
    }
    add_count(&text, worse, history->metric->worse);
    add_count(&text, better, history->metric->better);
    add_count(&text, machines, "of the machine");
    add_count(&text, weak, "too young to say");
    if (!text.length)
        text_add(&text, "no change");
    return text.text;
}
