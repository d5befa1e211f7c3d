/* Rows of one case, as they come. */
#include "results/case_runs.h"

#include "base/memory.h"
#include "records/lever_seen.h"
#include "records/packed.h"

#include <stdlib.h>
#include <string.h>

int compare_texts(const char *a, const char *b)
{
    return a == b ? 0 : strcmp(a ? a : "", b ? b : "");
}

int compare_numbers(int64_t a, int64_t b)
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

void case_runs_add_failure(struct case_runs *one, struct text_pool *pool, const struct record *row)
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
    failure.error = text_pool_text(pool, failure.error);
    failure.session = text_pool_text(pool, failure.session);
    one->failure = failure;
}

/* Of the launch whose rows came last: others are brought together when all are there. */
static size_t find_launch(struct case_runs *one, struct text_pool *pool, const struct record *row)
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
    one->launches[one->launches_size] = (struct case_launch){.session = text_pool_text(pool, session),
                                                             .side = text_pool_text(pool, side),
                                                             .number = row->launch,
                                                             .first = one->size};
    return one->launches_size++;
}

void case_runs_add(struct case_runs *one, struct text_pool *pool, const struct record *row,
                   const double *values)
{
    size_t launch = find_launch(one, pool, row);
    run_values_add(&one->values, values);
    one->runs = mem_grow(one->runs, one->size, &one->runs_capacity, sizeof *one->runs);
    one->runs[one->size++] = (struct case_run){
        .number = row->run,
        .block = row->block >= 0 && row->block < UINT32_MAX ? (uint32_t)row->block : UINT32_MAX,
        .launch = (uint32_t)launch,
        .phase = (unsigned)row->phase};
    one->launches[launch].size++;
    if (row->cpus && !(one->cpus && strcmp(one->cpus, row->cpus) == 0))
        one->cpus = text_pool_text(pool, row->cpus);
}

void case_runs_add_waits(struct case_runs *one, const struct record *row)
{
    struct lever_seen seen = {0};
    lever_seen_read(&seen, row);
    for (int kind = 0; kind < WAIT_KINDS; kind++)
        one->waits_s[kind] += seen.waits_s[kind];
    one->waits_runs++;
}

void case_runs_keep_row(struct case_runs *one, struct text_pool *pool, const struct record *row)
{
    one->rows = mem_grow(one->rows, one->rows_size, &one->rows_capacity, sizeof *one->rows);
    one->rows[one->rows_size++] = record_pack(row, pool);
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

void case_runs_stopped(struct case_runs *one, const char *stopped_by)
{
    if (badness(stopped_by) > badness(one->stopped_by))
        one->stopped_by = stopped_by;
}

void case_runs_free(struct case_runs *one)
{
    for (size_t i = 0; i < one->rows_size; i++)
        free(one->rows[i]);
    free(one->rows);
    free(one->identity);
    free(one->launches);
    free(one->runs);
    run_values_free(&one->values);
}

void case_runs_take_over(struct case_runs *one, struct case_runs *from)
{
    for (size_t i = 0; i < from->launches_size; i++) {
        one->launches = mem_grow(one->launches, one->launches_size + i, &one->launches_capacity,
                                 sizeof *one->launches);
        one->launches[one->launches_size + i] = from->launches[i];
    }
    run_values_append(&one->values, &from->values);
    for (size_t i = 0; i < from->size; i++) {
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
    for (int kind = 0; kind < WAIT_KINDS; kind++)
        one->waits_s[kind] += from->waits_s[kind];
    one->waits_runs += from->waits_runs;
    one->failed += from->failed;
    one->unsupported += from->unsupported;
    if (from->failure.status &&
        (!one->failure.status || compare_failures(&from->failure, &one->failure) < 0))
        one->failure = from->failure;
    case_runs_stopped(one, from->stopped_by);
    if (from->place < one->place)
        one->place = from->place;
    if (from->source < one->source)
        one->source = from->source;
    case_runs_free(from);
}
