/* Results as people read them: grouped by the work done. */
#include "report/groups.h"
#include "base/text.h"
#include "records/param_text.h"
#include "report/units.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int group_of(const struct results *results, size_t work_number, struct results *group)
{
    size_t size = 0;

    for (size_t i = 0; i < results->size; i++)
        size += results->cases[i].work_number == work_number;
    *group = (struct results){.cases = calloc(size + 1, sizeof(*group->cases))};
    if (group->cases == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < results->size; i++) {
        if (results->cases[i].work_number == work_number)
            group->cases[group->size++] = results->cases[i];
    }
    return 0;
}

/* Those that have a value, each after a blank. */
static void put_params(struct text *out, const char *params)
{
    struct param_text param;
    while (param_text_next(&params, &param)) {
        if (param.value_length > 0)
            text_add(out, " %.*s", (int)param.word_length, param.word);
    }
}

static char *taken(struct text *text)
{
    if (!text->failed)
        return text->text;
    free(text->text);
    return NULL;
}

char *group_heading(const struct results *group, unsigned parts)
{
    const struct case_result *first = &group->cases[0];
    const struct record *run = first->runs[0];
    struct text text = {0};
    char work[UNITS_TEXT];

    text_add(&text, "%s", run->workload != NULL ? run->workload : "");
    put_params(&text, run->params);
    if (!isnan(first->tasks))
        text_add(&text, " (%.0f %s", first->tasks, first->tasks == 1 ? "task" : "tasks");
    if (!isnan(first->tasks) && strcmp(first->work_unit, "task") != 0)
        text_add(&text, ", %s", units_amount(work, first->work, first->work_unit));
    text_add(&text, "%s", isnan(first->tasks) ? "" : ")");
    if (run->label != NULL)
        text_add(&text, " [%s]", run->label);
    if (run->machine != NULL && parts & IDENTITY_MACHINE)
        text_add(&text, " on %s", run->machine);
    return taken(&text);
}

char *group_failure(const struct report_column *const *shown, const struct case_result *result)
{
    struct text text = {0};
    char cell[COLUMN_CELL_BYTES];

    for (; *shown != NULL; shown++) {
        if (!(*shown)->is_identity)
            continue;
        column_cell(*shown, result, cell);
        if (cell[0] != '\0')
            text_add(&text, "%s%s%s%s", text.length > 0 ? " " : "",
                     (*shown)->is_text ? "" : (*shown)->heading, (*shown)->is_text ? "" : "=", cell);
    }
    text_add(&text, ": %s%s%s", result->status, result->error != NULL ? ": " : "",
             result->error != NULL ? result->error : "");
    return taken(&text);
}
