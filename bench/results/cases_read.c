/* From results files to cases. */
#include "results/cases_read.h"

#include "base/memory.h"
#include "records/csv_read.h"

#include <stdio.h>
#include <string.h>

/* What rows are grouped by, and said of them. */
static bool is_needed(const struct cases *cases, enum column column)
{
    switch (column) {
    case COLUMN_schema:
    case COLUMN_session:
    case COLUMN_machine:
    case COLUMN_label:
    case COLUMN_side:
    case COLUMN_block:
    case COLUMN_launch:
    case COLUMN_run:
    case COLUMN_phase:
    case COLUMN_status:
    case COLUMN_error:
        return true;
    case COLUMN_host:
    case COLUMN_command:
    case COLUMN_launcher:
    case COLUMN_seed:
        return cases->is_for_people;
    case COLUMN_time_utc:
        if (cases->is_for_people)
            return true;
        break;
    case COLUMN_waits:
    case COLUMN_counters:
    case COLUMN_notes:
        return cases->is_for_pictures;
    default:
        break;
    }
    enum column_role role = record_columns[column].role;
    if (role == ROLE_IDENTITY || role == ROLE_ALIKE || role == ROLE_NAME)
        return true;
    for (size_t i = 0; i < cases->columns_size; i++) {
        bool is_part =
            cases->columns[i] == COLUMN_cpu_s && (column == COLUMN_user_s || column == COLUMN_sys_s);
        if (cases->columns[i] == column || is_part)
            return true;
    }
    return false;
}

static void take(struct cases *cases, struct cases_file *file, const struct record *row)
{
    if (cases->is_compared && record_is_reference(row))
        return;
    cases_add(cases, row);
    file->rows++;
    file->measured += record_is_measured(row);
    if (file->status == STATUS_UNKNOWN && row->status != STATUS_OK && row->status != STATUS_UNKNOWN) {
        file->status = row->status;
        snprintf(file->error, sizeof file->error, "%s", row->error ? row->error : "");
    }
}

int cases_read(struct cases *cases, const char *path, struct cases_file *file, struct bench_error *err)
{
    struct cases_file had = {0};
    const struct record *row;
    struct csv_reader *reader;
    int rc = csv_read_open_input(&reader, path, err);
    if (rc < 0)
        return rc;
    for (enum column column = 0; column < COLUMNS && !cases->is_with_rows; column++) {
        if (!is_needed(cases, column))
            csv_read_skip(reader, column);
    }
    while ((rc = csv_read_next(reader, &row, err)) == 1)
        take(cases, &had, row);
    cases_note(cases, mem_text(csv_read_note(reader)));
    csv_read_close(reader);
    cases->sources++;
    if (file)
        *file = had;
    return rc;
}
