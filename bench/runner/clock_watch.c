/* See clock_watch.h. */
#include "runner/clock_watch.h"

#include "machine/frequency.h"

#include <math.h>

/* Workers that wait for more of the time leave the clock to itself. */
static const double busy_least = 0.5;

void clock_watch_begin(struct clock_watch *watch, const unsigned long *cpus, size_t cpus_words)
{
    *watch = (struct clock_watch){cpus, cpus_words, NAN, NAN};
}

/* Where others had its CPU, that was at work, too. */
void clock_watch_run(struct clock_watch *watch, const struct record *run, uint32_t workers)
{
    double cpu_s = isnan(run->cpu_s) ? run->user_s + run->sys_s : run->cpu_s;
    double queued_s = isnan(run->run_delay_s) ? 0 : run->run_delay_s;
    if (isnan(watch->first_hz))
        watch->first_hz = frequency_read("", watch->cpus, watch->cpus_words);
    if (!isnan(run->wall_s))
        watch->busy = (cpu_s + queued_s) / (run->wall_s * workers);
}

void clock_watch_end(const struct clock_watch *watch, struct bench_error *err)
{
    if (!isnan(watch->first_hz) && watch->busy >= busy_least)
        frequency_note(watch->first_hz, frequency_read("", watch->cpus, watch->cpus_words), err);
}
