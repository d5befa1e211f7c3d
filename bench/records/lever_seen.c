/* What a lever has seen, into a record's texts and out of them. */
#include "records/lever_seen.h"

#include "records/counters.h"

#include <math.h>
#include <stddef.h>

/* How it stands in `counters`. `always`: also where it is 0. */
static const struct {
    const char *name;
    size_t offset;
    bool always;
    bool is_ratio; /* not of a pass */
} rows[] = {
    {"work_cpu_s", offsetof(struct lever_seen, cpu_s), true, false},
    {"lock_held_s", offsetof(struct lever_seen, held_s), true, false},
    {"lever_spun_s", offsetof(struct lever_seen, spun_s), true, false},
    {"lever_slept_s", offsetof(struct lever_seen, slept_s), true, false},
    {"children_cpu_s", offsetof(struct lever_seen, others_s), false, false},
    {"lever_stopped_s", offsetof(struct lever_seen, stopped_s), false, false},
    {"lever_shows", offsetof(struct lever_seen, shows), false, true},
    {"lever_errs", offsetof(struct lever_seen, errs), false, true},
};
enum { ROWS = sizeof rows / sizeof *rows };

static double *field(struct lever_seen *seen, size_t row)
{
    return (double *)(void *)((char *)seen + rows[row].offset);
}

void lever_round_init(struct lever_round *round)
{
    *round = (struct lever_round){0};
    for (int turn = 0; turn < LEVER_TURNS; turn++)
        round->turns[turn].wall_s = NAN;
}

void lever_seen_write(struct record *record, const struct lever_seen *seen)
{
    struct lever_seen copy = *seen;
    for (int kind = 0; kind < WAIT_KINDS; kind++) {
        if (seen->waits_s[kind] > 0)
            counter_add(record, COLUMN_waits, wait_words[kind], seen->waits_s[kind]);
    }
    for (size_t row = 0; row < ROWS; row++) {
        if (rows[row].always || *field(&copy, row) > 0)
            counter_add(record, COLUMN_counters, rows[row].name, *field(&copy, row));
    }
}

bool lever_seen_is_told(const struct record *record)
{
    for (size_t row = 0; row < ROWS; row++) {
        if (rows[row].always && isnan(counter_find(record, COLUMN_counters, rows[row].name)))
            return false;
    }
    return true;
}

static double known(double seconds, double passes)
{
    return isnan(seconds) ? 0 : seconds / passes;
}

void lever_seen_read(struct lever_seen *seen, const struct record *record)
{
    double passes = record->passes > 0 ? (double)record->passes : 1;
    *seen = (struct lever_seen){.wall_s = record->wall_s / passes,
                                .delay_s = known(record->run_delay_s, passes),
                                .pressure_s = known(record->pressure_cpu_s, passes),
                                .tasks = (double)record->tasks / passes};
    for (size_t row = 0; row < ROWS; row++)
        *field(seen, row) = known(counter_find(record, COLUMN_counters, rows[row].name),
                                  rows[row].is_ratio ? 1 : passes);
    for (int kind = 0; kind < WAIT_KINDS; kind++)
        seen->waits_s[kind] = known(counter_find(record, COLUMN_waits, wait_words[kind]), passes);
}

double lever_seen_waits(const struct lever_seen *seen)
{
    double sum = 0;
    for (int kind = 0; kind < WAIT_KINDS; kind++)
        sum += kind == WAIT_LOCK ? 0 : seen->waits_s[kind];
    return sum;
}
