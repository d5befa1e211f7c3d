/* Reports of ranks, made and taken in. See rank_report.h. */
#include "runner/rank_report.h"

#include "base/memory.h"
#include "machine/placement.h"
#include "runner/ranked_open.h"
#include "runner/ranks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Clocks of two hosts differ by less, and histograms are no finer. */
static const double ticks_differ = 0.002;

/* ---- making one ---- */

/* With helpers each worker has what the process had used when it left: the last one's is all of it. */
static void charge_to_last(const struct open_case *one, struct worker_tally *tallies)
{
    uint32_t last = 0;
    for (uint32_t w = 1; w < one->team->shape.workers; w++)
        last = tallies[w].left_ns > tallies[last].left_ns ? w : last;
    for (uint32_t w = 0; one->executor->flags & BENCH_HELPERS && w < one->team->shape.workers; w++) {
        if (w != last)
            tallies[w].used = (struct usage){0};
    }
}

void *rank_report_make(const struct open_case *one, const struct rank_report *head, size_t *size)
{
    const struct team *team = one->team;
    uint32_t workers = team->shape.workers;
    size_t tallies_bytes = workers * sizeof(struct worker_tally);
    *size = sizeof *head + tallies_bytes;
    char *bytes = mem_alloc(*size);
    memcpy(bytes, head, sizeof *head);
    struct worker_tally *tallies = (struct worker_tally *)(void *)(bytes + sizeof *head);
    for (uint32_t w = 0; w < workers; w++) {
        tallies[w] = team->workers[w].tally;
        tallies[w].memory = w == 0 ? head->memory : (struct memory){0};
    }
    charge_to_last(one, tallies);
    for (uint32_t w = 0; w < workers; w++) {
        char *cpus = placement_describe_mask(team_mask(team, w, MASK_LEFT), team->mask_words);
        if (!cpus)
            memory_exhausted();
        size_t length = strlen(cpus) + 1;
        bytes = mem_resize(bytes, *size + length, 1);
        memcpy(bytes + *size, cpus, length);
        *size += length;
        free(cpus);
    }
    return bytes;
}

/* ---- taking it in ---- */

uint64_t rank_report_began_ns(const struct rank_report *head)
{
    return head->released_ns + (uint64_t)head->clock.ahead_ns + head->late_ns;
}

/* Its times as rank 0's clock has them. */
static void take_tally(const struct rank_report *head, double tick_s, struct worker_tally *tally)
{
    tally->entered_ns += (uint64_t)head->clock.ahead_ns;
    tally->left_ns += (uint64_t)head->clock.ahead_ns;
    if (fabs(head->tick_s / tick_s - 1) > ticks_differ)
        histogram_scale(&tally->latency, head->tick_s / tick_s);
}

struct rank_report rank_report_take(struct open_case *one, uint32_t rank, const char *bytes)
{
    struct team *whole = one->ranked->whole;
    struct rank_report head;
    uint32_t workers = one->team->shape.workers;
    memcpy(&head, bytes, sizeof head);
    double tick_s =
        one->workload->flags & BENCH_OWN_LATENCY ? head.tick_s : tick_clock_scale(&whole->clock);
    const char *text = bytes + sizeof head + workers * sizeof(struct worker_tally);
    for (uint32_t w = 0; w < workers; w++, text += strlen(text) + 1) {
        uint32_t worker = rank * workers + w;
        struct worker_tally *tally = &whole->workers[worker].tally;
        memcpy(tally, bytes + sizeof head + w * sizeof *tally, sizeof *tally);
        take_tally(&head, tick_s, tally);
        free(one->ranked->cpus[worker]);
        one->ranked->cpus[worker] = ranked_cpu_text(one->ranked, one->ranks->places[rank].host, text);
    }
    struct bench_error *note = &whole->workers[rank * workers].note;
    *note = (struct bench_error){0};
    memcpy(note->message, head.note, sizeof note->message);
    return head;
}
