/* Service levels as words, and what was found of them. */
#include "results/capacity.h"

#include "base/memory.h"
#include "base/quantity.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *word;
    enum column column;
    double allowed; /* to be longer */
} quantiles[] = {
    {"p50", COLUMN_latency_p50_s, 0.5},  {"p90", COLUMN_latency_p90_s, 0.1},
    {"p99", COLUMN_latency_p99_s, 0.01}, {"p999", COLUMN_latency_p999_s, 0.001},
    {"max", COLUMN_latency_max_s, 0},
};

int slo_parse(struct slo *slo, const char *text, struct bench_error *err)
{
    const char *equals = strchr(text, '=');
    uint64_t limit_ns = 0;
    for (size_t i = 0; equals && i < sizeof quantiles / sizeof *quantiles; i++) {
        size_t length = strlen(quantiles[i].word);
        if (strncmp(text, quantiles[i].word, length) != 0 || text + length != equals ||
            !quantity_duration(equals + 1, &limit_ns) || limit_ns == 0)
            continue;
        *slo = (struct slo){.column = quantiles[i].column,
                            .word = quantiles[i].word,
                            .allowed = quantiles[i].allowed,
                            .limit_s = (double)limit_ns * 1e-9};
        return 0;
    }
    return bench_error_set(err, -EINVAL,
                           "'%s' must be p50, p90, p99, p999 or max, and the time that it may take: "
                           "p99=10ms",
                           text);
}

void capacities_free(struct capacities *capacities)
{
    for (size_t i = 0; i < capacities->count; i++) {
        record_free(&capacities->list[i].identity);
        free(capacities->list[i].failed);
    }
    free(capacities->list);
    *capacities = (struct capacities){0};
}
