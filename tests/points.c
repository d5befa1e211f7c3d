/*
 * Change points of the series on stdin, for scripts/gate-history: a line of numbers each, one a session;
 * series that an empty line does not part are of the same sessions. Prints a line for each series: its
 * points as AT:FOUND:STEP:P, a weak one with a w in front.
 */
#include "base/memory.h"
#include "stats/change_points.h"

#include <stdio.h>
#include <stdlib.h>

struct family {
    struct change_series *series;
    size_t size, capacity;
};

static void take(struct family *family, const char *line)
{
    size_t size = 0, capacity = 0;
    double *values = NULL;
    char *end;
    for (double value = strtod(line, &end); end != line; value = strtod(line, &end)) {
        values = mem_grow(values, size, &capacity, sizeof *values);
        values[size++] = value;
        line = end;
    }
    size_t *sessions = mem_zero(size + 1, sizeof *sessions);
    for (size_t i = 0; i < size; i++)
        sessions[i] = i;
    family->series = mem_grow(family->series, family->size, &family->capacity, sizeof *family->series);
    family->series[family->size++] = (struct change_series){values, sessions, size};
}

static void tell(struct family *family)
{
    struct change_points points;
    size_t next = 0;
    change_points_find(&points, family->series, family->size);
    for (size_t i = 0; i < family->size; i++) {
        for (; next < points.size && points.list[next].series == i; next++) {
            const struct change_point *point = &points.list[next];
            printf("%s%zu:%zu:%.6g:%.3g ", point->is_weak ? "w" : "", point->at, point->found,
                   point->step, point->p);
        }
        printf("\n");
        free((void *)family->series[i].values);
        free((void *)family->series[i].sessions);
    }
    family->size = 0;
    change_points_free(&points);
}

int main(void)
{
    struct family family = {0};
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, stdin) > 0) {
        if (line[0] != '\n')
            take(&family, line);
        else
            tell(&family);
    }
    tell(&family);
    free(family.series);
    free(line);
    return 0;
}
