/* From rows to cases, launches and runs. */
#include "results/cases.h"

#include "base/memory.h"
#include "base/text.h"

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

static char *keep_text(struct cases *cases, const char *text)
{
    return text ? text_pool_keep(&cases->texts, text, strlen(text)) : NULL;
}

static int compare_texts(const char *a, const char *b)
{
    return a == b ? 0 : strcmp(a ? a : "", b ? b : "");
}

/* Where the text is among those in order, or would be. */
static size_t find_text(const struct variety *variety, const char *text)
{
    size_t low = 0, high = variety->size;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(variety->texts[middle], text) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Rows that follow each other mostly have the same text. */
static void note_variety(struct cases *cases, struct variety *variety, const char *text)
{
    text = text ? text : "";
    if (variety->size > 0 && strcmp(text, variety->texts[variety->last]) == 0)
        return;
    size_t at = find_text(variety, text);
    variety->last = at;
    if (at < variety->size && strcmp(variety->texts[at], text) == 0)
        return;
    variety->texts = mem_grow(variety->texts, variety->size, &variety->capacity, sizeof *variety->texts);
    memmove(variety->texts + at + 1, variety->texts + at,
            (variety->size++ - at) * sizeof *variety->texts);
    variety->texts[at] = keep_text(cases, text);
}

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
                *own = keep_text(cases, text);
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

static int compare_numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare_failures(const struct case_failure *a, const struct case_failure *b)
{
    int order = compare_texts(a->session, b->session);
    if (order == 0)
        order = compare_numbers(a->launch, b->launch);
    if (order == 0)
        order = compare_numbers(a->run, b->run);
    if (order == 0)
        order = compare_texts(a->status, b->status);
    return order ? order : compare_texts(a->error, b->error);
}

static void add_failure(struct cases *cases, struct case_runs *one, const struct record *row)
{
    struct case_failure failure = {.status = row->status ? status_word(row->status) : "failed",
                                   .error = row->status ? row->error : "a row without a status",
                                   .session = row->session,
                                   .launch = row->launch,
                                   .run = row->run,
                                   .tasks = record_number(row, COLUMN_tasks),
                                   .work = row->work};
    if (row->passes > 0) {
        failure.tasks /= (double)row->passes;
        failure.work /= (double)row->passes;
    }
    one->unsupported += row->status == STATUS_UNSUPPORTED;
    one->failed += row->status != STATUS_UNSUPPORTED;
    if (one->failure.status && compare_failures(&failure, &one->failure) >= 0)
        return;
    failure.error = keep_text(cases, failure.error);
    failure.session = keep_text(cases, failure.session);
    one->failure = failure;
}

/* Of the launch whose rows came last: others are brought together when all are there. */
static size_t find_launch(struct cases *cases, struct case_runs *one, const struct record *row)
{
    const char *session = row->session ? row->session : "", *side = row->side ? row->side : "";
    if (one->launches_size > 0) {
        const struct case_launch *last = &one->launches[one->launches_size - 1];
        if (last->number == row->launch && strcmp(last->session, session) == 0 &&
            strcmp(last->side, side) == 0)
            return one->launches_size - 1;
    }
    one->launches =
        mem_grow(one->launches, one->launches_size, &one->launches_capacity, sizeof *one->launches);
    one->launches[one->launches_size] = (struct case_launch){.session = keep_text(cases, session),
                                                             .side = keep_text(cases, side),
                                                             .number = row->launch,
                                                             .first = one->size};
    return one->launches_size++;
}

static double *add_values(struct cases *cases, struct case_runs *one)
{
    size_t width = cases->columns_size, needed = (one->size + 1) * width;
    if (needed > one->values_capacity) {
        one->values_capacity = one->values_capacity > 0 ? 2 * one->values_capacity : 16 * (width + 1);
        one->values = mem_resize(one->values, one->values_capacity, sizeof *one->values);
    }
    return one->values + one->size * width;
}

/* The CPU time of programs that do not add it up is added up here. */
static double value_of(const struct record *row, enum column column)
{
    double value = record_number(row, column);
    return column == COLUMN_cpu_s && isnan(value) ? row->user_s + row->sys_s : value;
}

static void add_run(struct cases *cases, struct case_runs *one, const struct record *row)
{
    size_t launch = find_launch(cases, one, row);
    double *values = add_values(cases, one);
    for (size_t i = 0; i < cases->columns_size; i++)
        values[i] = value_of(row, cases->columns[i]);
    one->runs = mem_grow(one->runs, one->size, &one->runs_capacity, sizeof *one->runs);
    one->runs[one->size++] = (struct case_run){
        .number = row->run,
        .block = row->block >= 0 && row->block < UINT32_MAX ? (uint32_t)row->block : UINT32_MAX,
        .launch = (uint32_t)launch,
        .phase = (unsigned)row->phase};
    one->launches[launch].size++;
    if (row->cpus && !(one->cpus && strcmp(one->cpus, row->cpus) == 0))
        one->cpus = keep_text(cases, row->cpus);
}

static void add_row(struct cases *cases, struct case_runs *one, const struct record *row)
{
    struct record *copy = mem_alloc(sizeof *copy);
    *copy = *row;
    for (enum column column = 0; column < COLUMNS; column++) {
        if (column_type(column) == COLUMN_TEXT)
            *(char **)((char *)copy + record_columns[column].offset) =
                keep_text(cases, record_text(row, column));
    }
    one->rows = mem_grow(one->rows, one->rows_size, &one->rows_capacity, sizeof *one->rows);
    one->rows[one->rows_size++] = copy;
}

size_t cases_add(struct cases *cases, const struct record *row)
{
    size_t number = find_case(cases, row);
    struct case_runs *one = &cases->list[number];
    cases->rows++;
    note_variety(cases, &cases->sessions, row->session);
    note_variety(cases, &cases->labels, row->label);
    note_variety(cases, &cases->machines, row->machine);
    note_variety(cases, &cases->sides, row->side);
    if (row->status == STATUS_OK)
        add_run(cases, one, row);
    else
        add_failure(cases, one, row);
    if (cases->is_with_rows)
        add_row(cases, one, row);
    return number;
}

void cases_place(struct cases *cases, size_t number, size_t place)
{
    cases->list[number].place = place;
}

/* How far from precise a launch is left by what has stopped it. */
static int badness(const char *stopped_by)
{
    static const char *const words[] = {"precision", "runs", "max-runs", "time"};
    for (int i = 0; i < 4 && stopped_by; i++) {
        if (strcmp(words[i], stopped_by) == 0)
            return i;
    }
    return -1;
}

void cases_stopped(struct cases *cases, size_t number, const char *stopped_by)
{
    struct case_runs *one = &cases->list[number];
    if (badness(stopped_by) > badness(one->stopped_by))
        one->stopped_by = stopped_by;
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

/* All that `from` has, to `one`, which knows more of the identity. */
static void take_over(struct cases *cases, struct case_runs *one, struct case_runs *from)
{
    size_t width = cases->columns_size;
    for (size_t i = 0; i < from->launches_size; i++) {
        one->launches = mem_grow(one->launches, one->launches_size + i, &one->launches_capacity,
                                 sizeof *one->launches);
        one->launches[one->launches_size + i] = from->launches[i];
    }
    for (size_t i = 0; i < from->size; i++) {
        memcpy(add_values(cases, one), from->values + i * width, width * sizeof *from->values);
        one->runs = mem_grow(one->runs, one->size, &one->runs_capacity, sizeof *one->runs);
        one->runs[one->size] = from->runs[i];
        one->runs[one->size++].launch += (uint32_t)one->launches_size;
    }
    one->launches_size += from->launches_size;
    for (size_t i = 0; i < from->rows_size; i++) {
        one->rows = mem_grow(one->rows, one->rows_size, &one->rows_capacity, sizeof *one->rows);
        one->rows[one->rows_size++] = from->rows[i];
    }
    from->rows_size = 0;
    one->failed += from->failed;
    one->unsupported += from->unsupported;
    if (from->failure.status &&
        (!one->failure.status || compare_failures(&from->failure, &one->failure) < 0))
        one->failure = from->failure;
    if (badness(from->stopped_by) > badness(one->stopped_by))
        one->stopped_by = from->stopped_by;
    if (from->place < one->place)
        one->place = from->place;
    if (from->source < one->source)
        one->source = from->source;
    learn_identity(cases, one->identity, from->identity, is_earlier(from->identity, one->identity));
}

static void free_case(struct case_runs *one)
{
    for (size_t i = 0; i < one->rows_size; i++)
        free((void *)(uintptr_t)one->rows[i]);
    free(one->rows);
    free(one->identity);
    free(one->launches);
    free(one->runs);
    free(one->values);
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
    qsort(all, cases->size, sizeof *all, compare_numbered);
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
        take_over(cases, found, one);
        free_case(one);
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

static int compare_launches(const void *a, const void *b, void *launches)
{
    const struct case_launch *x = (struct case_launch *)launches + *(const size_t *)a;
    const struct case_launch *y = (struct case_launch *)launches + *(const size_t *)b;
    int order = compare_texts(x->session, y->session);
    if (order == 0)
        order = compare_numbers(x->number, y->number);
    return order ? order : compare_texts(x->side, y->side);
}

/* Each launch once, in order. Sessions are named by their time, so that is the order of time. */
static void order_launches(struct case_runs *one)
{
    size_t n = one->launches_size, size = 0;
    struct case_launch *ordered = mem_alloc(n * sizeof *ordered);
    size_t *order = mem_alloc(n * sizeof *order), *becomes = mem_alloc(n * sizeof *becomes);
    for (size_t i = 0; i < n; i++)
        order[i] = i;
    qsort_r(order, n, sizeof *order, compare_launches, one->launches);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || compare_launches(&order[i - 1], &order[i], one->launches) != 0) {
            ordered[size] = one->launches[order[i]];
            ordered[size++].size = 0;
        }
        ordered[size - 1].size += one->launches[order[i]].size;
        becomes[order[i]] = size - 1;
    }
    for (size_t i = 0; i < one->size; i++)
        one->runs[i].launch = (uint32_t)becomes[one->runs[i].launch];
    for (size_t i = 0, first = 0; i < size; first += ordered[i++].size)
        ordered[i].first = first;
    free(order);
    free(becomes);
    free(one->launches);
    one->launches = ordered;
    one->launches_size = size;
}

static int compare_runs(const struct case_run *a, const struct case_run *b)
{
    int order = compare_numbers(a->launch, b->launch);
    if (order == 0)
        order = compare_numbers(a->phase, b->phase);
    if (order == 0)
        order = compare_numbers(a->number, b->number);
    return order ? order : compare_numbers(a->block, b->block);
}

struct ordering {
    const struct cases *cases;
    const struct case_runs *one;
};

/* Runs of the same number are told apart by what they measured, those without one by their rows. */
static int compare_places(const void *a, const void *b, void *context)
{
    const struct ordering *ordering = context;
    const struct case_runs *one = ordering->one;
    size_t x = *(const size_t *)a, y = *(const size_t *)b, width = ordering->cases->columns_size;
    int order = compare_runs(&one->runs[x], &one->runs[y]);
    if (order == 0 && one->runs[x].number != RECORD_NO_COUNT)
        order = memcmp(one->values + x * width, one->values + y * width, width * sizeof *one->values);
    return order ? order : (x > y) - (x < y);
}

static bool is_ordered(const struct case_runs *one)
{
    size_t i = 1;
    while (i < one->size && compare_runs(&one->runs[i - 1], &one->runs[i]) < 0)
        i++;
    return i >= one->size;
}

static void order_runs(const struct cases *cases, struct case_runs *one)
{
    if (is_ordered(one))
        return;
    size_t width = cases->columns_size, *order = mem_alloc(one->size * sizeof *order);
    struct case_run *runs = mem_alloc(one->size * sizeof *runs);
    double *values = mem_alloc(one->size * width * sizeof *values);
    struct ordering ordering = {cases, one};
    for (size_t i = 0; i < one->size; i++)
        order[i] = i;
    qsort_r(order, one->size, sizeof *order, compare_places, &ordering);
    for (size_t i = 0; i < one->size; i++) {
        runs[i] = one->runs[order[i]];
        memcpy(values + i * width, one->values + order[i] * width, width * sizeof *values);
    }
    free(order);
    free(one->runs);
    free(one->values);
    one->runs = runs;
    one->values = values;
}

static int compare_rows(const void *a, const void *b)
{
    const struct record *x = *(const struct record *const *)a, *y = *(const struct record *const *)b;
    int order = compare_texts(x->session, y->session);
    if (order == 0)
        order = compare_numbers(x->launch, y->launch);
    if (order == 0)
        order = compare_texts(x->side, y->side);
    if (order == 0)
        order = compare_numbers(x->phase, y->phase);
    if (order == 0)
        order = compare_numbers(x->run, y->run);
    if (order == 0)
        order = compare_numbers(x->block, y->block);
    return order ? order : compare_texts(x->time_utc, y->time_utc);
}

static size_t count_repeated(const struct case_runs *one)
{
    size_t count = 0;
    for (size_t i = 1; i < one->size; i++)
        count += one->runs[i].number != RECORD_NO_COUNT &&
                 compare_runs(&one->runs[i - 1], &one->runs[i]) == 0;
    return count;
}

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
    order_launches(one);
    order_runs(cases, one);
    if (one->rows_size > 0)
        qsort(one->rows, one->rows_size, sizeof(const struct record *), compare_rows);
    one->pass_tasks = find_pass_tasks(cases, one);
    cases->repeated += count_repeated(one);
}

