/* From rows to cases, launches and runs. */
#include "results/cases.h"

#include "base/memory.h"
#include "base/text.h"
#include "results/case_order.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void cases_init(struct cases *cases, unsigned parts)
{
    *cases = (struct cases){.parts = parts, .index.parts = parts | IDENTITY_EXACT};
}

static size_t find_column(const struct cases *cases, enum column column)
{
    size_t i = 0;
    while (i < cases->columns_size && cases->columns[i] != column)
        i++;
    return i;
}

void cases_ask(struct cases *cases, enum column column)
{
    if (find_column(cases, column) == cases->columns_size)
        cases->columns[cases->columns_size++] = column;
}

/* ---- rows ---- */

static bool is_of_identity(enum column column)
{
    return record_columns[column].group == GROUP_CASE || record_columns[column].group == GROUP_SESSION ||
           column == COLUMN_side || column == COLUMN_time_utc;
}

/* What a row knows of its case and session. `all`: of both what is known already, and what is not. */
static void learn_identity(struct cases *cases, struct record *identity, const struct record *row,
                           bool all)
{
    for (enum column column = 0; column < COLUMNS; column++) {
        if (!is_of_identity(column))
            continue;
        if (column_type(column) == COLUMN_TEXT) {
            const char *text = record_text(row, column);
            char **own = (char **)((char *)identity + record_columns[column].offset);
            if (text && (all || !*own))
                *own = text_pool_text(&cases->texts, text);
        } else if (!isnan(record_number(row, column)) &&
                   (all || isnan(record_number(identity, column)))) {
            if (column_type(column) == COLUMN_COUNT)
                record_set_count(identity, column, record_count(row, column));
            else
                record_set_real(identity, column, record_real(row, column));
        }
    }
}

/* What is told of a case's session is that of its earliest row. */
static bool is_earlier(const struct record *row, const struct record *than)
{
    return row->time_utc && than->time_utc && strcmp(row->time_utc, than->time_utc) < 0;
}

static size_t find_case(struct cases *cases, const struct record *row)
{
    size_t number = identity_index_add(&cases->index, row);
    if (number == cases->size) {
        cases->list = mem_grow(cases->list, cases->size, &cases->capacity, sizeof *cases->list);
        struct case_runs *one = &cases->list[cases->size++];
        *one = (struct case_runs){.identity = mem_alloc(sizeof *one->identity),
                                  .values.width = cases->columns_size,
                                  .pass_tasks = NAN,
                                  .place = SIZE_MAX,
                                  .source = cases->sources,
                                  .number = number};
        record_init(one->identity);
        one->identity->schema = row->schema;
        learn_identity(cases, one->identity, row, true);
        cases->index.entries[number].record = one->identity;
    } else if (is_earlier(row, cases->list[number].identity)) {
        learn_identity(cases, cases->list[number].identity, row, true);
    }
    return number;
}

/* So many digits, and what must follow them (0: anything). */
static bool take_digits(const char **at, int count, char follower, int64_t *value)
{
    *value = 0;
    for (; count > 0; count--, ++*at) {
        if (**at < '0' || **at > '9')
            return false;
        *value = 10 * *value + (**at - '0');
    }
    if (follower && **at != follower)
        return false;
    *at += follower != 0;
    return true;
}

/* Days since 1970-01-01 of the Gregorian calendar, whose years are taken to begin in March. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = year / 400, of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* "2026-11-28T08:56:12.123Z" as seconds of the epoch. Of a million rows: strptime would take a second.
 */
static double seconds_of(const char *time_utc)
{
    int64_t year, month, day, hour, minute, second;
    const char *at = time_utc;
    if (!at || !take_digits(&at, 4, '-', &year) || !take_digits(&at, 2, '-', &month) ||
        !take_digits(&at, 2, 'T', &day) || !take_digits(&at, 2, ':', &hour) ||
        !take_digits(&at, 2, ':', &minute) || !take_digits(&at, 2, 0, &second))
        return NAN;
    double scale = 0.1, fraction = 0;
    for (at += *at == '.'; *at >= '0' && *at <= '9'; at++, scale /= 10)
        fraction += (*at - '0') * scale;
    return (double)(days_of(year, month, day) * 86400 + hour * 3600 + minute * 60 + second) + fraction;
}

/* The CPU time of programs that do not add it up is added up here. */
static double value_of(const struct record *row, enum column column)
{
    if (column == COLUMN_time_utc)
        return seconds_of(row->time_utc);
    double value = record_number(row, column);
    return column == COLUMN_cpu_s && isnan(value) ? row->user_s + row->sys_s : value;
}

static void add_run(struct cases *cases, struct case_runs *one, const struct record *row)
{
    double values[CASES_COLUMNS_MAX];
    for (size_t i = 0; i < cases->columns_size; i++)
        values[i] = value_of(row, cases->columns[i]);
    case_runs_add(one, &cases->texts, row, values);
    if (cases->is_for_pictures && row->waits && record_is_measured(row))
        case_runs_add_waits(one, row);
}

size_t cases_add(struct cases *cases, const struct record *row)
{
    size_t number = find_case(cases, row);
    struct case_runs *one = &cases->list[number];
    cases->rows++;
    variety_add(&cases->sessions, &cases->texts, row->session);
    variety_add(&cases->labels, &cases->texts, row->label);
    variety_add(&cases->machines, &cases->texts, row->machine);
    variety_add(&cases->sides, &cases->texts, row->side);
    if (cases->is_for_pictures)
        variety_add(&cases->row_notes, &cases->texts, row->notes);
    if (row->status == STATUS_OK)
        add_run(cases, one, row);
    else
        case_runs_add_failure(one, &cases->texts, row);
    if (cases->is_with_rows && (row->lever || !cases->is_of_levers))
        case_runs_keep_row(one, &cases->texts, row);
    return number;
}

