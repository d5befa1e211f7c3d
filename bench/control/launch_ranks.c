/* Rows of ranks. See launch_ranks.h. */
#include "control/launch_ranks.h"

#include "control/launch_record.h"
#include "control/rank_command.h"

bool launch_wants_ranks(const struct launch *launch, const struct launch_run *what)
{
    const struct launch_request *request = launch->request;
    return request->hooks->on_rank && case_has_ranks(request->one) && !what->brief &&
           what->phase != PHASE_VERIFY;
}

int launch_tell_ranks(const struct launch *launch, const struct reply *reply,
                      const struct record *record, struct bench_error *err)
{
    const struct launch_hooks *hooks = launch->request->hooks;
    size_t count = hooks->on_rank ? told_ranks(reply) : 0;
    int rc = 0;
    for (size_t rank = 0; rc == 0 && rank < count; rank++) {
        struct record row;
        record_copy(&row, record);
        record_forget_told(&row);
        rc = told_rank_decode(&row, reply, rank, err);
        row.cpu_s = row.user_s + row.sys_s;
        record_set_text(&row, COLUMN_status, status_word(STATUS_OK));
        if (rc == 0)
            rc = hooks->on_rank(hooks->context, (int64_t)rank, &row);
        record_free(&row);
    }
    return rc;
}