void cases_finish(struct cases *cases)
{
    if (cases->size == 0)
        return;
    merge_unknown(cases);
    for (size_t i = 0; i < cases->size; i++)
        order_case(cases, &cases->list[i]);
    qsort(cases->list, cases->size, sizeof *cases->list, compare_cases);
    identity_index_free(&cases->index);
}

void cases_free(struct cases *cases)
{
    for (size_t i = 0; i < cases->size; i++)
        free_case(&cases->list[i]);
    free(cases->list);
    for (size_t i = 0; i < cases->notes_size; i++)
        free(cases->notes[i]);
    free(cases->notes);
    identity_index_free(&cases->index);
    free(cases->sessions.texts);
    free(cases->labels.texts);
    free(cases->machines.texts);
    free(cases->sides.texts);
    text_pool_free(&cases->texts);
    *cases = (struct cases){0};
}

/* ---- once they are finished ---- */

const char *variety_first(const struct variety *variety)
{
    return variety->size > 0 ? variety->texts[0] : "";
}

const char *variety_second(const struct variety *variety)
{
    return variety->size > 1 ? variety->texts[1] : "";
}

double cases_value(const struct cases *cases, const struct case_runs *one, size_t run,
                   enum column column)
{
    size_t i = find_column(cases, column);
    return i < cases->columns_size ? one->values[run * cases->columns_size + i] : NAN;
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
