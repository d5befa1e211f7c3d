/* What `bench selftest` found, for people. */
#include "report/selftest_table.h"

#include "stats/distributions.h"

#include <errno.h>
#include <math.h>
#include <string.h>

enum { NAME_COLUMN = 19, ALARMS_COLUMN = 12, SLOWER_COLUMN = 8, FROM_COLUMN = 9 };

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

void selftest_cell_add(struct selftest_cell *cell, size_t size, const struct paired *paired)
{
    cell->trials[size]++;
    cell->slower[size] += paired->state == PAIRED_DIFFERENT && paired->direction > 0;
    cell->faster[size] += paired->state == PAIRED_DIFFERENT && paired->direction < 0;
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

/* The slowdowns' columns: is there one for this size? 0 has another. */
static bool is_slowdown(const struct selftest_cell *cell, size_t size)
{
    return cell->sizes[size] > 0;
}

static void print_count(FILE *out, uint32_t hits, uint32_t trials, int width)
{
    char text[32] = "-";
    if (trials > 0)
        snprintf(text, sizeof text, "%u/%u", hits, trials);
    fprintf(out, "  %*s", width, text);
}

static void print_interval(FILE *out, uint32_t hits, uint32_t trials, int width)
{
    char text[32] = "";
    struct interval interval = binomial_interval(hits, trials, 0.95);
    if (trials > 0)
        snprintf(text, sizeof text, "%.0f-%.0f %%", 100 * interval.low, 100 * interval.high);
    fprintf(out, "  %*s", width, text);
}

/* The false alarms' column, then one for each slowdown. */
static void print_columns(FILE *out, const struct selftest_cell *cell,
                          void (*print)(FILE *out, uint32_t hits, uint32_t trials, int width))
{
    uint32_t trials, alarms = false_alarms(cell, &trials);
    print(out, alarms, trials, ALARMS_COLUMN);
    for (size_t s = 0; s < cell->sizes_count; s++) {
        if (is_slowdown(cell, s))
            print(out, cell->slower[s], cell->trials[s], SLOWER_COLUMN);
    }
}

static void print_cell(FILE *out, const struct selftest_cell *cell, const char *name)
{
    double from = found_from(cell);
    fprintf(out, "%-*s", NAME_COLUMN, name);
    if (cell->failed) {
        fprintf(out, "  could not be compared\n");
        return;
    }
    print_columns(out, cell, print_count);
    if (isnan(from))
        fprintf(out, "  %*s\n", FROM_COLUMN, "none");
    else
        fprintf(out, "  %*g %%\n", FROM_COLUMN - 2, from * 100);
}

static void print_intervals(FILE *out, const struct selftest_cell *cell)
{
    fprintf(out, "%-*s", NAME_COLUMN, "  95 % sure");
    print_columns(out, cell, print_interval);
    fputc('\n', out);
}

static void print_headings(FILE *out, const struct selftest_cell *cell)
{
    fprintf(out, "%-*s  %*s", NAME_COLUMN, "", ALARMS_COLUMN, "false alarms");
    for (size_t s = 0; s < cell->sizes_count; s++) {
        char text[24];
        if (!is_slowdown(cell, s))
            continue;
        snprintf(text, sizeof text, "+%g %%", cell->sizes[s] * 100);
        fprintf(out, "  %*s", SLOWER_COLUMN, text);
    }
    fprintf(out, "  %*s\n", FROM_COLUMN, "sees from");
}

static bool is_first_of_executor(const struct selftest_cell *cells, size_t i)
{
    for (size_t j = 0; j < i; j++) {
        if (strcmp(cells[j].executor, cells[i].executor) == 0)
            return false;
    }
    return true;
}

/* A line for each case; below, what they are together, with intervals. */
static void print_executor(FILE *out, const struct selftest_cell *cells, size_t count,
                           const char *executor)
{
    struct selftest_cell sum = sum_of(cells, count, executor);
    char name[64];
    size_t workloads = 0;
    for (size_t i = 0; i < count; i++) {
        char lanes[24] = "";
        if (strcmp(cells[i].executor, executor) != 0)
            continue;
        if (cells[i].inflight > 1)
            snprintf(lanes, sizeof lanes, " x %u", cells[i].inflight);
        snprintf(name, sizeof name, "%s %s %u%s", executor, cells[i].workload, cells[i].workers, lanes);
        print_cell(out, &cells[i], name);
        workloads++;
    }
    sum.failed = false;
    snprintf(name, sizeof name, "%s, all", executor);
    if (workloads > 1)
        print_cell(out, &sum, name);
    print_intervals(out, &sum);
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
            "\nfalse alarms: of a case against itself; at most %g %% is promised\n"
            "+1 %% and so on: how often B, made slower by so much on purpose, was found slower\n"
            "sees from: the smallest slowdown that was found nine times in ten, as all larger ones\n",
            100 * false_alarm);
    if (fflush(out) != 0 || ferror(out))
        return bench_error_set(err, errno ? -errno : -EIO, "cannot print the table: %s",
                               strerror(errno ? errno : EIO));
    return 0;
}
