/* From the lines of the file of --histograms to cases. See case_latencies.h. */
#include "results/case_latencies.h"

#include "base/memory.h"
#include "base/text.h"
#include "records/latency_file.h"

#include <stdlib.h>

struct reading {
    const struct cases *cases;
    struct case_latencies *list;
    uint64_t *hashes; /* of each case */
    bool **seen;      /* each run of each case */
};

static bool is_of_launch(const struct case_launch *launch, const struct record *line)
{
    return launch->number == line->launch &&
           same_text(launch->session, line->session ? line->session : "") &&
           same_text(launch->side, line->side ? line->side : "");
}

/* The run that the line is of; the case's size: none. */
static size_t find_run(const struct reading *reading, size_t number, const struct record *line)
{
    const struct case_runs *one = &reading->cases->list[number];
    uint32_t block = line->block == RECORD_NO_COUNT ? UINT32_MAX : (uint32_t)line->block;
    for (size_t i = 0; i < one->size; i++) {
        const struct case_run *run = &one->runs[i];
        if (run->phase == PHASE_MEASURE && run->number == line->run && run->block == block &&
            is_of_launch(&one->launches[run->launch], line))
            return i;
    }
    return one->size;
}

static void take(void *context, const struct record *line, const struct latencies *latencies)
{
    struct reading *reading = context;
    uint64_t hash = identity_hash(line, reading->cases->parts);
    for (size_t i = 0; i < reading->cases->size; i++) {
        const struct case_runs *one = &reading->cases->list[i];
        if (reading->hashes[i] != hash || !identity_equal(one->identity, line, reading->cases->parts))
            continue;
        size_t run = find_run(reading, i, line);
        if (run == one->size || reading->seen[i][run])
            continue;
        reading->seen[i][run] = true;
        reading->list[i].runs++;
        latencies_merge(&reading->list[i].all, latencies);
        return;
    }
}

static size_t count_measured(const struct case_runs *one)
{
    size_t count = 0;
    for (size_t i = 0; i < one->size; i++)
        count += one->runs[i].phase == PHASE_MEASURE;
    return count;
}

int case_latencies_read(struct case_latencies **list, const struct cases *cases, const char *path,
                        bool *was_torn, struct bench_error *err)
{
    struct reading reading = {.cases = cases,
                              .list = mem_zero(cases->size, sizeof *reading.list),
                              .hashes = mem_zero(cases->size, sizeof *reading.hashes),
                              .seen = mem_zero(cases->size, sizeof *reading.seen)};
    for (size_t i = 0; i < cases->size; i++) {
        const struct case_runs *one = &cases->list[i];
        reading.hashes[i] = identity_hash(one->identity, cases->parts);
        reading.seen[i] = mem_zero(one->size + 1, sizeof **reading.seen);
        reading.list[i].measured = count_measured(one);
    }
    int rc = latency_file_read(path, take, &reading, was_torn, err);
    for (size_t i = 0; i < cases->size; i++) {
        latencies_sort(&reading.list[i].all);
        free(reading.seen[i]);
    }
    free(reading.seen);
    free(reading.hashes);
    *list = reading.list;
    return rc;
}

void case_latencies_free(struct case_latencies *list, size_t count)
{
    for (size_t i = 0; list && i < count; i++)
        latencies_free(&list[i].all);
    free(list);
}
