/* What a launch tells: records of runs, and notes. For launch_open.c, launch_run.c and launch_answer.c.
 */
#ifndef CONTROL_LAUNCH_RECORD_H
#define CONTROL_LAUNCH_RECORD_H

#include "control/launch.h"

/* What is known of a run before it has run, into `record`, which launch_give frees. */
void launch_record_begin(const struct launch *launch, struct record *record,
                         const struct launch_run *what);

/* To on_record, with what became of it. 0, or what on_record returned, if negative. */
int launch_give(const struct launch *launch, struct record *record, enum status status,
                const char *error, struct bench_error *err);

/* The launch ends here, with a record that says why. As launch_give. */
int launch_give_up(const struct launch *launch, const struct launch_run *what, enum status status,
                   const char *error, struct bench_error *err);

/* To on_note; NULL is none. */
void launch_note(const struct launch *launch, const char *text);

/* Into the row, behind what is noted there already. */
void record_add_note(struct record *record, const char *text);

/* Nothing of what was told stands in a row that says that it cannot be. */
void record_forget_told(struct record *record);

#endif
