/* From a record's texts to what a lever has seen. */
#include "records/lever_seen.h"

#include "records/param_text.h"

#include <math.h>
#include <stdlib.h>

/* The number behind NAME= in a list such as the column `counters`; NaN where it is not there. */
static double counter_find(const char *counters, const char *name)
{
    struct param_text param;
    while (param_text_next(&counters, &param)) {
        if (param_text_is(&param, name))
            return strtod(param.value, NULL);
    }
    return NAN;
}

static double known(double seconds, double passes)
{
    return isnan(seconds) ? 0 : seconds / passes;
}

void lever_round_init(struct lever_round *round)
{
    *round = (struct lever_round){0};
    for (int turn = 0; turn < LEVER_TURNS; turn++)
        round->turns[turn].wall_s = NAN;
}

void lever_seen_read(struct lever_seen *seen, const struct record *record)
{
    double passes = record->passes > 0 ? (double)record->passes : 1;
    *seen =
        (struct lever_seen){.wall_s = record->wall_s / passes,
                            .cpu_s = known(counter_find(record->counters, "work_cpu_s"), passes),
                            .held_s = known(counter_find(record->counters, "lock_held_s"), passes),
                            .spun_s = known(counter_find(record->counters, "lever_spun_s"), passes),
                            .slept_s = known(counter_find(record->counters, "lever_slept_s"), passes)};
    for (int kind = 0; kind < WAIT_KINDS; kind++)
        seen->waits_s[kind] = known(counter_find(record->waits, wait_words[kind]), passes);
    seen->tasks = (double)record->tasks / passes;
    seen->delay_s = known(record->run_delay_s, passes);
    seen->others_s = known(counter_find(record->counters, "children_cpu_s"), passes);
}

double lever_seen_waits(const struct lever_seen *seen)
{
    double sum = 0;
    for (int kind = 0; kind < WAIT_KINDS; kind++)
        sum += kind == WAIT_LOCK ? 0 : seen->waits_s[kind];
    return sum;
}
