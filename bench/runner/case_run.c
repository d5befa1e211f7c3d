/* A run of an open case, alone or with all ranks, and the reply that tells of it. */
#include "runner/open_case.h"

#include "base/text.h"
#include "runner/case_state.h"
#include "runner/clock_watch.h"
#include "runner/ranked_open.h"
#include "runner/ranked_run.h"
#include "runner/ranks.h"
#include "runner/run.h"
#include "runner/tally.h"
#include "runner/tally_latency.h"
#include "runner/trace.h"

#include <errno.h>
#include <stdlib.h>

/* Without the samples, what others took from us is not asked for: the run is brief. */
static int run_once(struct open_case *open_case, struct steal_sample *before, struct steal_sample *after,
                    struct bench_error *err)
{
    struct team *team = open_case->team;
    int rc = open_case->workload->prepare ? open_case->workload->prepare(open_case->shared, err) : 0;
    if (rc != 0)
        return hook_failed(rc, "preparing the run", err);
    if (before) {
        memory_reset_peak();
        steal_read(&open_case->steal, before);
    }
    rc = run_make(team, open_case->state, err);
    if (before)
        steal_read(&open_case->steal, after);
    if (rc != 0)
        return hook_failed(rc, open_case->executor->name, err);
    rc = tally_check(team, err);
    if (rc < 0)
        return rc;
    if (team->arriving && open_case->workload->flags & BENCH_WHOLE_PASSES)
        return 0;
    rc = open_case->workload->finish ? open_case->workload->finish(open_case->shared, err) : 0;
    return rc != 0 ? hook_failed(rc, "finishing the run", err) : 0;
}

static int run_alone(struct open_case *open_case, const struct run_asked *asked, struct record *record,
                     struct bench_error *err)
{
    struct steal_sample samples[2], *before = &samples[0], *after = &samples[1];
    if (asked->brief && !asked->verify)
        before = after = NULL;
    int rc = run_prepare(open_case->team, asked, err);
    if (rc < 0)
        return rc;
    rc = run_once(open_case, before, after, err);
    open_case->broken = rc < 0;
    if (rc < 0)
        return rc;
    if (open_case->team->is_traced)
        trace_write(open_case->team, err);
    tally_note(open_case->team, err);
    tally(record, open_case->team, &open_case->plan, open_case->opening_ns, before, after);
    clock_watch_run(&open_case->clock, record, open_case->team->shape.workers);
    open_case->opening_ns = 0;
    return 0;
}

/* The reply of whoever tells of the run, which is rank 0. */
static char *encode(const struct open_case *open_case, const struct run_asked *asked,
                    const struct reply_head *head, const struct record *record,
                    const struct rank_rows *rows)
{
    struct latencies latencies = {0};
    struct told told = {.record = record, .ranks = rows->list, .ranks_count = rows->count};
    bool is_told = asked->latency_counts && !asked->verify;
    if (is_told && !open_case->ranks)
        tally_latencies(&latencies, open_case->team);
    else if (is_told && ranks_is_first(open_case->ranks))
        tally_latencies(&latencies, open_case->ranked->whole);
    if (latencies.size)
        told.latencies = &latencies;
    char *line = told_encode(head, &told);
    latencies_free(&latencies);
    return line;
}

int case_run(struct open_case *open_case, const struct run_asked *asked, struct reply_head *head,
             char **line, struct bench_error *err)
{
    struct record record;
    struct rank_rows rows = {0};
    if (open_case->broken)
        return bench_error_set(err, -EINVAL,
                               "an earlier run of this case failed; close it and open it again");
    record_init(&record);
    int rc = open_case->ranks ? ranked_run(open_case, asked, &record, &rows, err)
                              : run_alone(open_case, asked, &record, err);
    if (rc == 0) {
        head->note = text_make_visible(err->message);
        *line = encode(open_case, asked, head, &record, &rows);
    }
    rank_rows_free(&rows);
    record_free(&record);
    return rc;
}
