/* What a launch tells: records of runs, and notes. */
#include "control/launch_record.h"

#include "base/memory.h"
#include "protocol/reply.h"

#include <bench/workload.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void set_time(struct record *record)
{
    char text[32];
    struct timespec now;
    struct tm utc;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    size_t length = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(text + length, sizeof text - length, ".%03ldZ", now.tv_nsec / 1000000);
    record_set_text(record, COLUMN_time_utc, text);
}

void launch_describe(struct record *record, const struct plan_case *one, const struct record *session)
{
    record_copy(record, session);
    record_set_text(record, COLUMN_runtime,
                    one->way->version ? one->way->version : "bench " BENCH_VERSION);
    record_set_text(record, COLUMN_workload, one->workload->name);
    record_set_text(record, COLUMN_params, one->params);
    record_set_text(record, COLUMN_executor, one->executor->name);
    record_set_text(record, COLUMN_executor_params, one->executor_params);
    record_set_shape(record, &one->shape);
    if (one->executor->flags & MODULE_SCHEDULES_ITSELF)
        record_set_text(record, COLUMN_schedule, "own");
}

/* What the reply to open says there really is. */
static void describe_opened(struct record *record, const struct opened *opened)
{
    record->grain = opened->grain;
    if (opened->workers != RECORD_NO_COUNT)
        record->workers = opened->workers;
    if (opened->inflight != RECORD_NO_COUNT)
        record->inflight = opened->inflight;
    if (opened->schedule)
        record_set_text(record, COLUMN_schedule, opened->schedule);
    if (opened->runtime)
        record_set_text(record, COLUMN_runtime, opened->runtime);
    record_set_text(record, COLUMN_clock, opened->clock ? opened->clock : "release");
    record_set_text(record, COLUMN_work_unit, opened->work_unit);
}

void launch_record_begin(const struct launch *launch, struct record *record,
                         const struct launch_run *what)
{
    const struct launch_request *request = launch->request;
    launch_describe(record, request->one, request->session);
    set_time(record);
    record_set_text(record, COLUMN_side, request->side);
    record->block = what->block;
    record->launch = request->number;
    record->run = (int64_t)what->run;
    if (what->passes)
        record->passes = (int64_t)what->passes;
    record->phase = what->phase;
    if (what->lever)
        record_set_text(record, COLUMN_lever, what->lever);
    if (launch->launcher)
        record_set_text(record, COLUMN_launcher, launch->launcher);
    if (launch->is_open)
        describe_opened(record, &launch->opened);
    if (launch->note)
        record_add_note(record, launch->note);
}

int launch_give(const struct launch *launch, struct record *record, enum status status,
                const char *error, struct bench_error *err)
{
    const struct launch_hooks *hooks = launch->request->hooks;
    record->status = status;
    record_set_text(record, COLUMN_error, error);
    int rc = hooks->on_record ? hooks->on_record(hooks->context, record, err) : 0;
    record_free(record);
    return rc;
}

int launch_give_up(const struct launch *launch, const struct launch_run *what, enum status status,
                   const char *error, struct bench_error *err)
{
    struct record record;
    launch_record_begin(launch, &record, what);
    return launch_give(launch, &record, status, error, err);
}

void record_add_note(struct record *record, const char *text)
{
    char *both = record->notes ? mem_format("%s; %s", record->notes, text) : NULL;
    record_set_text(record, COLUMN_notes, both ? both : text);
    free(both);
}

void launch_note(const struct launch *launch, const char *text)
{
    const struct launch_hooks *hooks = launch->request->hooks;
    if (text && hooks->on_note)
        hooks->on_note(hooks->context, text);
}

void record_forget_told(struct record *record)
{
    for (enum column column = 0; column < COLUMNS; column++) {
        if (!told_column(column))
            continue;
        if (column_type(column) == COLUMN_TEXT)
            record_set_text(record, column, NULL);
        else if (column_type(column) == COLUMN_COUNT)
            record_set_count(record, column, RECORD_NO_COUNT);
        else
            record_set_real(record, column, NAN);
    }
}
