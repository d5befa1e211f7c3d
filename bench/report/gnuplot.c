/*
 * Results as a script for gnuplot, its data inside: `bench report runs.csv --format gnuplot | gnuplot`
 * writes a picture as SVG. For each workload a plot: where workers or lanes were varied, the speed-up
 * over them, with the law that holds and its band; over a parameter (--pivot), times; else the medians
 * of the cases. All with their intervals.
 */
#include "base/memory.h"
#include "base/text.h"
#include "report/formats.h"
#include "report/gnuplot_law.h"
#include "report/gnuplot_text.h"
#include "report/group.h"
#include "report/pivot.h"
#include "report/units.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    LINES_MOST = 12,
    ROWS_MOST = 60,
    PLOTS_MOST = 12,
    WIDTH = 860,
    HEIGHT = 420,
    ROW_HEIGHT = 18,
    TITLE_MOST = 100
};

/* ---- what is drawn ---- */

/* A plot: the cases of one workload. */
struct plot {
    struct group group;
    struct pivot pivot;
    const char *over; /* what it is drawn over; NULL: nothing, the medians are */
    const struct scalings *scalings;
    bool is_speedup;
};

static bool is_of_workload(const void *context, const struct case_result *result)
{
    return same_text(context, result->identity->workload);
}

/* A way of running that has two values is a line; serial is none over workers. */
static bool is_line(const struct pivot *pivot, size_t way)
{
    size_t values = 0;
    for (size_t value = 0; value < pivot->values_size; value++)
        values += pivot_cell(pivot, value, way) != NULL;
    return values > 1;
}

static size_t count_lines(const struct pivot *pivot)
{
    size_t lines = 0;
    for (size_t way = 0; way < pivot->ways_size; way++)
        lines += is_line(pivot, way);
    return lines;
}

static bool draw_over(struct plot *plot, const struct results *results, const char *key)
{
    struct bench_error why;
    int rc = pivot_make(&plot->pivot, results, key, is_of_workload, plot->group.identities[0]->workload,
                        &why);
    if (rc == 0 && count_lines(&plot->pivot) > 0) {
        plot->over = key;
        return true;
    }
    pivot_free(&plot->pivot);
    return false;
}

static bool has_speedup(const struct group *group)
{
    for (size_t i = 0; i < group->size; i++) {
        if (group->cases[i]->reference_run && group->cases[i]->reference_run != group->identities[i])
            return true;
    }
    return false;
}

static void plot_make(struct plot *plot, const struct page *page, const struct results *results,
                      const struct scalings *scalings, size_t first)
{
    *plot = (struct plot){.scalings = scalings};
    group_make(&plot->group, results, first, page->defaults);
    if (page->pivot)
        draw_over(plot, results, page->pivot);
    else if (!draw_over(plot, results, "workers"))
        draw_over(plot, results, "inflight");
    plot->is_speedup = plot->over && has_speedup(&plot->group) &&
                       (strcmp(plot->over, "workers") == 0 || strcmp(plot->over, "inflight") == 0);
}

static void plot_free(struct plot *plot)
{
    pivot_free(&plot->pivot);
    group_free(&plot->group);
}

/* The law of a way that is a line of speed-ups; NULL: none holds. */
static const struct scaling *law_of(const struct plot *plot, size_t way)
{
    for (size_t value = 0; plot->is_speedup && value < plot->pivot.values_size; value++) {
        const struct case_result *cell = pivot_cell(&plot->pivot, value, way);
        const struct scaling *law = cell ? gnuplot_law_of(plot->scalings, cell) : NULL;
        if (law)
            return law->is_of_lanes == (strcmp(plot->over, "inflight") == 0) ? law : NULL;
    }
    return NULL;
}

/* ---- lines over something ---- */

/* Where it stands on the axis: its value, or its number where it is none. */
static double place_of(const struct pivot *pivot, size_t value)
{
    return pivot->is_numeric ? strtod(pivot->values[value], NULL) : (double)value;
}

static void put_line_data(FILE *out, const struct plot *plot, size_t number, size_t way)
{
    fprintf(out, "$lines%zu_%zu << END\n", number, way);
    for (size_t value = 0; value < plot->pivot.values_size; value++) {
        const struct case_result *cell = pivot_cell(&plot->pivot, value, way);
        if (!cell || (plot->is_speedup && isnan(cell->speedup)))
            continue;
        double middle = plot->is_speedup ? cell->speedup : cell->wall_s.median;
        struct interval ends = plot->is_speedup ? cell->speedup_interval : cell->median_s;
        fprintf(out, "%.9g", place_of(&plot->pivot, value));
        gnuplot_put_number(out, middle);
        gnuplot_put_number(out, interval_known(ends) ? ends.low : middle);
        gnuplot_put_number(out, interval_known(ends) ? ends.high : middle);
        fputc('\n', out);
    }
    fputs("END\n", out);
}

