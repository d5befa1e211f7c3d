/* The clock of ranges: which one it is, and what a tick is in seconds. */
#include "measure/clock.h"

#include "base/memory.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static uint64_t monotonic_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static bool kernel_keeps_time_by_tsc(void)
{
#if defined(__x86_64__)
    char name[32] = "";
    FILE *file = mem_open("/sys/devices/system/clocksource/clocksource0/current_clocksource");
    if (!file)
        return false;
    bool is_tsc = fgets(name, sizeof name, file) && strcmp(name, "tsc\n") == 0;
    fclose(file);
    return is_tsc;
#else
    return false;
#endif
}

/* Both clocks at nearly one instant: of a few tries, the one in which the reads were closest. */
static void read_both(const struct tick_clock *clock, uint64_t *tick, uint64_t *time_ns)
{
    uint64_t closest = UINT64_MAX;
    for (int i = 0; i < 5; i++) {
        uint64_t before = tick_clock_read(clock);
        uint64_t now = monotonic_ns();
        uint64_t after = tick_clock_read(clock);
        if (after - before < closest) {
            closest = after - before;
            *tick = before + (after - before) / 2;
            *time_ns = now;
        }
    }
}

void tick_clock_init(struct tick_clock *clock)
{
    *clock = (struct tick_clock){.counter = kernel_keeps_time_by_tsc()};
    read_both(clock, &clock->tick, &clock->time_ns);
}

double tick_clock_scale(const struct tick_clock *clock)
{
    if (!clock->counter)
        return 1e-9;
    uint64_t tick, time_ns;
    do
        read_both(clock, &tick, &time_ns);
    while (time_ns >= clock->time_ns && time_ns - clock->time_ns < 1000000);
    if (time_ns < clock->time_ns || tick <= clock->tick)
        return NAN; /* a clock has gone back */
    return (double)(time_ns - clock->time_ns) * 1e-9 / (double)(tick - clock->tick);
}
