/* One run of a case by all its ranks: begun together, and summed up by rank 0. */
#ifndef RUNNER_RANKED_RUN_H
#define RUNNER_RANKED_RUN_H

#include "protocol/message.h"
#include "records/record.h"
#include "runner/case_state.h"
#include "runner/rank_rows.h"

/*
 * All ranks, with the same message. A run for which a rank came too late is made again. On rank 0 what
 * it took is in *record, with a note in err->message, and what each rank did in *rows, if the message
 * asks for that; where it has failed on any, all return a failure.
 */
int ranked_run(struct open_case *one, const struct run_asked *asked, struct record *record,
               struct rank_rows *rows, struct bench_error *err);

#endif