/* A tick at each value that there is. */
static void put_places(FILE *out, const struct plot *plot)
{
    const struct pivot *pivot = &plot->pivot;
    fputs("set xtics (", out);
    for (size_t value = 0; value < pivot->values_size; value++) {
        fputs(value > 0 ? ", " : "", out);
        gnuplot_put_text(out, pivot->values[value]);
        fprintf(out, " %.9g", place_of(pivot, value));
    }
    fputs(") noenhanced\n", out);
}

/* From where to where the values go that are drawn. */
static struct interval range_of(const struct plot *plot)
{
    struct interval range = {INFINITY, 0};
    for (size_t i = 0; i < plot->pivot.values_size * plot->pivot.ways_size; i++) {
        const struct case_result *cell = plot->pivot.cells[i];
        double value = !cell ? NAN : plot->is_speedup ? cell->speedup : cell->wall_s.median;
        range.low = fmin(range.low, value);
        range.high = fmax(range.high, value);
    }
    for (size_t way = 0; way < plot->pivot.ways_size; way++) {
        const struct scaling *law = law_of(plot, way);
        for (int i = 0; law && i < SCALING_BAND; i++)
            range.high = fmax(range.high, scaling_speedup(law, law->law.band_n[i]));
    }
    return range;
}

/* A count that grows by powers of two is drawn so, and then a speed-up over it, so that ideal is
 * straight.
 */
static void put_axes(FILE *out, const struct plot *plot)
{
    const struct pivot *pivot = &plot->pivot;
    double least = place_of(pivot, 0), most = place_of(pivot, pivot->values_size - 1);
    double room = 0.05 * (most - least), reach = most; /* a law goes on to twice the largest */
    for (size_t way = 0; way < pivot->ways_size; way++)
        reach = law_of(plot, way) ? 2 * most : reach;
    bool is_by_powers = pivot->is_numeric && least > 0 && most >= 8 * least;
    put_places(out, plot);
    fputs("set xlabel ", out);
    gnuplot_put_text(out, plot->over);
    fprintf(out, " noenhanced\nset ylabel '%s'\n", plot->is_speedup ? "speed-up" : "time of a run (s)");
    fputs("set key outside right top noenhanced\n", out);
    if (is_by_powers)
        fprintf(out, "set logscale x 2\nset xrange [%.9g:%.9g]\n", least / 1.1, reach * 1.1);
    else
        fprintf(out, "set xrange [%.9g:%.9g]\n", least - room, reach + room);
    struct interval range = range_of(plot);
    if (range.low > 0 && (range.high > 16 * range.low || (is_by_powers && plot->is_speedup)))
        fprintf(out, "set logscale y %d\nset yrange [%.9g:%.9g]\n", range.high < 64 * range.low ? 2 : 10,
                range.low / 1.4, range.high * 1.4);
    else
        fputs("set yrange [0:*]\n", out);
}

static void put_lines(FILE *out, const struct plot *plot, size_t number)
{
    const struct pivot *pivot = &plot->pivot;
    size_t drawn = 0, lines = count_lines(pivot);
    bool has_law = false;
    for (size_t way = 0; way < pivot->ways_size; way++) {
        const struct scaling *law = law_of(plot, way);
        if (is_line(pivot, way))
            put_line_data(out, plot, number, way);
        if (law)
            gnuplot_law_data(out, law, number, way);
    }
    put_axes(out, plot);
    if (lines > LINES_MOST)
        fprintf(out, "# %d of %zu ways are drawn\n", LINES_MOST, lines);
    fputs("plot", out);
    for (size_t way = 0; way < pivot->ways_size && drawn < LINES_MOST; way++) {
        if (!is_line(pivot, way))
            continue;
        fprintf(out, "%s $lines%zu_%zu using 1:2:3:4 with yerrorlines lt %zu pt %zu lw 1.5 title ",
                drawn > 0 ? ", \\\n    " : "", number, way, drawn + 1, drawn + 4);
        gnuplot_put_text(out, pivot->ways[way]);
        drawn++;
        if (law_of(plot, way)) {
            fputs(", \\\n    ", out);
            gnuplot_law_draw(out, number, way, drawn);
        }
        has_law = has_law || law_of(plot, way);
    }
    if (has_law)
        fputs(", \\\n     NaN with lines lc rgb '#808080' dt 3 title 'law (USL), 95 % band'", out);
    if (plot->is_speedup && strcmp(plot->over, "workers") == 0)
        fputs(", \\\n     x with lines dt 2 lc rgb '#808080' title 'ideal'", out);
    fputc('\n', out);
}

/* ---- medians ---- */

static size_t rows_of(const struct plot *plot)
{
    size_t rows = 0;
    for (size_t i = 0; i < plot->group.size; i++)
        rows += result_has_numbers(plot->group.cases[i]);
    return rows < ROWS_MOST ? rows : ROWS_MOST;
}

static int compare_medians(const void *a, const void *b)
{
    const struct case_result *x = *(const struct case_result *const *)a;
    const struct case_result *y = *(const struct case_result *const *)b;
    return (x->wall_s.median > y->wall_s.median) - (x->wall_s.median < y->wall_s.median);
}