void cases_place(struct cases *cases, size_t number, size_t place)
{
    cases->list[number].place = place;
}

void cases_stopped(struct cases *cases, size_t number, const char *stopped_by)
{
    case_runs_stopped(&cases->list[number], stopped_by);
}

void cases_note(struct cases *cases, char *note)
{
    if (!note)
        return;
    text_make_visible(note);
    cases->notes = mem_resize(cases->notes, cases->notes_size + 1, sizeof *cases->notes);
    cases->notes[cases->notes_size++] = note;
}

/* ---- cases of which a row does not know all ---- */

static bool is_same_but_unknown(const struct cases *cases, const struct case_runs *a,
                                const struct case_runs *b)
{
    return identity_equal(a->identity, b->identity, cases->parts);
}

struct numbered {
    uint64_t hash;
    size_t number;
    int unknown;
};

/* Those that may be the same side by side, and those that know least of themselves first. */
static int compare_numbered(const void *a, const void *b)
{
    const struct numbered *x = a, *y = b;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    if (x->unknown != y->unknown)
        return x->unknown > y->unknown ? -1 : 1;
    return x->number < y->number ? -1 : 1;
}

/*
 * A launch that ended early does not know what grain or unit it would have had. It is of the case that
 * does; where several do, of the one with the least grain.
 */
static void merge_unknown(struct cases *cases)
{
    struct numbered *all = mem_alloc(cases->size * sizeof *all);
    for (size_t i = 0; i < cases->size; i++)
        all[i] = (struct numbered){identity_hash(cases->list[i].identity, cases->parts), i,
                                   identity_unknown(cases->list[i].identity)};
    mem_sort(all, cases->size, sizeof *all, compare_numbered);
    for (size_t i = 0; i < cases->size; i++) {
        struct case_runs *one = &cases->list[all[i].number], *found = NULL;
        for (size_t j = i + 1; all[i].unknown && j < cases->size && all[j].hash == all[i].hash; j++) {
            struct case_runs *other = &cases->list[all[j].number];
            if (all[j].unknown < all[i].unknown && is_same_but_unknown(cases, one, other) &&
                (!found || identity_order(other->identity, found->identity) < 0))
                found = other;
        }
        if (!found)
            continue;
        learn_identity(cases, found->identity, one->identity,
                       is_earlier(one->identity, found->identity));
        case_runs_take_over(found, one);
        *one = (struct case_runs){0};
    }
    free(all);
    size_t size = 0;
    for (size_t i = 0; i < cases->size; i++) {
        if (cases->list[i].identity)
            cases->list[size++] = cases->list[i];
    }
    cases->size = size;
}

/* ---- order ---- */

/* What a verification run did, which is always one pass; else what some run says of its passes. */
static double find_pass_tasks(const struct cases *cases, const struct case_runs *one)
{
    double found = NAN;
    for (size_t i = 0; i < one->size; i++) {
        double tasks = cases_value(cases, one, i, COLUMN_tasks);
        double passes = cases_value(cases, one, i, COLUMN_passes);
        if (one->runs[i].phase == PHASE_VERIFY && tasks > 0)
            return tasks;
        if (isnan(found) && tasks > 0 && passes > 0)
            found = tasks / passes;
    }
    return found;
}

/* As bench writes them, in whatever order a file has them now. */
static int compare_cases(const void *a, const void *b)
{
    const struct case_runs *x = a, *y = b;
    if (x->place != y->place)
        return x->place < y->place ? -1 : 1;
    if (x->source != y->source)
        return x->source < y->source ? -1 : 1;
    int order = compare_texts(x->identity->time_utc, y->identity->time_utc);
    return order ? order : x->number < y->number ? -1 : x->number > y->number;
}

static void order_case(struct cases *cases, struct case_runs *one)
{
    cases->repeated += case_order(one);
    one->pass_tasks = find_pass_tasks(cases, one);
}

void cases_finish(struct cases *cases)
{
    if (cases->size == 0)
        return;
    merge_unknown(cases);
    for (size_t i = 0; i < cases->size; i++)
        order_case(cases, &cases->list[i]);
    mem_sort(cases->list, cases->size, sizeof *cases->list, compare_cases);
    identity_index_free(&cases->index);
}

void cases_free(struct cases *cases)
{
    for (size_t i = 0; i < cases->size; i++)
        case_runs_free(&cases->list[i]);
    free(cases->list);
    for (size_t i = 0; i < cases->notes_size; i++)
        free(cases->notes[i]);
    free(cases->notes);
    identity_index_free(&cases->index);
    variety_free(&cases->sessions);
    variety_free(&cases->labels);
    variety_free(&cases->machines);
    variety_free(&cases->sides);
    variety_free(&cases->row_notes);
    text_pool_free(&cases->texts);
    *cases = (struct cases){0};
}

/* ---- once they are finished ---- */

double cases_value(const struct cases *cases, const struct case_runs *one, size_t run,
                   enum column column)
{
    size_t i = find_column(cases, column);
    return i < cases->columns_size ? run_values_get(&one->values, run, i) : NAN;
}

double cases_passes(const struct cases *cases, const struct case_runs *one, size_t run,
                    double pass_tasks)
{
    double passes = cases_value(cases, one, run, COLUMN_passes);
    double tasks = cases_value(cases, one, run, COLUMN_tasks);
    if (passes > 0)
        return passes;
    return tasks > 0 && pass_tasks > 0 ? tasks / pass_tasks : 1;
}

bool cases_is_measured(const struct cases *cases, const struct case_runs *one, size_t run)
{
    return one->runs[run].phase == PHASE_MEASURE && !isnan(cases_value(cases, one, run, COLUMN_wall_s));
}
