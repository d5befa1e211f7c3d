/* What `bench selftest` found, for people. */
#include "report/selftest_table.h"

#include "stats/tails.h"

#include <errno.h>
#include <math.h>
#include <string.h>

const char *selftest_answer(const struct paired *paired)
{
    switch (paired->state) {
    case PAIRED_DIFFERENT:
        return paired->direction > 0 ? "slower" : "faster";
    case PAIRED_SAME:
        return "same";
    case PAIRED_NOT_CONFIRMED:
        return "not confirmed";
    default:
        return "inconclusive";
    }
}

int selftest_cell_add(struct selftest_cell *cell, size_t size, const struct paired *paired)
{
    cell->trials[size]++;
    cell->slower[size] += paired->state == PAIRED_DIFFERENT && paired->direction > 0;
    cell->faster[size] += paired->state == PAIRED_DIFFERENT && paired->direction < 0;
    return 0;
}

/* The cells together, as one. */
static struct selftest_cell sum_of(const struct selftest_cell *cells, size_t count, const char *executor)
{
    struct selftest_cell sum = cells[0];
    memset(sum.trials, 0, sizeof sum.trials);
    memset(sum.slower, 0, sizeof sum.slower);
    memset(sum.faster, 0, sizeof sum.faster);
    for (size_t i = 0; i < count; i++) {
        if (executor && strcmp(cells[i].executor, executor) != 0)
            continue;
        for (size_t s = 0; s < sum.sizes_count; s++) {
            sum.trials[s] += cells[i].trials[s];
            sum.slower[s] += cells[i].slower[s];
            sum.faster[s] += cells[i].faster[s];
        }
    }
    return sum;
}

static uint32_t false_alarms(const struct selftest_cell *cell, uint32_t *trials)
{
    uint32_t alarms = 0;
    *trials = 0;
    for (size_t s = 0; s < cell->sizes_count; s++) {
        if (cell->sizes[s] > 0)
            continue;
        alarms += cell->slower[s] + cell->faster[s];
        *trials += cell->trials[s];
    }
    return alarms;
}

bool selftest_kept_promise(const struct selftest_cell *cells, size_t count, double false_alarm)
{
    uint32_t trials, alarms;
    if (count == 0)
        return true;
    struct selftest_cell all = sum_of(cells, count, NULL);
    alarms = false_alarms(&all, &trials);
    return alarms == 0 || 1 - binomial_at_most(alarms - 1, trials, false_alarm) > 0.01;
}

/* The smallest slowdown that was found nine times in ten, as all larger ones were. NaN: none. */
static double found_from(const struct selftest_cell *cell)
{
    double from = NAN;
    for (size_t s = cell->sizes_count; s-- > 0;) {
        if (!(cell->sizes[s] > 0))
            continue;
        if (cell->trials[s] == 0 || cell->slower[s] < 0.9 * cell->trials[s])
            break;
        from = cell->sizes[s];
    }
    return from;
}

static void print_rate(FILE *out, uint32_t hits, uint32_t trials, int width)
{
    char text[48] = "-";
    if (trials > 0) {
        struct interval interval = binomial_interval(hits, trials, 0.95);
        snprintf(text, sizeof text, "%u/%u (%.0f-%.0f%%)", hits, trials, 100 * interval.low,
                 100 * interval.high);
    }
    fprintf(out, "  %*s", width, text);
}

static void print_cell(FILE *out, const struct selftest_cell *cell, const char *name)
{
    uint32_t trials, alarms = false_alarms(cell, &trials);
    double from = found_from(cell);
    fprintf(out, "%-20s", name);
    if (cell->failed) {
        fprintf(out, "  could not be compared\n");
        return;
    }
    print_rate(out, alarms, trials, 14);
    for (size_t s = 0; s < cell->sizes_count; s++) {
        char text[24];
        if (!(cell->sizes[s] > 0))
            continue;
        snprintf(text, sizeof text, "%u/%u", cell->slower[s], cell->trials[s]);
        fprintf(out, "  %7s", text);
    }
    if (isnan(from))
        fprintf(out, "  %s\n", "none");
    else
        fprintf(out, "  %g %%\n", from * 100);
}

static void print_headings(FILE *out, const struct selftest_cell *cell)
{
    fprintf(out, "%-20s  %14s", "", "false alarms");
    for (size_t s = 0; s < cell->sizes_count; s++) {
        char text[24];
        if (!(cell->sizes[s] > 0))
            continue;
        snprintf(text, sizeof text, "+%g %%", cell->sizes[s] * 100);
        fprintf(out, "  %7s", text);
    }
    fprintf(out, "  sees from\n");
}

static bool is_first_of_executor(const struct selftest_cell *cells, size_t i)
{
    for (size_t j = 0; j < i; j++) {
        if (strcmp(cells[j].executor, cells[i].executor) == 0)
            return false;
    }
    return true;
}

static void print_executor(FILE *out, const struct selftest_cell *cells, size_t count,
                           const char *executor)
{
    size_t workloads = 0;
    for (size_t i = 0; i < count; i++) {
        char name[64], lanes[24] = "";
        if (strcmp(cells[i].executor, executor) != 0)
            continue;
        if (cells[i].inflight > 1)
            snprintf(lanes, sizeof lanes, "x%u", cells[i].inflight);
        snprintf(name, sizeof name, "%s %s %u%s", executor, cells[i].workload, cells[i].workers, lanes);
        print_cell(out, &cells[i], name);
        workloads++;
    }
    if (workloads > 1) {
        struct selftest_cell sum = sum_of(cells, count, executor);
        sum.failed = false;
        char name[64];
        snprintf(name, sizeof name, "%s, all", executor);
        print_cell(out, &sum, name);
    }
}

int selftest_table_print(FILE *out, const struct selftest_cell *cells, size_t count, double false_alarm,
                         struct bench_error *err)
{
    errno = 0;
    if (count > 0)
        print_headings(out, &cells[0]);
    for (size_t i = 0; i < count; i++) {
        if (is_first_of_executor(cells, i))
            print_executor(out, cells, count, cells[i].executor);
    }
    fprintf(out,
            "\nfalse alarms: of a case against itself, with its 95 %% interval; promised: %g %%\n"
            "sees from: the smallest slowdown that was found nine times in ten\n",
            100 * false_alarm);
    if (fflush(out) != 0 || ferror(out))
        return bench_error_set(err, errno ? -errno : -EIO, "cannot print the table: %s",
                               strerror(errno ? errno : EIO));
    return 0;
}