/* The fastest on top. */
static void put_medians(FILE *out, const struct plot *plot, size_t number)
{
    size_t rows = rows_of(plot), size = 0;
    const struct case_result **sorted = mem_zero(plot->group.size + 1, sizeof *sorted);
    for (size_t i = 0; i < plot->group.size; i++) {
        if (result_has_numbers(plot->group.cases[i]))
            sorted[size++] = plot->group.cases[i];
    }
    mem_sort(sorted, size, sizeof *sorted, compare_medians);
    fprintf(out, "$medians%zu << END\n", number);
    for (size_t i = 0; i < rows; i++) {
        struct interval ends = sorted[i]->median_s;
        double middle = sorted[i]->wall_s.median;
        fprintf(out, "%zu", i);
        gnuplot_put_number(out, middle);
        gnuplot_put_number(out, interval_known(ends) ? ends.low : middle);
        gnuplot_put_number(out, interval_known(ends) ? ends.high : middle);
        fputc('\n', out);
    }
    fputs("END\nset ytics (", out);
    for (size_t i = 0; i < rows; i++) {
        char *name = case_name_row(sorted[i]->identity, &plot->group.naming);
        fputs(i > 0 ? ", " : "", out);
        gnuplot_put_label(out, name);
        fprintf(out, " %zu", i);
        free(name);
    }
    fprintf(out,
            ") noenhanced\nset yrange [%g:-0.5]\nset xrange [0:*]\nunset key\n"
            "set xlabel 'time of a run (s)'\n"
            "plot $medians%zu using 2:1:3:4 with xerrorbars lt 1 pt 7 lw 1.5\n",
            (double)rows - 0.5, number);
    if (size > rows)
        fprintf(out, "# the %zu fastest of %zu cases are drawn\n", rows, size);
    free(sorted);
}

/* ---- all of them ---- */

static size_t height_of(const struct plot *plot)
{
    size_t rows = rows_of(plot) * ROW_HEIGHT + 110;
    return plot->over || rows < HEIGHT / 2 ? HEIGHT : rows;
}

static void put_plot(FILE *out, const struct plot *plot, size_t number, unsigned parts)
{
    char *heading = group_heading(&plot->group, parts);
    fputs("set grid lc rgb '#d0d0d0'\nset border 3\nset tics nomirror\nset title ", out);
    /* It is centred above the plot, beside which the names of its rows may stand. */
    gnuplot_put_title(out, text_make_visible(heading), plot->over ? TITLE_MOST : TITLE_MOST / 2);
    fputs(" noenhanced\n", out);
    if (plot->over)
        put_lines(out, plot, number);
    else
        put_medians(out, plot, number);
    free(heading);
}

static void put_all(struct page *page, const struct results *results, const struct plot *plots,
                    size_t count, size_t all)
{
    size_t height = 0, at = 0;
    for (size_t i = 0; i < count; i++)
        height += height_of(&plots[i]);
    fprintf(page->out,
            "# Written by bench: bench report FILE.csv --format gnuplot | gnuplot > picture.svg\n"
            "# Bars are 95 %% intervals.\nset encoding utf8\nset colorsequence podo\n"
            "set terminal svg size %d,%zu dynamic background '#ffffff' font 'sans-serif,13'\n"
            "set multiplot\n",
            WIDTH, height);
    if (all > count)
        fprintf(page->out, "# %zu of %zu workloads are drawn\n", count, all);
    for (size_t i = 0; i < count; i++) {
        double size = (double)height_of(&plots[i]) / (double)height;
        at += height_of(&plots[i]);
        fprintf(page->out, "\nreset\nset size 1,%.6f\nset origin 0,%.6f\n", size,
                1 - (double)at / (double)height);
        put_plot(page->out, &plots[i], i, results_parts(results));
    }
    fprintf(page->out, "\nunset multiplot\n");
}

/* Did the user ask for something that no case has? */
static int check_pivot(const struct page *page, const struct results *results, struct bench_error *err)
{
    struct pivot pivot;
    int rc = page->pivot ? pivot_make(&pivot, results, page->pivot, NULL, NULL, err) : 0;
    if (page->pivot)
        pivot_free(&pivot);
    return rc;
}

int gnuplot_results(struct page *page, const struct results *results, struct bench_error *err)
{
    struct plot plots[PLOTS_MOST];
    struct scalings scalings;
    size_t count = 0, all = 0;
    int rc = check_pivot(page, results, err);
    if (rc < 0)
        return rc;
    scalings_of(&scalings, results);
    errno = 0;
    for (size_t i = 0; i < results->size; i++) {
        size_t first = 0;
        while (
            !same_text(results->cases[first].identity->workload, results->cases[i].identity->workload))
            first++;
        if (first < i)
            continue;
        if (count < PLOTS_MOST)
            plot_make(&plots[count++], page, results, &scalings, i);
        all++;
    }
    put_all(page, results, plots, count, all);
    for (size_t i = 0; i < count; i++)
        plot_free(&plots[i]);
    scalings_free(&scalings);
    return page_end(page, "the script for gnuplot", err);
}
